"""The dashboard Model: the challenger, asked for the names of requests as well."""

from .frame import Panel
from .palette import AMBER, BLUE, GREEN, GREY, ORANGE, OUTCOMES, PURPLE
from .panels import About, Query, lines

P = "gender_detection_"
RATE = "[$__rate_interval]"
NAMES = f"{P}shadow_names_total"
DIFFERENCES = {
    "none": GREY, "flipped": ORANGE, "became_unknown": AMBER, "became_known": GREEN,
    "moved": PURPLE,
}  # fmt: skip
REASONS = {"full": BLUE, "failed": ORANGE, "withdrawn": GREY}
NOBODY = "no challenger is asked"


def _share_that_differs() -> Panel:
    return lines(
        About(
            "Share that differs by kind",
            "Share of the names asked of both for which the challenger has another answer: flipped"
            " (the opposite gender), became_unknown, became_known, moved (the same gender, and"
            " P(female) more than 0.05 apart).",
            "flipped below 1 %.",
            "flipped above: docs/runbook.md, ChallengerReverses. became_unknown far above"
            " became_known: the challenger knows less.",
            NOBODY,
        ),
        [
            Query(
                f'sum by (difference) (rate({NAMES}{{difference!="none"}}{RATE}))'
                f" / on () group_left () (sum(rate({NAMES}{RATE})) > 0)",
                "{{difference}}",
            )
        ],
        "percentunit",
        colours=DIFFERENCES,
        limit=0.01,
        size=(12, 8),
    )


def _names_asked() -> Panel:
    return lines(
        About(
            "Names asked of the challenger",
            "Names per second asked of the challenger as well, by how its answer differs.",
            "the share of the names in JSON requests that SHADOW_SHARE says; nothing without a"
            " challenger.",
            "less: see Names not asked.",
        ),
        [Query(f"sum by (difference) (rate({NAMES}{RATE}))", "{{difference}}")],
        "count:names/s",
        colours=DIFFERENCES,
        stacked=True,
        size=(12, 8),
    )


def _names_not_asked() -> Panel:
    return lines(
        About(
            "Names not asked",
            "Names per second drawn for the challenger but not asked of it. full: more arrived"
            " than it is given time for; failed: it could not answer; withdrawn: it was taken away"
            " meanwhile.",
            "none.",
            "full: the rest is a sample all the same; lower SHADOW_SHARE to draw it evenly. failed:"
            " see the log of the API.",
        ),
        [Query(f"sum by (reason) (rate({P}shadow_names_dropped_total{RATE}))", "{{reason}}")],
        "count:names/s",
        colours=REASONS,
        stacked=True,
    )


def _workers_that_ask() -> Panel:
    return lines(
        About(
            "Workers that ask a challenger",
            "Number of workers that ask each version as well.",
            "all workers ask one version, until it is promoted.",
            "fewer: the version is damaged or incompatible; see the log of the API.",
            NOBODY,
        ),
        [Query(f"sum by (version) ({P}shadow_workers)", "version {{version}}")],
        "none",
        stacked=True,
    )


def _challengers_fetched() -> Panel:
    return lines(
        About(
            "Fetches of challengers",
            "Polls of the registry that fetched a challenger, refused one, or failed.",
            "a bar after each training.",
            "failed: check that the registry runs; refused: the version there is damaged or"
            " incompatible.",
            "SHADOW_SHARE is 0",
        ),
        [Query(f"sum by (outcome) (increase({P}shadow_fetches_total{RATE}))", "{{outcome}}")],
        "none",
        colours=OUTCOMES,
        bars=True,
    )


SHADOW = (
    _share_that_differs,
    _names_asked,
    _names_not_asked,
    _workers_that_ask,
    _challengers_fetched,
)
