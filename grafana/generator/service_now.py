"""The first row of the dashboard Service: is it well?"""

from .frame import Panel
from .palette import BAD, GOOD, WARNING
from .panels import About, Query, number, table_of

P = "gender_detection_"

# Colours of what is left of a budget, and what to do when it is spent.
LEFT = ((None, BAD), (0, WARNING), (0.5, GOOD))
SPENT = "release nothing risky until it recovers; the burn rates tell when it was spent."


def _api_up() -> Panel:
    return number(
        About(
            "API up",
            "Whether Prometheus could scrape the API just now.",
            "up.",
            "is the process there, does /healthz answer? (docs/runbook.md, ApiDown)",
            "no target named api",
        ),
        [Query('min(up{job="api"})')],
        "none",
        words={"0": ("down", BAD), "1": ("up", GOOD)},
    )


def _workers_ready() -> Panel:
    return number(
        About(
            "Workers ready",
            "Share of the wanted workers that are alive and have a model.",
            "100 %.",
            "below: look at deaths below, and on the dashboard Model at refused versions.",
            "the API does not answer",
        ),
        [Query(f"sum({P}workers_ready) / sum({P}workers_wanted)")],
        "percentunit",
        steps=((None, BAD), (0.5, WARNING), (1, GOOD)),
    )


def _alerts_firing() -> Panel:
    return number(
        About(
            "Alerts firing",
            "Alerts that fire now, of service, model and pipeline.",
            "0.",
            "the table below names them; docs/runbook.md has a section for each.",
        ),
        [Query('count(ALERTS{alertstate="firing"}) or vector(0)')],
        "none",
        steps=((None, GOOD), (1, BAD)),
    )


def _requests() -> Panel:
    return number(
        About(
            "Requests",
            "Requests a second, mean of five minutes, without probes and scrapes.",
            "what this hour usually brings.",
            "none at all while users complain: look in front of the API, at proxy and network.",
        ),
        [Query("sum(gender_detection:requests:rate5m)")],
        "reqps",
    )


def _failed() -> Panel:
    return number(
        About(
            "Failed",
            "Share of requests answered with 5xx, mean of five minutes.",
            "0; the objective allows 0.1 %.",
            "Shed by cause tells lack of room, the API's log the rest by request id.",
            "no requests in five minutes",
        ),
        [Query("gender_detection:errors:ratio_rate5m")],
        "percentunit",
        steps=((None, GOOD), (0.001, WARNING), (0.01, BAD)),
    )


def _slow() -> Panel:
    return number(
        About(
            "Slow",
            "Share of /predict and /aggregate that took over 0.5 s, mean of five minutes.",
            "below 1 %, which is the objective.",
            "CPU at its limit, or large batches: compare Saturation and Sizes.",
            "no requests in five minutes",
        ),
        [Query("gender_detection:slow:ratio_rate5m")],
        "percentunit",
        steps=((None, GOOD), (0.01, WARNING), (0.1, BAD)),
    )


def _error_budget() -> Panel:
    return number(
        About(
            "Error budget",
            "What is left of the 0.1 % of requests that may fail in 30 days (since the"
            " start, where that is less).",
            "above 50 %.",
            SPENT,
            "no requests yet",
        ),
        [Query("gender_detection:error_budget_left:ratio30d")],
        "percentunit",
        steps=LEFT,
    )


def _latency_budget() -> Panel:
    return number(
        About(
            "Latency budget",
            "What is left of the 1 % of requests to /predict and /aggregate that may take"
            " over 0.5 s in 30 days.",
            "above 50 %.",
            SPENT,
            "no requests yet",
        ),
        [Query("gender_detection:latency_budget_left:ratio30d")],
        "percentunit",
        steps=LEFT,
    )


def _alerts_pending_or_firing() -> Panel:
    return table_of(
        About(
            "Alerts pending or firing",
            "Every alert that is firing, or will unless its cause passes.",
            "empty.",
            "docs/runbook.md says what each means and what to do first.",
            "no alert is pending or firing",
        ),
        {"Value": "max by (alertname, severity, alertstate) (ALERTS)"},
        labels={"alertname": "Alert", "severity": "Severity", "alertstate": "State"},
        hidden=("Value",),
        size=(24, 5),
    )


SUMMARY = (
    _api_up,
    _workers_ready,
    _alerts_firing,
    _requests,
    _failed,
    _slow,
    _error_budget,
    _latency_budget,
    _alerts_pending_or_firing,
)
