"""Draw docs/images/calibration.svg from the model that is published here.

    .venv/bin/python tools/calibration_picture.py

The figures are those of the model card, "Calibration": answers to names never seen, by their
probability. Each training changes them, so the picture names the data of its model.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

from gender_detection.config import Settings
from gender_detection.errors import GenderDetectionError
from gender_detection.evaluation import wilson_interval
from gender_detection.model import artifact, store
from gender_detection.plots import BLUE, GREY, Picture, new_figure

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "calibration.svg"


def drawn(rows: Sequence[Mapping[str, Any]], data_version: str) -> Picture:
    """Return the picture of a manifest's metrics.unseen.reliability: a point for each row, at its
    mean probability and its share of right answers, with the 95 % interval of the share."""
    figure, axes = new_figure(f"Names never seen, of the model of data {data_version[:8]}")
    axes.plot([0.5, 1], [0.5, 1], color=GREY, linestyle="--", label="as stated")
    said = [row["said"] for row in rows]
    right = [row["right"] for row in rows]
    intervals = [wilson_interval(round(row["right"] * row["n"]), row["n"]) for row in rows]
    bounds = [interval or (0.0, 1.0) for interval in intervals]
    # Rounding of the share may move it past a bound by less than a digit.
    below = [max(at - low, 0.0) for at, (low, _) in zip(right, bounds, strict=True)]
    above = [max(high - at, 0.0) for at, (_, high) in zip(right, bounds, strict=True)]
    axes.errorbar(
        said, right, [below, above], fmt="o", color=BLUE, capsize=3, label="right (95 % interval)"
    )
    for row, (low, _) in zip(rows, bounds, strict=True):
        text = f"{row['n']:,} names"
        axes.annotate(text, (row["said"], low), (0, -11), textcoords="offset points", ha="center",
                      fontsize=7)  # fmt: skip
    axes.set_xlabel("probability of the answer (mean of a range)")
    axes.set_ylabel("share of answers that are right")
    axes.set_ylim(0.4, 1.02)
    axes.legend(loc="upper left")
    return figure


def main() -> int:
    """Draw the picture; return the exit status."""
    settings = Settings.from_env()
    try:
        folder = store.served(Path(settings.model_dir), settings.model_uri)
        manifest = artifact.read_json(folder / artifact.MANIFEST)
    except GenderDetectionError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    rows = manifest["metrics"].get("unseen", {}).get("reliability")
    if not rows:
        print("error: this model was not evaluated: run make train", file=sys.stderr)
        return 1
    figure = drawn(rows, manifest["data_version"])
    # The same bytes for the same figures, and letters as text.
    with mpl.rc_context({"svg.hashsalt": "calibration", "svg.fonttype": "none"}):
        figure.savefig(PICTURE, metadata={"Date": None, "Title": figure.title}, facecolor="white")
    print(f"{PICTURE}: {sum(row['n'] for row in rows):,} names")
    return 0


if __name__ == "__main__":
    sys.exit(main())
