"""Figures for the notebook and the reports: each function takes data and returns a Picture.

Jupyter and the notebook's HTML show a Picture as an image, without pyplot, back ends or anything
else that is global.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from . import drift, evaluation
from .model import Baseline, Prediction

# Okabe & Ito's palette (2008), which colour-blind readers can distinguish.
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#999999"
SIZE = (8.0, 4.0)  # inches
DPI = 150
THOUSANDS = "{x:,.0f}"
CSS_DPI = 100  # CSS pixels for an inch: fewer than DPI, so that it is sharp on fine screens


class Picture(Figure):
    """A figure that notebooks show as a PNG; its title is the image's alternative text."""

    @property
    def title(self) -> str:
        """The figure's own title, else that of its first axes."""
        return self.get_suptitle() or next((axes.get_title() for axes in self.axes), "")

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        # IPython asks for this; the second part becomes the output's metadata, where Jupyter and
        # tools/run_notebook.py look for the size and the text.
        width, height = (round(inches * CSS_DPI) for inches in self.get_size_inches())
        return as_png(self), {"width": width, "height": height, "alt": self.title}


def rows_by_stage(manifests: Mapping[str, Mapping[str, Any]]) -> Picture:
    """Return bars of the input and output rows of each stage; manifests are by stage."""
    figure, axes = new_figure("Rows by stage")
    at = np.arange(len(manifests))
    for shift, count, colour in ((-0.2, "rows_in", GREY), (0.2, "rows_out", BLUE)):
        heights = [manifest[count] for manifest in manifests.values()]
        bars = axes.bar(at + shift, heights, 0.4, color=colour, label=count.replace("_", " "))
        axes.bar_label(bars, [f"{height:,}" for height in heights], fontsize=7)
    axes.set_xticks(at, list(manifests))
    axes.set_ylabel("rows")
    axes.yaxis.set_major_formatter(THOUSANDS)
    axes.legend()
    return figure


def bars(title: str, labels: Sequence[str], heights: Sequence[float], unit: str) -> Picture:
    """Return one bar for each label."""
    figure, axes = new_figure(title)
    axes.bar([str(label) for label in labels], heights, color=BLUE)
    axes.set_ylabel(unit)
    axes.yaxis.set_major_formatter(THOUSANDS)
    axes.tick_params(axis="x", labelrotation=90 if len(labels) > 12 else 0, labelsize=8)
    return figure


def shares(title: str, p_female: npt.NDArray[np.float64]) -> Picture:
    """Return a histogram of P(female) over keys, shape (n,)."""
    figure, axes = new_figure(title)
    axes.hist(p_female, bins=50, range=(0, 1), color=BLUE)
    axes.set_yscale("log")
    axes.set_xlabel("share of women among the people with a name")
    axes.set_ylabel("names")
    return figure


def learning(losses: Sequence[float]) -> Picture:
    """Return the training loss by iteration."""
    figure, axes = new_figure("Training of the pattern model")
    axes.plot(np.arange(1, len(losses) + 1), losses, color=BLUE)
    axes.set_xlabel("iteration")
    axes.set_ylabel("loss (nats)")
    return figure


def reliability(
    p_female: npt.NDArray[np.float64], is_female: npt.NDArray[np.bool_], title: str
) -> Picture:
    """Return accuracy against confidence, bin by bin, with 95 % intervals and the line of perfect
    calibration."""
    figure, axes = new_figure(title)
    bins = evaluation.reliability(p_female, is_female)
    axes.plot([0.5, 1], [0.5, 1], color=GREY, linestyle="--", label="perfectly calibrated")
    filled = bins["count"] > 0
    said, right, count = (bins[of][filled] for of in ("confidence", "accuracy", "count"))
    bars = _intervals(np.rint(right * count), count)
    axes.errorbar(said, right, bars, fmt="o-", color=BLUE, capsize=3, label="this model")
    axes.set_xlabel("probability given")
    axes.set_ylabel("share of right answers")
    axes.legend()
    return figure


def coverage(curves: Mapping[str, tuple[Any, Any]], threshold_at: float | None = None) -> Picture:
    """Return errors among the answers against coverage; curves are (p_female, is_female) by
    label."""
    figure, axes = new_figure("Error by coverage")
    for (label, (p_female, is_female)), colour in zip(
        curves.items(), (BLUE, ORANGE, GREEN), strict=False
    ):
        covered, error = evaluation.coverage_curve(p_female, is_female)
        axes.plot(covered, 100 * error, color=colour, label=label)
    if threshold_at is not None:
        axes.axvline(threshold_at, color=GREY, linestyle="--", label="threshold")
    axes.set_xlabel("share answered, highest probability first")
    axes.set_ylabel("wrong answers (%)")
    axes.legend()
    return figure


