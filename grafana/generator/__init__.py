"""Grafana's dashboards, written in Python and committed as JSON: `make dashboards` writes them."""

from collections.abc import Callable

from grafana_foundation_sdk.models.dashboard import Dashboard

from . import model, pipeline, service

DASHBOARDS: dict[str, Callable[[], Dashboard]] = {
    "service": service.build,
    "model": model.build,
    "pipeline": pipeline.build,
}
