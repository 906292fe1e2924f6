"""Files and options that every command and the API read alike; all people are invented."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.common import seed_files

PLAIN = "names from 'name', countries from 'country'"
ROWS = (
    ("Maria Rossi", "Köln", "IT", "f"),
    ("John Smith", "Málaga", "US", "m"),
    ("Andrea", "Zürich", "IT", "m"),
    ("Kim", "Straßburg", "DE", "f"),
)
HEADER = ("name", "city", "country", "gender")


@dataclass(frozen=True)
class Case:
    """A file, what is asked of it, and what must come of it.

    name     of the file: its ending is its format
    options  of a command; the API has them in the query or the content type
    reads    which columns are read, as described() says
    people   in the table, with the bad rows
    answered of them: women or men by their names
    note     what is said of the text, None if nothing
    refused  the remedy if the file is refused
    instead  what is said where another thing must come of it, by reader
    """

    label: str
    name: str
    body: bytes
    options: tuple[str, ...] = ()
    reads: str = PLAIN
    people: int = 4
    answered: int = 3
    bad: int = 0
    note: str | None = None
    refused: str | None = None
    instead: Mapping[str, str] = field(default_factory=dict)


def text(
    delimiter: str = ";",
    end: str = "\n",
    *,
    above: str = "",
    header: tuple[str, ...] | None = HEADER,
    rows: tuple[tuple[str, ...], ...] = ROWS,
    encoding: str = "utf-8",
) -> bytes:
    lines = [*([] if header is None else [header]), *rows]
    return (above + "".join(delimiter.join(cells) + end for cells in lines)).encode(encoding)


def _columns() -> pa.Table:
    return pa.table(dict(zip(HEADER, map(list, zip(*ROWS, strict=True)), strict=True)))


def _parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(_columns(), sink)
    return sink.getvalue()


def _arrow(kind: str) -> bytes:
    sink = io.BytesIO()
    make = pa.ipc.new_file if kind == "arrow" else pa.ipc.new_stream
    with make(sink, _columns().schema) as writer:
        writer.write_table(_columns())
    return sink.getvalue()


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (HEADER, *ROWS):
        book.active.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


# The API takes text as text/csv, and Arrow streams; it refuses other media types by this remedy.
API = ("predict table", "aggregate table")
OTHER_TYPE = dict.fromkeys(API, "unsupported content type of the body: send 'Content-Type: ")
# An Arrow stream has no sum.
NO_ARROW = {"aggregate table": OTHER_TYPE["aggregate table"]}
# Exports of works do not say who is a woman.
UNLABELLED = dict.fromkeys(("evaluate", "check"), "no column gender: add it")
# score keeps a table without people, as the API does.
NOBODY = dict.fromkeys(("aggregate", "evaluate", "check"), "but no people: add a row for each")
# Several people in a row become several rows: the API answers each row that it was sent.
ONE_TO_ONE = dict.fromkeys(API, "query parameter 'several': unknown: use ")
# The API is told by its own options.
DECLARED = ("--encoding", "cp1252")
NUMBERS = ("--no-header", "--name-column", "1", "--country-column", "3")

THIN = (("Maria", "A", "IT", "f"), ("John", "B", "US", "m"), ("Ana Muñoz", "C", "ES", "f"))
GERMAN = ("Vorname", "Nachname", "Land", "Geschlecht")
IN_PARTS = (("Maria", "Rossi", "IT", "f"), ("John", "Smith", "US", "m"))
PARTS = "given names from {!r}, family names from {!r}, countries from {!r}"
BAD_ROWS = (
    b"name,country,gender\nMaria,IT,f\nJohn\nRossi, Anna,IT,f\nJos\xe9\xff,ES,m\n"
    + b"x" * 1001
    + b",IT,m\nJohn,US,m\n"
)
SEVERAL = text(
    "|",
    header=("name", "country", "gender"),
    rows=(("Rossi, Maria; Smith, John", "IT", "f"), ("Maria", "DE", "f")),
)
NA = (("Andrea", "NA", "m"), ("Maria", "", "f"))
NAMIBIA = (("Andrea", "NA", "m"), ("Maria", "IT", "f"))

CASES = (
    *(
        Case(f"delimiter {delimiter!r}", "people.csv", text(delimiter))
        for delimiter in (",", ";", "\t", "|")
    ),
    Case("tab in .tsv", "people.tsv", text("\t")),
    Case("lines end with CR LF", "people.csv", text(end="\r\n")),
    Case("declared delimiter", "people.csv", text("~"), ("--delimiter", "~")),
    Case("delimiter in words", "people.csv", text("\t"), ("--delimiter", "tab")),
    Case("no delimiter", "people.csv", text(), ("--delimiter", "ab"),
         refused="'ab' cannot separate cells: use a sign"),
    Case("sep= line", "people.csv", text(above="sep=;\n"), note="left out the first line, sep=;"),
    Case("title", "people.csv", text(above="People 2026\n\n"),
         note="left out 2 lines above the header"),
    Case("UTF-8 with a mark", "people.csv", text(encoding="utf-8-sig")),
    Case("Excel's Unicode text", "people.txt", text("\t", "\r\n", encoding="utf-16"),
         note="read as utf-16-le"),
    Case("UTF-16 without a mark", "people.csv", text(encoding="utf-16-le"),
         note="read as utf-16-le"),
    Case("encoding found", "people.csv", text(encoding="cp1252"), note="read as windows-1252"),
    Case("encoding declared", "people.csv", text(encoding="cp1252"), DECLARED,
         note="read as cp1252"),
    Case("mark against what is declared", "people.csv", text(encoding="utf-8-sig"), DECLARED,
         note="read as utf-8, which its first bytes declare, not as cp1252"),
    Case("encoding not certain", "people.csv", text(rows=THIN, encoding="cp1252"),
         refused="may be windows-1252 or windows-1250"),
    Case("encoding unknown", "people.csv", text(), ("--encoding", "klingon"),
         refused="unknown encoding 'klingon': name the one that the table is saved in"),
    Case("no header", "people.csv", text(header=None), NUMBERS,
         reads="names from 'column_1', countries from 'column_3'", instead=UNLABELLED),
    Case("no header, no number", "people.csv", text(header=None), ("--no-header",),
         refused="needs the number of the column of names, such as --name-column 1"),
    Case("no header, no such number", "people.csv", text(header=None),
         ("--no-header", "--name-column", "9"),
         refused="no column 'column_9': use one of these: 'column_1'"),
    Case("line end and quotes in cells", "people.csv",
         b'name,note,country,gender\n"Rossi, Maria","a ""b""\nc",IT,f\nJohn,"x\r\ny",US,m\n',
         people=2, answered=2),
    Case("columns twice and without a name", "people.csv",
         b"note,name,country,gender,note,,\na,Maria,IT,f,b,c,d\nx,John,US,m,y,z,\n",
         people=2, answered=2),
    Case("delimiter at the end", "people.csv",
         b"name;country;gender;\nMaria;IT;f;\nJohn;US;m;\n", people=2, answered=2),
    Case("bad rows", "people.csv", BAD_ROWS, ("--encoding", "utf-8"),
         people=6, answered=2, bad=4),
    Case("German headers", "people.csv", text(header=GERMAN, rows=IN_PARTS), people=2, answered=2,
         reads=PARTS.format("Vorname", "Nachname", "Land")),
    Case("French headers", "people.csv", text(header=("Nom", "Prénom", "Pays", "Sexe"), rows=(
        ("Rossi", "Maria", "IT", "f"), ("Smith", "John", "US", "m"))), people=2, answered=2,
         reads=PARTS.format("Prénom", "Nom", "Pays")),
    Case("Japanese headers", "people.csv", text(",", header=("氏名", "国", "性別"), rows=(
        ("Maria", "IT", "f"), ("John", "US", "m"))), people=2, answered=2,
         reads="names from '氏名', countries from '国'"),
    Case("column twice", "people.csv", b"name,name,gender\nMaria,John,f\n",
         refused="the header has 'name' more than once: rename or remove one"),
    Case("ambiguous columns", "people.csv", b"forename,first_name,gender\nMaria,?,f\n",
         refused="'forename', 'first_name' could each be the column given_name: rename all but one "
         "of them, or say which it is: --given-name-column with gender-detection, "
         "given_name_column=… in a request"),
    Case("one of them named", "people.csv", b"forename,first_name,gender\nMaria,?,f\n",
         ("--given-name-column", "forename"), reads="given names from 'forename'",
         people=1, answered=1),
    Case("columns named", "people.csv", text(header=("a", "b", "c", "gender"), rows=IN_PARTS),
         ("--given-name-column", "a", "--family-name-column", "b", "--country-column", "c"),
         reads=PARTS.format("a", "b", "c"), people=2, answered=2),
    Case("no such column", "people.csv", text(), ("--name-column", "who"),
         refused="no column 'who': use one of these: 'name', 'city', 'country', 'gender'"),
    Case("no names", "people.csv", b"id,gender\n1,f\n", refused="no column holds names: rename"),
    Case("countries ignored", "people.csv", text(), ("--no-country",),
         reads="names from 'name'", answered=2),
    Case("country of all", "people.csv", text(",", header=("name", "gender"), rows=(
        ("Andrea", "m"),)), ("--country", "IT"), reads="names from 'name'", people=1, answered=1),
    Case("NA is missing", "people.csv", text(",", header=("name", "country", "gender"), rows=NA),
         ("--country", "IT"), people=2, answered=2),
    Case("NA is Namibia", "people.csv", text(",", header=("name", "country", "gender"),
         rows=NAMIBIA), ("--country", "IT"), people=2, answered=1),
    Case("several people in a cell", "people.csv", SEVERAL, ("--several", ";"),
         people=3, answered=3,
         note="a row for each person in 'name'", instead=ONE_TO_ONE),
    Case("several people in one row", "people.csv", SEVERAL, people=2, answered=1),
    Case("empty file", "people.csv", b"", refused="the table is empty, or its first line is blank"),
    Case("blank line", "people.csv", b"\n", refused="the table is empty, or its first line is"),
    Case("header alone", "people.csv", b"name,country,gender\n", people=0, answered=0,
         instead=NOBODY),
    Case("no text", "people.csv", b"PK\x03\x04\x00\x08\n", refused="this is not text: save the"),
    Case("old line ends", "people.csv", b"name,gender\rMaria,f\r", reads="names from 'name'",
         people=1, answered=1, note="lines end with CR alone, read as LF"),
    *(
        Case(f"csv.{ending}", f"people.csv.{ending}", pack(text()), instead=OTHER_TYPE)
        for ending, pack in seed_files.PACKERS.items()
    ),
    Case("JSON lines", "people.jsonl", b'{"name": "Maria", "country": "IT", "gender": "f"}\n'
         b'no JSON\n{"name": "John", "country": null, "gender": "m"}\n', people=3, answered=2,
         bad=1, instead=OTHER_TYPE),
    Case("Parquet", "people.parquet", _parquet(), instead=OTHER_TYPE),
    Case("Excel", "people.xlsx", _workbook(), instead=OTHER_TYPE),
    Case("Arrow file", "people.arrow", _arrow("arrow"), instead=OTHER_TYPE),
    Case("Arrow stream", "people.arrows", _arrow("arrows"), instead=NO_ARROW),
    Case("delimiter of Parquet", "people.parquet", _parquet(), ("--delimiter", ";"),
         refused="--delimiter and --no-header are only for .csv", instead=OTHER_TYPE),
    Case("delimiter of a stream", "people.arrows", _arrow("arrows"), ("--delimiter", ";"),
         refused="--delimiter and --no-header are only for .csv",
         instead={"predict table": "'delimiter': only for text/csv: leave it out", **NO_ARROW}),
    Case("BibTeX", "works.bib", seed_files.BIBTEX.encode(), reads="names from 'name'", people=4,
         answered=4, note="a row for each author of a work", instead={**UNLABELLED, **OTHER_TYPE}),
    Case("RIS", "works.ris", seed_files.RIS.encode(), reads="names from 'name'", people=3,
         answered=3, note="a row for each author of a work", instead={**UNLABELLED, **OTHER_TYPE}),
)  # fmt: skip
