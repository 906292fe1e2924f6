import gzip
import hashlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gender_detection.errors import SourceError, SourceUnavailable
from gender_detection.sources import RAW_SCHEMA, FileSource, own_files, read

COUNTS = {"name": "given", "country": "land", "year": "born", "n_female": "f", "n_male": "m"}
PERSONS = {"name": "given", "gender": "sex"}


def entry(path, columns, **keys):
    keys = {"format": "csv", **keys}
    return FileSource(name="own", title="", licence="", path=str(path), columns=columns, **keys)


@pytest.fixture
def read_csv(tmp_path):
    """Read text as a CSV source and return its reading and its rows."""

    def read_csv(text, columns, **keys):
        path = tmp_path / "own.csv"
        path.write_text(text, encoding="utf-8", newline="")
        return rows_of(entry(path, columns, **keys), tmp_path)

    return read_csv


def rows_of(source, tmp_path):
    reading = read(source, tmp_path)
    table = reading.statements.read_all()
    assert table.schema == RAW_SCHEMA
    assert reading.lines_in == reading.lines_stating + sum(reading.rejects.values())
    return reading, table.to_pylist()


def test_columns_are_found_by_their_mapped_names(read_csv):
    text = "id,m,f,given,land,born\n7,10,20.5,Andréa,fr,1990\n8,,3,Bo,,\n"
    reading, rows = read_csv(text, COUNTS)
    assert rows == [
        {
            "source": "own",
            "name": "Andréa",
            "country": "FR",
            "year": 1990,
            "n_female": 20.5,
            "n_male": 10.0,
            "p_female": None,
            "n_sources": None,
            "part": "given",
            "n_bearers": None,
        },
        {
            "source": "own",
            "name": "Bo",
            "country": None,
            "year": None,
            "n_female": 3.0,
            "n_male": None,
            "p_female": None,
            "n_sources": None,
            "part": "given",
            "n_bearers": None,
        },
    ]
    assert reading.rejects == {"header": 1}
    assert reading.checksum == hashlib.sha256(text.encode()).hexdigest()


def test_gender_and_count_replace_two_columns(read_csv):
    columns = {**PERSONS, "count": "n"}
    _, rows = read_csv("given,sex,n\nAnn,F,5\nBob,male,6\n", columns)
    assert [(r["n_female"], r["n_male"]) for r in rows] == [(5.0, None), (None, 6.0)]


def test_table_of_persons_counts_one_bearer_per_row(read_csv):
    reading, rows = read_csv("given,sex\nAnn,female\nBob,M\nKim,x\nLee,\n", PERSONS)
    assert [(r["n_female"], r["n_male"]) for r in rows] == [(1.0, None), (None, 1.0)]
    assert reading.rejects == {"gender_not_known": 2, "header": 1}


def test_share_of_women_is_enough(read_csv):
    _, rows = read_csv("n,p\nAnn,0.99\n", {"name": "n", "p_female": "p"})
    assert (rows[0]["p_female"], rows[0]["n_female"]) == (0.99, None)


def test_rows_that_state_nothing_are_counted_by_reason(read_csv):
    good = "Ann,DE,1980,5,0\n" * 200
    bad = [
        ",DE,1980,5,0",  # no name
        "Ann,DE,1980,,",  # no figure
        "Ann,Atlantis,1980,5,0",
        "Ann,DE,198x,5,0",
        "Ann,DE,1980.5,5,0",
        "Ann,DE,1980,-5,0",
        "Ann,DE,1980,inf,0",
        "Ann,DE,1980,5",
        "",
    ]
    text = "given,land,born,f,m\n" + good + "\n".join(bad) + "\n"
    reading, rows = read_csv(text, COUNTS)
    assert len(rows) == 200
    assert reading.rejects == {"header": 1, "malformed": 7, "no_figure": 1, "no_name": 1}


def test_share_above_one_is_malformed(read_csv):
    text = "n,p\n" + "Ann,1\n" * 50 + "Ann,1.5\n"
    reading, _ = read_csv(text, {"name": "n", "p_female": "p"})
    assert reading.rejects == {"header": 1, "malformed": 1}


def test_quoted_cells_may_contain_commas_and_line_ends(read_csv):
    _, rows = read_csv('given,sex\r\n"Ann, ""A""",F\r\n"Mary\nAnn",F\r\n', PERSONS)
    assert [r["name"] for r in rows] == ['Ann, "A"', "Mary\nAnn"]


def test_missing_column_is_named_with_the_existing_ones(read_csv):
    with pytest.raises(
        SourceError, match=r"has no column 'sex' \(for gender\): use one of given, Sex"
    ):
        read_csv("given,Sex\nAnn,F\n", PERSONS)


