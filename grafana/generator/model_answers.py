"""The dashboard Model: answers and their probabilities."""

from .frame import Panel
from .palette import BASES, GENDERS, REASONS, SERIES
from .panels import About, Query, histogram, lines

P = "gender_detection_"
R = "gender_detection:"
RATE = "[$__rate_interval]"


def _answers_by_gender() -> Panel:
    return lines(
        About(
            "Answers by gender",
            "Names answered per second: female, male, unknown.",
            "shares that change slowly.",
            "a step without a new version: the names differ (see Drift); with a new version:"
            " compare both versions.",
        ),
        [Query(f"sum by (gender) (rate({P}predictions_total{RATE}))", "{{gender}}")],
        "count:names/s",
        colours=GENDERS,
        stacked=True,
    )


def _share_unknown() -> Panel:
    return lines(
        About(
            "Share unknown",
            "Share of names answered unknown, over ten minutes and over a day.",
            "both lines close together.",
            "the short window far above: a client with other names, or a faulty model.",
            "no names in ten minutes",
        ),
        [
            Query(f"{R}unknown:ratio_rate10m", "10 minutes"),
            Query(f"{R}unknown:ratio_rate1d", "a day"),
        ],
        "percentunit",
        colours={"10 minutes": SERIES[1], "a day": GENDERS["unknown"]},
        most=1,
    )


def _unknown_by_reason() -> Panel:
    return lines(
        About(
            "Unknown by reason",
            "Unknown answers per second by reason.",
            "mostly ambiguous and unseen.",
            "bad_row: malformed tables; not_a_name, not_a_person or empty: the wrong column;"
            " several_people: lists of authors in a field; initials: abbreviated names.",
        ),
        [
            Query(
                f'sum by (reason) (rate({P}predictions_total{{gender="unknown"}}{RATE}))',
                "{{reason}}",
            )
        ],
        "count:names/s",
        colours=REASONS,
        stacked=True,
    )


def _answers_by_basis() -> Panel:
    return lines(
        About(
            "Answers by basis",
            "What the answers are based on: a title, evidence for the country or for the"
            " world, the spelling (pattern), or the form of the family name.",
            "mostly name or country.",
            "more pattern: names that no source has; less country: clients stopped sending it.",
        ),
        [Query(f"sum by (basis) (rate({P}predictions_total{RATE}))", "{{basis}}")],
        "count:names/s",
        colours=BASES,
        stacked=True,
        size=(12, 8),
    )


def _probability_of_answers() -> Panel:
    return histogram(
        About(
            "Probability of answers",
            "Names by the probability of the likelier gender, over the time shown; each bar"
            " is labelled with its upper bound.",
            "most above 0.95.",
            "many below the threshold: names that say little about gender, see Unknown by reason.",
        ),
        f"sum by (le) (increase({P}prediction_probability_bucket[$__range]))",
        size=(12, 8),
    )


ANSWERS = (
    _answers_by_gender,
    _share_unknown,
    _unknown_by_reason,
    _answers_by_basis,
    _probability_of_answers,
)
