"""CSV of Scopus and Web of Science, a row for each work, as rows of authors."""

import pytest

from gender_detection.tables import format_of
from gender_detection.tables.readers import open_source
from gender_detection.tables.text_layout import TextOptions
from tests.bibliographies.reading import column, opened, read

SCOPUS = (
    '"Authors","Author full names","Title","Year","DOI","EID"\n'
    '"Rossi A.; Bianchi L.","Rossi, Anna (57190000001); Bianchi, Luca (57190000002)",'
    '"One","2020","10.1234/SC","2-s2.0-1"\n'
    '"Verdi C.","Verdi, Carla (57190000003)","A ""quote"", too","2021","","2-s2.0-2"\n'
    '"cut off\n'
)
WOS = (
    "Authors\tAuthor Full Names\tPublication Year\tDOI\tUT (Unique WOS ID)\n"
    "Rossi, A; Neri, AM\tRossi, Anna; Neri, AM\t2022\t10.1234/W\tWOS:1\n"
)
TAGS = "\ufeffPT\tAU\tAF\tPY\tDI\tUT\nJ\tRossi, A\tRossi, Anna\t2022\t\tWOS:1\n"


def test_scopus(tmp_path):
    rows, skipped = read(tmp_path / "a.csv", SCOPUS)

    assert column(rows, "name") == ["Rossi, Anna", "Bianchi, Luca", "Verdi, Carla"]
    assert column(rows, "work") == ["10.1234/sc", "10.1234/sc", "2-s2.0-2"]
    assert column(rows, "year") == [2020, 2020, 2021]
    assert column(rows, "position") == ["first", "last", "only"]
    assert skipped == "entries that cannot be read: 1 (the first: row 3)"


def test_web_of_science_writes_initials_where_it_has_no_full_name(tmp_path):
    rows, _ = read(tmp_path / "a.tsv", WOS)

    assert column(rows, "name") == ["Rossi, Anna", "Neri, A M"]
    assert column(rows, "work") == ["10.1234/w"] * 2


def test_web_of_science_with_tags_as_columns(tmp_path):
    rows, _ = read(tmp_path / "a.tsv", TAGS)

    assert (column(rows, "name"), column(rows, "work")) == (["Rossi, Anna"], ["WOS:1"])


@pytest.mark.parametrize("header", ["name,year,doi", "author full names,country", "name,af,py"])
def test_other_tables_stay_tables(tmp_path, header):
    source = opened(tmp_path / "a.csv", f"{header}\nAnna,1,2\n")

    assert (source.kind, ",".join(source.columns)) == ("csv", header)


@pytest.mark.parametrize(
    ("header", "row", "names"),
    [
        ("Authors,Year,EID", '"Rossi A.B., Neri L.",2020,2-s2.0-1', ["Rossi, A B", "Neri, L"]),
        ("PMID,Authors,Publication Year", '1,"Rossi A, Neri LM.",2020', ["Rossi, A", "Neri, L M"]),
        ("Authors,Title,Year", '"A Rossi, L Neri",T,2020', ["A Rossi", "L Neri"]),
        ("Authors,Title,Year", '"Rossi, Anna; Neri, Luca; ",T,2020', ["Rossi, Anna", "Neri, Luca"]),
        ("Authors,Title,Year", '"Rossi, Anna",T,2020', ["Rossi, Anna"]),
        ("Key,Item Type,Publication Year,Author", 'A,book,2020,"Rossi, Anna; Neri, Luca"',
         ["Rossi, Anna", "Neri, Luca"]),
        ("id,doi,publication_year,authorships.author.display_name", "W1,,2020,Anna Rossi|Luca Neri",
         ["Anna Rossi", "Luca Neri"]),
        ("Lens ID,Publication Year,Author/s", "1,2020,Anna Rossi; Luca Neri",
         ["Anna Rossi", "Luca Neri"]),
    ],
)  # fmt: skip
def test_other_databases(tmp_path, header, row, names):
    rows, skipped = read(tmp_path / "a.csv", f"{header}\n{row}\n")

    assert (column(rows, "name"), column(rows, "year")) == (names, [2020] * len(names))
    assert skipped is None


@pytest.mark.parametrize(
    "header", ["Author,Year,DOI", "Authors,Year", "Authors,Title", "Key,Author,Year"]
)
def test_tables_that_may_have_a_row_for_each_author_stay_tables(tmp_path, header):
    assert opened(tmp_path / "a.csv", f"{header}\n").kind == "csv"


@pytest.mark.parametrize(
    "options", [TextOptions(several=";"), TextOptions(columns=("Author full names",))]
)
def test_who_divides_the_cells_or_names_a_column_keeps_all_columns(tmp_path, options):
    path = tmp_path / "a.csv"
    path.write_text(SCOPUS)

    assert open_source(path, format_of(path), options).columns[0] == "Authors"
