"""The dashboard Model: names in requests, and how far they drifted."""

from .frame import Panel
from .palette import FEATURES
from .panels import About, Query, bars, histogram, lines

P = "gender_detection_"
# The divergence from which the alert fires, and the number of names below which there is none.
DRIFTED, FEWEST = 0.1, 200


def _drift_by_feature() -> Panel:
    return lines(
        About(
            "Drift by feature",
            "Distance of the names of the last five minutes from the model's baseline:"
            " Jensen-Shannon divergence, from 0 (same) to 1 (nothing in common). Dashed:"
            f" {DRIFTED}, where the alert begins.",
            f"all below {DRIFTED}.",
            "script or length: the names differ, find out which client sends them; only"
            " probability or unknown: the model itself (docs/runbook.md, NamesDrift). Only"
            " country and basis: clients give countries differently or not at all, which"
            " raises no alert.",
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
            f"Names in the window of the comparison. Below {FEWEST} (dashed) there is no"
            " comparison.",
            f"above {FEWEST} while there is traffic.",
            "too few: drift is not measured; a longer DRIFT_SECONDS collects more names.",
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
            "The 15 most frequent countries in requests, over the time shown; none means that"
            " no country was given.",
            "the countries of your users' names.",
            "mostly none: answers are better with a country; other: values that are not countries.",
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
            "Names by script, over the time shown.",
            "mostly latin, or the script of your users.",
            "none: cells without a letter; a script that is rare in the training data: see Drift.",
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


def _length_of_given_names() -> Panel:
    return histogram(
        About(
            "Length of given names",
            "Given names by number of letters, over the time shown; each bar is labelled with"
            " its upper bound.",
            "a peak at 5 to 7.",
            "many at 2: initials; many above 15: whole lines, companies or e-mail addresses.",
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
    _length_of_given_names,
)
