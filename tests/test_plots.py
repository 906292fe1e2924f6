"""A notebook can show every figure: as a PNG, with a text, and without pyplot."""

import inspect
import io
import subprocess
import sys

import numpy as np
import pytest
from matplotlib import image

from gender_detection import drift, plots
from gender_detection.model import Model, Person

P_FEMALE, IS_FEMALE = np.array([0.1, 0.6, 0.9, 0.95]), np.array([False, True, True, True])

COUNTRIES = [
    {"country": "CN HK", "expected": 0.3, "n": 200, "wrong": 60},
    {"country": "KR", "expected": 0.2, "n": 0, "wrong": 0},
]


@pytest.fixture(scope="module")
def drawn(tiny_model: Model) -> dict[str, plots.Picture]:
    """A picture of each function that makes one."""
    people = [Person(name="Maria"), Person(name="John", country="US")]
    manifest = {"rows_in": 3, "rows_out": 2}
    return {
        "rows_by_stage": plots.rows_by_stage({"raw": manifest, "clean": manifest}),
        "bars": plots.bars("Keys by country", ["IT", "DE"], [2, 1], "keys"),
        "shares": plots.shares("How gendered names are", P_FEMALE),
        "learning": plots.learning([3.0, 2.0, 1.0]),
        "reliability": plots.reliability(P_FEMALE, IS_FEMALE, "Calibration"),
        "coverage": plots.coverage({"names": (P_FEMALE, IS_FEMALE)}, threshold_at=0.5),
        "errors_by_country": plots.errors_by_country(COUNTRIES, "Errors by country"),
        "answers": plots.answers(tiny_model.predict(people), 0.8),
        "baselines": plots.baselines({"training": drift.baseline(tiny_model, people, "training")}),
    }


def test_every_plot_function_is_tested(drawn: dict[str, plots.Picture]):
    public = inspect.getmembers(plots, inspect.isfunction)
    drawing = {
        name for name, function in public if function.__annotations__["return"] is plots.Picture
    }

    assert drawing == set(drawn)


def test_pictures_are_shown_as_png_with_their_title_as_text(drawn: dict[str, plots.Picture]):
    for name, picture in drawn.items():
        png, about = picture._repr_png_()

        pixels = image.imread(io.BytesIO(png), format="png")
        assert not (pixels == pixels[0, 0]).all(), name
        assert about["alt"] == picture.title != ""
        # One and a half times the pixels of the page, for fine screens.
        assert pixels.shape[:2] == (1.5 * about["height"], 1.5 * about["width"])


def test_countries_are_drawn_from_top_to_bottom_measured_only_where_counted():
    axes = plots.errors_by_country(COUNTRIES, "Errors").axes[0]

    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert dict(zip(labels, axes.get_yticks(), strict=True)) == {"CN HK": 1, "KR": 0}
    expected, measured = (line.get_path().vertices for line in axes.lines[:2])
    assert np.array_equal(expected, [[30, 1], [20, 0]])
    assert np.array_equal(measured, [[30, 1]])


def test_countries_without_measured_names_are_drawn():
    assert plots.errors_by_country(COUNTRIES[1:], "Errors")._repr_png_()[0]
    assert plots.errors_by_country([], "Errors")._repr_png_()[0]


def test_calibration_has_the_interval_of_each_bin():
    axes = plots.reliability(np.full(10, 0.9), np.arange(10) < 9, "Calibration").axes[0]

    (bar,) = axes.collections[0].get_paths()
    # 9 of 10, by Wilson's formula.
    assert np.allclose(bar.vertices, [[0.9, 0.5958], [0.9, 0.9821]], atol=1e-4)


def test_same_figure_gives_the_same_bytes(drawn: dict[str, plots.Picture]):
    assert plots.as_png(drawn["bars"]) == plots.as_png(drawn["bars"])


SHOWN = """
import sys
from IPython.core.formatters import DisplayFormatter
from gender_detection import plots
shown, about = DisplayFormatter().format(plots.learning([2.0, 1.0]))
assert shown["image/png"][:4] == bytes([137]) + b"PNG"
assert about["image/png"]["alt"] == "Training of the pattern model"
assert "matplotlib.pyplot" not in sys.modules
"""


def test_ipython_shows_a_picture_without_setup():
    done = subprocess.run([sys.executable, "-c", SHOWN], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
