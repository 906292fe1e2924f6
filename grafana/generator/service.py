"""The dashboard Service: what a person on call looks at first."""

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models.dashboard import (
    Dashboard,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from . import frame, service_load, service_now, service_processes, service_slo, service_traffic
from .panels import PROMETHEUS

# Probes, scrapes and documentation are no part of the service that is promised (recording rules).
NOT_SERVICE = 'route!~"/healthz|/readyz|/metrics|/docs.*|/openapi.json"'


def build() -> Dashboard:
    """Return the dashboard."""
    rows = (
        ("Is it well?", service_now.SUMMARY),
        ("Traffic and errors", service_traffic.TRAFFIC),
        ("Latency", service_traffic.LATENCY),
        ("Objectives", service_slo.OBJECTIVES),
        ("Saturation", service_load.SATURATION),
        ("Sizes", service_load.SIZES),
        ("Processes and versions", service_processes.PROCESSES),
    )
    return frame.dashboard_of(
        "Service",
        "Whether the API answers, how fast, and with how much room left. First steps for each"
        " alert: docs/runbook.md.",
        rows,
        hours=1,
        events=(frame.ALERTS, frame.VERSIONS, frame.DEATHS),
        variables=(_route(),),
    )


def _route() -> dashboard.QueryVariable:
    query = f"label_values(gender_detection_http_requests_total{{{NOT_SERVICE}}}, route)"
    chosen = dashboard.QueryVariable("route").label("Route").datasource(PROMETHEUS)
    chosen = chosen.description("Traffic, errors and latency of these routes alone.")
    # 1: values of a label, as Grafana's editor writes it.
    chosen = chosen.query({"qryType": 1, "query": query, "refId": "Routes"})
    chosen = chosen.refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
    chosen = chosen.sort(VariableSort.ALPHABETICAL_ASC).multi(True).include_all(True)
    return chosen.current(VariableOption(selected=True, text="All", value="$__all"))
