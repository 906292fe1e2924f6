"""The manifest also has the checksums of documents, such as the model card."""

from pathlib import Path
from typing import Any

import pytest

from gender_detection.model import Model, artifact, store
from gender_detection.model.artifact import MANIFEST
from tests.model.forgery import assert_refused, change_manifest

CARD = "card.md"
TEXT = "# Model card: naïve\n\nA text.\n"


@pytest.fixture
def carded(tiny_model: Model, tmp_path: Path) -> Path:
    """The tiny model's artifact with a card."""
    tiny_model.save(tmp_path / "carded", documents={CARD: TEXT})
    return tmp_path / "carded"


def documents(folder: Path) -> dict[str, str]:
    return artifact.load_documents(folder, artifact.read_manifest(folder))


def test_document_is_written_beside_the_manifest_and_read_back(carded: Path):
    assert (carded / CARD).read_bytes() == TEXT.encode()
    assert documents(carded) == {CARD: TEXT}
    facts = artifact.read_manifest(carded)["documents"][CARD]
    assert facts["bytes"] == len(TEXT.encode())
    assert len(facts["sha256"]) == 64


def test_model_is_the_same_with_and_without_a_document(carded: Path, tiny_artifact: Path):
    assert Model.load(carded).arrays().keys() == Model.load(tiny_artifact).arrays().keys()
    manifests = [artifact.read_manifest(folder) for folder in (carded, tiny_artifact)]
    assert manifests[0]["files"] == manifests[1]["files"]


def test_artifact_of_an_older_version_has_no_documents(folder: Path):
    change_manifest(folder, lambda manifest: manifest.pop("documents"))

    assert documents(folder) == {}
    assert Model.load(folder)


@pytest.mark.parametrize(
    "damage", [None, b"", TEXT.encode() + b"!", TEXT.replace("A", "B").encode()]
)
def test_missing_or_changed_document_is_detected_on_loading(carded: Path, damage: bytes | None):
    (carded / CARD).unlink()
    if damage is not None:
        (carded / CARD).write_bytes(damage)

    assert_refused(carded, CARD)


def test_document_that_is_not_text_is_refused(carded: Path):
    (carded / CARD).write_bytes(b"\xff\xfe")
    facts = artifact._fingerprint(carded / CARD)
    change_manifest(carded, lambda manifest: manifest["documents"].update({CARD: facts}))

    assert_refused(carded, CARD)


@pytest.mark.parametrize(
    "name",
    ["../outside.md", "sub/inside.md", "/etc/passwd", "..", "", "card.html", "pattern_weights.npy"],
)
def test_document_outside_the_folder_or_of_another_kind_is_not_opened(carded: Path, name: str):
    (carded.parent / "outside.md").write_text(TEXT)
    (carded / "sub").mkdir()
    (carded / "sub" / "inside.md").write_text(TEXT)
    facts = artifact._fingerprint(carded.parent / "outside.md")
    change_manifest(carded, lambda manifest: manifest["documents"].update({name: facts}))

    assert_refused(carded)


def test_document_is_not_an_array_and_an_array_not_a_document(carded: Path):
    def swap(manifest: dict[str, Any]) -> None:
        manifest["files"][CARD] = manifest["documents"].pop(CARD)

    change_manifest(carded, swap)

    assert_refused(carded, MANIFEST)


@pytest.mark.parametrize("name", ["nul\0.md", "x" * 5000 + ".md"])
def test_document_with_an_impossible_name_is_refused(carded: Path, name: str):
    change_manifest(carded, lambda manifest: manifest["documents"].update({name: {}}))

    assert_refused(carded, name)


@pytest.mark.parametrize("value", [[CARD], CARD, 5, None])
def test_documents_that_are_not_listed_by_name_are_refused(carded: Path, value: object):
    change_manifest(carded, lambda manifest: manifest.update(documents=value))

    assert_refused(carded)


def test_document_is_published_with_its_model(carded: Path, tmp_path: Path):
    folder = store.publish(tmp_path / "model", carded, "1")

    assert documents(folder) == {CARD: TEXT}


def test_published_copy_with_a_damaged_document_is_replaced(carded: Path, tmp_path: Path):
    folder = store.publish(tmp_path / "model", carded, "1")
    (folder / CARD).write_text("damaged")

    assert documents(store.publish(tmp_path / "model", carded, "1")) == {CARD: TEXT}
