"""The JSON put together for names read in columns is what msgspec makes of their predictions."""

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from api.plain_texts import plain_texts
from gender_detection.model import EvidenceSummary, Prediction
from gender_detection.model.codes import BASES, FIRST_REASON, REASONS, STEPS
from gender_detection.model.columns import PlainAnswers
from gender_detection.model.people import People
from gender_detection.scoring.coded import answer_table

ODD = [
    '"Mimi" Rossi',
    "Back\\slash",
    "Line\nend",
    "\x00\x1f\x7f",
    "<é\u2028😀/>",
    "",
    "Maria",
    None,
]


def answers(codes: list[int], at: list[int], words: list[str | None]) -> PlainAnswers:
    """Return answers whose evidence differs by key, of which some are those of others."""
    key_of = np.array([7 * (place % 3) for place in range(len(at))], np.int64)
    return PlainAnswers(
        np.array(at, np.int64), np.array(codes, np.int32), key_of + 41, (key_of + 1).astype("u2"),
        key_of, pa.array(words, pa.string()), np.arange(len(at)) % len(words),
    )  # fmt: skip


def texts_one_by_one(found, people, ids, table) -> list[str]:
    rows = table.take(pa.array(found.codes)).to_pylist()
    texts = []
    for place, (at, row) in enumerate(zip(found.at.tolist(), rows, strict=True)):
        (person,) = people.persons(np.array([at]))
        given = found.words[found.first[place]].as_py()
        evidence = EvidenceSummary(int(found.count[place]), int(found.sources[place]))
        country = person.country.upper() if person.country else None
        shown = Prediction(
            ids[at] if ids else None, person.name, given, country, evidence=evidence, **row
        )
        texts.append(msgspec.json.encode(shown).decode() + ",")
    return texts


def test_whatever_json_escapes_is_escaped():
    people = People({"name": pa.array(ODD, pa.string())}, "it")
    found = answers([9_000] * len(ODD), list(range(len(ODD))), [*ODD[:4], None])
    table = answer_table(0.8)

    told = plain_texts(found, people, None, table).to_pylist()

    assert told == texts_one_by_one(found, people, None, table)


@pytest.mark.parametrize("threshold", [0.5, 0.8, 1.0])
def test_every_answer_is_told_as_the_table_has_it(threshold):
    steps = [basis * STEPS + step for basis in range(len(BASES)) for step in range(1, STEPS, 9)]
    codes = [*steps, STEPS // 2, *range(FIRST_REASON, FIRST_REASON + len(REASONS))]
    people = People({"name": pa.array(["Maria"] * len(codes), pa.string())}, None)
    found = answers(codes, list(range(len(codes))), ["Maria"])
    table = answer_table(threshold)

    told = plain_texts(found, people, None, table).to_pylist()

    assert told == texts_one_by_one(found, people, None, table)


def test_some_of_the_people_have_their_own_ids_and_countries():
    names, countries = ["Maria", 'J"', "Olga", "Ó"], ["it", None, "", "DE"]
    people = People({"name": pa.array(names), "country": pa.array(countries)}, None)
    found = answers([1, STEPS + 3], [3, 1], ["Ó", "J"])
    table, ids = answer_table(0.8), [1, 'a"', None, 7.0]

    told = plain_texts(found, people, ids, table).to_pylist()

    assert told == texts_one_by_one(found, people, ids, table)
    assert told[1].startswith('{"id":"a\\"","name":"J\\"","given_name":"J","country":null,')


def test_people_are_told_in_the_order_of_their_answers():
    people = People({"name": pa.array(["Maria", "Olga"])}, None)
    found = answers([1, 2], [1, 0], ["Olga", "Maria"])
    table = answer_table(0.8)

    told = plain_texts(found, people, None, table).to_pylist()

    assert told == texts_one_by_one(found, people, None, table)
