"""People drawn from the sources, as a substitute for those that a service is asked about."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import DatasetError
from ..model import Person

# The weight of a source is its bearers to this power, so that the largest ones do not dominate.
SOURCE_POWER = 0.5
# The columns that are read, in the order that rows are sorted by.
DRAWN_FROM = ("source", "name", "country", "part", "bearers")
# The first letter of names in Latin, Greek and Cyrillic. Most names in other scripts are from lists
# without counts, which do not say how common a name is.
_COUNTED = r"^[\x{0}-\x{52F}\x{1E00}-\x{1FFF}]"


def sample_people(clean: pa.Table, number: int, *, seed: int) -> list[Person]:
    """Return people with given names of the dataset clean, in Latin, Greek or Cyrillic letters,
    drawn in proportion to bearers.

    Names are in the source's spelling, with the statement's country if it has one. Only the columns
    DRAWN_FROM are read. A seed gives the same people for the same rows in any order. Raise
    DatasetError if no given name has bearers.
    """
    counted = pc.match_substring_regex(clean["name"], _COUNTED)
    given = clean.select(DRAWN_FROM).filter(pc.and_(pc.equal(clean["part"], "given"), counted))
    given = given.sort_by([(column, "ascending") for column in DRAWN_FROM])
    bearers = given["bearers"].to_numpy()
    if not bearers.sum() > 0:
        raise DatasetError("the dataset clean has no given names with bearers: too few names")
    _, source = np.unique(given["source"].to_numpy(zero_copy_only=False), return_inverse=True)
    of_source = np.bincount(source, bearers)
    # The rows of a source without bearers have weight 0, whatever its total is replaced by.
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
