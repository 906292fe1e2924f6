"""What all dashboards share: links, annotations, and panels laid out row by row."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models

from . import palette
from .panels import PROMETHEUS

TAG = "gender-detection"
COLUMNS = 24
Panel: TypeAlias = Builder[models.Panel]
# A title and the functions that make the panels below it.
Rows: TypeAlias = Sequence[tuple[str, Sequence[Callable[[], Panel]]]]


class _Mark(models.AnnotationQuery):
    """An annotation from Prometheus.

    The builder's own class has only the fields of annotations from Grafana's store.
    """

    text = ""

    def to_json(self) -> dict[str, object]:
        return {**super().to_json(), "titleFormat": self.name, "textFormat": self.text}


class Event(Builder[models.AnnotationQuery]):
    """An annotation: a mark wherever expr is above 0; text may hold {{label}}."""

    def __init__(self, name: str, expr: str, text: str, colour: str):
        """Make the annotation; it is not yet part of a dashboard."""
        self._mark = _Mark(name=name, datasource=PROMETHEUS, icon_color=colour, expr=expr)
        self._mark.text = text

    def build(self) -> models.AnnotationQuery:
        """Return the annotation as a dashboard stores it."""
        return self._mark


ALERTS = Event(
    "Alert firing",
    'max by (alertname) (ALERTS{alertstate="firing"})',
    "{{alertname}}: see docs/runbook.md",
    palette.ORANGE,
)
# A version that is in service now and was not at the previous point.
VERSIONS = Event(
    "Version came into service",
    "max by (version, data_version) (gender_detection_model_info) unless"
    " max by (version, data_version) (gender_detection_model_info offset $__interval)",
    "model {{version}}, data {{data_version}}",
    palette.GREEN,
)
DEATHS = Event(
    "Worker died",
    "sum by (cause) (increase(gender_detection_worker_deaths_total[$__rate_interval])) > 0",
    "by {{cause}}",
    palette.PURPLE,
)
REFUSALS = Event(
    "Version refused",
    'sum(increase(gender_detection_model_reloads_total{outcome="refused"}[$__rate_interval])) > 0',
    "damaged or incompatible",
    palette.AMBER,
)


def dashboard_of(
    name: str,
    description: str,
    rows: Rows,
    *,
    hours: int,
    events: Sequence[Event],
    variables: Sequence[dashboard.QueryVariable] = (),
) -> models.Dashboard:
    """Return a dashboard of the last hours, with its rows from top to bottom."""
    board = dashboard.Dashboard(f"Gender Detection: {name}").uid(f"{TAG}-{name.lower()}")
    board = board.description(description).tags([TAG]).readonly().timezone("browser")
    board = board.time(f"now-{hours}h", "now").refresh("30s")
    board = board.tooltip(models.DashboardCursorSync.CROSSHAIR)
    # Links to all dashboards with the tag; keep_time keeps the time range.
    others = dashboard.DashboardLink("Gender Detection").type(models.DashboardLinkType.DASHBOARDS)
    board = board.link(others.tags([TAG]).keep_time(True))
    board = board.variables(list(variables))
    for event in events:
        board = board.annotation(event)
    return _laid_out(board, rows).build()


def _laid_out(board: dashboard.Dashboard, rows: Rows) -> dashboard.Dashboard:
    top, number = 0, 0
    for title, makers in rows:
        number += 1
        place = models.GridPos(h=1, w=COLUMNS, x=0, y=top)
        board = board.with_row(dashboard.Row(title).id(number).grid_pos(place))
        top, left, height = top + 1, 0, 0
        for make in makers:
            number += 1
            panel = make()
            built = panel.build()
            assert built.grid_pos is not None  # noqa: S101 - every kind of panel sets its size
            if left + built.grid_pos.w > COLUMNS:
                top, left, height = top + height, 0, 0
            built.id_val, built.grid_pos.x, built.grid_pos.y = number, left, top
            board = board.with_panel(panel)
            left, height = left + built.grid_pos.w, max(height, built.grid_pos.h)
        top += height
    return board


def text_of(board: models.Dashboard) -> str:
    """Return the dashboard as JSON; the same dashboard gives the same bytes."""
    # Encode twice: the first encoder leaves enumerations, and the order of the builders.
    plain: Any = json.loads(JSONEncoder(sort_keys=True).encode(board))
    return json.dumps(plain, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
