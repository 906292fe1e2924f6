"""An artifact is a folder of plain arrays that match its manifest; others are refused."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gender_detection.errors import ArtifactError, ModelNotFound
from gender_detection.evidence import Evidence
from gender_detection.model import Baseline, Model, artifact
from gender_detection.model.artifact import MANIFEST, REGISTRATION
from tests.evidence_rows import by_country
from tests.model.forgery import ARRAYS, assert_refused, change_manifest


def test_artifact_has_only_plain_arrays_and_a_manifest(tiny_artifact: Path):
    assert sorted(path.name for path in tiny_artifact.iterdir()) == sorted([*ARRAYS, MANIFEST])


def test_manifest_has_the_checksum_of_every_array(tiny_artifact: Path):
    manifest = artifact.read_manifest(tiny_artifact)

    assert sorted(manifest["files"]) == ARRAYS
    for name, facts in manifest["files"].items():
        assert facts["bytes"] == (tiny_artifact / name).stat().st_size
        assert len(facts["sha256"]) == 64
    assert manifest["format"] == 5
    assert manifest["data_version"] == "tiny"


def test_saving_the_same_model_gives_the_same_bytes(
    tiny_model: Model, tiny_artifact: Path, tmp_path: Path
):
    tiny_model.save(tmp_path / "again")

    for path in tiny_artifact.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_facts_given_are_kept_in_the_manifest(tiny_model: Model, tmp_path: Path):
    tiny_model.save(tmp_path / "more", {"licences": ["MIT"]})

    assert artifact.read_manifest(tmp_path / "more")["licences"] == ["MIT"]


def test_arrays_cannot_be_written_to(folder: Path):
    arrays = Model.load(folder).arrays()

    assert sorted(f"{name}.npy" for name in arrays) == ARRAYS
    for array in arrays.values():
        assert isinstance(array, np.memmap)
        assert not array.flags.writeable


def test_model_without_country_evidence_is_saved_and_loaded(tiny_model: Model, tmp_path: Path):
    world = tiny_model.evidence.world
    replace(tiny_model, evidence=Evidence(world, by_country(world, []))).save(tmp_path / "world")

    evidence = Model.load(tmp_path / "world").evidence
    assert not evidence.find_in_country(["andrea", "sidney"], ["IT", "IT"]).found.any()


def test_folder_without_a_manifest_has_no_model(folder: Path):
    (folder / MANIFEST).unlink()

    with pytest.raises(ModelNotFound, match="make train") as caught:
        Model.load(folder)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("at", [0, 0.5, 1])
def test_flipped_bit_in_any_file_is_detected(folder: Path, name: str, at: float):
    content = bytearray((folder / name).read_bytes())
    content[int(at * (len(content) - 1))] ^= 1
    (folder / name).write_bytes(content)

    assert_refused(folder, name)


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("damage", ["truncated", "longer", "empty", "gone", "folder"])
def test_wrong_file_size_is_detected(folder: Path, name: str, damage: str):
    path = folder / name
    content = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "gone":
        changed = {"truncated": content[:-1], "longer": content + b"\0", "empty": b""}
        path.write_bytes(changed[damage])

    assert_refused(folder, name)


@pytest.mark.parametrize(
    ("name", "read"),
    [(MANIFEST, artifact.read_manifest), (REGISTRATION, artifact.registered_version)],
)
def test_any_flipped_bit_of_a_sealed_file_is_detected(
    folder: Path, name: str, read: Callable[[Path], object]
):
    artifact.register(folder, "12")
    content = (folder / name).read_bytes()
    # Every bit of the short file, and as many bits of the long one.
    for bit in range(0, 8 * len(content), 1 if name == REGISTRATION else 13):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        (folder / name).write_bytes(flipped)
        with pytest.raises(ArtifactError):
            read(folder)


def test_manifest_written_in_another_way_is_refused(folder: Path):
    value = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(value))

    assert_refused(folder)


def test_fact_keys_that_are_not_strings_are_saved_as_strings(tiny_model: Model, tmp_path: Path):
    tiny_model.save(tmp_path / "more", {"years": {2: 1, 10: 2}})

    assert artifact.read_manifest(tmp_path / "more")["years"] == {"2": 1, "10": 2}


def test_registered_version_is_read(folder: Path):
    artifact.register(folder, "12")

    assert Model.load(folder).version == "12"


@pytest.mark.parametrize("text", ["", "[]", "12", "{}", '{"version": "12"}'])
def test_invalid_registration_is_refused(folder: Path, text: str):
    (folder / REGISTRATION).write_text(text)

    assert_refused(folder, REGISTRATION)


def test_registration_of_another_artifact_is_refused(
    tiny_model: Model, folder: Path, tmp_path: Path
):
    tiny_model.save(tmp_path / "other", {"licences": ["MIT"]})
    artifact.register(tmp_path / "other", "12")
    shutil.copy(tmp_path / "other" / REGISTRATION, folder)

    assert_refused(folder, REGISTRATION)


@pytest.mark.parametrize("name", [MANIFEST, REGISTRATION, "pattern_weights.npy"])
@pytest.mark.parametrize("instead", ["link", "dangling link", "folder", "pipe"])
def test_anything_but_a_plain_file_is_refused(folder: Path, name: str, instead: str):
    artifact.register(folder, "12")
    path = folder / name
    path.rename(folder.parent / "moved")
    if instead == "folder":
        path.mkdir()
    elif instead == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(folder.parent / ("moved" if instead == "link" else "nowhere"))

    assert_refused(folder, name)


def test_time_of_training_is_kept_when_a_copy_is_registered_again(folder: Path):
    artifact.register(folder, "12", 1_700_000_000.5)
    first = Model.load(folder)
    artifact.register(folder, "13")

    assert (first.version, first.trained) == ("12", 1_700_000_000.5)
    assert artifact.registration(folder) == ("13", 1_700_000_000.5)


def test_time_of_training_is_unknown_where_the_registration_has_none(folder: Path):
    assert Model.load(folder).trained is None

    # As in a registration of older code, without the time.
    note = {"version": "12", "manifest": artifact.digest(folder)}
    (folder / REGISTRATION).write_bytes(artifact.seal(note))

    assert (Model.load(folder).version, Model.load(folder).trained) == ("12", None)


def test_damaged_registration_is_replaced_when_the_copy_is_registered_again(folder: Path):
    artifact.register(folder, "12", 1_700_000_000.5)
    (folder / REGISTRATION).write_text("{}")

    artifact.register(folder, "13")

    assert artifact.registration(folder) == ("13", None)


def test_registration_with_an_invalid_time_is_refused(folder: Path):
    note = {"version": "12", "manifest": artifact.digest(folder), "trained": "yesterday"}
    (folder / REGISTRATION).write_bytes(artifact.seal(note))

    assert_refused(folder, REGISTRATION)


def test_baselines_are_loaded_as_they_were_saved(tiny_model: Model, tmp_path: Path):
    baselines = {
        "training": Baseline("training", 3, {"unknown": [1 / 3, 2 / 3]}),
        "evaluation": Baseline("evaluation", 1, {"unknown": [1.0, 0.0], "basis": [0.0] * 5}),
    }
    replace(tiny_model, baselines=baselines).save(tmp_path / "with")

    assert Model.load(tmp_path / "with").baselines == baselines


def test_artifact_of_older_code_has_no_baselines(folder: Path):
    change_manifest(folder, lambda manifest: manifest.pop("drift"))

    assert Model.load(folder).baselines == {}
