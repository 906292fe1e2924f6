"""gd.register_in_duckdb: gender, p_female and gender_of in SQL."""

import threading
from typing import Any

import pytest

import gender_detection as gd
from gender_detection.errors import InvalidInput

duckdb = pytest.importorskip("duckdb")

ROWS = [("Maria Rossi", "IT"), ("Andrea", "IT"), ("Andrea", "DE"), (None, "DE"), ("J. R.", None)]


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE people (name VARCHAR, country VARCHAR)")
        connection.executemany("INSERT INTO people VALUES (?, ?)", ROWS)
        gd.register_in_duckdb(connection)
        yield connection


def rows(connection: Any, sql: str) -> Any:
    return connection.execute(sql).fetchall()


def test_functions_answer_as_score_does(connection):
    scored = gd.score(connection.table("people")).project(
        "gender, p_female, {gender: gender, probability: probability, p_female: p_female, "
        "basis: basis, reason: reason}"
    )
    found = rows(
        connection,
        "SELECT gender(name, country), p_female(name, country), gender_of(name, country) "
        "FROM people",
    )

    assert found == scored.fetchall()
    assert [gender for gender, *_ in found] == ["female", "male", "female", "unknown", "unknown"]
    assert [answer["reason"] for *_, answer in found[3:]] == ["empty", "initials"]
    assert [p_female for _, p_female, _ in found[3:]] == [None, None]


def test_the_country_may_be_left_out(connection):
    found = rows(connection, "SELECT gender('Maria'), p_female('Maria'), gender_of('Maria').basis")

    assert found == [("female", gd.predict("Maria").p_female, "name")]


def test_nulls_and_types_without_text_are_as_in_tables(connection):
    assert rows(connection, "SELECT gender(NULL), p_female(NULL, NULL)") == [("unknown", None)]
    assert rows(connection, "SELECT gender('Andrea', NULL), gender('Andrea', 380)") == [
        ("unknown", "male")
    ]
    assert rows(connection, "SELECT gender('Maria'::ENUM('Maria', 'John'))") == [("female",)]
    assert rows(connection, "SELECT gender(name) FROM people WHERE false") == []


def test_a_struct_becomes_columns(connection):
    relation = connection.sql("SELECT unnest(gender_of(name, country)) FROM people")

    assert relation.columns == ["gender", "probability", "p_female", "basis", "reason"]


def test_functions_filter_and_group_many_blocks_in_threads(connection):
    connection.execute("SET threads = 4")
    connection.execute(
        "CREATE TABLE many AS SELECT name, country FROM people, range(40_000) ORDER BY range"
    )
    found = rows(
        connection,
        "SELECT gender(name, country) AS g, count(*) FROM many WHERE name IS NOT NULL "
        "GROUP BY g ORDER BY g",
    )

    assert found == [("female", 80_000), ("male", 40_000), ("unknown", 40_000)]


def test_cursors_in_other_threads_have_the_functions(connection):
    found = []

    def ask() -> None:
        found.extend(rows(connection.cursor(), "SELECT gender('Maria')"))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [("female",)] * 4


def test_options_are_those_of_score(connection):
    gd.register_in_duckdb(connection, country="DE", threshold=0.5, female_share=0.9)

    assert rows(connection, "SELECT gender('Andrea'), gender('Andrea', 'IT'), gender('Kim')") == [
        ("female", "male", "female")
    ]
    gd.register_in_duckdb(connection, family_name_first=True)
    assert rows(connection, "SELECT gender('Rossi Maria')") == [("female",)]


def test_a_model_may_be_given(connection, names, monkeypatch):
    monkeypatch.setattr("gender_detection.library.finding._SHARED", {})
    gd.register_in_duckdb(connection, names)

    assert rows(connection, "SELECT gender('Maria')") == [("female",)]


def test_the_default_connection_is_the_module():
    gd.register_in_duckdb(duckdb)

    assert duckdb.sql("SELECT gender('Maria')").fetchall() == [("female",)]


def test_functions_of_another_connection_are_not_replaced(connection):
    with pytest.raises(InvalidInput, match="has a function gender that another connection has"):
        gd.register_in_duckdb(connection.cursor())
    assert rows(connection, "SELECT gender('Maria')") == [("female",)]


@pytest.mark.parametrize(
    ("options", "said"),
    [({"threshold": 2}, "threshold 2"), ({"female_share": 2}, "female_share 2")],
)
def test_options_out_of_range_are_refused_at_once(connection, options, said):
    with pytest.raises(InvalidInput, match=said):
        gd.register_in_duckdb(connection, **options)


def test_another_connection_is_refused():
    with pytest.raises(InvalidInput, match="str is no connection to DuckDB"):
        gd.register_in_duckdb("people.duckdb")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT gender(3)", "the column 'name' holds int32 instead of text"),
        ("SELECT gender('a', 'b', 'c')", "3 arguments: give a name, or a name and its country"),
    ],
)
def test_what_is_no_name_is_refused_in_sql(connection, sql, said):
    with pytest.raises(duckdb.InvalidInputException, match=said):
        connection.execute(sql)


def test_countries_that_are_not_understood_are_told_once(connection):
    with pytest.warns(UserWarning, match="not understood, such as 'Atlantis'") as told:
        found = rows(
            connection, "SELECT gender('Maria', c) FROM range(9_000), (SELECT 'Atlantis' c)"
        )

    assert found == [("female",)] * 9_000
    assert len(told) == 1
