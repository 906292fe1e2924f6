"""What holds for any text at all."""

import re
import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gender_detection.names import key, parse, parse_parts, script, statement_key

ANY_TEXT = st.text(st.characters(), max_size=80)  # surrogates and control characters included
NAME_LIKE = st.lists(
    st.sampled_from(
        "Maria Anna J. M JM de van von Mrs Dr Md Ma. abd al- Kim Wang Nguyen Thi Jr Ольга Петровна "
        "김지훈 王小红 さくら محمد שרה प्रिया สมชาย , . - ' \" ( ) @ & < > 3 &#304; x@y.z O'Neil "
        "Jean-Pierre AnnaMaria Sr Begum binti test GmbH".split(" ")
    ),
    max_size=8,
).map(" ".join)
COUNTRY = st.sampled_from([None, "", "IT", "CN", "KR", "VN", "HU", "JP", "ES", "RU", "zz"])
REASONS = {None, "empty", "initials", "not_a_name"}
SCRIPTS = set(
    "latin cyrillic greek arabic hebrew devanagari thai hangul kana han other none".split()
)


@settings(max_examples=400, deadline=None)
@given(ANY_TEXT | NAME_LIKE, COUNTRY)
@example("\ud800", None)
@example("ﷺ" * 80, None)
@example(" ".join(["abcdefghi"] * 12), None)
@example("((((((((((" * 60, None)
@example("' " * 300, None)
@example("@" * 600, None)
@example("." * 600, None)
def test_any_text_has_one_well_formed_answer(text, country):
    parsed = parse(text, country)
    assert parsed == parse(text, country)
    assert parsed.reason in REASONS
    assert (parsed.reason is None) == bool(parsed.keys)
    assert parsed.script in SCRIPTS
    assert len(parsed.keys) <= 4
    assert all(re.fullmatch("[a-z]{2,64}", k) for k in parsed.keys)
    assert len(set(parsed.keys)) == len(parsed.keys)
    assert parsed.title_gender in {None, "female", "male"}


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT | NAME_LIKE, ANY_TEXT | NAME_LIKE, COUNTRY)
def test_any_fields_have_one_well_formed_answer(given_name, family_name, country):
    parsed = parse_parts(given_name, family_name, country)
    assert parsed == parse_parts(given_name, family_name, country)
    assert (parsed.reason is None) == bool(parsed.keys)


@settings(max_examples=400, deadline=None)
@given(ANY_TEXT | NAME_LIKE)
def test_key_of_a_key_is_that_key(text):
    assert key(key(text)) == key(text)
    assert re.fullmatch("[a-z]{0,64}", key(text))


@settings(max_examples=300, deadline=None)
@given(st.text(string.ascii_letters + "-' .,é", max_size=30) | NAME_LIKE)
def test_name_read_again_from_its_key_has_that_key(text):
    parsed = parse(text)
    if parsed.script == "latin":
        for found in parsed.keys:
            assert parse(found).keys == (found,)


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT | NAME_LIKE)
def test_statement_has_a_key_or_a_reason(text):
    found, reason = statement_key(text)
    assert bool(found) != bool(reason)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=9), min_size=1, max_size=4))
def test_case_and_white_space_change_nothing(words):
    name = " ".join(words)
    plain = parse(name)
    for variant in (name.upper(), name.title(), f"\t {'  '.join(words)}\n"):
        other = parse(variant)
        assert (other.keys, other.reason, other.title_gender) == (
            plain.keys,
            plain.reason,
            plain.title_gender,
        )


@settings(max_examples=100, deadline=None)
@given(st.text("aeiounc", min_size=2, max_size=9))
def test_accents_change_no_key(word):
    accented = word.translate(str.maketrans("aeiounc", "áèîöúñç"))
    assert key(accented) == key(word)
    assert parse(accented).keys == parse(word).keys


@pytest.mark.parametrize("piece", ["a", "é", "(", "' ", "a.", "&amp;", "<", "王", "a@", "\ud800"])
def test_ten_megabytes_are_read_like_their_beginning(piece):
    text = piece * (10_000_000 // len(piece))
    assert parse(text) == parse(text[:512])
    assert statement_key(text) == statement_key(text[:512])
    assert script(text) == script(text[:512])
