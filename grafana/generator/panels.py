"""The kinds of panels: each function returns a builder with everything set except its position."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboard,
    heatmap,
    prometheus,
    stat,
    statetimeline,
    table,
    timeseries,
)
from grafana_foundation_sdk.cog.builder import Builder as Builds
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import common as looks
from grafana_foundation_sdk.models import heatmap as heat_looks
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    DataTransformerConfig,
    DynamicConfigValue,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMappingResult,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from . import palette

# The task that produces the training data.
VECTORS = '{task="vectorization"}'
# The uid in provisioning/datasources/prometheus.yml: no user has to choose a data source.
PROMETHEUS = DataSourceRef(type_val="prometheus", uid="prometheus")
Steps: TypeAlias = Sequence[tuple[float | None, str]]
Target: TypeAlias = Builds[Dataquery]
Builder = TypeVar(
    "Builder", bargauge.Panel, heatmap.Panel, stat.Panel, statetimeline.Panel, table.Panel,
    timeseries.Panel,
)  # fmt: skip


class About(NamedTuple):
    """The texts of a panel."""

    title: str
    shows: str
    normal: str
    otherwise: str
    # Shown while there is no data.
    empty: str = "no data in this time range"


class Query(NamedTuple):
    """An expression in PromQL and the name of its series, which may contain {{label}}."""

    expr: str
    legend: str = ""


def number(
    about: About,
    queries: Sequence[Query],
    unit: str,
    *,
    steps: Steps = ((None, palette.GOOD),),
    words: Mapping[str, tuple[str, str]] | None = None,
    named: bool = False,
    width: int = 3,
) -> stat.Panel:
    """Return the latest values in large figures.

    steps are (from, colour); words replace a value by (text, colour); where the panel is named,
    the legend is shown instead of the value.
    """
    mode = looks.BigValueTextMode.NAME if named else looks.BigValueTextMode.AUTO
    panel = stat.Panel().text_mode(mode).color_mode(looks.BigValueColorMode.VALUE)
    panel = panel.graph_mode(looks.BigValueGraphMode.NONE).reduce_options(_latest())
    return _finished(panel, about, _instant(queries), unit, (width, 4), steps, words)


def lines(
    about: About,
    queries: Sequence[Query],
    unit: str,
    *,
    colours: Mapping[str, str] | None = None,
    stacked: bool = False,
    bars: bool = False,
    limit: float | None = None,
    most: float | None = None,
    size: tuple[int, int] = (8, 8),
) -> timeseries.Panel:
    """Return lines or bars over time; limit draws a dashed threshold."""
    panel = timeseries.Panel().line_width(1).fill_opacity(60 if bars else 25 if stacked else 5)
    panel = (
        panel.show_points(looks.VisibilityMode.AUTO).min(0).legend(_legend()).tooltip(_tooltip())
    )
    if bars:
        panel = panel.draw_style(looks.GraphDrawStyle.BARS)
    if stacked:
        panel = panel.stacking(common.StackingConfig().mode(looks.StackingMode.NORMAL))
    if most is not None:
        panel = panel.max(most)
    steps: Steps = ((None, palette.GOOD),)
    if limit is not None:
        steps = ((None, palette.NO_COLOUR), (limit, palette.BAD))
        dashed = looks.GraphThresholdsStyleMode.DASHED
        panel = panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(dashed))
    panel = panel.color_scheme(_fixed(palette.GREY))
    named = dict(zip((query.legend for query in queries), palette.SERIES, strict=False))
    for name, colour in (colours or named).items():
        panel = panel.override_by_name(name, [_colour(colour)])
    return _finished(panel, about, _range(queries), unit, size, steps)


def by_status(about: About, queries: Sequence[Query]) -> timeseries.Panel:
    """Return stacked rates by HTTP status, coloured by its first digit."""
    panel = lines(about, queries, "reqps", colours={}, stacked=True)
    for first, colour in palette.STATUSES.items():
        panel = panel.override_by_regexp(f"/^{first}/", [_colour(colour)])
    return panel


def heat(about: About, expr: str, unit: str, *, size: tuple[int, int] = (12, 9)) -> heatmap.Panel:
    """Return a heat map over time of a histogram's buckets, given by le."""
    colour = heatmap.HeatmapColorOptions().mode(heat_looks.HeatmapColorMode.SCHEME)
    colour = colour.scheme("Viridis").steps(64).fill(palette.BLUE)
    panel = heatmap.Panel().calculate(False).color(colour).y_axis(heatmap.YAxisConfig().unit(unit))
    # Leave out empty cells, so that rare values differ from missing ones.
    panel = panel.filter_values(heatmap.FilterValueRange().le(1e-9))
    panel = panel.cell_values(heatmap.CellValues().unit("short"))
    queries = [query.format(PromQueryFormat.HEATMAP) for query in _range([Query(expr, "{{le}}")])]
    return _finished(panel, about, queries, unit, size)


def bars(
    about: About,
    queries: Sequence[Query],
    unit: str,
    *,
    colours: Mapping[str, str] | None = None,
    steps: Steps = ((None, palette.BLUE),),
    most: float | None = None,
    size: tuple[int, int] = (8, 8),
) -> bargauge.Panel:
    """Return one horizontal bar per series, with its latest value."""
    panel = bargauge.Panel().orientation(looks.VizOrientation.HORIZONTAL).reduce_options(_latest())
    panel = panel.display_mode(looks.BarGaugeDisplayMode.BASIC).min(0)
    panel = panel.value_mode(looks.BarGaugeValueMode.TEXT).show_unfilled(False)
    if most is not None:
        panel = panel.max(most)
    for pattern, colour in (colours or {}).items():
        panel = panel.override_by_regexp(pattern, [_colour(colour)])
    return _finished(panel, about, _instant(queries), unit, size, steps)


