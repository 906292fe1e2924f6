"""gender-detection aggregate reads a table of people and prints the share of women by group."""

import bz2
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.command_line import assert_reported_in_one_line, run

TABLE = "name,country,year\n" + "Maria,IT,2020\n" * 60 + "John,IT,2020\n" * 40 + "J. R.,DE,2021\n"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(TABLE)
    return path


@pytest.mark.usefixtures("published")
def test_groups_are_printed_with_intervals_and_explained_warnings(capsys, people: Path):
    code, out, err = run(capsys, "aggregate", str(people), "--by", "year,country")

    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "Share of women"
    assert lines[1].split(maxsplit=2)[:2] == ["year,", "country"]
    cells = [line.split() for line in lines[2:5]]
    assert cells[0][:5] == ["2020,", "IT", "100", "100", "100"]
    assert cells[0][5].startswith(("59.", "60."))
    assert "%" in cells[0][-1]  # no warning
    assert cells[1] == ["2021,", "DE", "1", "0", "0", "-", "-", "too_few", "many_left_out"]
    assert cells[2][:4] == ["all", "101", "100", "100"]
    assert "too_few: fewer than 30 people have a probability" in lines
    assert "too_uncertain" not in out
    assert "errors of the model" in out


@pytest.mark.usefixtures("published")
def test_without_by_one_line_shows_the_total(capsys, people: Path):
    out = run(capsys, "aggregate", str(people))[1]

    assert [line.split()[:2] for line in out.splitlines()[2:4]] == [["all", "101"], []]


@pytest.mark.usefixtures("published")
def test_json_equals_the_api_answer(capsys, people: Path):
    code, out, _ = run(
        capsys, "aggregate", str(people), "--by", "year", "--json", "--threshold", "0.9"
    )

    assert code == 0
    found = json.loads(out)
    assert [group["group"] for group in found["groups"]] == [{"year": "2020"}, {"year": "2021"}]
    assert found["total"]["n"] == 101
    assert found["model"]["version"] == "7"
    assert found["model"]["threshold"] == 0.9


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("name", ["people.tsv", "people.csv.gz", "semicolons.csv"])
def test_every_table_format_is_read(capsys, tmp_path: Path, people: Path, name: str):
    path = tmp_path / name
    text = TABLE.replace(",", "\t" if name.endswith("tsv") else ",;"[name.startswith("semi")])
    path.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    options = "--by", "year", "--json"

    found = run(capsys, "aggregate", str(path), *options)

    assert found == run(capsys, "aggregate", str(people), *options)


@pytest.mark.usefixtures("published")
def test_other_formats_give_the_same_groups(capsys, tmp_path: Path, people: Path):
    rows = [line.split(",") for line in TABLE.splitlines()[1:]]
    name, country, year = zip(*rows, strict=True)
    table = pa.table({"name": name, "country": country, "year": list(map(int, year))})
    pq.write_table(table, tmp_path / "people.parquet")
    lines = "".join(json.dumps(row) + "\n" for row in table.to_pylist())
    (tmp_path / "people.jsonl.bz2").write_bytes(bz2.compress(lines.encode()))
    folder = tmp_path / "folder"
    folder.mkdir()
    for part, few in enumerate((table.slice(0, 50), table.slice(50))):
        pq.write_table(few, folder / f"{part}.parquet")
    options = "--by", "year", "--json"

    expected = run(capsys, "aggregate", str(people), *options)

    for path in ("people.parquet", "people.jsonl.bz2", "folder"):
        assert run(capsys, "aggregate", str(tmp_path / path), *options) == expected


@pytest.mark.usefixtures("published")
def test_columns_are_found_or_named_and_rows_may_get_a_country(capsys, tmp_path: Path):
    path = tmp_path / "people.csv"
    path.write_text("forename,label\n" + "Andrea,Maria\n" * 50)

    def share(*options: str) -> float:
        answer = json.loads(run(capsys, "aggregate", str(path), "--json", *options)[1])
        return float(answer["total"]["female_share"])

    assert share("--country", "IT") < 0.1
    assert share("--country", "DE") > 0.9
    assert share("--country", "IT", "--name-column", "label") > 0.9


@pytest.mark.usefixtures("published")
def test_null_is_no_group_and_na_is_namibia_where_there_is_null(capsys, tmp_path: Path):
    path = tmp_path / "people.jsonl"
    path.write_text('{"name": "Maria", "country": "NA"}\n{"name": "Maria", "year": null}\n')

    out = run(capsys, "aggregate", str(path), "--by", "country,year", "--json")[1]

    assert [group["group"] for group in json.loads(out)["groups"]] == [
        {"country": "NA", "year": None}, {"country": None, "year": None},
    ]  # fmt: skip


@pytest.mark.usefixtures("published")
def test_column_that_is_not_text_is_named(capsys, tmp_path: Path):
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table({"name": [1, 2]}), path)

    result = run(capsys, "aggregate", str(path))

    assert_reported_in_one_line(result, str(path), "the column 'name' holds int64 instead of text")


