"""The dashboard Model: the watch over a new champion, and what it rolled back by itself."""

from . import palette
from .frame import Event, Panel
from .panels import About, Query, lines

P = "gender_detection_"
RATE = "[$__rate_interval]"
COLOURS = {"unknown": palette.BLUE, "drift": palette.AMBER, "failed": palette.ORANGE}

ROLLED_BACK = Event(
    "Version rolled back",
    f"sum by (cause) (increase({P}model_rollbacks_total{RATE})) > 0",
    "by itself, for {{cause}}",
    palette.ORANGE,
)


def _watch() -> Panel:
    return lines(
        About(
            "Watch over new versions",
            "ready: servers that could compare the next champion with the version in service;"
            " judging: servers that compare the version in service with the one before.",
            "ready is the number of servers, soon after they start; judging for an hour after a"
            " promotion.",
            "ready stays 0: too few names, or AUTO_ROLLBACK is off. judging is 0 after a promotion:"
            " the log of the server says why the version is not judged.",
            "the API does not answer",
        ),
        [Query(f"sum by (state) ({P}model_watch)", "{{state}}")],
        "none",
        size=(12, 7),
    )


def _rollbacks() -> Panel:
    return lines(
        About(
            "Rollbacks",
            "Versions that a server rolled back by itself, because of unknown answers or of drift,"
            " and those that it could not roll back (failed).",
            "none.",
            "docs/runbook.md, ModelRolledBack and RollbackFailed.",
            "AUTO_ROLLBACK is off",
        ),
        [
            Query(f"sum by (cause) (increase({P}model_rollbacks_total{RATE}))", "{{cause}}"),
            Query(f"sum(increase({P}model_rollbacks_failed_total{RATE}))", "failed"),
        ],
        "none",
        colours=COLOURS,
        bars=True,
        size=(12, 7),
    )


ROLLBACKS = (
    _watch,
    _rollbacks,
)
