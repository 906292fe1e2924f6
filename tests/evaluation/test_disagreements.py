"""Recorded genders are compared with the answers to names, and nothing is lost on the way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from gender_detection.errors import InvalidInput
from gender_detection.evaluation import disagreements
from gender_detection.evaluation.disagreements import Comparison, most_frequent
from gender_detection.model import Model, Person
from gender_detection.tables.people_table import PeopleTable

Written = Callable[..., Path]


@pytest.fixture
def compared(tiny_model: Model, written: Written) -> Callable[..., Comparison]:
    """Compare the rows of a table in CSV, given as text."""

    def compare(text: str, **options: Any) -> Comparison:
        comparison = Comparison(tiny_model, **options)
        with PeopleTable(written(text)) as table:
            list(comparison.add(table))
        return comparison

    return compare


def test_rows_that_differ_are_found_the_surest_first(compared, tiny_model: Model):
    found = compared("name,gender\nJohn,f\nMaria,m\nMaria,f\nMrs Smith,M\nJohn,f\n").surest()

    rows = found.to_pylist()
    assert {(row["row"], row["name"], row["recorded"], row["answer"]) for row in rows} == {
        (2, "John", "f", "male"), (3, "Maria", "m", "female"), (5, "Mrs Smith", "M", "female"),
        (6, "John", "f", "male"),
    }  # fmt: skip
    probabilities = found["probability"].to_pylist()
    assert probabilities == sorted(probabilities, reverse=True)
    (john,) = tiny_model.predict([Person(name="John")])
    johns = [row for row in rows if row["name"] == "John"]
    assert [row["row"] for row in johns] == [2, 6]
    assert {(row["probability"], row["basis"]) for row in johns} == {(john.probability, john.basis)}


def test_every_row_is_counted_once(compared):
    text = "name,gender\nMaria,f\nKim,f\n,m\nMaria,divers\nJohn, \nJohn,NaN\nJohn,x\nJohn,x\nJo\n"
    counts = compared(text).counts

    assert (counts.rows, counts.understood, counts.blank, counts.bad_rows) == (9, 3, 2, 1)
    assert counts.not_understood == {"divers": 1, "x": 2}
    assert (counts.compared, counts.disagreeing) == (1, 0)


def test_row_with_an_overlong_name_is_bad(compared):
    counts = compared(f"name,gender\n{'x' * 1001},f\n").counts

    assert (counts.rows, counts.bad_rows, counts.understood) == (1, 1, 0)


def test_expected_number_is_the_sum_of_the_chances_to_differ(compared, tiny_model: Model):
    names = ["Maria", "John", "Kim", "J. R."]
    text = "name,gender\n" + "".join(f"{name},f\n" for name in names)
    answers = tiny_model.predict([Person(name=name) for name in names], threshold=0.8)

    counts = compared(text, threshold=0.8).counts

    chances = [1 - (a.probability or 0) for a in answers if a.gender != "unknown"]
    assert (counts.compared, len(chances)) == (2, 2)
    assert counts.expected_by_chance == pytest.approx(sum(chances))


def test_calibrated_records_differ_about_as_often_as_expected(compared, tiny_model: Model):
    (kim,) = tiny_model.predict([Person(name="Kim")])
    women = round(1000 * (kim.p_female or 0))
    text = "name,gender\n" + "Kim,f\n" * women + "Kim,m\n" * (1000 - women)

    counts = compared(text, threshold=0.5).counts

    assert counts.disagreeing == pytest.approx(counts.expected_by_chance, abs=1)
    assert counts.disagreeing > 100


def test_threshold_country_and_share_of_women_change_the_answers(compared):
    andrea = "name,gender\nAndrea,f\n"

    assert compared(andrea, country="IT").counts.disagreeing == 1
    assert compared(andrea, country="DE").counts.disagreeing == 0
    assert compared("name,country,gender\nAndrea,IT,f\n").counts.disagreeing == 1
    assert compared(andrea, country="IT", threshold=1.0).counts.compared == 0
    kim = "name,gender\nKim,f\n"
    assert compared(kim, female_share=0.001).counts.disagreeing == 1
    assert compared(kim, female_share=0.999).counts.disagreeing == 0


def test_most_keeps_the_surest_of_all_blocks(compared, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(disagreements, "COLLECTED", 0)
    text = "name,gender\nJohn,f\nMaria,m\nMrs Smith,m\n"
    everything = compared(text).surest()

    assert len(everything) == 3
    assert compared(text, most=2).surest().equals(everything.slice(0, 2))
    assert compared(text).surest(1).equals(everything.slice(0, 1))
    assert compared(text, most=2).counts.disagreeing == 3


def test_name_is_shown_as_it_is_read(compared):
    parts = "name,given_name,family_name,gender\n,John,Smith,f\nJohn R. Doe,Jo,Doe,f\n,John,,f\n"
    given = "given_name,gender\nJohn,f\n"

    assert sorted(compared(parts).surest()["name"].to_pylist()) == [
        "John ", "John R. Doe", "John Smith",
    ]  # fmt: skip
    assert compared(given).surest()["name"].to_pylist() == ["John"]


def test_tables_are_told_apart_by_their_names(tiny_model: Model, written: Written):
    comparison = Comparison(tiny_model)
    for file in ("one.csv", "two.csv"):
        with PeopleTable(written("name,gender\nJohn,f\n", file)) as table:
            list(comparison.add(table, file=file))

    found = comparison.surest()
    assert list(zip(found["file"].to_pylist(), found["row"].to_pylist(), strict=True)) == [
        ("one.csv", 2), ("two.csv", 2),
    ]  # fmt: skip


def test_rows_are_those_of_the_file_in_each_block(
    tiny_model: Model, written: Written, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("gender_detection.tables.readers.BLOCK_BYTES", 64)
    comparison = Comparison(tiny_model)
    with PeopleTable(written("name,gender\n" + ("Maria,f\n" * 30 + "John,f\n") * 2)) as table:
        seen = list(comparison.add(table))

    assert comparison.surest()["row"].to_pylist() == [32, 63]
    assert len(seen) > 1
    assert seen[-1] == 62


def test_table_without_disagreements_has_the_columns(compared):
    found = compared("name,gender\nJohn,m\n").surest()

    assert isinstance(found, pa.Table)
    assert (len(found), found.schema.names[:2]) == (0, ["row", "name"])


def test_recorded_values_beyond_a_limit_are_counted_together(
    compared, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(disagreements, "MOST_VALUES", 2)
    counts = compared("name,gender\nA,1\nA,2\nA,3\nA,4\nA,1\n").counts

    assert sum(counts.not_understood.values()) == 5
    assert counts.not_understood == {"1": 2, "2": 1, "(others)": 2}
    assert most_frequent(counts.not_understood, 2) == "'1' 2, '(others)' 2, …"


def test_threshold_out_of_range_is_refused(tiny_model: Model):
    with pytest.raises(InvalidInput, match=r"0\.5 to 1"):
        Comparison(tiny_model, threshold=0.2)