def test_gzipped_table_is_read(tmp_path):
    path = tmp_path / "own.csv.gz"
    path.write_bytes(gzip.compress(b"given,sex\nAnn,F\n"))
    reading, rows = rows_of(entry(path, PERSONS), tmp_path)
    assert [r["name"] for r in rows] == ["Ann"]
    assert reading.checksum == hashlib.sha256(path.read_bytes()).hexdigest()


def test_parquet_table_is_read_by_the_same_rules(tmp_path):
    path = tmp_path / "own.parquet"
    columns = {"given": ["Ann", None, "Bo"], "land": ["de", "DE", None], "born": [1980, 1981, None]}
    pq.write_table(pa.table({**columns, "f": [5, 5, 1], "m": [0.0, 0.0, None]}), path)
    reading, rows = rows_of(entry(path, COUNTS, format="parquet"), tmp_path)
    assert [(r["name"], r["country"], r["year"], r["n_female"], r["n_male"]) for r in rows] == [
        ("Ann", "DE", 1980, 5.0, 0.0),
        ("Bo", None, None, 1.0, None),
    ]
    assert (reading.lines_in, reading.rejects) == (3, {"no_name": 1})


def test_whole_years_stored_as_floats_in_parquet_are_years(tmp_path):
    path = tmp_path / "own.parquet"
    pq.write_table(pa.table({"n": ["Ann"], "y": [1980.0], "p": [1.0]}), path)
    columns = {"name": "n", "year": "y", "p_female": "p"}
    _, rows = rows_of(entry(path, columns, format="parquet"), tmp_path)
    assert rows[0]["year"] == 1980


def test_uri_is_read_like_a_path(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("given,sex\nAnn,F\n")
    _, rows = rows_of(entry(path.as_uri(), PERSONS), tmp_path)
    assert len(rows) == 1


def test_large_table_comes_in_batches(read_csv, tmp_path, monkeypatch):
    monkeypatch.setattr("gender_detection.sources.tabulate.BATCH_ROWS", 10)
    path = tmp_path / "own.csv"
    path.write_text("given,sex\n" + "Ann,F\n" * 25)
    reading = read(entry(path, PERSONS), tmp_path)
    assert [batch.num_rows for batch in reading.statements] == [10, 10, 5]
    assert reading.statements_out == 25


def test_file_with_another_checksum_is_refused(read_csv):
    with pytest.raises(SourceError, match=r"has sha256 .*, the catalogue says 0000"):
        read_csv("given,sex\nAnn,F\n", PERSONS, sha256="0" * 64)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("none.csv", None, "csv"),
        ("own.csv.gz", b"not gzip", "csv"),
        ("own.parquet", b"not parquet", "parquet"),
        ("own.csv", b'given,sex\nAnn,"' + b"x" * 200_000, "csv"),
    ],
)
def test_file_that_cannot_be_read_is_named(tmp_path, name, data, kind):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(SourceError, match=f"source own: .*{name} cannot be read as {kind}"):
        rows_of(entry(path, PERSONS, format=kind), tmp_path)


@pytest.mark.parametrize(
    ("path", "remedy", "may_pass"),
    [
        ("none.csv", "No such file or directory; check the path", False),
        ("file:///none.csv", "No such file or directory; check the path", False),
        ("mock://none.csv", "connection reset; put a readable file there", True),
    ],
)
def test_missing_local_file_is_a_final_error_and_a_remote_one_is_temporary(
    tmp_path, monkeypatch, path, remedy, may_pass
):
    class OutOfReach:
        def open_input_stream(self, path, compression):
            raise OSError("connection reset")

    if path.startswith("mock:"):
        monkeypatch.setattr(own_files, "_located", lambda entry: (OutOfReach(), path))
    with pytest.raises(SourceError, match=remedy) as caught:
        read(entry(path if "://" in path else tmp_path / path, PERSONS), tmp_path)
    assert isinstance(caught.value, SourceUnavailable) is may_pass


def test_empty_file_has_no_columns(read_csv):
    with pytest.raises(SourceError, match="has no column 'given'"):
        read_csv("", PERSONS)


def test_countries_are_understood_by_their_codes_and_names(read_csv):
    cells = ["Germany", "Italia", "UK", "fra", "276", " it ", "NA", "nan", "None", ""]
    text = "given,land,p\n" + "".join(f"Ann,{cell},1\n" for cell in cells)
    reading, rows = read_csv(text, {"name": "given", "country": "land", "p_female": "p"})
    understood = ["DE", "IT", "GB", "FR", "DE", "IT", "NA", None, None, None]
    assert [row["country"] for row in rows] == understood
    assert reading.rejects == {"header": 1}


