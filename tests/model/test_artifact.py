"""An artifact is a folder of plain arrays that its manifest vouches for, or it is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from forgery import ARRAYS, assert_refused

from gender_detection.errors import ModelNotFound
from gender_detection.model import Model, artifact
from gender_detection.model.artifact import MANIFEST, REGISTRATION


def test_artifact_holds_plain_arrays_and_a_manifest_alone(tiny_artifact: Path):
    assert sorted(path.name for path in tiny_artifact.iterdir()) == sorted([*ARRAYS, MANIFEST])


def test_manifest_vouches_for_every_array(tiny_artifact: Path):
    manifest = artifact.read_manifest(tiny_artifact)

    assert sorted(manifest["files"]) == ARRAYS
    for name, facts in manifest["files"].items():
        assert facts["bytes"] == (tiny_artifact / name).stat().st_size
        assert len(facts["sha256"]) == 64
    assert manifest["format"] == 2
    assert manifest["data_version"] == "tiny"


def test_same_model_is_saved_in_the_same_bytes(
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
    table = tiny_model.evidence.by_country
    nothing = type(table)(*(getattr(table, c)[:0] for c in table.__dataclass_fields__))
    model = replace(tiny_model, evidence=replace(tiny_model.evidence, by_country=nothing))
    model.save(tmp_path / "world")

    assert len(Model.load(tmp_path / "world").evidence.by_country.hashes) == 0


def test_folder_without_a_manifest_holds_no_model(folder: Path):
    (folder / MANIFEST).unlink()

    with pytest.raises(ModelNotFound, match="make train") as caught:
        Model.load(folder)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("at", [0, 0.5, 1])
def test_flipped_bit_is_found_in_every_file(folder: Path, name: str, at: float):
    content = bytearray((folder / name).read_bytes())
    content[int(at * (len(content) - 1))] ^= 1
    (folder / name).write_bytes(content)

    assert_refused(folder, name)


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("damage", ["truncated", "longer", "empty", "gone", "folder"])
def test_file_of_another_size_is_found(folder: Path, name: str, damage: str):
    path = folder / name
    content = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "gone":
        changed = {"truncated": content[:-1], "longer": content + b"\0", "empty": b""}
        path.write_bytes(changed[damage])

    assert_refused(folder, name)


def test_registered_version_is_read(folder: Path):
    (folder / REGISTRATION).write_text('{"version": "12"}')

    assert Model.load(folder).version == "12"


@pytest.mark.parametrize("text", ["", "[]", "12"])
def test_unreadable_registration_is_refused(folder: Path, text: str):
    (folder / REGISTRATION).write_text(text)

    assert_refused(folder, REGISTRATION)


def test_registration_without_a_version_is_refused(folder: Path):
    (folder / REGISTRATION).write_text("{}")

    assert_refused(folder, REGISTRATION)
