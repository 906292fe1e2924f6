"""What both models are asked: names of a version of the data, read from its Parquet files."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..dataset_files import CLEAN, TRANSFORMED, VECTORS, DatasetFiles
from ..evaluation.held_out import MIN_COUNT
from ..features import hash_keys

# So many names of each country, and of those that have none, are asked.
PER_COUNTRY = 1000
WITHOUT_COUNTRY = 20_000
# Between a name and its country, where the order of names is drawn.
_JOINED = "\x1f"
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Reference:
    """Names of one version of the data, with the gender of most of their bearers.

    name, country, is_female   of people, (n,): given names in the source's spelling
    key, key_is_female         of names held out of training, (m,)
    """

    data_version: str
    name: pa.StringArray
    country: pa.StringArray
    is_female: Bools
    key: list[str]
    key_is_female: Bools


def read_reference(data_uri: str, data_version: str) -> Reference:
    """Return the names of a version of the data, which is that of its dataset vectors.

    Only its files are read, without Spark. Raise DatasetError if a file is missing or damaged.
    """
    files = DatasetFiles(data_uri)
    vectors = files.version(VECTORS, data_version)
    transformed = files.version(TRANSFORMED, vectors.input(TRANSFORMED))
    clean = files.version(CLEAN, transformed.input(CLEAN))
    given = files.read(clean, ["name", "country", "part", "female", "male"])
    keys = files.read(transformed, ["key", "country", "female", "male", "split"])
    return reference(data_version, given, keys)


def reference(data_version: str, clean: pa.Table, transformed: pa.Table) -> Reference:
    """Return the names to ask from the rows of the datasets clean and transformed.

    Of each country, and of the names without one, the most common are the likeliest to be drawn,
    each once: by the exponential keys of Efraimidis and Spirakis (Information Processing Letters 97
    (2006), 181-185), computed from a hash of the name, so that other versions of the data give the
    same names. Names with as many women as men are left out.
    """
    given = clean.filter(pc.equal(clean["part"], "given"))
    counted = given.group_by(["name", "country"]).aggregate([("female", "sum"), ("male", "sum")])
    female, male = counted["female_sum"].to_numpy(), counted["male_sum"].to_numpy()
    counted = counted.filter(pa.array((female != male) & (female + male > 0)))
    drawn = counted.take(_drawn(counted))
    key, key_is_female = _held_out(transformed)
    return Reference(
        data_version,
        drawn["name"].combine_chunks(),
        drawn["country"].combine_chunks(),
        drawn["female_sum"].to_numpy() > drawn["male_sum"].to_numpy(),
        key,
        key_is_female,
    )


def _drawn(counted: pa.Table) -> npt.NDArray[np.int64]:
    """Return the rows that are drawn, in an order that depends only on names and countries."""
    country = pc.fill_null(counted["country"], "")
    joined = pc.binary_join_element_wise(counted["name"], country, _JOINED)
    hashes = hash_keys(joined.to_pylist())
    bearers = counted["female_sum"].to_numpy() + counted["male_sum"].to_numpy()
    waiting = -np.log((hashes.astype(np.float64) + 1) / 2.0**64) / bearers
    codes = country.combine_chunks().dictionary_encode()
    texts = codes.dictionary.to_pylist()
    alphabetical = np.argsort(np.argsort(np.array(texts, np.str_)))[codes.indices.to_numpy()]
    order = np.lexsort((hashes, waiting, alphabetical))
    in_order = alphabetical[order]
    rank = np.arange(len(order)) - np.searchsorted(in_order, in_order, side="left")
    # The empty text, of names without a country, is the first.
    most = np.where((in_order == 0) & ("" in texts), WITHOUT_COUNTRY, PER_COUNTRY)
    taken: npt.NDArray[np.int64] = order[rank < most]
    return taken


def _held_out(transformed: pa.Table) -> tuple[list[str], Bools]:
    """Return the keys of the split test with MIN_COUNT bearers, as evaluation.held_out does."""
    kept = pc.and_(pc.equal(transformed["split"], "test"), pc.is_null(transformed["country"]))
    rows = transformed.filter(pc.and_(kept, pc.string_is_ascii(transformed["key"])))
    female, male = rows["female"].to_numpy(), rows["male"].to_numpy()
    judged = (female + male >= MIN_COUNT) & (female != male)
    rows = rows.filter(pa.array(judged)).sort_by("key")
    return rows["key"].to_pylist(), rows["female"].to_numpy() > rows["male"].to_numpy()
