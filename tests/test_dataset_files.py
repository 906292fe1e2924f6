"""The versions that a model is trained on belong together, also if newer ones are published."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gender_detection.dataset_files import DatasetFiles
from gender_detection.errors import DatasetError
from gender_detection.spark.stages import ORIGINS, STAGES


def publish(data: Path, stage: str, name: str, **inputs: str) -> str:
    """Publish a version without rows, as the jobs do."""
    folder = data / stage
    version, published = folder / "versions" / name, folder / "published"
    for made in (version, published):
        made.mkdir(parents=True, exist_ok=True)
    manifest = {"version": name, "stage": stage, "files": [], "input": inputs}
    (version / "manifest.json").write_text(json.dumps(manifest))
    pointer = published / f"{len(list(published.iterdir())) + 1:08d}.json"
    pointer.write_text(json.dumps({"version": name}))
    return name


def run_pipeline(data: Path, mark: str) -> dict[str, str]:
    """Publish a version of each dataset, named by its first letter and a mark."""
    raw = publish(data, "raw", f"a{mark}")
    clean = publish(data, "clean", f"c{mark}", raw=raw)
    transformed = publish(data, "transformed", f"d{mark}", clean=clean)
    origins = publish(data, ORIGINS, f"f{mark}", clean=clean)
    vectors = publish(data, "vectors", f"e{mark}", transformed=transformed)
    return dict(zip((*STAGES, ORIGINS), (raw, clean, transformed, vectors, origins), strict=True))


def found(data: Path, data_version: str = "") -> dict[str, str]:
    chain = DatasetFiles(str(data)).chain(data_version)
    return {stage: version.name for stage, version in chain.items()}


def test_newest_versions_are_the_default(tmp_path: Path):
    run_pipeline(tmp_path, "1111111")
    newest = run_pipeline(tmp_path, "2222222")

    assert found(tmp_path) == newest


@pytest.mark.parametrize("named", ["e1111111", "e11111"])
def test_older_data_version_is_found_with_all_that_it_was_made_from(tmp_path: Path, named: str):
    older = run_pipeline(tmp_path, "1111111")
    run_pipeline(tmp_path, "2222222")

    assert found(tmp_path, named) == older


def test_datasets_of_a_run_that_has_not_ended_are_not_used(tmp_path: Path):
    whole = run_pipeline(tmp_path, "1111111")
    publish(tmp_path, "raw", "a2222222")
    publish(tmp_path, "clean", "c2222222", raw="a2222222")
    publish(tmp_path, ORIGINS, "f2222222", clean="c2222222")

    assert found(tmp_path) == whole


def test_origins_are_the_newest_of_the_same_names(tmp_path: Path):
    whole = run_pipeline(tmp_path, "1111111")
    publish(tmp_path, ORIGINS, "f3333333", clean=whole["clean"])

    assert found(tmp_path)[ORIGINS] == "f3333333"


def test_version_that_is_not_kept_is_reported_with_those_that_are(tmp_path: Path):
    run_pipeline(tmp_path, "1111111")

    with pytest.raises(DatasetError, match=r"no version\(s\) 'abcdef'.*e1111111.*make data"):
        found(tmp_path, "abcdef")


def test_start_of_two_versions_is_reported(tmp_path: Path):
    for mark in ("1111111", "1111112"):
        run_pipeline(tmp_path, mark)

    with pytest.raises(DatasetError, match=r"2 version\(s\) 'e11111'"):
        found(tmp_path, "e11111")


def test_missing_origins_are_reported(tmp_path: Path):
    run_pipeline(tmp_path, "1111111")
    clean = publish(tmp_path, "clean", "c2222222", raw="a1111111")
    publish(tmp_path, "transformed", "d2222222", clean=clean)
    publish(tmp_path, "vectors", "e2222222", transformed="d2222222")

    with pytest.raises(DatasetError, match=r"origins has no version .*c2222222.*make data"):
        found(tmp_path)


def test_manifest_without_its_input_is_reported(tmp_path: Path):
    run_pipeline(tmp_path, "1111111")
    publish(tmp_path, "vectors", "e2222222")

    with pytest.raises(DatasetError, match="does not say which version of transformed"):
        found(tmp_path)


def test_no_data_are_reported_with_the_remedy(tmp_path: Path):
    with pytest.raises(DatasetError, match=r"no dataset is published at .*/vectors: run 'make"):
        found(tmp_path)


@pytest.mark.parametrize("address", ["ftp://host/data", "wasb://box@host/data"])
def test_address_that_cannot_be_read_is_reported(address: str):
    with pytest.raises(DatasetError, match=r"cannot read datasets at \w+:// addresses"):
        DatasetFiles(address)


def test_rows_are_those_of_the_files_of_the_manifest_in_their_order(tmp_path: Path):
    data = written(tmp_path, ["b", "a"])

    files = DatasetFiles(str(data))
    read = files.read(files.current("clean"), ["name"])

    assert read.to_pylist() == [{"name": "b"}, {"name": "a"}]


def test_damaged_file_is_named_with_the_remedy(tmp_path: Path):
    data = written(tmp_path, ["b", "a"])
    (data / "clean/versions/c1/part-1.parquet").write_bytes(b"cut")

    files = DatasetFiles(str(data))
    with pytest.raises(DatasetError, match=r"part-1.parquet is missing or damaged: delete"):
        files.read(files.current("clean"))


def written(data: Path, names: list[str]) -> Path:
    """Publish a version of clean with a file for each name."""
    publish(data, "clean", "c1")
    folder, files = data / "clean/versions/c1", []
    for number, name in enumerate(names):
        path = folder / f"part-{number}.parquet"
        pq.write_table(pa.table({"name": [name], "part": ["given"]}), path)
        files.append({"name": path.name, "bytes": path.stat().st_size})
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "files": files}))
    return data