def errors_by_country(countries: Sequence[Mapping[str, Any]], title: str) -> Picture:
    """Return the errors of each country, in the order given from top to bottom.

    A row has country (a label), expected (an error, a share) and, where n is not 0, wrong of n
    (counts), which are shown with their 95 % interval.
    """
    figure, axes = new_figure(title)
    at = np.arange(len(countries))[::-1]
    expected = [100 * row["expected"] for row in countries]
    axes.hlines(at, 0, expected, color=GREY, linewidth=0.5)
    axes.plot(expected, at, "o", color=BLUE, label="known names, expected")
    counted = [
        (row["wrong"], row["n"], y) for row, y in zip(countries, at, strict=True) if row["n"]
    ]
    if counted:
        wrong, n, y = np.array(counted, dtype=float).T
        axes.errorbar(
            100 * wrong / n, y, xerr=100 * _intervals(wrong, n), fmt="D", color=ORANGE,
            markersize=5, linewidth=1, label="names never seen, measured",
        )  # fmt: skip
    axes.set_yticks(at, [row["country"] for row in countries])
    axes.set_xlim(left=0)
    axes.set_xlabel("wrong if every answer is forced (%)")
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def _intervals(
    part: npt.NDArray[np.float64], whole: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return how far the 95 % interval of each share reaches below and above it, shape (2, n)."""
    reach = []
    for some, total in zip(part, whole, strict=True):
        low, high = evaluation.wilson_interval(int(some), int(total)) or (0.0, 1.0)
        reach.append((max(some / total - low, 0.0), max(high - some / total, 0.0)))
    return np.array(reach).reshape(-1, 2).T


def answers(predictions: Sequence[Prediction], threshold: float) -> Picture:
    """Return each name on a line from male to female, the range of *unknown* shaded."""
    figure, axes = new_figure("How these names are gendered, and how probable that is")
    shown = [p for p in predictions if p.p_female is not None]
    at = np.arange(len(shown))[::-1]
    colours = {"female": ORANGE, "male": BLUE, "unknown": GREY}
    axes.axvspan(1 - threshold, threshold, color=GREY, alpha=0.2)
    axes.text(0.5, -0.9, "unknown", ha="center", va="center", color="black")
    axes.hlines(at, 0, 1, color=GREY, linewidth=0.5)
    for gender, colour in colours.items():
        chosen = [(p.p_female, y) for p, y in zip(shown, at, strict=True) if p.gender == gender]
        if chosen:
            axes.scatter(*zip(*chosen, strict=True), color=colour, s=50, zorder=3)
    labels = [f"{p.name} ({p.country})" if p.country else str(p.name) for p in shown]
    axes.set_yticks(at, [f"{label}, by {p.basis}" for label, p in zip(labels, shown, strict=True)])
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-1.4, len(shown) - 0.5)
    axes.set_xlabel("P(female)")
    return figure


def baselines(found: Mapping[str, Baseline], most: int = 14) -> Picture:
    """Return the shares of each feature's bins; of more than most bins, the largest."""
    figure = Picture(figsize=(SIZE[0], 1.6 * SIZE[1]), layout="constrained")
    figure.suptitle("The mix of names that the model was made for")
    features = drift.FEATURES.items()
    for axes, (feature, bins) in zip(figure.subplots(3, 2).flat, features, strict=True):
        shares = np.array([one.shares[feature] for one in found.values()])
        shown = np.arange(len(bins))
        if len(bins) > most:
            shown = np.argsort(-shares.sum(axis=0), kind="stable")[:most]
        width = 0.8 / len(found)
        for step, (source, colour) in enumerate(zip(found, (BLUE, ORANGE), strict=False)):
            at = np.arange(len(shown)) + (step - (len(found) - 1) / 2) * width
            axes.bar(at, 100 * shares[step, shown], width, color=colour, label=source)
        axes.set_xticks(np.arange(len(shown)), [bins[index] for index in shown], rotation=90)
        axes.tick_params(labelsize=7)
        axes.set_title(feature, fontsize=9)
        axes.set_ylabel("names (%)", fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper right", fontsize=8)
    return figure


def as_png(figure: Figure) -> bytes:
    """Return a figure as PNG, the same bytes for the same figure."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
    return file.getvalue()


def new_figure(title: str) -> tuple[Picture, Any]:
    """Return an empty figure with a title, and its axes."""
    # No pyplot: nothing is registered globally, so nothing has to be closed.
    figure = Picture(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    axes.set_title(title)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes
