"""The dashboard Model: what it answers, and how sure it is."""

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
            "Names answered a second: female, male, unknown.",
            "shares that move slowly.",
            "a step without a new version: other names come (Drift); with one: compare both.",
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
            "both lines together.",
            "the short one far above: a new client with other names, or a model gone wrong.",
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
            "Unknown answers a second by reason.",
            "ambiguous and unseen, few of the others.",
            "bad_row: broken tables; not_a_name or empty: the wrong column; initials: the"
            " source abbreviates.",
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
            "What the answers rest on: a title, evidence in the country or the world, or the"
            " spelling's pattern.",
            "most on name or country.",
            "more pattern: names that no source knows; less country: clients stopped sending it.",
        ),
        [Query(f"sum by (basis) (rate({P}predictions_total{RATE}))", "{{basis}}")],
        "count:names/s",
        colours=BASES,
        stacked=True,
        size=(12, 8),
    )


def _how_sure_the_answers_were() -> Panel:
    return histogram(
        About(
            "How sure the answers were",
            "Names by the probability of the likelier gender, over the time shown; each bar is"
            " named by its upper end.",
            "most above 0.95.",
            "weight left of the threshold: names that say little, see Unknown by reason.",
        ),
        f"sum by (le) (increase({P}prediction_probability_bucket[$__range]))",
        size=(12, 8),
    )


ANSWERS = (
    _answers_by_gender,
    _share_unknown,
    _unknown_by_reason,
    _answers_by_basis,
    _how_sure_the_answers_were,
)
