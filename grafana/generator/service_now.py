"""The first row of the dashboard Service: an overview."""

from .frame import Panel
from .palette import BAD, GOOD, WARNING
from .panels import About, Query, number, table_of

P = "gender_detection_"

# Colours by the share of a budget that is left, and what to do when it is spent.
LEFT = ((None, BAD), (0, WARNING), (0.5, GOOD))
SPENT = "make no risky release until it recovers; the burn rates show when it was spent."


def _api_up() -> Panel:
    return number(
        About(
            "API up",
            "Whether the last scrape of the API by Prometheus succeeded.",
            "up.",
            "check that the process runs and that /healthz answers (docs/runbook.md, ApiDown).",
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
            "Share of the configured workers that run and have a model.",
            "100 %.",
            "see Worker deaths below, and Refused versions on the dashboard Model.",
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
            "Number of firing alerts on the service, the model and the pipeline.",
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
            "Requests per second, averaged over five minutes, without probes and scrapes.",
            "the usual number for this hour.",
            "no requests while users complain: check the proxy and the network in front of"
            " the API.",
        ),
        [Query("sum(gender_detection:requests:rate5m)")],
        "reqps",
    )


def _failed() -> Panel:
    return number(
        About(
            "Failed",
            "Share of requests answered with 5xx, averaged over five minutes.",
            "0; the objective allows 0.1 %.",
            "Shed by cause shows the requests refused for lack of capacity; find the others"
            " in the API's log by request id.",
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
            "Share of requests to /predict and /aggregate that took more than 0.5 s, averaged"
            " over five minutes.",
            "below 1 %, the objective.",
            "the CPU is at its limit or batches are large: compare Saturation and Sizes.",
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
            "What is left of the error budget: 0.1 % of requests may fail in 30 days, or"
            " since the first sample if that is more recent.",
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
            "What is left of the latency budget: 1 % of requests to /predict and /aggregate"
            " may take more than 0.5 s in 30 days.",
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
            "Every alert that is firing, or that fires if its condition lasts.",
            "empty.",
            "docs/runbook.md explains each alert and the first steps.",
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
