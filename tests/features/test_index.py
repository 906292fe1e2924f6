"""Hashes are found where they stand, however they are spread."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gender_detection.features import HashIndex
from gender_detection.features.index import MISSING

# Near both ends, and in one bucket too.
HASHES = st.integers(0, 2**64 - 1) | st.integers(0, 9) | st.integers(2**64 - 9, 2**64 - 1)


@pytest.mark.parametrize("few", [0, 100])
@given(st.sets(HASHES, max_size=40), st.lists(HASHES, max_size=20))
def test_each_hash_is_found_at_its_place_and_no_other(few, known, asked):
    hashes = np.array(sorted(known), np.uint64)
    index = HashIndex(hashes)
    index.FEW = few
    asked = np.array([*known, *asked], np.uint64)

    expected = [sorted(known).index(one) if one in known else MISSING for one in asked.tolist()]
    assert index.find(asked).tolist() == expected
    assert index.find(asked[:1]).tolist() == expected[:1]
