"""One key's hashes and n-grams are number by number those that a column of it has."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gender_detection.features import (
    NGrams,
    hash_key,
    hash_key_with_country,
    hash_keys,
    hash_with_country,
    indices_of,
    ngram_indices,
)

# With many of the letters that are heard otherwise than they are read.
keys = st.text("abcdefghijklmnopqrstuvwxyz", max_size=50) | st.text("aehiouphqdjy", max_size=14)
sizes = st.builds(
    lambda lowest, more, bits, sounds: NGrams(lowest, lowest + more, bits, sounds),
    st.integers(1, 4),
    st.integers(0, 5),
    st.sampled_from([8, 12, 22, 31]),
    st.booleans(),
)


@given(keys)
def test_hash_of_one_key_is_that_of_a_column(key: str):
    assert hash_key(key) == hash_keys([key])[0]


@given(keys, st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2))
def test_hash_of_one_key_in_a_country_is_that_of_a_column(key: str, country: str):
    hashed = hash_keys([key])

    assert hash_key_with_country(int(hashed[0]), country) == hash_with_country(hashed, [country])[0]


@given(keys, sizes)
@example("eee" * 5 + "ooo" * 5, NGrams())
@example("phphh" * 3 + "djquouhieh", NGrams())
def test_ngrams_of_one_key_are_those_of_a_column_in_the_same_order(key: str, ngrams: NGrams):
    assert indices_of(key, ngrams) == ngram_indices([key], ngrams)[0].tolist()


@pytest.mark.parametrize("key", ["", "a", "h", "ou", "qu", "dj", "abc", "z" * 32, "az" * 20])
def test_ngrams_of_short_and_long_keys_are_those_of_a_column(key: str):
    assert indices_of(key, NGrams()) == ngram_indices([key], NGrams())[0].tolist()
