"""The sound of a key: spellings of one name share it, and Maria and Mario do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gender_detection.features import NGrams, ngram_indices

# No key below 30 letters has n-grams of 32, so only the views of its sound are left.
VIEWS = NGrams(32, 32, 31)
# Letters whose sound does not depend on their neighbours.
PLAIN = "abklmnrstvfx"
SHORTEST = 4


def views(key: str) -> list[int]:
    return list(ngram_indices([key], VIEWS)[0].tolist())


def sound(key: str) -> int:
    """Return the hash of the whole sound."""
    return views(key)[0]


def neighbours(key: str) -> set[int]:
    return set(views(key))


@pytest.mark.parametrize(
    "spellings",
    [
        ("katherine", "catherine", "katterine"),
        ("philip", "filip", "phillip"),
        ("sofia", "sophia", "soffya"),
        ("muhammad", "muhamad", "muhammhad"),
        ("aimee", "aimie", "aimy"),
        ("yousef", "yusef"),
        ("joozef", "jousef", "juzef"),
        ("djamila", "jamila", "gamila"),
        ("quentin", "kentin"),
        ("elizabet", "elisabeth"),
        ("wanda", "vanda"),
        ("hanna", "hana", "hannah"),
    ],
)
def test_spellings_of_one_name_sound_the_same(spellings: tuple[str, ...]):
    assert len({sound(spelling) for spelling in spellings}) == 1
    # All other views are the same too.
    assert len({tuple(views(spelling)) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    "pair", [("maria", "mario"), ("daniel", "daniela"), ("jean", "jeanne"), ("hana", "ana")]
)
def test_first_and_last_letters_keep_names_apart(pair: tuple[str, str]):
    assert sound(pair[0]) != sound(pair[1])


@given(
    st.text(PLAIN, max_size=10),
    st.sampled_from(PLAIN),
    st.integers(2, 4),
    st.text(PLAIN, max_size=10),
)
def test_double_letter_sounds_like_a_single_one(before: str, letter: str, times: int, after: str):
    assert sound(before + letter * times + after) == sound(before + letter + after)


@pytest.mark.parametrize(
    "pair", [("marisa", "marissa"), ("kalina", "kalena"), ("joziyah", "josiyah"), ("ivone", "ione")]
)
def test_similar_spellings_share_a_neighbour(pair: tuple[str, str]):
    assert neighbours(pair[0]) & neighbours(pair[1])


@pytest.mark.parametrize("pair", [("carlo", "carla"), ("ines", "inez"), ("bruno", "brunel")])
def test_names_that_differ_at_the_end_share_only_equal_sounds(pair: tuple[str, str]):
    same = sound(pair[0]) == sound(pair[1])
    assert bool(neighbours(pair[0]) & neighbours(pair[1])) == same


@given(st.lists(st.sampled_from(PLAIN), min_size=SHORTEST, unique=True), st.data())
def test_sounds_that_differ_in_a_letter_share_a_neighbour(letters: list[str], data: st.DataObject):
    at = data.draw(st.integers(0, len(letters) - 3))
    other = data.draw(st.sampled_from("iu"))

    changed = [*letters[:at], other, *letters[at + 1 :]]
    assert neighbours("".join(letters)) & neighbours("".join(changed))


def test_short_sounds_have_no_shorter_neighbours():
    assert len(views("aba")) == 3
    assert len(views("a" * 9)) == 3
    assert len(views("bo")) == 3
    assert len(views("bona")) == 3 + 1 + 2
    assert views("") == []