def histogram(about: About, expr: str, *, size: tuple[int, int] = (8, 9)) -> bargauge.Panel:
    """Return vertical bars of a histogram's buckets, given by le, over the time shown."""
    queries: list[Target] = [
        query.format(PromQueryFormat.HEATMAP) for query in _instant([Query(expr, "{{le}}")])
    ]
    panel = bars(about, [], "short", size=size).targets(queries)
    return panel.orientation(looks.VizOrientation.VERTICAL)


def table_of(
    about: About,
    columns: Mapping[str, str],
    *,
    units: Mapping[str, str] | None = None,
    words: Mapping[str, Mapping[str, tuple[str, str]]] | None = None,
    labels: Mapping[str, str] | None = None,
    hidden: Sequence[str] = (),
    size: tuple[int, int] = (12, 8),
) -> table.Panel:
    """Return a table: each column is a query; rows are joined by the labels that all share.

    units and words are by column; labels gives the columns of labels a heading.
    """
    targets = _instant([Query(expr) for expr in columns.values()])
    heads = {f"Value #{_ref(at)}": name for at, name in enumerate(columns)}
    if len(columns) == 1:
        heads = {"Value": next(iter(columns)), **heads}
    renamed = {**heads, **(labels or {})}
    left_out = {"Time": True} | {raw: True for raw, name in heads.items() if name in hidden}
    panel = table.Panel().show_header(True).with_transformation(_transform("merge", {}))
    panel = panel.with_transformation(
        _transform("organize", {"excludeByName": left_out, "renameByName": renamed})
    )
    for column, unit in (units or {}).items():
        panel = panel.override_by_name(column, [DynamicConfigValue("unit", unit)])
    for column, texts in (words or {}).items():
        shown = [DynamicConfigValue("mappings", [_mapping(texts)])]
        shown.append(DynamicConfigValue("custom.cellOptions", {"type": "color-text"}))
        panel = panel.override_by_name(column, shown)
    queries = [target.format(PromQueryFormat.TABLE) for target in targets]
    return _finished(panel, about, queries, "none", size)


def states(
    about: About,
    queries: Sequence[Query],
    words: Mapping[str, tuple[str, str]],
    *,
    size: tuple[int, int] = (12, 8),
) -> statetimeline.Panel:
    """Return one band per series, coloured by its state over time."""
    panel = statetimeline.Panel().show_value(looks.VisibilityMode.NEVER).row_height(0.8)
    panel = panel.legend(common.VizLegendOptions().show_legend(True)).tooltip(_tooltip())
    steps: Steps = ((None, palette.GREY),)
    return _finished(panel, about, _range(queries), "none", size, steps, words)


def _finished(
    panel: Builder,
    about: About,
    queries: Sequence[Target],
    unit: str,
    size: tuple[int, int],
    steps: Steps = ((None, palette.GOOD),),
    words: Mapping[str, tuple[str, str]] | None = None,
) -> Builder:
    text = f"{about.shows}\n\n**Normal:** {about.normal}\n\n**Otherwise:** {about.otherwise}"
    panel = panel.title(about.title).description(text).datasource(PROMETHEUS).no_value(about.empty)
    panel = panel.unit(unit).span(size[0]).height(size[1])
    marks = [Threshold(value=value, color=colour) for value, colour in steps]
    panel = panel.thresholds(
        dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(marks)
    )
    if not isinstance(panel, timeseries.Panel):
        # Explicit: otherwise the default of the kind of panel applies, such as green to red.
        panel = panel.color_scheme(dashboard.FieldColor().mode(FieldColorModeId.THRESHOLDS))
    if words:
        panel = panel.mappings([_mapping(words)])
    return panel.targets(list(queries))


def _instant(queries: Sequence[Query]) -> list[prometheus.Dataquery]:
    return [target.instant() for target in _range(queries)]


def _range(queries: Sequence[Query]) -> list[prometheus.Dataquery]:
    targets = []
    for at, query in enumerate(queries):
        target = prometheus.Dataquery().ref_id(_ref(at)).expr(query.expr).range()
        targets.append(target.legend_format(query.legend).datasource(PROMETHEUS))
    return targets


def _ref(at: int) -> str:
    return chr(ord("A") + at)


def _latest() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)


def _legend() -> common.VizLegendOptions:
    shown = common.VizLegendOptions().show_legend(True).placement(looks.LegendPlacement.BOTTOM)
    return shown.display_mode(looks.LegendDisplayMode.LIST)


def _tooltip() -> common.VizTooltipOptions:
    return (
        common.VizTooltipOptions()
        .mode(looks.TooltipDisplayMode.MULTI)
        .sort(looks.SortOrder.DESCENDING)
    )


def _fixed(colour: str) -> dashboard.FieldColor:
    return dashboard.FieldColor().mode(FieldColorModeId.FIXED).fixed_color(colour)


def _colour(colour: str) -> DynamicConfigValue:
    return DynamicConfigValue("color", {"mode": "fixed", "fixedColor": colour})


def _mapping(words: Mapping[str, tuple[str, str]]) -> Any:
    options = {
        value: ValueMappingResult(text=text, color=colour, index=at)
        for at, (value, (text, colour)) in enumerate(words.items())
    }
    return ValueMap(options=options)


def _transform(kind: str, options: object) -> DataTransformerConfig:
    return DataTransformerConfig(id_val=kind, options=options)
