"""Damages and forges artifacts for the tests, and checks the error that loading them raises."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gender_detection.errors import ArtifactError
from gender_detection.model import Model, artifact
from gender_detection.model.artifact import MANIFEST

ARRAYS = [
    f"evidence_country_{part}.npy"
    for part in ("countries", "first", "matrix", "pair_countries", "pair_p_female", "sizes")
]
ARRAYS += [f"evidence_world_{part}.npy" for part in ("count", "hashes", "p_female", "sources")]
ARRAYS += [
    f"origins_{part}.npy" for part in ("bearers", "countries", "hashes", "offsets", "shares")
]
ARRAYS.append("pattern_weights.npy")
WORLD = "evidence_world_hashes.npy"


def change_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest, and seal it again."""
    manifest = json.loads((folder / MANIFEST).read_text())
    change(manifest)
    (folder / MANIFEST).write_bytes(artifact.seal(manifest))


def forge(folder: Path, name: str, content: bytes) -> None:
    """Write a file, and its size and checksum into the manifest."""
    (folder / name).write_bytes(content)
    fingerprint = artifact._fingerprint(folder / name)
    change_manifest(folder, lambda manifest: manifest["files"].update({name: fingerprint}))


def npy(array: np.ndarray, **options: bool) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def assert_refused(folder: Path, named: str = MANIFEST) -> None:
    with pytest.raises(ArtifactError) as caught:
        Model.load(folder)
    assert named in str(caught.value)
    assert str(folder) in str(caught.value)
    assert "train" in str(caught.value)
    assert "\n" not in str(caught.value)
