"""Probabilities as people read them: precise near the ends, and never certain."""

import pytest

from gender_detection.model.answers import percent


@pytest.mark.parametrize(
    ("probability", "shown"),
    [
        (0.5, "50.0%"),
        (0.847, "84.7%"),
        (0.9994, "99.9%"),
        (0.9996, "99.96%"),
        (0.9999, "99.99%"),
        (1.0, "99.99%"),
        (0.001, "0.1%"),
        (0.0004, "0.04%"),
        (0.0, "0.01%"),
    ],
)
def test_probability_has_digits_where_they_matter_and_is_never_certain(probability, shown):
    assert percent(probability) == shown
