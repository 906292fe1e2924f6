"""A manifest with missing, mistyped or forbidden entries is refused, and the entry is named."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gender_detection.errors import ArtifactError
from gender_detection.model import Model, artifact
from gender_detection.model.artifact import MANIFEST
from tests.model.forgery import ARRAYS, WORLD, assert_refused, change_manifest, npy


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000]
)
def test_manifest_that_is_not_a_json_object_is_refused(folder: Path, text: bytes):
    (folder / MANIFEST).write_bytes(text)

    assert_refused(folder)


@pytest.mark.parametrize("value", [4, 6, 0, "5", None, [5]])
def test_unknown_format_is_refused(folder: Path, value: object):
    change_manifest(folder, lambda manifest: manifest.update(format=value))

    assert_refused(folder)


def test_artifact_of_older_code_must_be_trained_again(folder: Path):
    change_manifest(folder, lambda manifest: manifest.update(format=4))

    with pytest.raises(ArtifactError, match=r"format 4 is not 5.*'make train'") as caught:
        Model.load(folder)
    # The registry has it in the same format.
    assert "registry" not in str(caught.value)


MISSING = ["format", "files", "name", "data_version", "parameters", "pattern", "metrics"]


@pytest.mark.parametrize("missing", MISSING)
def test_missing_entry_of_the_manifest_is_refused(folder: Path, missing: str):
    change_manifest(folder, lambda manifest: manifest.pop(missing))

    assert_refused(folder)


@pytest.mark.parametrize("missing", ["ngrams", "bias", "slope", "intercept"])
def test_missing_entry_of_the_pattern_is_refused(folder: Path, missing: str):
    change_manifest(folder, lambda manifest: manifest["pattern"].pop(missing))

    assert_refused(folder)


@pytest.mark.parametrize("missing", ARRAYS)
def test_array_that_the_manifest_does_not_list_is_missing(folder: Path, missing: str):
    change_manifest(folder, lambda manifest: manifest["files"].pop(missing))

    assert_refused(folder)


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("files",), []),
        (("parameters",), None),
        (("parameters",), [0.8]),
        (("parameters", "threshold"), "0.8"),
        (("parameters", "min_count"), None),
        (("pattern",), "pattern"),
        (("pattern",), None),
        (("pattern", "ngrams"), {"bits": "12"}),
        (("pattern", "ngrams", "bits"), 11),
        (("pattern", "ngrams", "bits"), -1),
        (("pattern", "ngrams", "bits"), 10**12),
        (("pattern", "ngrams", "lowest"), 9),
        (("pattern", "bias"), None),
        (("pattern", "bias"), float("nan")),
        (("pattern", "slope"), "steep"),
        (("pattern", "intercept"), float("inf")),
    ],
)
def test_mistyped_entry_is_refused(folder: Path, where: tuple[str, ...], value: object):
    def change(manifest: dict[str, Any]) -> None:
        for step in where[:-1]:
            manifest = manifest[step]
        manifest[where[-1]] = value

    change_manifest(folder, change)

    assert_refused(folder)


@pytest.mark.parametrize(
    "name",
    [
        "../outside.npy",
        "sub/inside.npy",
        "/etc/passwd",
        "/tmp/x.npy",
        "..",
        "",
        "model.pkl",
    ],
)
def test_file_outside_the_folder_or_of_another_kind_is_not_opened(folder: Path, name: str):
    outside = npy(np.arange(3))
    (folder.parent / "outside.npy").write_bytes(outside)
    (folder / "sub").mkdir()
    (folder / "sub" / "inside.npy").write_bytes(outside)
    facts = artifact._fingerprint(folder.parent / "outside.npy")
    change_manifest(folder, lambda manifest: manifest["files"].update({name: facts}))

    assert_refused(folder)


@pytest.mark.parametrize("name", ["nul\0.npy", "x" * 5000 + ".npy"])
def test_file_with_an_impossible_name_is_refused(folder: Path, name: str):
    change_manifest(folder, lambda manifest: manifest["files"].update({name: {}}))

    assert_refused(folder, name)


@pytest.mark.parametrize("facts", [None, "checksum", 5, [], {}, {"sha256": 5}])
def test_file_without_a_checksum_is_refused(folder: Path, facts: object):
    change_manifest(folder, lambda manifest: manifest["files"].update({WORLD: facts}))

    assert_refused(folder, WORLD)


def test_number_too_large_for_a_float_is_refused(folder: Path):
    change_manifest(folder, lambda manifest: manifest["pattern"].update(bias=10**400))

    assert_refused(folder)


@pytest.mark.parametrize("entry", ["name", "data_version", "metrics"])
def test_entry_that_is_not_a_string_is_refused(folder: Path, entry: str):
    change_manifest(folder, lambda manifest: manifest.update({entry: 5}))

    assert_refused(folder)


@pytest.mark.parametrize(
    ("parameter", "value"), [("threshold", 7.0), ("p_title", -1.0), ("base_share", 0.0)]
)
def test_parameter_out_of_range_is_refused(folder: Path, parameter: str, value: float):
    change_manifest(folder, lambda manifest: manifest["parameters"].update({parameter: value}))

    assert_refused(folder)


@pytest.mark.parametrize(
    "change",
    [
        {"source": "hearsay"},
        {"source": None},
        {"names": "many"},
        {"names": 0.5},
        {"shares": [1.0]},
        {"shares": {"unknown": 1.0}},
        {"shares": {"unknown": ["1"]}},
        {"shares": {"unknown": [1.5, -0.5]}},
        {"shares": {"unknown": [float("nan"), 1.0]}},
        {"shares": {"unknown": [float("inf"), 1.0]}},
    ],
)
def test_mistyped_baseline_is_refused(folder: Path, change: dict[str, object]):
    sound = {"source": "training", "names": 1, "shares": {"unknown": [1.0, 0.0]}}
    drift = {"training": {**sound, **change}}
    change_manifest(folder, lambda manifest: manifest.update(drift=drift))

    assert_refused(folder)
