"""The dashboard Model: which names come, and how far they drifted."""

from .frame import Panel
from .palette import FEATURES
from .panels import About, Query, bars, histogram, lines

P = "gender_detection_"
# Divergence from which on the alert speaks of drift, and the names below which it is not measured.
DRIFTED, FEWEST = 0.1, 200


def _drift_by_feature() -> Panel:
    return lines(
        About(
            "Drift by feature",
            "How far the names of the last five minutes are from those that the model was"
            " evaluated on: Jensen-Shannon divergence, 0 the same, 1 nothing in common."
            f" Dashed: {DRIFTED}, where the alert begins.",
            f"all below {DRIFTED}.",
            "script or length: other names than before, ask who sends them; probability or"
            " unknown alone: the model itself (docs/runbook.md, NamesDrift). Country and basis"
            " alone: callers give countries otherwise, or none, which raises no alert.",
            f"fewer than {FEWEST} names in the last five minutes",
        ),
        [Query(f"max by (feature) ({P}drift_divergence)", "{{feature}}")],
        "none",
        colours=FEATURES,
        limit=DRIFTED,
        size=(16, 9),
    )


def _names_compared() -> Panel:
    return lines(
        About(
            "Names compared",
            f"Names in the window of the comparison; below {FEWEST} (dashed) none is made.",
            f"above {FEWEST} while there is traffic.",
            "too few: drift goes unseen; a longer DRIFT_SECONDS gathers more.",
        ),
        [Query(f"max({P}drift_window_names)", "names")],
        "short",
        limit=FEWEST,
        size=(8, 9),
    )


def _names_by_country() -> Panel:
    return bars(
        About(
            "Names by country",
            "The 15 countries given most often, over the time shown; none where none is given.",
            "where your users' names come from.",
            "mostly none: answers would be better with it; other: codes that are no country.",
        ),
        [
            Query(
                "sort_desc(topk(15, sum by (country)"
                f" (increase({P}name_countries_total[$__range]))))",
                "{{country}}",
            )
        ],
        "short",
        size=(8, 11),
    )


def _names_by_script() -> Panel:
    return bars(
        About(
            "Names by script",
            "Names by the script that they are written in, over the time shown.",
            "mostly latin, or what your users write.",
            "none: cells without a letter; a script that the model seldom saw: see Drift.",
        ),
        [
            Query(
                f"sort_desc(sum by (script) (increase({P}name_scripts_total[$__range])))",
                "{{script}}",
            )
        ],
        "short",
        size=(8, 11),
    )


def _letters_of_the_given_name() -> Panel:
    return histogram(
        About(
            "Letters of the given name",
            "Given names by length, over the time shown; each bar is named by its upper end.",
            "a hill around 5 to 7.",
            "much at 2: initials; much above 15: whole lines, companies, e-mail addresses.",
        ),
        f"sum by (le) (increase({P}given_name_letters_bucket[$__range]))",
        size=(8, 11),
    )


DRIFT = (
    _drift_by_feature,
    _names_compared,
)
NAMES = (
    _names_by_country,
    _names_by_script,
    _letters_of_the_given_name,
)
