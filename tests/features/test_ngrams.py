"""Features depend on the key alone and never change: artifacts and datasets rely on it."""

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
    country_codes,
    hash_key,
    hash_keys,
    ngram_indices,
    split_of,
)

HASHES = ["2c0bdbf481420f8", "bb54e534b4bbcefe", "747b2f3674bd928d", "32529392e20df00f"]
EVA = [
    567300, 94550, 625735, 648055, 166779, 834289, 726103, 1032098, 368635, 369282, 182178,
    647976, 101100, 764698, 390030,
]  # fmt: skip
# By key: its hash and its indices: how many, and the CRC-32 of them as int32.
GOLDEN = {
    "": ("f52a15e9a9b5e89b", 0, 0),
    "h": ("c90036f097882105", 7, 350069469),
    "ou": ("fee48a64d6463c1f", 10, 3443837724),
    "maria": ("bb54e534b4bbcefe", 41, 3187280161),
    "jean": ("99080163b83a29f8", 31, 450499122),
    "aimee": ("dd142bec77210708", 36, 1084349072),
    "sophie": ("70c57c652a59bd9a", 41, 1373291072),
    "quentin": ("ab4fb7e5cff2b6cf", 56, 1484238297),
    "djamila": ("33deb963c907ae42", 56, 4038640688),
    "joozef": ("d7beb0757876b263", 46, 3168037835),
    "oooeee": ("155324430328a6c2", 31, 1115727173),
    "a" * 31: ("186afd294b143230", 154, 3800412578),
    "a" * 32: ("da8aca7541794f68", 159, 2478581353),
    "a" * 33: ("490222d0c6d9b376", 159, 2478581353),
    "abcdefghijklmnopqrstuvwxyzabcdef": ("cb5d1459096ea9cd", 301, 1638899684),
    "az" * 32: ("7ae8506c06a7144e", 311, 3185337611),
}
INDICES = {
    "ou": [4093557, 1390197, 1395870, 1114428, 386663, 2747913, 4153862, 2998074, 2410155, 1452156],
    "jean": [
        3715357,
        1181143,
        2993693,
        3544102,
        780505,
        2364835,
        4025935,
        2396363,
        4063119,
        1768423,
        1936542,
        2628897,
        1007697,
        58712,
        1985677,
        3702243,
        1130556,
        267491,
        2698960,
        779492,
        1116342,
        2035861,
        52684,
        1730094,
        1552001,
        1046544,
        2132977,
        22307,
        3830596,
        1692076,
        3728084,
    ],
}
LETTERS_ONLY = NGrams(1, 7, 20, sounds=False)
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


def test_hashes_match_those_of_existing_artifacts():
    hashes = hash_keys(["a", "maria", "andrea", "z" * 40])

    assert [f"{value:x}" for value in hashes.tolist()] == HASHES


def test_ngrams_match_those_of_existing_artifacts():
    indices, offsets = ngram_indices(["eva"], LETTERS_ONLY)

    assert indices.tolist() == EVA
    assert offsets.tolist() == [0, len(EVA)]


def test_sound_indices_match_those_of_existing_artifacts():
    indices, _ = ngram_indices(["phoebe"], NGrams(6, 6))

    assert indices.tolist() == PHOEBE


@pytest.mark.parametrize("key", GOLDEN)
def test_key_numbers_match_those_of_existing_artifacts(key: str):
    hashed, count, checksum = GOLDEN[key]
    indices, _ = ngram_indices([key], NGrams())

    assert f"{hash_key(key):x}" == hashed
    assert len(indices) == count
    assert zlib.crc32(indices.astype("<i4").tobytes()) == checksum


@pytest.mark.parametrize("key", INDICES)
def test_indices_have_the_order_of_existing_datasets(key: str):
    assert ngram_indices([key], NGrams())[0].tolist() == INDICES[key]


def test_longest_key_has_the_maximum_number_of_indices():
    longest = "abcdefghijklmnopqrstuvwxyzabcdef"
    most, _ = ngram_indices([longest] * 50, NGrams(1, 32, 31))

    assert len(most) == 50 * 1120
    assert zlib.crc32(most[:1120].astype("<i4").tobytes()) == 81603810
    # A key with the sound of its letters has more: no letter is dropped.
    assert len(ngram_indices(["abfk" * 8], NGrams(1, 32, 31))[0]) == 592 + 558 + 34


