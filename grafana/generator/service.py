"""The dashboard Service: the first page for a person on call."""

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models.dashboard import (
    Dashboard,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from . import frame, service_load, service_now, service_processes, service_slo, service_traffic
from .panels import PROMETHEUS
from .service_routes import SERVICE


def build() -> Dashboard:
    """Return the dashboard."""
    rows = (
        ("Overview", service_now.SUMMARY),
        ("Traffic and errors", service_traffic.TRAFFIC),
        ("Latency", service_traffic.LATENCY),
        ("Objectives", service_slo.OBJECTIVES),
        ("Saturation", service_load.SATURATION),
        ("Sizes", service_load.SIZES),
        ("Processes and versions", service_processes.PROCESSES),
    )
    return frame.dashboard_of(
        "Service",
        "Whether the API answers, how fast, and how much capacity is left. First steps for each"
        " alert: docs/runbook.md.",
        rows,
        hours=1,
        events=(frame.ALERTS, frame.VERSIONS, frame.DEATHS),
        variables=(_route(),),
    )


def _route() -> dashboard.QueryVariable:
    query = f"label_values(gender_detection_http_requests_total{{{SERVICE}}}, route)"
    chosen = dashboard.QueryVariable("route").label("Route").datasource(PROMETHEUS)
    chosen = chosen.description("Show traffic, errors and latency of these routes only.")
    # 1: values of a label, as Grafana's editor writes it.
    chosen = chosen.query({"qryType": 1, "query": query, "refId": "Routes"})
    chosen = chosen.refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
    chosen = chosen.sort(VariableSort.ALPHABETICAL_ASC).multi(True).include_all(True)
    return chosen.current(VariableOption(selected=True, text="All", value="$__all"))
