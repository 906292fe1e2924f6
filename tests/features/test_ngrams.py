"""Features of a key follow from the key alone: artifacts and datasets on disk rely on it."""

import zlib
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gender_detection.features import (
    MAX_LETTERS,
    NGrams,
    hash_keys,
    hash_with_country,
    ngram_indices,
    split_of,
)
from gender_detection.features import rows as features_rows

HASHES = ["2c0bdbf481420f8", "bb54e534b4bbcefe", "747b2f3674bd928d", "32529392e20df00f"]
COUNTRY_HASHES = ["92efcaf929ff9521", "a95142681d1fdd73"]
EVA = [
    567300, 94550, 625735, 648055, 166779, 834289, 726103, 1032098, 368635, 369282, 182178,
    647976, 101100, 764698, 390030,
]  # fmt: skip
READ = NGrams(1, 7, 20, sounds=False)
PHOEBE = [
    1930749, 2515146, 2334607, 1395307, 3116842, 2455070, 3542770, 1179130, 3059987, 635719,
]  # fmt: skip

keys = st.text("abcdefghijklmnopqrstuvwxyz", max_size=50)
many_keys = st.lists(keys, min_size=1, max_size=8)
sizes = st.builds(
    lambda lowest, more, bits: NGrams(lowest, lowest + more, bits),
    st.integers(1, 4),
    st.integers(0, 5),
    st.sampled_from([8, 12, 20, 31]),
)


def made_up_keys(n: int) -> list[str]:
    """Return n different keys: the numbers up to n, written in letters."""
    return [np.base_repr(at, 26).translate(_LETTERS) for at in range(n)]


_LETTERS = str.maketrans("0123456789ABCDEFGHIJKLMNOP", "abcdefghijklmnopqrstuvwxyz")


def rows(indices: np.ndarray, offsets: np.ndarray) -> list[list[int]]:
    return [part.tolist() for part in np.split(indices, offsets[1:-1])]


def test_hashes_are_those_that_artifacts_were_made_with():
    hashes = hash_keys(["a", "maria", "andrea", "z" * 40])

    assert [f"{value:x}" for value in hashes.tolist()] == HASHES


def test_hashes_with_country_are_those_that_artifacts_were_made_with():
    hashes = hash_with_country(hash_keys(["andrea", "andrea"]), ["IT", "DE"])

    assert [f"{value:x}" for value in hashes.tolist()] == COUNTRY_HASHES


def test_ngrams_are_those_that_artifacts_were_made_with():
    indices, offsets = ngram_indices(["eva"], READ)

    assert indices.tolist() == EVA
    assert offsets.tolist() == [0, len(EVA)]


def test_indices_of_sounds_are_those_that_artifacts_were_made_with():
    indices, _ = ngram_indices(["phoebe"], NGrams(6, 6))

    assert indices.tolist() == PHOEBE


@given(many_keys)
def test_hash_of_a_key_does_not_depend_on_its_batch(batch: list[str]):
    alone = [hash_keys([key])[0] for key in batch]

    assert hash_keys(batch).tolist() == alone


@given(many_keys, sizes)
def test_ngrams_of_a_key_do_not_depend_on_its_batch(batch: list[str], ngrams: NGrams):
    alone = [ngram_indices([key], ngrams)[0].tolist() for key in batch]

    assert rows(*ngram_indices(batch, ngrams)) == alone


def test_ngrams_are_the_same_where_keys_are_taken_together_by_length(monkeypatch):
    batch = ["", "eva", "z" * 40, "ou", "anna", "h", "qu", "maria", "john", "phoebe"] * 3
    together = ngram_indices(batch, NGrams())
    monkeypatch.setattr(features_rows, "FEW", 0)
    monkeypatch.setattr(features_rows, "TOGETHER", 2)

    by_length = ngram_indices(batch, NGrams())

    assert rows(*by_length) == rows(*together)


@given(many_keys, sizes)
def test_indices_stay_within_their_bits(batch: list[str], ngrams: NGrams):
    indices, offsets = ngram_indices(batch, ngrams)

    assert indices.dtype == np.int32
    assert offsets.shape == (len(batch) + 1,)
    assert offsets[-1] == len(indices)
    assert ((indices >= 0) & (indices < 2**ngrams.bits)).all()


@given(keys.filter(bool), sizes)
def test_key_has_all_its_ngrams_with_its_ends_as_letters(key: str, ngrams: NGrams):
    letters = min(len(key), MAX_LETTERS) + 2
    expected = sum(max(0, letters - size + 1) for size in range(ngrams.lowest, ngrams.highest + 1))

    assert len(ngram_indices([key], replace(ngrams, sounds=False))[0]) == expected


def test_empty_key_has_no_ngrams_wherever_it_stands():
    found = rows(*ngram_indices(["", "eva", ""], READ))

    assert found[0] == found[2] == []
    assert found[1] == EVA


def test_no_keys_give_no_features():
    indices, offsets = ngram_indices([], NGrams())

    assert len(indices) == 0
    assert offsets.tolist() == [0]
    assert hash_keys([]).shape == (0,)


def test_letters_beyond_the_longest_looked_at_change_the_hash_alone():
    long, longer = "a" * MAX_LETTERS, "a" * MAX_LETTERS + "b"

    assert rows(*ngram_indices([long], NGrams())) == rows(*ngram_indices([longer], NGrams()))
    assert len(set(hash_keys([long, longer]).tolist())) == 2


def test_start_and_end_of_a_key_are_told_apart():
    ngrams = NGrams(2, 2)

    assert set(ngram_indices(["a"], ngrams)[0]).isdisjoint(ngram_indices(["xax"], ngrams)[0])


def test_hundred_thousand_keys_have_as_many_hashes():
    keys = made_up_keys(100_000)

    assert len(set(keys)) == len(np.unique(hash_keys(keys))) == len(keys)


def test_pairs_of_key_and_country_hash_apart_from_each_other_and_from_keys():
    andrea, kim = hash_keys(["andrea", "kim"])
    pairs = hash_with_country(np.array([andrea, andrea, kim, kim]), ["IT", "TI", "IT", "DE"])

    assert len({andrea, kim, *pairs.tolist()}) == 6


@pytest.mark.parametrize("countries", [["ITA"], ["I"]])
def test_country_that_is_no_alpha_2_code_is_refused(countries: list[str]):
    with pytest.raises(ValueError, match="alpha-2"):
        hash_with_country(hash_keys(["andrea"]), countries)


@pytest.mark.parametrize("sizes", [(0, 7, 20), (3, 2, 20), (1, 99, 20), (1, 7, 0), (1, 7, 32)])
def test_impossible_ngrams_are_refused(sizes: tuple[int, int, int]):
    with pytest.raises(ValueError, match="no n-grams"):
        NGrams(*sizes)


@given(keys)
def test_split_follows_from_the_crc32_of_the_key(key: str):
    expected = {0: "test", 1: "valid"}.get(zlib.crc32(key.encode()) % 10, "train")

    assert split_of(key) == expected


def test_splits_hold_a_tenth_a_tenth_and_the_rest():
    shares = Counter(split_of(key) for key in made_up_keys(20_000))

    assert set(shares) == {"train", "valid", "test"}
    assert shares["test"] == pytest.approx(2_000, rel=0.1)
    assert shares["valid"] == pytest.approx(2_000, rel=0.1)
