"""A model with all the evidence there is, for just the names that the tests of behaviour ask."""

import functools
import unicodedata
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyspark.sql import SparkSession

from gender_detection import training
from gender_detection.model import Model, Parameters
from gender_detection.names import parse, statement_key
from gender_detection.sources import load_catalogue, read
from tests.behaviour.behaviour_cases import everyone

# Training on all the data finds 0.67; a little stricter, so as not to hang on its third digit.
THRESHOLD = 0.7
# One key in so many is taken besides, to learn spellings from. They are only the prior of names
# with evidence, and count for half a bearer there.
SAMPLED = 50


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.import_plugin("tests.spark.pipeline_fixtures")


@functools.cache
def _key(name: str) -> str:
    """Return the key of a name as a source states it; sources state most names several times."""
    return statement_key(unicodedata.normalize("NFC", name))[0]


def _statements(wanted: set[str]) -> pa.Table:
    """Return all that the built-in sources state of the keys wanted and of those sampled."""
    batches = []
    for entry in load_catalogue().values():
        if not entry.enabled or entry.kind != "package":
            continue
        for batch in read(entry, Path("not-needed")).statements:
            batch = batch.filter(pc.equal(batch["part"], "given"))
            keys = [_key(name) for name in batch["name"].to_pylist()]
            taken = [k in wanted or zlib.crc32(k.encode()) % SAMPLED == 0 for k in keys]
            batches.append(batch.filter(pa.array(taken, pa.bool_())))
    _key.cache_clear()
    # In one piece: Spark reads no rows behind an empty batch.
    return pa.Table.from_batches(batches).combine_chunks()


@pytest.fixture(scope="session")
def model(spark: SparkSession) -> Model:
    """A model whose evidence for everyone() is that of a model trained on all the data.

    The sources' statements are taken by key and go through the jobs' own transforms.
    """
    from tests.spark.pipeline_fixtures import load_script

    jobs = {name: load_script(f"data_{name}") for name in ("cleansing", "transformation")}
    vectorization = load_script("vectorization")
    wanted = {key for person in everyone() for key in parse(person.name, person.country).keys}
    raw = spark.createDataFrame(_statements(wanted))
    weights = {name: entry.weight for name, entry in load_catalogue().items()}
    clean = jobs["cleansing"].transform(raw, weights).filter("reason IS NULL").drop("reason")
    transformed = jobs["transformation"].transform(clean).persist()
    vectors = vectorization.transform(transformed).filter("reason IS NULL").toArrow()
    rows = {split: training.Vectors.of_split(vectors, split) for split in ("train", "valid")}
    pattern = training.fit_pattern(rows["train"], vectorization.NGRAMS, iterations=30)
    pattern = training.calibrate(pattern, rows["valid"])
    return training.assemble(
        transformed.toArrow(), pattern, Parameters(threshold=THRESHOLD), data_version="behaviour"
    )
