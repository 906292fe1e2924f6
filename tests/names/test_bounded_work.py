"""The work to read a text is bounded, whatever its length and content.

Work is counted in calls of Python and built-in functions, which are the same on any machine, unlike
seconds. In compiled code only its calls of Python count; tests/test_uncompiled.py counts all. Only
the first 512 characters are read, and 16 words of them.
"""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from gender_detection.names import key, parse, parse_parts, script, statement_key

# Four or five calls for each character, and as many for its result.
MOST_CALLS = 15_000
LENGTH = 1_000_000
PIECES = (
    "a é ( ' . a. ж. ж- א. א &amp; < 王 a@ \ud800 ﷺ क „a mª ’mª , a, - -- Dr. Md ़ Ǆ é1- ẞ ッ かー "
    "AnnaMaria 👩‍👩‍👧 \u0301 \u202e </ <a <l/> &lt; &#38; :// ª ” x- ー ﬃ ㍿ 각 ال ว้ al- [(« "
).split()


def calls_of(work: Callable[..., Any], *arguments: Any) -> int:
    """Return the number of calls that work makes."""
    made = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work(*arguments)
    finally:
        sys.setprofile(before)
    return made


@pytest.fixture(autouse=True)
def lexicon_is_loaded() -> None:
    """Read a name first, because the first one loads the vocabulary."""
    parse("Maria")


@pytest.mark.parametrize("piece", [*PIECES, " ", "a ", "é ", "ж ", "王 ", "Abdul ", "\n", "Md "])
def test_a_million_characters_take_no_more_work_than_a_few_hundred(piece: str):
    text = piece * (LENGTH // len(piece))

    for work in (parse, key, statement_key, script):
        assert calls_of(work, text) <= MOST_CALLS
    assert calls_of(parse_parts, text, text) <= MOST_CALLS


def test_endless_words_are_not_all_read():
    text = "".join(f"{chr(0x430 + n % 32)}{chr(0x430 + n // 32 % 32)}б " for n in range(300_000))

    assert calls_of(parse, text) <= MOST_CALLS
    assert len(parse(text).given) <= 16


def test_deep_nesting_is_not_followed_to_the_end():
    text = "([{«" * 100_000 + "Maria" + "»}])" * 100_000

    assert calls_of(parse, text) <= MOST_CALLS
