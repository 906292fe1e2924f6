"""Files of many programs, as people have them, are read at the first try, or refused with what
helps.

To add a kind, put a small file of invented people into files/, and a line into kinds.tsv or
REFUSED.
"""

import csv
from pathlib import Path

import openpyxl
import pytest

from gender_detection.errors import InvalidInput
from gender_detection.model import Model
from gender_detection.scoring.file_job import JobOptions
from gender_detection.tables import Columns
from gender_detection.tables.people_table import PeopleTable
from gender_detection.tables.text_layout import TextOptions
from tests.tables.test_forms import run

FILES = Path(__file__).with_name("files")

# The file, the columns that are read, and the people: a ? is a row that cannot be read.
READ = [
    tuple(cell.replace("\\n", "\n").replace("\\\\", "\\") for cell in line.split("\t"))
    for line in Path(__file__).with_name("kinds.tsv").read_text("utf-8").splitlines()[1:]
]
BY_FILE = {file: (columns, people) for file, columns, people in READ}

# The file, what the refusal says, and the options that it names, with which the file is read.
NUMBERED = Columns(given_name="1", family_name="2")
HEADLESS = TextOptions(has_header=False)
REFUSED = [
    ("no_header.csv", "--no-header --given-name-column 1 --family-name-column 2", NUMBERED,
     HEADLESS, "Maria Conti | Peter Muster | Anna Novak"),
    ("no_header_one_column.txt", "--no-header --name-column 1", Columns(name="1"), HEADLESS,
     "Maria Conti | Peter Muster | Anna Novak"),
    ("mysql_dump_without_header.txt", "--no-header --given-name-column",
     Columns(given_name="2", family_name="3"), HEADLESS, "Maria Conti | Peter Muster"),
    ("duplicate_names.csv", "--name-column 'name_1'", Columns(name="name_1"), TextOptions(),
     "Maria Conti | Peter Muster"),
    ("duplicate_names.csv", "--name-column", Columns(name="name_3"), TextOptions(), "x | y"),
]  # fmt: skip
# Files that no option makes readable, and the remedy.
NOT_READ = [
    ("empty.csv", "the table is empty"),
    ("endnote.enw", r"export the bibliography as RIS \(.ris\) or BibTeX"),
    ("fixed_width.txt", r"aligned by blanks \(fixed width\): put tabs or ; between them"),
]
# The file, its separators for --several, and the people.
SEVERAL = [
    ("several_semicolons.csv", ";",
     "Conti, Maria | Muster, Peter | Novak, Anna | Kim, Sofia | Conti, Maria | Muster, Peter"),
    ("several_and.csv", "and", "Maria Conti | Peter Muster | Anna Novak | Sofia Kim"),
    ("several_mixed.csv", ", & and",
     "Maria Conti | Peter Muster | Anna Novak | Sofia Kim | John Smith | Elena Conti | "
     "Peter Muster | Anna Novak"),
]  # fmt: skip
# The file in encodings that its few letters do not show.
UNCERTAIN = [("outlook_contacts.csv", "windows-1252")]
# The file in other encodings.
ENCODED = [
    ("german.csv", "windows-1252"), ("french.csv", "iso-8859-15"),
    ("outlook_contacts_german.csv", "windows-1252"),
    ("polish.csv", "windows-1250"), ("polish.csv", "iso-8859-2"), ("czech.csv", "windows-1250"),
    ("russian.csv", "windows-1251"), ("russian.csv", "koi8-r"), ("japanese.csv", "shift-jis"),
    ("japanese.csv", "euc-jp"),
    ("chinese.csv", "gb18030"), ("korean.csv", "euc-kr"),
    ("taiwanese.csv", "big5"), ("people.jsonl", "windows-1252"), ("people.jsonl", "utf-16"),
    ("people.json", "utf-16"), ("people_lines.json", "windows-1252"), ("jabref.bib", "utf-16"),
    ("teams_attendance.csv", "utf-16"), ("web_of_science_tab.txt", "utf-16"),
    ("web_of_science_tab.txt", "utf-8-sig"), ("moodle_participants.csv", "utf-16"),
    *((file, encoding) for file in ("german.csv", "russian.csv", "chinese.csv")
      for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")),
]  # fmt: skip


def people_in(table: PeopleTable) -> str:
    roles, people = table.roles, []
    for rows in table.blocks(roles.used()):
        for row, is_bad in zip(rows.cells.to_pylist(), rows.bad.to_pylist(), strict=True):
            parts = (row.get(part) for part in (roles.given_name, roles.family_name) if part)
            whole = (row.get(roles.name) or "").strip() or " ".join(
                map(str.strip, filter(None, parts))
            )
            people.append("?" if is_bad else whole.strip())
    return " | ".join(people)


def assert_read(path: Path, columns: str, people: str) -> None:
    with PeopleTable(path) as table:
        assert (" + ".join(table.roles.used()), people_in(table)) == (columns, people)


@pytest.mark.parametrize(("file", "columns", "people"), READ)
def test_kind_is_read_without_options(file: str, columns: str, people: str):
    assert_read(FILES / file, columns, people)


@pytest.mark.parametrize(("file", "encoding"), ENCODED)
def test_kind_is_read_in_other_encodings(tmp_path: Path, file: str, encoding: str):
    path = tmp_path / file
    text = (FILES / file).read_bytes().decode().removeprefix("\ufeff")
    path.write_bytes(text.encode(encoding))

    assert_read(path, *BY_FILE[file])


@pytest.mark.parametrize(("file", "encoding"), UNCERTAIN)
def test_kind_whose_encoding_is_not_certain_is_refused_with_the_option(
    tmp_path: Path, file: str, encoding: str
):
    path = tmp_path / file
    path.write_bytes((FILES / file).read_bytes().decode().encode(encoding))
    with pytest.raises(InvalidInput, match=rf"may be .*{encoding}.*--encoding "):
        PeopleTable(path)

    with PeopleTable(path, text=TextOptions(encoding=encoding)) as table:
        assert people_in(table) == BY_FILE[file][1]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("file", [file for file, *_ in READ if file.endswith((".csv", ".tsv"))])
def test_table_is_read_with_other_line_ends(tmp_path: Path, file: str, end: str):
    path = tmp_path / file
    text = (FILES / file).read_bytes().decode().replace("\r\n", "\n").replace("\r", "\n")
    path.write_bytes(text.replace("\n", end).encode())
    columns, people = BY_FILE[file]

    with PeopleTable(path) as table:
        # A line end within a cell is that of the file.
        read = (" + ".join(table.roles.used()), people_in(table))
    assert [text.replace("\r\n", "\n") for text in read] == [columns, people]


@pytest.mark.parametrize(
    "file", ["qualtrics.csv", "qualtrics_question.csv", "preamble_as_wide.csv", "merged_cells.csv"]
)
def test_header_of_a_workbook_is_found_as_in_text(tmp_path: Path, file: str):
    path, book = tmp_path / "book.xlsx", openpyxl.Workbook()
    with (FILES / file).open(encoding="utf-8", newline="") as text:
        for row in csv.reader(text):
            book.active.append([cell or None for cell in row])
    book.save(path)

    assert_read(path, *BY_FILE[file])


@pytest.mark.parametrize(("file", "said", "columns", "text", "people"), REFUSED)
def test_kind_is_refused_with_the_option_that_makes_it_work(
    file: str, said: str, columns: Columns, text: TextOptions, people: str
):
    with pytest.raises(InvalidInput) as refusal:
        PeopleTable(FILES / file)
    assert said in str(refusal.value)

    with PeopleTable(FILES / file, columns, text=text) as table:
        assert people_in(table) == people


@pytest.mark.parametrize(("file", "said"), NOT_READ)
def test_kind_that_is_not_read_is_refused_with_the_remedy(file: str, said: str):
    with pytest.raises(InvalidInput, match=said):
        PeopleTable(FILES / file)


@pytest.mark.parametrize(("file", "separators", "people"), SEVERAL)
def test_several_people_in_a_cell_become_rows(file: str, separators: str, people: str):
    with PeopleTable(FILES / file, text=TextOptions(several=separators)) as table:
        assert people_in(table) == people


@pytest.mark.parametrize("file", [file for file, *_ in READ])
def test_people_of_every_kind_are_answered(tmp_path: Path, tiny_model: Model, file: str):
    out = tmp_path / "out.tsv"
    run(tiny_model, FILES / file, out, options=JobOptions())

    with out.open(encoding="utf-8-sig", newline="") as text:
        _, *rows = csv.reader(text, delimiter="\t")
    genders = [row[-5] for row in rows]  # the first of the columns that are added
    people = BY_FILE[file][1].split(" | ") if BY_FILE[file][1] else []
    assert len(genders) == len(people)
    for name, gender in zip(people, genders, strict=True):
        if name in ("?", ""):
            assert gender == "unknown"
        for known, expected in (("Maria", "female"), ("Peter", "male")):
            if known in name.split() and name != "?":
                assert gender == expected


def test_texts_that_blanks_separate_are_written_with_commas(tmp_path: Path, tiny_model: Model):
    out = tmp_path / "out.csv"
    run(tiny_model, FILES / "r_write_table.txt", out, options=JobOptions())

    header, first, *_ = out.read_text().splitlines()
    assert header.startswith(",name,country,age,gender,")
    assert first.startswith("1,Maria Conti,IT,40,female,")


def test_every_file_is_in_a_list():
    listed = {file for file, *_ in (*READ, *REFUSED, *NOT_READ, *SEVERAL)}

    assert {path.name for path in FILES.iterdir()} - {"README.md"} == listed
