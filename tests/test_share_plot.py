"""The figure of shares of women by group."""

from typing import Any

import pytest

from gender_detection.aggregation import GroupCounts, Summary, summarise
from gender_detection.model import Model, Person
from gender_detection.share_plot import FORMATS, MOST_SERIES, drawn, share_plot

People = list[tuple[str, list[str | int | None]]]


def summaries(model: Model, by: list[str], people: People) -> tuple[list[Summary], Summary]:
    counts = GroupCounts(by, model.parameters.base_share)
    predictions = model.predict([Person(name=name) for name, _ in people])
    counts.add_predictions([values for _, values in people], predictions)
    return summarise(counts)


def figure_of(model: Model, by: list[str], people: People):
    groups, total = summaries(model, by, people)
    return share_plot(by, groups, total)


PEOPLE: People = [
    ("Maria", [2019, "first"]), ("John", [2019, "first"]), ("Maria", [2021, "first"]),
    ("John", [2021, "last"]), ("Maria", [2020, "first"]), ("J. R.", [2018, "last"]),
    ("John", [None, "last"]),
]  # fmt: skip


def test_first_column_is_on_the_axis_in_order_and_the_others_are_lines(tiny_model: Model):
    figure = figure_of(tiny_model, ["year", "position"], PEOPLE)
    (axes,), (legend,) = figure.axes, figure.legends

    assert [tick.get_text() for tick in axes.get_xticklabels()] == [
        "2019", "2020", "2021", "(none)",
    ]  # fmt: skip
    assert [text.get_text() for text in legend.get_texts()] == ["first", "last"]
    assert legend.get_title().get_text() == "position"
    assert axes.get_xlabel() == "year"


def test_points_are_the_shares_and_bars_their_intervals(tiny_model: Model):
    people: People = [("Maria", [1]), ("Maria", [1]), ("John", [2])]
    groups, total = summaries(tiny_model, ["group"], people)

    (axes,) = share_plot(["group"], groups, total).axes
    container: Any = axes.containers[0]
    assert container.lines[0].get_ydata() == pytest.approx([one.female_share for one in groups])
    segments = container.lines[2][0].get_segments()
    ends = [(segment[0][1], segment[1][1]) for segment in segments]
    assert ends == [pytest.approx((one.low, one.high)) for one in groups]


def test_without_columns_all_people_are_one_point(tiny_model: Model):
    (axes,) = figure_of(tiny_model, [], [("Maria", []), ("John", [])]).axes

    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["all"]


def test_too_many_lines_are_an_error(tiny_model: Model):
    people: People = [("Maria", [1, str(at)]) for at in range(MOST_SERIES + 1)]

    with pytest.raises(ValueError, match=f"8 series are more than {MOST_SERIES}"):
        figure_of(tiny_model, ["year", "field"], people)


def test_people_without_a_probability_give_an_empty_figure(tiny_model: Model):
    (axes,) = figure_of(tiny_model, ["year"], [("J. R.", [1])]).axes

    assert not axes.containers


@pytest.mark.parametrize("form", FORMATS)
def test_same_figure_gives_the_same_bytes(tiny_model: Model, form: str):
    first, second = (
        drawn(figure_of(tiny_model, ["year", "position"], PEOPLE), form) for _ in range(2)
    )

    assert first == second
    assert first.startswith({"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}[form])
