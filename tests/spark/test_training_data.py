"""The versions that a model is trained on belong together, also if newer ones are published."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gender_detection.config import Settings
from gender_detection.errors import DatasetError
from gender_detection.spark.stages import ORIGINS, STAGES, stage_dataset
from gender_detection.spark.training_data import training_versions


def publish(settings: Settings, stage: str, name: str, **inputs: str) -> str:
    """Publish a version without rows, as the jobs do."""
    folder = Path(settings.data_uri) / stage
    version, published = folder / "versions" / name, folder / "published"
    for made in (version, published):
        made.mkdir(parents=True, exist_ok=True)
    manifest = {"version": name, "stage": stage, "files": [], "input": inputs}
    (version / "manifest.json").write_text(json.dumps(manifest))
    pointer = published / f"{len(list(published.iterdir())) + 1:08d}.json"
    pointer.write_text(json.dumps({"version": name}))
    return name


def run_pipeline(settings: Settings, mark: str) -> dict[str, str]:
    """Publish a version of each dataset, named by its first letter and a mark."""
    raw = publish(settings, "raw", f"a{mark}")
    clean = publish(settings, "clean", f"c{mark}", raw=raw)
    transformed = publish(settings, "transformed", f"d{mark}", clean=clean)
    origins = publish(settings, ORIGINS, f"f{mark}", clean=clean)
    vectors = publish(settings, "vectors", f"e{mark}", transformed=transformed)
    return dict(zip((*STAGES, ORIGINS), (raw, clean, transformed, vectors, origins), strict=True))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings(), data_uri=str(tmp_path))


def found(spark, settings: Settings) -> dict[str, str]:
    return {stage: v.name for stage, v in training_versions(spark, settings).items()}


def test_newest_versions_are_the_default(spark, settings):
    run_pipeline(settings, "1111111")
    newest = run_pipeline(settings, "2222222")

    assert found(spark, settings) == newest


@pytest.mark.parametrize("named", ["e1111111", "e11111"])
def test_older_data_version_is_found_with_all_that_it_was_made_from(spark, settings, named):
    older = run_pipeline(settings, "1111111")
    run_pipeline(settings, "2222222")

    assert found(spark, replace(settings, data_version=named)) == older


def test_datasets_of_a_run_that_has_not_ended_are_not_used(spark, settings):
    whole = run_pipeline(settings, "1111111")
    publish(settings, "raw", "a2222222")
    publish(settings, "clean", "c2222222", raw="a2222222")
    publish(settings, ORIGINS, "f2222222", clean="c2222222")

    assert found(spark, settings) == whole


def test_origins_are_the_newest_of_the_same_names(spark, settings):
    whole = run_pipeline(settings, "1111111")
    publish(settings, ORIGINS, "f3333333", clean=whole["clean"])

    assert found(spark, settings)[ORIGINS] == "f3333333"


def test_version_that_is_not_kept_is_reported_with_those_that_are(spark, settings):
    run_pipeline(settings, "1111111")

    with pytest.raises(DatasetError, match=r"no version\(s\) 'abcdef'.*e1111111.*make data"):
        training_versions(spark, replace(settings, data_version="abcdef"))


def test_start_of_two_versions_is_reported(spark, settings):
    for mark in ("1111111", "1111112"):
        run_pipeline(settings, mark)

    with pytest.raises(DatasetError, match=r"2 version\(s\) 'e11111'"):
        training_versions(spark, replace(settings, data_version="e11111"))


def test_missing_origins_are_reported(spark, settings):
    run_pipeline(settings, "1111111")
    clean = publish(settings, "clean", "c2222222", raw="a1111111")
    publish(settings, "transformed", "d2222222", clean=clean)
    publish(settings, "vectors", "e2222222", transformed="d2222222")

    with pytest.raises(DatasetError, match=r"origins has no version .*c2222222.*make data"):
        training_versions(spark, settings)


def test_manifest_without_its_input_is_reported(spark, settings):
    run_pipeline(settings, "1111111")
    publish(settings, "vectors", "e2222222")

    with pytest.raises(DatasetError, match="does not say which version of transformed"):
        training_versions(spark, settings)


def test_kept_versions_are_those_published_last_first(spark, settings):
    for name in ("e1", "e2", "e1"):
        publish(settings, "vectors", name)

    kept = stage_dataset(spark, settings, "vectors").kept()

    assert [version.name for version in kept] == ["e1", "e2"]
