"""The dashboard Service: objectives, and how fast their budgets are spent."""

from .frame import Panel
from .objectives import ERRORS, SLOW
from .palette import AMBER, BLUE, GREEN, ORANGE
from .panels import About, Query, lines

R = "gender_detection:"
WINDOWS = {"5m": ORANGE, "1h": AMBER, "6h": GREEN, "3d": BLUE}
# The burn rate over an hour and five minutes from which an alert pages.
FASTEST = 14.4


def _burn_rate_errors() -> Panel:
    return _burning("Burn rate, errors", f"{R}errors:ratio_rate", ERRORS)


def _burn_rate_latency() -> Panel:
    return _burning("Burn rate, latency", f"{R}slow:ratio_rate", SLOW)


def _budgets_left() -> Panel:
    return lines(
        About(
            "Budgets left",
            "What is left of the two 30-day budgets over time.",
            "flat, near 100 %.",
            "a sudden drop is an incident; a slope is a fault too slow to page.",
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
            "How many times faster than allowed the budget is spent, by window. At 1 it lasts"
            f" 30 days, at {FASTEST} (dashed) two days.",
            "below 1.",
            "the short windows show whether it is still being spent, the long ones how much"
            " is gone.",
            "no requests yet",
        ),
        [Query(f"{ratio}{window} / {allowed}", window) for window in WINDOWS],
        "none",
        colours=WINDOWS,
        limit=FASTEST,
    )


OBJECTIVES = (_burn_rate_errors, _burn_rate_latency, _budgets_left)
