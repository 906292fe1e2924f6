"""The dashboard Service: how fast the budgets are spent."""

from .frame import Panel
from .palette import AMBER, BLUE, GREEN, ORANGE
from .panels import About, Query, lines

R = "gender_detection:"
# What may fail: prometheus/rules/recording.yml has the same.
ERRORS, SLOW = 0.001, 0.01
WINDOWS = {"5m": ORANGE, "1h": AMBER, "6h": GREEN, "3d": BLUE}
# An alert pages from here on, over an hour and five minutes.
FASTEST = 14.4


def _burn_rate_errors() -> Panel:
    return _burning("Burn rate, errors", f"{R}errors:ratio_rate", ERRORS)


def _burn_rate_latency() -> Panel:
    return _burning("Burn rate, latency", f"{R}slow:ratio_rate", SLOW)


def _budgets_left() -> Panel:
    return lines(
        About(
            "Budgets left",
            "How the two budgets of 30 days ran down.",
            "flat, near 100 %.",
            "a cliff is an incident; a slope a fault that nobody was woken for.",
            "no requests yet",
        ),
        [
            Query(f"{R}error_budget_left:ratio30d", "errors"),
            Query(f"{R}latency_budget_left:ratio30d", "latency"),
        ],
        "percentunit",
        most=1,
    )


def _burning(title: str, ratio: str, allowed: float) -> Panel:
    return lines(
        About(
            title,
            "How many times faster than allowed the budget is spent, over several windows: at 1"
            f" it lasts 30 days, at {FASTEST} (dashed) two.",
            "below 1.",
            "the short windows tell whether it still burns, the long ones how much is gone.",
            "no requests yet",
        ),
        [Query(f"{ratio}{window} / {allowed}", window) for window in WINDOWS],
        "none",
        colours=WINDOWS,
        limit=FASTEST,
    )


OBJECTIVES = (_burn_rate_errors, _burn_rate_latency, _budgets_left)
