"""Commands accept countries in any form and report the values that they did not understand."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.command_line import run

pytestmark = pytest.mark.usefixtures("published", "pandas_as_it_is")

TABLE = "name,country\nAndrea,Italy\nAndrea,ITA\nAndrea,380\nKim,Atlantis\nKim,Atlantis\nKim,NA\n"
UNKNOWN = "2 rows have a country that is not understood ('Atlantis')"
NAMIBIA = "'NA' is read as Namibia in 1 row"
MISSING = "'NA' is read as a missing country in 2 rows"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(TABLE)
    return path


def genders(path: Path) -> list[str]:
    return [line.split(",")[2] for line in path.read_text().splitlines()[1:]]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_score_counts_what_is_not_understood(capsys, people: Path, tmp_path: Path, jobs: str):
    out = tmp_path / "out.csv"
    code, output, _ = run(capsys, "score", str(people), str(out), "--jobs", jobs)

    assert code == 0
    assert genders(out)[:3] == ["male"] * 3
    assert UNKNOWN in output
    assert NAMIBIA in output


def test_score_of_a_folder_counts_over_all_its_tables(capsys, tmp_path: Path):
    folder = tmp_path / "tables"
    folder.mkdir()
    for number in range(2):
        (folder / f"{number}.csv").write_text("name,country\nKim,Atlantis\n")
    _, output, _ = run(capsys, "score", str(folder), str(tmp_path / "out"))

    assert UNKNOWN in output


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_na_in_text_is_missing_if_no_other_row_has_a_country(capsys, tmp_path: Path, suffix):
    table, out = tmp_path / f"people.{suffix}", tmp_path / "out.csv"
    source = tmp_path / "source.csv"
    source.write_text("name,country\nKim,NA\nKim,\nKim,NA\n")
    run(capsys, "score", str(source), str(table))

    _, output, _ = run(capsys, "score", str(table), str(out))

    assert MISSING in output


def test_na_is_namibia_where_missing_values_are_null(capsys, tmp_path: Path):
    table = tmp_path / "people.parquet"
    pq.write_table(pa.table({"name": ["Kim"], "country": ["NA"]}), table)

    _, output, _ = run(capsys, "score", str(table), str(tmp_path / "out.csv"))

    assert NAMIBIA in output


def test_numeric_codes_may_be_a_column_of_numbers(capsys, tmp_path: Path):
    table, out = tmp_path / "people.parquet", tmp_path / "out.csv"
    pq.write_table(pa.table({"name": ["Andrea"], "country": [380]}), table)

    assert run(capsys, "score", str(table), str(out))[0] == 0
    assert genders(out) == ["male"]


@pytest.mark.parametrize("country", ["Italy", "ITA", "Italia", "it"])
def test_option_takes_a_country_in_any_form(capsys, country: str):
    assert json.loads(run(capsys, "predict", "--json", "--country", country, "Andrea")[1])[
        "country"
    ] == "IT"  # fmt: skip


def test_invalid_country_option_is_refused_with_the_remedy(capsys):
    code, _, err = run(capsys, "predict", "--country", "Atlantis", "Andrea")

    assert code == 2
    assert "'Atlantis' is not a country: write it as IT, ITA, 380 or Italy" in err


def test_aggregate_reports_countries_and_merges_equivalent_spellings(capsys, people: Path):
    code, out, err = run(capsys, "aggregate", str(people), "--by", "country", "--json")

    assert code == 0
    assert f"warning: {people}: {UNKNOWN}" in err
    found = json.loads(out)
    assert {g["group"]["country"]: g["n"] for g in found["groups"]} == {
        "IT": 3, "Atlantis": 2, "NA": 1,
    }  # fmt: skip
    assert [w["code"] for w in found["warnings"]] == ["country_not_understood", "na_is_namibia"]


def test_evaluate_accepts_and_reports_countries_the_same_way(capsys, tmp_path: Path):
    path = tmp_path / "people.csv"
    rows = [f"{row},f" for row in TABLE.splitlines()[1:]]
    path.write_text("\n".join(["name,country,gender", *rows]))

    code, out, err = run(capsys, "evaluate", str(path), "--json")

    assert code == 0
    assert "2 people have a country that is not understood ('Atlantis')" in err
    assert "'NA' is read as Namibia in 1 person" in err
    assert json.loads(out)["slices"]["country"]["IT"]["n"] == 3
