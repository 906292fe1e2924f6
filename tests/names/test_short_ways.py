"""Names of plain words take a short way through the reading, to the same answer."""

import importlib
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from text_strategies import COUNTRY, LISTED, TEXT

from gender_detection.names import ParsedName, parse, parse_parts

# The packages' functions parse and key hide the modules that they come from.
parsing = importlib.import_module("gender_detection.names.parse")
words = importlib.import_module("gender_detection.names.words")

WORD = st.sampled_from(LISTED) | st.text("aeionrstvhkйаÉß-", min_size=1, max_size=9)
CASED = st.builds(lambda word, case: case(word), WORD, st.sampled_from([str.title, str.upper, str]))
FULL = st.lists(CASED, min_size=1, max_size=5).map(" ".join)


def the_long_way(name: str, country: str | None, family: str | None = None) -> ParsedName:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parsing, "_PLAIN", re.compile("(?!)"))
        for module in (parsing, words):
            patch.setattr(module, "is_ordinary", lambda word: False)
        return parse(name, country) if family is None else parse_parts(name, family, country)


@settings(max_examples=1500)
@given(FULL | TEXT, COUNTRY)
@example("Maria Anna Rossi", None)
@example("Anna-Maria Rossi", "IT")
@example("Maria de la Cruz", "ES")
def test_full_name_is_read_as_the_long_way_reads_it(name: str, country: str | None):
    assert parse(name, country) == the_long_way(name, country)


@settings(max_examples=500)
@given(FULL | TEXT, FULL | TEXT, COUNTRY)
def test_name_in_fields_is_read_as_the_long_way_reads_it(
    given_name: str, family_name: str, country: str | None
):
    expected = the_long_way(given_name, country, family_name)

    assert parse_parts(given_name, family_name, country) == expected
