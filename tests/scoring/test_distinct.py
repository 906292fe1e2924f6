"""Whether distinct rows are numbered before they are asked about: only where that pays."""

import numpy as np
import pyarrow as pa
import pytest

from gender_detection.scoring import distinct

ROWS = 20_000


def texts(numbers):
    return pa.array([f"name {number}" for number in numbers])


def test_repeated_rows_are_computed_once():
    few = texts(np.arange(ROWS) % 50)
    numbers, (values,) = distinct.rows_to_answer([few])

    assert len(values) == 50
    assert values.take(pa.array(numbers)) == few


def test_mostly_distinct_rows_are_kept_as_they_are():
    names, countries = texts(range(ROWS)), pa.array(["IT", "DE"] * (ROWS // 2))
    numbers, columns = distinct.rows_to_answer([names, countries])

    assert numbers is None
    assert columns == [names, countries]


@pytest.mark.parametrize("exponent", [0.5, 0.6, 0.7])
def test_sample_of_rows_estimates_the_distinct_share(exponent):
    # Names whose frequencies fall by a power law, of which K n^exponent are distinct.
    drawn = np.floor(np.random.default_rng(1).random(400_000) ** (-exponent / (1 - exponent)))
    names = texts(drawn.astype(np.int64))

    assert distinct.expected_share(names) == pytest.approx(
        len(names.unique()) / len(names), rel=0.35
    )
    assert distinct.expected_share(texts(range(ROWS))) == pytest.approx(1)
