"""The picture of calibration: a point for each range of probabilities, from a model's manifest."""

import calibration_picture as tool
import pytest
from matplotlib.container import ErrorbarContainer

ROWS = [
    {"from": 0.5, "to": 0.55, "n": 40, "said": 0.52, "right": 0.5},
    {"from": 0.95, "to": 1.0, "n": 1200, "said": 0.99, "right": 1.0},
]


def test_each_range_is_a_point_with_its_number_of_names():
    axes = tool.drawn(ROWS, "0123456789abcdef").axes[0]
    (bars,) = axes.containers
    assert list(bars[0].get_xdata()) == [0.52, 0.99]
    assert list(bars[0].get_ydata()) == [0.5, 1.0]
    assert [text.get_text() for text in axes.texts] == ["40 names", "1,200 names"]
    assert "01234567" in axes.get_title()


def test_the_interval_of_few_names_is_wider_than_that_of_many():
    axes = tool.drawn(ROWS, "0123456789abcdef").axes[0]
    (bars,) = axes.containers
    assert isinstance(bars, ErrorbarContainer)
    few, many = bars.lines[2][0].get_segments()
    assert few[0][1] < 0.5 < few[1][1]
    assert few[1][1] - few[0][1] > 10 * (many[1][1] - many[0][1])


def test_without_a_model_the_remedy_is_printed(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GENDER_DETECTION_MODEL_DIR", str(tmp_path / "none"))
    assert tool.main() == 1
    assert "make train" in capsys.readouterr().err


@pytest.mark.parametrize("picture", ["calibration.svg", "way-of-a-name.svg"])
def test_pictures_have_a_title_and_a_background_for_dark_pages(picture):
    text = (tool.PICTURE.parent / picture).read_text(encoding="utf-8")
    assert "<title" in text
    assert "fill: #ffffff" in text or 'fill="#fff"' in text
