"""A job whose gate fails publishes nothing and reports the reason."""

import pytest

from gender_detection.config import Settings
from gender_detection.errors import DatasetError, QualityError
from gender_detection.spark.stages import stage_dataset
from tests.spark.pipeline_fixtures import load_script

RAW = (
    "source string, name string, country string, year short, "
    "n_female double, n_male double, p_female double, n_sources int, part string, n_bearers double"
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return Settings.from_env({"GENDER_DETECTION_HOME": str(home)})


@pytest.fixture
def publish_raw(spark, settings):
    def publish(names):
        rows = [("s", name, None, None, 1.0, 0.0, 1.0, 1, "given", None) for name in names]
        df = spark.createDataFrame(rows, RAW)
        manifest = {"rows_out": len(rows), "sources": {"s": {"weight": 1.0}}}
        return stage_dataset(spark, settings, "raw").publish(df, manifest, by="name", shards=1)

    return publish


def test_last_good_version_stays_current_when_the_gate_fails(spark, settings, publish_raw):
    cleansing = load_script("data_cleansing")
    clean = stage_dataset(spark, settings, "clean")
    with pytest.raises(DatasetError, match="raw: run 'make data' first"):
        cleansing.cleanse(spark, settings)

    raw = publish_raw(["Maria", "Olga"])
    cleansing.cleanse(spark, settings)
    good = clean.current()
    assert good.manifest["input"] == {"raw": raw.name}
    assert good.manifest["rows_in"] == good.manifest["rows_out"] == 2

    publish_raw(["Maria", "J.", "4711", "Mrs"])
    with pytest.raises(QualityError, match="stage clean: rule rows_kept: 1 of 4 rows were kept"):
        cleansing.cleanse(spark, settings)
    assert clean.current() == good
    assert {row["key"] for row in clean.read().collect()} == {"maria", "olga"}
