"""A described metric has the labels that it is described with, and no others."""

import pytest
from prometheus_client import generate_latest

from gender_detection.telemetry.described import Described
from gender_detection.telemetry.textfiles import Families

POLLS = Described("polls", "Polls.", {"outcome": ("good", "bad"), "by": ()}, type="counter")
TIME = Described("time_seconds", "A time.")


def shown(family):
    return generate_latest(Families([family])).decode()


def test_series_are_shown_with_help_type_and_labels():
    text = shown(POLLS.metric([(("good", "a"), 2), (("bad", "b"), 1.5)]))

    assert text == (
        "# HELP polls_total Polls.\n# TYPE polls_total counter\n"
        'polls_total{by="a",outcome="good"} 2.0\npolls_total{by="b",outcome="bad"} 1.5\n'
    )


def test_metric_without_labels_has_one_number():
    text = shown(TIME.value(3))

    assert text == "# HELP time_seconds A time.\n# TYPE time_seconds gauge\ntime_seconds 3.0\n"


def test_metric_without_series_is_shown_without_any():
    assert shown(POLLS.metric([])) == "# HELP polls_total Polls.\n# TYPE polls_total counter\n"


def test_unknown_value_of_a_closed_label_is_refused():
    with pytest.raises(ValueError, match="polls: unknown label value Maria"):
        POLLS.metric([(("Maria", "a"), 1)])


@pytest.mark.parametrize("values", [(), ("good",), ("good", "a", "b")])
def test_other_number_of_labels_is_refused(values):
    with pytest.raises(ValueError, match="zip"):
        POLLS.metric([(values, 1)])
