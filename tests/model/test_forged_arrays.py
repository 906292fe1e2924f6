"""Arrays that match a forged manifest are refused if their type, shape or values are wrong."""

import io
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.model.forgery import ARRAYS, WORLD, assert_refused, forge, npy


class RunsWhenUnpickled:
    def __init__(self, trace: Path):
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[..., object], tuple[Path]]:
        return os.mkdir, (self.trace,)


@pytest.mark.parametrize("name", [WORLD, "pattern_weights.npy", "extra.npy"])
def test_pickled_object_is_refused_and_never_run(folder: Path, tmp_path: Path, name: str):
    trap = RunsWhenUnpickled(tmp_path / "ran")
    for content in (npy(np.array([trap], dtype=object), allow_pickle=True), pickle.dumps(trap)):
        forge(folder, name, content)
        assert_refused(folder, name)

    assert not (tmp_path / "ran").exists()
    pickle.loads(content)
    assert (tmp_path / "ran").exists(), "the trap itself must work"


def zipped(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("array.npy", npy(array))
    return file.getvalue()


def header(text: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + bytes(80)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUMPY",
        zipped(np.zeros(3, np.uint64)),
        header("{'descr': '<u8', 'fortran_order': False, 'shape': (-1,)}"),
        header(f"{{'descr': '<u8', 'fortran_order': False, 'shape': ({10**30},)}}"),
        header("{'descr': '<u8', 'fortran_order': False, 'shape': (True,)}"),
        header("{'descr': '<u8', 'fortran_order': False, 'shape': (10**9,)}"),
        header("{'descr': '<u8', 'fortran_order': False, 'shape': ("),
        header("{[]: 1}"),
        header("-" * 9000 + "1"),
        header("(" * 3000),
    ],
    ids=range(11),
)
def test_file_that_misleads_numpy_is_refused(folder: Path, content: bytes):
    forge(folder, WORLD, content)

    assert_refused(folder, WORLD)


@pytest.mark.parametrize("name", ARRAYS)
def test_array_with_a_valid_checksum_of_another_type_or_shape_is_refused(folder: Path, name: str):
    right = np.load(folder / name)
    for wrong in (right.astype(np.complex128), right[:-1], right[:, None], right[0]):
        forge(folder, name, npy(wrong))
        assert_refused(folder)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        (WORLD, lambda hashes: hashes[::-1]),
        (WORLD, lambda hashes: np.repeat(hashes[:1], len(hashes))),
        ("evidence_country_first.npy", lambda first: first + np.int32(1)),
        ("evidence_country_matrix.npy", lambda matrix: -matrix),
        ("evidence_country_matrix.npy", lambda matrix: np.asfortranarray(np.repeat(matrix, 2, 0))),
        ("evidence_country_pair_countries.npy", lambda numbers: numbers + np.uint16(1000)),
        ("evidence_country_pair_p_female.npy", lambda p_female: p_female + np.float32(1)),
        ("evidence_country_sizes.npy", lambda sizes: sizes + np.uint8(1)),
        ("evidence_world_p_female.npy", lambda p_female: p_female + 1),
        ("evidence_world_count.npy", lambda count: count * np.float32("nan")),
        ("origins_hashes.npy", lambda hashes: hashes[::-1]),
        ("origins_offsets.npy", lambda offsets: offsets + np.uint32(1)),
        ("origins_offsets.npy", lambda offsets: offsets[::-1]),
        ("origins_shares.npy", lambda shares: shares + np.float32(1)),
        ("origins_bearers.npy", lambda bearers: -bearers),
        ("origins_bearers.npy", lambda bearers: bearers + np.float32(np.nan)),
        ("pattern_weights.npy", lambda weights: weights * np.float32("inf")),
    ],
)
def test_values_that_would_give_wrong_answers_are_refused(
    folder: Path, name: str, wrong: Callable[[np.ndarray], np.ndarray]
):
    with np.errstate(invalid="ignore"):
        forge(folder, name, npy(wrong(np.load(folder / name))))

    assert_refused(folder)