@pytest.mark.usefixtures("published")
def test_country_comes_from_the_named_column_or_is_none(capsys, tmp_path: Path):
    path = tmp_path / "people.csv"
    path.write_text("name,country,born_in\n" + "Andrea,DE,IT\n" * 50)

    def share(*options: str) -> float:
        answer = json.loads(run(capsys, "aggregate", str(path), "--json", *options)[1])
        return float(answer["total"]["female_share"])

    assert share() > 0.9
    assert share("--country-column", "born_in") < 0.1
    assert 0.1 < share("--no-country") < 0.9


@pytest.mark.usefixtures("published")
def test_columns_are_printed_if_their_headers_are_not_the_plain_ones(capsys, people: Path):
    people.write_text("Name,Vorname,Land,Pays\n" + "Rossi,Andrea,DE,IT\n" * 50)

    code, _, err = run(capsys, "aggregate", str(people), "--json", "--country-column", "Land")

    assert (code, err) == (
        0,
        f"{people}: reading given names from 'Vorname', family names from 'Name', countries from "
        "'Land'\n",
    )
    people.write_text("name,country\n" + "Andrea,DE\n" * 50)
    assert run(capsys, "aggregate", str(people), "--json")[2] == ""


@pytest.mark.usefixtures("published")
def test_bad_rows_give_a_warning(capsys, people: Path):
    people.write_text(TABLE + "Rossi, Anna,IT,2020\n")

    code, out, err = run(capsys, "aggregate", str(people), "--by", "year", "--json")

    assert code == 0
    assert err.startswith(f"warning: {people}: 1 of 102 rows cannot be read and are in no group")
    found = json.loads(out)
    assert sum(group["n"] for group in found["groups"]) == 101
    assert found["total"]["unanswered"]["bad_row"] == 1


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("content", "options", "parts"),
    [
        (None, [], ["no file", "check the path"]),
        ("", [], ["the table is empty"]),
        ("name,year\n", [], ["has a header but no people"]),
        ("year\n2020\n", [], ["no column holds names"]),
        (TABLE, ["--by", "yaer"], ["no column yaer to group by", "'name', 'country', 'year'"]),
        (TABLE, ["--country-column", "born"], ["no column 'born'", "'name', 'country', 'year'"]),
        (TABLE, ["--threshold", "0.3"], ["threshold 0.3", "from 0.5 to 1"]),
    ],
)
def test_invalid_input_is_reported_in_one_line(
    capsys, people: Path, content: str | None, options: list[str], parts: list[str]
):
    people.unlink() if content is None else people.write_text(content)

    assert_reported_in_one_line(
        run(capsys, "aggregate", str(people), *options), str(people), *parts
    )


@pytest.mark.usefixtures("published")
def test_list_of_columns_is_checked(capsys, people: Path):
    result = run(capsys, "aggregate", str(people), "--by", "year,")

    assert_reported_in_one_line(result, "invalid list to group by: a name is empty")


@pytest.mark.usefixtures("published")
def test_damaged_gzip_file_is_named_once(capsys, tmp_path: Path):
    path = tmp_path / "people.csv.gz"
    path.write_bytes(gzip.compress(TABLE.encode())[:-9])

    result = run(capsys, "aggregate", str(path))

    assert_reported_in_one_line(result, "is not a complete gzip file")
    assert result[2].count(str(path)) == 1


def test_help_lists_the_columns(capsys):
    code, out, _ = run(capsys, "aggregate", "--help")

    assert code == 0
    for column in ("name", "given_name", "family_name", "country"):
        assert column in out


@pytest.mark.usefixtures("published")
def test_cell_of_megabytes_affects_only_its_row(capsys, people: Path):
    people.write_text(TABLE + "x" * 2_000_000 + ",IT,2020\n" + "Maria,IT,2020\n")
    code, out, _ = run(capsys, "aggregate", str(people), "--json")

    total = json.loads(out)["total"]
    assert code == 0
    assert (total["n"], total["answered"]) == (103, 101)


@pytest.mark.usefixtures("published")
def test_shares_are_drawn_as_well_as_printed(capsys, people: Path, tmp_path: Path):
    figure = tmp_path / "shares.svg"

    code, out, _ = run(capsys, "aggregate", str(people), "--by", "year", "--plot", str(figure))

    assert code == 0
    assert "Share of women" in out
    text = figure.read_text()
    assert "<svg" in text
    assert ">2020<" in text


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("name", "parts"),
    [("shares.gif", [".svg, .png, .pdf"]), ("no/shares.svg", ["no folder"])],
)
def test_figure_that_cannot_be_written_is_refused_first(
    capsys, people: Path, tmp_path: Path, name: str, parts: list[str]
):
    result = run(capsys, "aggregate", str(people), "--plot", str(tmp_path / name))

    assert_reported_in_one_line(result, Path(name).name, *parts)


@pytest.mark.usefixtures("published")
def test_bibliography_is_grouped_by_year_and_position(capsys, tmp_path: Path):
    path = tmp_path / "papers.bib"
    path.write_text(
        "@article{a, author = {Rossi, Maria and Smith, John}, year = 2019}\n"
        "@article{b, author = {Maria Rossi}, year = 2020}\n"
    )

    code, out, _ = run(capsys, "aggregate", str(path), "--by", "year,position", "--json")

    assert code == 0
    groups = json.loads(out)["groups"]
    assert [(*one["group"].values(), one["n"]) for one in groups] == [
        ("2019", "first", 1), ("2019", "last", 1), ("2020", "only", 1),
    ]  # fmt: skip
