"""A key as it sounds: what spellings of one name share, and what keeps Maria and Mario apart."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gender_detection.features.rows import Rows
from gender_detection.features.sounds import SHORTEST, Views, sounds_of

keys = st.text("abcdefghijklmnopqrstuvwxyz", max_size=20)


def sounds(keys: list[str]) -> list[str]:
    heard = sounds_of(Rows.of(keys, longest=32))
    return bytes(heard.text).decode()[1:-1].split("\0")


def sound(key: str) -> str:
    return sounds([key])[0]


def neighbours(key: str) -> set[int]:
    hashes, there = Views.of(sounds_of(Rows.of([key], longest=32))).hashes(np.array([0]))
    return set(hashes[slice(None) if there is None else there].ravel().tolist())


@pytest.mark.parametrize(
    "spellings",
    [
        ("katherine", "catherine", "katterine"),
        ("philip", "filip", "phillip"),
        ("sofia", "sophia", "soffya"),
        ("muhammad", "muhamad", "muhammhad"),
        ("aimee", "aimie", "aimy"),
        ("yousef", "yusef"),
        ("djamila", "jamila", "gamila"),
        ("quentin", "kentin"),
        ("elizabet", "elisabeth"),
    ],
)
def test_spellings_of_one_name_sound_the_same(spellings: tuple[str, ...]):
    assert len({sound(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize("pair", [("maria", "mario"), ("daniel", "daniela"), ("jean", "jeanne")])
def test_letters_at_the_end_keep_names_apart(pair: tuple[str, str]):
    assert sound(pair[0]) != sound(pair[1])


def test_first_h_is_heard():
    assert sound("hanna") == "hana"


@given(st.lists(keys, min_size=1, max_size=6))
def test_sound_of_a_key_does_not_depend_on_its_batch(batch: list[str]):
    assert sounds(batch) == [sound(key) for key in batch]


@given(keys)
def test_sound_has_no_doubled_letters_and_no_gaps(key: str):
    heard = sound(key)

    assert "\0" not in heard
    assert all(one != other for one, other in itertools.pairwise(heard))


@pytest.mark.parametrize(
    "pair", [("marisa", "marissa"), ("kalina", "kalena"), ("joziyah", "josiyah"), ("ivone", "ione")]
)
def test_near_spellings_share_a_neighbour(pair: tuple[str, str]):
    assert neighbours(pair[0]) & neighbours(pair[1])


@pytest.mark.parametrize("pair", [("carlo", "carla"), ("ines", "inez"), ("bruno", "brunel")])
def test_names_that_differ_at_the_end_share_only_what_sounds_the_same(pair: tuple[str, str]):
    same = sound(pair[0]) == sound(pair[1])
    assert bool(neighbours(pair[0]) & neighbours(pair[1])) == same


def test_short_sounds_have_no_shorter_neighbours():
    assert len(neighbours("a" * (SHORTEST - 1))) <= 3
    assert len(neighbours("bo")) == 3
    assert neighbours("") == set()
