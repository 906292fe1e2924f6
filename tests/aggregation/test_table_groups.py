"""A table in CSV is tallied by its columns, and bad rows are in no group."""

import io

import pyarrow as pa
import pytest

from gender_detection.aggregation import GroupCounts, count_table, grouped_by, summarise
from gender_detection.errors import InvalidInput
from gender_detection.tables import find_columns, read_csv

TABLE = """name,Country,year
Maria,it,2020
John, GB ,2020
Andrea,IT,2020
Maria,,2021
J. R.,,2021
Anna,DE,
"""


def tally(model, text, *by, block_bytes=1 << 20, **options):
    table = read_csv(io.BytesIO(text.encode()), block_bytes=block_bytes)
    tally = GroupCounts(by, model.parameters.base_share)
    for _ in count_table(tally, table, model, find_columns(table.columns), **options):
        pass
    return tally


def sizes(tallied) -> dict:
    groups, _ = summarise(tallied)
    return {tuple(dict(group.group or {}).values()): (group.n, group.answered) for group in groups}


def test_people_are_grouped_by_a_column(tiny_model):
    assert sizes(tally(tiny_model, TABLE, "year")) == {
        ("2020",): (3, 3), ("2021",): (2, 1), (None,): (1, 1),
    }  # fmt: skip


def test_country_is_that_of_the_people(tiny_model):
    assert list(sizes(tally(tiny_model, TABLE, "country"))) == [("DE",), ("GB",), ("IT",), (None,)]
    assert list(sizes(tally(tiny_model, TABLE, "Country", country="FR"))) == [
        ("DE",), ("FR",), ("GB",), ("IT",),
    ]  # fmt: skip
    assert list(sizes(tally(tiny_model, "name\nMaria\n", "country", country="FR"))) == [("FR",)]


def test_country_and_threshold_are_applied(tiny_model):
    text = "name,country\n" + "Andrea,IT\n" * 30

    high = summarise(tally(tiny_model, text))[1].high
    assert high is not None
    assert high < 0.2
    assert summarise(tally(tiny_model, "name\nAndrea\n", country="DE"))[1].answered == 1
    assert summarise(tally(tiny_model, text, threshold=1.0))[1].answered == 0


def test_blocks_add_up_to_the_table(tiny_model):
    text = TABLE + TABLE.partition("\n")[2] * 50

    found = summarise(tally(tiny_model, text, "year", "country", block_bytes=64))

    assert found == summarise(tally(tiny_model, text, "year", "country"))
    assert found[1].n == 51 * 6


def test_bad_row_counts_in_the_total_alone(tiny_model):
    groups, total = summarise(tally(tiny_model, TABLE + "Rossi, Anna,IT,2020\nMaria\n", "year"))

    assert sum(group.n for group in groups) == 6
    assert (total.n, total.unanswered["bad_row"]) == (8, 2)


def test_overlong_name_counts_in_its_group(tiny_model):
    ((group,), total) = summarise(tally(tiny_model, f"name,year\n{'x' * 1001},2020\n", "year"))

    assert group.unanswered["bad_row"] == total.unanswered["bad_row"] == 1


def test_answers_of_each_block_are_reported(tiny_model):
    table = read_csv(io.BytesIO(TABLE.encode()), block_bytes=64)
    tally = GroupCounts(["year"], 0.5)
    answers = [*count_table(tally, table, tiny_model, find_columns(table.columns))]

    assert len(answers) > 1
    genders = pa.concat_tables(answers)["gender"].to_pylist()
    assert genders == ["female", "male", "male", "female", "unknown", "female"]


def test_missing_column_is_named_with_the_existing_ones(tiny_model):
    with pytest.raises(InvalidInput, match=r"no column yaer to group by .*'name', 'Country', 'y"):
        tally(tiny_model, TABLE, "yaer")
    with pytest.raises(InvalidInput, match="no column country to group by"):
        tally(tiny_model, "name\nMaria\n", "country")


def test_table_without_rows_has_no_people(tiny_model):
    groups, total = summarise(tally(tiny_model, "name,year\n", "year"))

    assert groups == []
    assert (total.n, total.female_share) == (0, None)


def test_names_to_group_by_are_separated_by_commas():
    assert grouped_by("year, country") == ["year", "country"]
    assert grouped_by('"field, main",year') == ["field, main", "year"]
    assert grouped_by("") == []


@pytest.mark.parametrize("text", ["year,", ",", "year, year", '""', "a\rb", "a" + ",b" * 20])
def test_list_of_names_to_group_by_is_checked(text):
    with pytest.raises(InvalidInput, match=r"^invalid list to group by: .*: list columns, such as"):
        grouped_by(text)
