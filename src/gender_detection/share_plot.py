"""The figure of shares of women by group, with their intervals."""

import io
from collections.abc import Sequence
from typing import Any

from matplotlib import rc_context
from matplotlib.ticker import PercentFormatter

from .aggregation import Summary, Value, value_text
from .plots import BLUE, DPI, GREEN, GREY, ORANGE, Picture, new_figure

FORMATS = ("svg", "png", "pdf")
# More of the palette of plots.
COLOURS = (BLUE, ORANGE, GREEN, "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MOST_SERIES = len(COLOURS)
# Above this many groups on the axis, not all of them get a label.
MOST_LABELS = 20


def share_plot(by: Sequence[str], groups: Sequence[Summary], total: Summary) -> Picture:
    """Return the shares of women among groups with their 95 % intervals.

    The first column of by is on the axis; each combination of the others is a series. Without by,
    all people are one group. Groups of whose people none has a probability are left out. Raise
    ValueError if there are more than MOST_SERIES series.
    """
    figure, axes = new_figure("Share of women, with 95 % intervals")
    shown = list(groups) if by else [total]
    series = _series(by, [group for group in shown if group.used])
    if len(series) > MOST_SERIES:
        raise ValueError(f"{len(series)} series are more than {MOST_SERIES} can be told apart")
    places = _places([value for points in series.values() for value, _ in points])
    for at, (label, points) in enumerate(series.items()):
        # Side by side, so that intervals do not cover each other.
        shift = (at - (len(series) - 1) / 2) * 0.5 / max(len(series), 1)
        _draw(axes, [(places[value] + shift, group) for value, group in points], label, at)
    axes.axhline(0.5, color=GREY, linestyle="--", linewidth=1)
    step = -(-len(places) // MOST_LABELS) or 1
    axes.set_xticks(list(places.values())[::step], list(map(value_text, places))[::step])
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel(by[0] if by else "")
    axes.set_ylabel("women")
    if len(series) > 1:
        figure.legend(title=", ".join(by[1:]), loc="outside right upper")
    return figure


def drawn(figure: Picture, form: str) -> bytes:
    """Return a figure in one of FORMATS; the same figure gives the same bytes."""
    file = io.BytesIO()
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(form, {"Software": None})
    # Text stays text in SVG; the salt names its parts alike in each run.
    with rc_context({"svg.hashsalt": "shares", "svg.fonttype": "none"}):
        figure.savefig(file, format=form, dpi=DPI, metadata=metadata)
    return file.getvalue()


def _series(by: Sequence[str], groups: Sequence[Summary]) -> dict[str, list[tuple[Value, Summary]]]:
    """Return the groups with their value on the axis, by series."""
    series: dict[str, list[tuple[Value, Summary]]] = {}
    for group in groups:
        values = list((group.group or {}).values()) if by else ["all"]
        series.setdefault(", ".join(map(value_text, values[1:])), []).append((values[0], group))
    return series


def _places(values: Sequence[Value]) -> dict[Value, int]:
    """Return the place of each value on the axis: numbers by size, then texts, then none."""
    distinct = list(dict.fromkeys(values))
    distinct.sort(key=_order)
    return {value: at for at, value in enumerate(distinct)}


def _order(value: Value) -> tuple[int, float, str]:
    if value is None:
        return 2, 0.0, ""
    try:
        return 0, float(value), ""
    except ValueError:
        return 1, 0.0, str(value)


def _draw(axes: Any, points: list[tuple[float, Summary]], label: str, at: int) -> None:
    points = sorted(points, key=lambda point: point[0])
    # A group that is used has a share and an interval.
    shares = [(place, g.female_share or 0.0, g.low or 0.0, g.high or 0.0) for place, g in points]
    places, share, low, high = zip(*shares, strict=True)
    below = [middle - end for middle, end in zip(share, low, strict=True)]
    above = [end - middle for middle, end in zip(share, high, strict=True)]
    axes.errorbar(
        places, share, yerr=[below, above], fmt="o-" if len(places) > 1 else "o",
        color=COLOURS[at], capsize=3, linewidth=1, markersize=4, label=label,
    )  # fmt: skip
