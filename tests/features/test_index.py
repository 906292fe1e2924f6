"""Hashes are found at their positions, whatever their distribution."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gender_detection.features import HashIndex
from gender_detection.features.index import MISSING

# Near both ends, and also in one bucket.
HASHES = st.integers(0, 2**64 - 1) | st.integers(0, 9) | st.integers(2**64 - 9, 2**64 - 1)


@given(st.sets(HASHES, max_size=60), st.lists(HASHES, max_size=20))
def test_only_hashes_of_the_index_are_found_at_their_position(known: set[int], wanted: list[int]):
    index = HashIndex(np.array(sorted(known), np.uint64))
    both = np.array([*known, *wanted], np.uint64)

    expected = [sorted(known).index(one) if one in known else MISSING for one in both.tolist()]
    assert index.find(both).tolist() == expected


def test_many_hashes_are_found_in_a_file_that_is_mapped_read_only(tmp_path):
    hashes = np.unique(np.random.default_rng(3).integers(0, 2**64, 30_000, np.uint64))
    np.save(tmp_path / "hashes.npy", hashes)
    index = HashIndex(np.load(tmp_path / "hashes.npy", mmap_mode="r"))

    assert index.find(hashes).tolist() == list(range(len(hashes)))
    between = np.setdiff1d(hashes + np.uint64(1), hashes)
    assert set(index.find(between).tolist()) == {MISSING}


@given(st.lists(HASHES, max_size=60), st.lists(HASHES, max_size=20))
def test_nothing_outside_an_unsorted_array_is_read(damaged: list[int], wanted: list[int]):
    hashes = np.array(damaged, np.uint64)
    both = np.array([*damaged, *wanted], np.uint64)

    at = HashIndex(hashes).find(both)

    found = at != MISSING
    assert (hashes[at[found]] == both[found]).all()


def test_hashes_to_find_may_be_a_strided_array():
    index = HashIndex(np.arange(20, dtype=np.uint64))

    assert index.find(np.arange(40, dtype=np.uint64)[::-3]).tolist() == [
        *[MISSING] * 7, 18, 15, 12, 9, 6, 3, 0,
    ]  # fmt: skip


def test_index_survives_a_copy_to_another_process():
    index = pickle.loads(pickle.dumps(HashIndex(np.array([3, 2**63], np.uint64))))

    assert index.find(np.array([2**63, 4, 3], np.uint64)).tolist() == [1, MISSING, 0]


def test_more_hashes_than_the_index_can_hold_are_refused():
    # It is never read, so it takes no memory.
    many = np.broadcast_to(np.uint64(0), 2**32)

    with pytest.raises(ValueError, match="at most"):
        HashIndex(many)
