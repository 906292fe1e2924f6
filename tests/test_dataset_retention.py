"""Which versions of a dataset are kept, and removing one, on files alone."""

import json
from pathlib import Path

import pytest

from gender_detection.dataset_retention import (
    STAGES,
    StoredFiles,
    kept,
    made_from,
    pin,
    pin_data,
    pinned,
    remove,
    unpin,
)
from gender_detection.errors import DatasetError
from tests.upkeep.old_versions import publish_data


class Killed(BaseException):
    """Simulates that the process ends in the middle of an operation."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Five versions of each dataset, each made from the one before: r1, c1, t1, v1 and o1."""
    for number in range(1, 6):
        publish_data(tmp_path / "data", str(number))
    return tmp_path / "data"


@pytest.fixture
def files(data: Path) -> StoredFiles:
    return StoredFiles(str(data))


def versions(data: Path, stage: str = "raw") -> set[str]:
    return {path.parent.name for path in (data / stage / "versions").glob("*/manifest.json")}


def test_last_three_and_the_pinned_are_kept(files):
    pin(files, "raw", "r1", "names")

    assert kept(files, "raw") == {"r1", "r3", "r4", "r5"}


def test_all_that_a_version_was_made_from_is_found(files):
    assert made_from(files, "v2") == {
        "raw": {"r2"}, "clean": {"c2"}, "transformed": {"t2"}, "vectors": {"v2"}, "origins": {"o2"},
    }  # fmt: skip
    assert made_from(files, "v9") == {}


def test_data_of_a_model_stay_until_its_pins_are_taken_away(data, files):
    pin_data(str(data), "v1", "names")
    pin_data(str(data), "v1", "other names/2")
    unpin(files, "raw", "r1", "names")
    assert all(not remove(files, stage, f"{stage[0]}1") for stage in STAGES)

    unpin(files, "raw", "r1", "other names/2")

    assert pinned(files, "raw") == set()
    assert pinned(files, "clean", but="names") == {"c1"}
    assert remove(files, "raw", "r1")
    assert versions(data) == {"r2", "r3", "r4", "r5"}
    assert not (data / "raw" / "versions" / "r1").exists()


@pytest.mark.parametrize("steps", range(6))
def test_removal_that_is_interrupted_hides_the_version_and_is_finished_later(
    data, files, monkeypatch, steps
):
    done: list[object] = []

    def step(operation):
        def killed(*arguments):
            if len(done) == steps:
                raise Killed
            done.append(operation)
            operation(*arguments)

        return killed

    with monkeypatch.context() as patch:
        for name in ("delete", "move"):
            patch.setattr(StoredFiles, name, step(getattr(StoredFiles, name)))
        try:
            remove(files, "raw", "r1")
        except Killed:
            whole = (data / "raw" / "versions" / "r1" / "part-00000.parquet").exists()
            assert whole or "r1" not in versions(data)

    assert remove(files, "raw", "r1")
    assert not (data / "raw" / "versions" / "r1").exists()


def test_version_that_is_published_while_it_is_removed_is_given_back(data, files, monkeypatch):
    move = StoredFiles.move

    def publish_meanwhile(self, source, target):
        move(self, source, target)
        pointer = data / "raw" / "published" / "00000009.json"
        pointer.write_text(json.dumps({"version": "r1"}))

    monkeypatch.setattr(StoredFiles, "move", publish_meanwhile)

    assert not remove(files, "raw", "r1")
    assert "r1" in versions(data)
    assert (data / "raw" / "versions" / "r1" / "part-00000.parquet").exists()


def test_data_that_are_removed_while_they_are_pinned_are_reported(data, files, monkeypatch):
    write = StoredFiles.write_json

    def remove_first(self, uri, value):
        (data / "raw" / "versions" / "r1" / "manifest.json").unlink(missing_ok=True)
        write(self, uri, value)

    monkeypatch.setattr(StoredFiles, "write_json", remove_first)

    with pytest.raises(DatasetError, match="the data v1 are being removed"):
        pin_data(str(data), "v1", "names")


def test_datasets_that_cannot_be_written_are_reported_with_the_remedy(data, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(StoredFiles, "write_json", refuse)

    with pytest.raises(DatasetError, match=r"cannot be pinned \(PermissionError\): allow writing"):
        pin_data(str(data), "v1", "names")
