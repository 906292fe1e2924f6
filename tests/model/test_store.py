"""The folder of published models shows a complete version or the one before, never a part."""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gender_detection.errors import ArtifactError, ModelNotFound
from gender_detection.model import Model, store
from gender_detection.model.artifact import MANIFEST, REGISTRATION


@pytest.fixture
def model_dir(tmp_path: Path) -> Path:
    return tmp_path / "model"


def versions(model_dir: Path) -> set[str]:
    """Return the versions in the folder, hidden ones by their full name."""
    return {
        path.name if path.name.startswith(".") else path.name.partition("-")[0]
        for path in (model_dir / "versions").iterdir()
    }


def test_published_artifact_is_the_current_one(model_dir: Path, tiny_artifact: Path):
    folder = store.publish(model_dir, tiny_artifact, "1")

    assert store.current(model_dir) == folder
    assert Model.load(folder).version == "1"
    assert {path.name for path in tiny_artifact.iterdir()} < {
        path.name for path in folder.iterdir()
    }


def test_second_version_becomes_current_and_the_first_stays_complete(
    model_dir: Path, tiny_artifact: Path
):
    first = store.publish(model_dir, tiny_artifact, "1")
    second = store.publish(model_dir, tiny_artifact, "2")

    assert store.current(model_dir) == second
    assert Model.load(first).version == "1"


def test_first_version_can_be_published_again(model_dir: Path, tiny_artifact: Path):
    first = store.publish(model_dir, tiny_artifact, "1")
    store.publish(model_dir, tiny_artifact, "2")

    assert store.publish(model_dir, tiny_artifact, "1") == first
    assert store.current(model_dir) == first
    assert versions(model_dir) == {"1", "2"}


def test_only_the_newest_versions_are_kept(model_dir: Path, tiny_artifact: Path):
    for version in range(1, 6):
        folder = store.publish(model_dir, tiny_artifact, str(version))
        # Later versions are newer, even if both are published at once.
        os.utime(folder, (version, version))

    assert versions(model_dir) == {"3", "4", "5"}


def test_current_version_is_kept_however_old(model_dir: Path, tiny_artifact: Path):
    for version in range(1, 4):
        folder = store.publish(model_dir, tiny_artifact, str(version))
        os.utime(folder, (version, version))
    store.publish(model_dir, tiny_artifact, "1")
    store.publish(model_dir, tiny_artifact, "1")

    assert store.current(model_dir).name.startswith("1-")
    assert versions(model_dir) == {"1", "2", "3"}


def rename_version(folder: Path, model_dir: Path) -> None:
    """Rename a version's folder, and point to it."""
    other = folder.with_name(f"2-{folder.name.partition('-')[2]}")
    folder.rename(other)
    (model_dir / "current.json").write_text(json.dumps({"folder": other.name}))


@pytest.mark.parametrize("remove", [False, True])
def test_folder_whose_content_does_not_match_its_name_is_refused(
    model_dir: Path, tiny_artifact: Path, remove: bool
):
    folder = store.publish(model_dir, tiny_artifact, "1")
    if remove:
        (folder / REGISTRATION).unlink()
    else:
        rename_version(folder, model_dir)

    with pytest.raises(ArtifactError, match="make train"):
        store.current(model_dir)


def test_damaged_artifact_is_not_published(model_dir: Path, tiny_artifact: Path, tmp_path: Path):
    before = store.publish(model_dir, tiny_artifact, "1")
    damaged = shutil.copytree(tiny_artifact, tmp_path / "damaged")
    (damaged / "pattern_weights.npy").write_bytes(b"damaged")

    with pytest.raises(ArtifactError, match="pattern_weights"):
        store.publish(model_dir, damaged, "2")

    assert store.current(model_dir) == before
    assert versions(model_dir) == {"1"}


@pytest.mark.parametrize("version", ["", ".", "../2", "2/3"])
def test_version_that_cannot_be_a_folder_name_is_refused(
    model_dir: Path, tiny_artifact: Path, version: str
):
    with pytest.raises(ArtifactError, match="invalid version"):
        store.publish(model_dir, tiny_artifact, version)


def test_several_processes_can_publish_at_the_same_time(model_dir: Path, tiny_artifact: Path):
    with ThreadPoolExecutor(8) as pool:
        folders = list(
            pool.map(lambda n: store.publish(model_dir, tiny_artifact, str(n % 2)), range(16))
        )

    assert store.current(model_dir) in folders
    assert versions(model_dir) == {"0", "1"}
    for folder in set(folders):
        assert store.load_version(folder)