@given(many_keys)
def test_hash_of_a_key_does_not_depend_on_its_batch(batch: list[str]):
    alone = [hash_keys([key])[0] for key in batch]

    assert hash_keys(batch).tolist() == alone


@given(many_keys, sizes)
def test_ngrams_of_a_key_do_not_depend_on_its_batch(batch: list[str], ngrams: NGrams):
    alone = [ngram_indices([key], ngrams)[0].tolist() for key in batch]

    assert rows(*ngram_indices(batch, ngrams)) == alone


@given(many_keys)
def test_hash_of_one_key_equals_that_in_a_column(batch: list[str]):
    assert [hash_key(key) for key in batch] == hash_keys(batch).tolist()


@given(many_keys, sizes)
def test_indices_stay_within_their_bits(batch: list[str], ngrams: NGrams):
    indices, offsets = ngram_indices(batch, ngrams)

    assert indices.dtype == np.int32
    assert offsets.shape == (len(batch) + 1,)
    assert offsets[-1] == len(indices)
    assert ((indices >= 0) & (indices < 2**ngrams.bits)).all()


@given(keys.filter(bool), sizes)
def test_key_has_all_its_ngrams_including_its_ends(key: str, ngrams: NGrams):
    letters = min(len(key), MAX_LETTERS) + 2
    expected = sum(max(0, letters - size + 1) for size in range(ngrams.lowest, ngrams.highest + 1))

    assert len(ngram_indices([key], replace(ngrams, sounds=False))[0]) == expected


def test_empty_key_has_no_ngrams_at_any_position():
    found = rows(*ngram_indices(["", "eva", ""], LETTERS_ONLY))

    assert found[0] == found[2] == []
    assert found[1] == EVA


def test_no_keys_give_no_features():
    indices, offsets = ngram_indices([], NGrams())

    assert len(indices) == 0
    assert offsets.tolist() == [0]
    assert hash_keys([]).shape == (0,)


def test_letters_after_the_maximum_change_only_the_hash():
    long, longer = "a" * MAX_LETTERS, "a" * MAX_LETTERS + "b"

    assert rows(*ngram_indices([long], NGrams())) == rows(*ngram_indices([longer], NGrams()))
    assert len(set(hash_keys([long, longer]).tolist())) == 2


def test_start_and_end_of_a_key_are_different_letters():
    ngrams = NGrams(2, 2)

    assert set(ngram_indices(["a"], ngrams)[0]).isdisjoint(ngram_indices(["xax"], ngrams)[0])


def test_hundred_thousand_keys_have_different_hashes():
    keys = made_up_keys(100_000)

    assert len(set(keys)) == len(np.unique(hash_keys(keys))) == len(keys)


@pytest.mark.parametrize("countries", [["ITA"], ["I"]])
def test_country_that_is_not_an_alpha_2_code_is_refused(countries: list[str]):
    with pytest.raises(ValueError, match="alpha-2"):
        country_codes(countries)


def test_spelling_that_is_not_ascii_is_refused():
    with pytest.raises(UnicodeEncodeError):
        ngram_indices(["josé"], NGrams())


def test_keys_in_any_script_are_hashed_alone_as_together():
    keys = ["anna", "莉子", "يعل", "a"]
    assert [hash_key(key) for key in keys] == hash_keys(keys).tolist()


@pytest.mark.parametrize("sizes", [(0, 7, 20), (3, 2, 20), (1, 99, 20), (1, 7, 0), (1, 7, 32)])
def test_impossible_ngrams_are_refused(sizes: tuple[int, int, int]):
    with pytest.raises(ValueError, match="give lengths"):
        NGrams(*sizes)


@given(keys)
def test_split_follows_from_the_crc32_of_the_key(key: str):
    expected = {0: "test", 1: "valid"}.get(zlib.crc32(key.encode()) % 10, "train")

    assert split_of(key) == expected


def test_test_and_valid_have_a_tenth_of_the_keys_each():
    shares = Counter(split_of(key) for key in made_up_keys(20_000))

    assert set(shares) == {"train", "valid", "test"}
    assert shares["test"] == pytest.approx(2_000, rel=0.1)
    assert shares["valid"] == pytest.approx(2_000, rel=0.1)
