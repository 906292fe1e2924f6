"""Properties of the reading of any text."""

import re
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gender_detection.names import (
    ParsedName,
    family_gender,
    family_key,
    key,
    lexicon,
    parse,
    parse_parts,
    script,
    statement_key,
    word_row,
)
from gender_detection.names.consonants import MARK
from gender_detection.names.text import native_key
from tests.text_strategies import COUNTRY, NAME_LIKE, TEXT, examples

REASONS = {None, *word_row.REASONS}
SCRIPTS = set(
    "latin cyrillic greek arabic hebrew devanagari thai hangul kana han other none".split()
)

# Words that are a missing value in one case alone: nan but not Nan, None but not none.
MISSING = {"nan", "none", "null", "undefined"}


# Characters of a text that are read, and those that 16 words gain when they are spelt out (Md,
# Mohammad).
MOST_READ = 512
MOST_GIVEN = MOST_READ + 16 * 6


def assert_well_formed(parsed: ParsedName) -> None:
    assert parsed.reason in REASONS
    assert (parsed.reason is None) == bool(parsed.keys)
    assert parsed.script in SCRIPTS
    assert len(parsed.keys) <= 4
    assert all(
        re.fullmatch("[a-z]{2,64}", k) or k.startswith(MARK) or native_key(k) == k != ""
        for k in parsed.keys
    )
    assert len(set(parsed.keys)) == len(parsed.keys)
    assert parsed.title_gender in {None, "female", "male"}
    assert len(parsed.given) <= 16
    assert sum(map(len, parsed.given)) <= MOST_GIVEN
    assert len(parsed.family or "") <= MOST_READ


@examples(600)
@given(TEXT, COUNTRY)
@example("\ud800", None)
@example("一\ufe00", None)
@example("彩か", None)
@example("ﷺ" * 80, None)
@example(" ".join(["abcdefghi"] * 12), None)
@example("((((((((((" * 60, None)
@example("' " * 300, None)
@example("@" * 600, None)
@example("." * 600, None)
def test_any_text_has_one_well_formed_reading(text, country):
    parsed = parse(text, country)
    assert parsed == parse(text, country)
    assert_well_formed(parsed)


@examples(200)
@given(TEXT, TEXT, COUNTRY)
@example("Maria", "a" * 1_000_000, None)
@example("Md " * 170, "b" * 600, "BD")
def test_any_fields_have_one_well_formed_reading(given_name, family_name, country):
    parsed = parse_parts(given_name, family_name, country)
    assert parsed == parse_parts(given_name, family_name, country)
    assert_well_formed(parsed)


@examples(200)
@given(st.lists(st.tuples(TEXT, COUNTRY), min_size=2, max_size=6), st.randoms())
def test_texts_read_before_change_no_reading(texts, random):
    readings = [(key(text), parse(text, country)) for text, country in texts]
    order = list(range(len(texts)))
    random.shuffle(order)
    for index in order:
        text, country = texts[index]
        assert (key(text), parse(text, country)) == readings[index]


def test_names_read_after_very_many_others_are_read_as_before():
    names = ["Dr. Anna-Maria von der Leyen", "Abd al-Rahman Ali", "Ольга Петровна", "M. Kim", "aaa"]
    before = [parse(name) for name in names]

    for number in range(40_000):
        # Words of sixteen letters and more, alike at both ends.
        letters = "".join(chr(97 + number // 26**place % 26) for place in range(4))
        assert parse(f"Bartholomew{letters}bartholomew").given

    assert [parse(name) for name in names] == before


@examples(300)
@given(TEXT | NAME_LIKE)
@example("á“\U00018cd6‚")
def test_family_name_of_a_source_has_a_key_or_is_refused(text):
    folded, reason = family_key(text)
    assert (folded == key(text)) if reason is None else not folded


@examples(300)
@given(TEXT | NAME_LIKE)
def test_family_name_has_a_valid_gender_or_none(text):
    assert family_gender(text) in ("female", "male", None)


@examples(400)
@given(TEXT)
def test_key_of_a_key_is_itself(text):
    assert key(key(text)) == key(text)
    assert re.fullmatch("[a-z]{0,64}", key(text))


@examples(300)
@given(st.text(string.ascii_letters + "-' .,é", max_size=30) | NAME_LIKE)
def test_name_parsed_from_its_key_has_the_same_key(text):
    parsed = parse(text)
    if parsed.script == "latin":
        for folded in parsed.keys:
            assert not folded.isascii() or parse(folded).keys == (folded,)


@examples(300)
@given(TEXT)
def test_statement_has_a_key_or_a_reason(text):
    folded, reason = statement_key(text)
    assert bool(folded) != bool(reason)
    assert folded in (key(folded), native_key(folded))


@examples(200)
@given(st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=9), min_size=1, max_size=4))
def test_case_and_white_space_change_nothing(words):
    # Except "nan" and its like: a missing value in lower case, and a name in another case. Words
    # such as "or" and "née" are names in title case.
    excepted = MISSING | lexicon.CONJUNCTIONS | lexicon.BORN_WORDS
    words = [word for word in words if word not in excepted] or ["anna"]
    name = " ".join(words)
    plain = parse(name)
    for variant in (name.upper(), name.title(), f"\t {'  '.join(words)}\n"):
        other = parse(variant)
        assert (other.keys, other.reason, other.title_gender) == (
            plain.keys,
            plain.reason,
            plain.title_gender,
        )


@examples(100)
@given(st.text("aeiounc", min_size=2, max_size=9).filter(lambda word: word not in MISSING))
def test_accents_change_no_key(word):
    accented = word.translate(str.maketrans("aeiounc", "áèîöúñç"))
    assert key(accented) == key(word)
    assert parse(accented).keys == parse(word).keys


@pytest.mark.parametrize("piece", ["a", "é", "(", "' ", "a.", "&amp;", "<", "王", "a@", "\ud800"])
def test_ten_megabytes_are_read_like_their_first_part(piece):
    text = piece * (10_000_000 // len(piece))
    assert parse(text) == parse(text[:512])
    assert statement_key(text) == statement_key(text[:512])
    assert script(text) == script(text[:512])
