"""Grafana's dashboards and Prometheus's recording rules: `make dashboards` writes their files."""

from collections.abc import Callable

from grafana_foundation_sdk.models.dashboard import Dashboard

from . import model, pipeline, service

DASHBOARDS: dict[str, Callable[[], Dashboard]] = {
    "service": service.build,
    "model": model.build,
    "pipeline": pipeline.build,
}
