"""Persons drawn as the sources count them: a stand-in for the names that a service is asked."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import DatasetError
from ..model import Person

# A source is drawn by its bearers to this power: one that counts hundreds of millions is not all.
SOURCE_POWER = 0.5
# The columns that are read, in the order by which rows are sorted.
DRAWN_FROM = ("source", "name", "country", "part", "bearers")


def sample_people(clean: pa.Table, number: int, *, seed: int) -> list[Person]:
    """Return persons with the given names of the dataset clean, each drawn by its bearers.

    They have the name in its source's own spelling, and the country where the statement has one.
    Of clean are read DRAWN_FROM. The same rows in any order give the same persons for a seed. Raise
    DatasetError where no given name is borne by anybody.
    """
    given = clean.select(DRAWN_FROM).filter(pc.equal(clean["part"], "given"))
    given = given.sort_by([(column, "ascending") for column in DRAWN_FROM])
    bearers = given["bearers"].to_numpy()
    if not bearers.sum() > 0:
        raise DatasetError("the dataset clean has no given names with bearers: too few names")
    _, source = np.unique(given["source"].to_numpy(zero_copy_only=False), return_inverse=True)
    of_source = np.bincount(source, bearers)
    # A source without bearers has rows of weight 0 alone, whatever stands for its total.
    weight = bearers * np.maximum(of_source, np.finfo(float).tiny)[source] ** (SOURCE_POWER - 1)
    heights = np.cumsum(weight)
    at = np.searchsorted(
        heights, np.random.default_rng(seed).random(number) * heights[-1], side="right"
    )
    drawn = given.take(at)
    return [
        Person(given_name=name, country=country)
        for name, country in zip(
            drawn["name"].to_pylist(), drawn["country"].to_pylist(), strict=True
        )
    ]