def test_marks_of_missing_values_are_empty_cells(read_csv):
    text = "given,sex,born,n\nAnn,F,nan,5\nnan,F,1,5\nBob,None,1980,5\nBea,F,1980,#N/A\n"
    columns = {**PERSONS, "year": "born", "count": "n"}
    reading, rows = read_csv(text, columns)
    assert [(row["name"], row["year"], row["n_female"]) for row in rows] == [("Ann", None, 5.0)]
    assert reading.rejects == {"gender_not_known": 1, "header": 1, "no_figure": 1, "no_name": 1}


def test_missing_values_of_parquet_are_empty_and_whole_floats_are_codes(tmp_path):
    path = tmp_path / "own.parquet"
    pq.write_table(
        pa.table({"n": ["Ann", "Bea"], "c": [276.0, float("nan")], "p": [1.0, 1.0]}), path
    )
    columns = {"name": "n", "country": "c", "p_female": "p"}
    _, rows = rows_of(entry(path, columns, format="parquet"), tmp_path)
    assert [row["country"] for row in rows] == ["DE", None]


GOOD = "Ann,DE,1980,5,0\n"


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (
            "Eve,Atlantis,1980,5,0",
            "column 'land' (country) holds 'Atlantis', which is not a country",
        ),
        ("Eve,DE,198x,5,0", "column 'born' (year) holds '198x', which is not a number"),
        ("Eve,DE,1980.5,5,0", "column 'born' (year) holds '1980.5', which is not a whole number"),
        (
            "Eve,DE,12345,5,0",
            "column 'born' (year) holds '12345' instead of a number from 0 to 9999",
        ),
        ("Eve,DE,1980,-5,0", "column 'f' (n_female) holds '-5' instead of a number of 0 or more"),
        ('Eve,DE,1980,5,"1,234"', "column 'm' (n_male) holds '1,234', which is not a number"),
        ("Eve,DE,1980,5", "it has 4 cells, but the header has 5"),
        ("Eve," + "x" * 200 + ",1980,5,0", "holds '" + "x" * 40 + "…', which is not a country"),
        ('Eve,"a\nb",1980,5,0', r"holds 'a\nb', which is not a country"),
    ],
)
def test_first_malformed_line_is_reported_by_line_column_and_value_but_not_name(
    read_csv, bad, problem
):
    # The second row has two lines, so later rows have the line numbers of an editor.
    text = "given,land,born,f,m\n" + '"Ann\nMary",DE,1980,5,0\n' + GOOD + bad + "\n"
    with pytest.raises(SourceError) as caught:
        read_csv(text, COUNTS)
    message = str(caught.value)
    assert (
        "source own: 1 of 4 lines are malformed, 5% are allowed; the first is line 5: " in message
    )
    assert problem in message
    assert "own.csv, or the columns in its entry" in message
    assert "Eve" not in message
    assert "\n" not in message

    reading, _ = read_csv(text + GOOD * 20, COUNTS)
    assert reading.rejects["malformed"] == 1
    (first,) = reading.first_faults.values()
    assert first.startswith("line 5: ")
    assert problem in first


def test_row_of_a_parquet_table_is_reported_by_its_number(tmp_path):
    path = tmp_path / "own.parquet"
    pq.write_table(pa.table({"n": ["Ann", "Eve"], "p": [1.0, 7.0]}), path)
    source = entry(path, {"name": "n", "p_female": "p"}, format="parquet")
    text = r"the first is row 2: column 'p' \(p_female\) holds '7' instead of a number from 0 to 1"
    with pytest.raises(SourceError, match=text):
        rows_of(source, tmp_path)


def test_table_without_a_known_gender_is_refused(read_csv):
    text = (
        r"none of its 3 lines has a statement \(gender_not_known 2; the first is line 2: column 's"
    )
    with pytest.raises(SourceError, match=text + r"ex' \(gender\) holds '1' instead of f, "):
        read_csv("given,sex\nAnn,1\nBob,2\n", PERSONS)


FAMILIES = {"name": "family", "country": "land", "bearers": "number"}


def test_family_names_are_read_with_their_bearers(read_csv):
    text = "land,family,number\nit,Rossi,12\n,Ek,3\nIT,,4\nIT,Re,\nIT,Po,x\nAtlantis,Neri,1\n"
    text += ",,\n" * 50
    reading, rows = read_csv(text, FAMILIES, part="family")
    stated = ("name", "country", "part", "n_bearers", "n_female", "n_male", "p_female")
    assert [tuple(row[column] for column in stated) for row in rows] == [
        ("Rossi", "IT", "family", 12.0, None, None, None),
        ("Ek", None, "family", 3.0, None, None, None),
    ]
    assert reading.rejects == {"header": 1, "malformed": 2, "no_figure": 1, "no_name": 51}