def test_versions_are_listed_newest_first(model_dir: Path, tiny_artifact: Path):
    assert store.versions(model_dir) == []
    for version, age in (("1", 5), ("2", 9), ("3", 7)):
        os.utime(store.publish(model_dir, tiny_artifact, version), (age, age))
    (model_dir / "versions" / ".4-abc.def").mkdir()

    assert [path.name[0] for path in store.versions(model_dir)] == ["2", "3", "1"]


def test_interrupted_copy_leaves_the_previous_version_current(
    model_dir: Path, tiny_artifact: Path, monkeypatch: pytest.MonkeyPatch
):
    before = store.publish(model_dir, tiny_artifact, "1")

    def copy_half(source: Path, target: Path) -> None:
        target.mkdir()
        shutil.copy(source / MANIFEST, target)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copytree", copy_half)
        with pytest.raises(KeyboardInterrupt):
            store.publish(model_dir, tiny_artifact, "2")

    assert store.current(model_dir) == before
    assert not [name for name in versions(model_dir) if name.startswith("2")]


def test_next_copy_deletes_the_remains_of_an_interrupted_one(model_dir: Path, tiny_artifact: Path):
    (model_dir / "versions" / ".2-abc.def").mkdir(parents=True)

    store.publish(model_dir, tiny_artifact, "1")

    assert versions(model_dir) == {"1"}


def test_interrupted_copy_of_the_first_version_leaves_no_model(
    model_dir: Path, tiny_artifact: Path, monkeypatch: pytest.MonkeyPatch
):
    def fail(source: Path, target: Path) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(shutil, "copytree", fail)
    with pytest.raises(OSError, match="No space left"):
        store.publish(model_dir, tiny_artifact, "1")

    with pytest.raises(ModelNotFound):
        store.current(model_dir)


def test_damaged_copy_is_replaced_when_its_version_is_published_again(
    model_dir: Path, tiny_artifact: Path
):
    folder = store.publish(model_dir, tiny_artifact, "1")
    (folder / "pattern_weights.npy").write_bytes(b"damaged")
    with pytest.raises(ArtifactError):
        Model.load(folder)

    again = store.publish(model_dir, tiny_artifact, "1")

    assert store.current(model_dir) == again
    assert Model.load(again).version == "1"
    assert versions(model_dir) == {"1"}


def test_error_for_a_missing_model_has_the_remedy(model_dir: Path):
    with pytest.raises(ModelNotFound, match="make train") as caught:
        store.current(model_dir)

    assert str(model_dir) in str(caught.value)


def test_error_for_a_missing_version_has_the_remedy(model_dir: Path, tiny_artifact: Path):
    folder = store.publish(model_dir, tiny_artifact, "1")
    shutil.rmtree(folder)

    with pytest.raises(ModelNotFound, match="make train") as caught:
        store.current(model_dir)

    assert folder.name in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", '"1"', "\xff", "[" * 100_000])
def test_error_for_an_unreadable_pointer_has_the_remedy(
    model_dir: Path, tiny_artifact: Path, text: str
):
    store.publish(model_dir, tiny_artifact, "1")
    (model_dir / "current.json").write_text(text, encoding="latin-1")

    with pytest.raises(ArtifactError, match=r"current\.json .*make train"):
        store.current(model_dir)


@pytest.mark.parametrize(
    "value", [None, 5, [], {}, "", ".", "..", "../versions", "x" * 5000, "\0", "\ud800"]
)
def test_error_for_a_pointer_to_no_version_has_the_remedy(
    model_dir: Path, tiny_artifact: Path, value: object
):
    store.publish(model_dir, tiny_artifact, "1")
    (model_dir / "current.json").write_text(json.dumps({"folder": value}))

    with pytest.raises(ModelNotFound, match="make train"):
        store.current(model_dir)


def test_pointer_has_the_folder_of_the_version(model_dir: Path, tiny_artifact: Path):
    folder = store.publish(model_dir, tiny_artifact, "1")

    assert json.loads((model_dir / "current.json").read_text()) == {"folder": folder.name}


def test_withdrawn_model_is_not_found_and_leaves_no_version(tmp_path, tiny_artifact):
    store.publish(tmp_path / "model", tiny_artifact, "1")
    store.withdraw(tmp_path / "model")
    store.withdraw(tmp_path / "model")

    assert store.versions(tmp_path / "model") == []
    with pytest.raises(ModelNotFound, match="no model at"):
        store.current(tmp_path / "model")
