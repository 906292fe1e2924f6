"""Old and binary workbooks of Excel, and those of LibreOffice, are read like .xlsx."""

import datetime
import shutil
import struct
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gender_detection.errors import InvalidInput
from gender_detection.tables import readers
from gender_detection.tables.formats import format_of, is_table, written_format_of
from gender_detection.tables.text_layout import TextOptions

MADE = Path(__file__).parent / "workbooks"
MOMENT = datetime.datetime(2024, 1, 2, 3, 4, 5)
ROWS: list[list[Any]] = [
    ["name", "country", "n", "born", "seen", "member"],
    ["Maria Müller", "DE", 7, datetime.date(1980, 2, 29), MOMENT, True],
    [],
    ["Иван Петров", "RU", 0.5, datetime.date(1999, 12, 31), None, False],
]
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = "".join(
    f' xmlns:{name}="{OASIS}:{name}:1.0"' for name in ("office", "table", "text", "style")
)
MANIFEST = """<manifest:manifest xmlns:manifest="{0}:manifest:1.0"><manifest:file-entry
    manifest:full-path="content.xml" manifest:media-type="text/xml">{1}</manifest:file-entry>
    </manifest:manifest>"""
ENCRYPTED = '<manifest:encryption-data manifest:checksum-type="SHA1/1K" manifest:checksum="eA=="/>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def ods_cell(value) -> str:
    kind, also, text = "string", "", str(value)
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, bool):
        kind, also = "boolean", f'office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, int | float):
        kind, also = "float", f'office:value="{value}"'
    elif isinstance(value, datetime.date):
        kind, also = "date", f'office:date-value="{value.isoformat()}"'
    cell = f'<table:table-cell office:value-type="{kind}" {also}>'
    return f"{cell}<text:p>{text}</text:p></table:table-cell>"


def write_ods(path: Path, sheets: dict[str, list[list]], hidden: int = 0, lock: str = "") -> None:
    """Write the first sheets, as many as hidden, as hidden ones."""
    tables = ""
    for at, (title, rows) in enumerate(sheets.items()):
        tables += (
            f'<table:table table:name="{title}" table:style-name="{"s" if at < hidden else "t"}">'
        )
        for row in rows:
            tables += f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>"
        # LibreOffice writes the rest of the sheet in this way.
        tables += '<table:table-row table:number-rows-repeated="1048572"><table:table-cell '
        tables += 'table:number-columns-repeated="16384"/></table:table-row></table:table>'
    style = '<style:style style:name="{}" style:family="table">'
    style += '<style:table-properties table:display="{}"/></style:style>'
    styles = style.format("s", "false") + style.format("t", "true")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST.format(OASIS, lock))
        archive.writestr(
            "content.xml",
            f"<office:document-content{SPACES}><office:automatic-styles>{styles}"
            f"</office:automatic-styles><office:body><office:spreadsheet>{tables}"
            "</office:spreadsheet></office:body></office:document-content>",
        )


def record(kind: int, body: bytes = b"") -> bytes:
    """Return a record of Excel's binary format."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    return head + bytes([len(body) & 127 | 128, len(body) >> 7]) + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb_cell(column: int, value) -> bytes:
    place = struct.pack("<II", column, 0)
    if isinstance(value, bool):
        return record(4, place + bytes([value]))
    if isinstance(value, int | float):
        return record(5, place + struct.pack("<d", value))
    return record(6, place + wide(value))


def write_xlsb(path: Path, title: str, rows: dict[int, list]) -> None:
    """Write rows, by their numbers from 1, in Excel's binary format, without dates."""
    sheet = record(129) + record(148, struct.pack("<IIII", 0, max(rows) - 1, 0, 5)) + record(145)
    for at, row in rows.items():
        sheet += record(0, struct.pack("<I", at - 1) + bytes(13))
        cells = [xlsb_cell(column, cell) for column, cell in enumerate(row) if cell is not None]
        sheet += b"".join(cells)
    book = record(131) + record(143)
    book += record(156, struct.pack("<II", 0, 1) + wide("r1") + wide(title)) + record(144)
    link = '<Relationship Id="{}" Type="{}/{}" Target="{}"/>'
    root = link.format("r0", OFFICE, "officeDocument", "xl/workbook.bin")
    inner = link.format("r1", OFFICE, "worksheet", "worksheets/sheet1.bin")
    relations = f'<Relationships xmlns="{RELATIONS}">{{}}</Relationships>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", relations.format(root))
        archive.writestr("xl/_rels/workbook.bin.rels", relations.format(inner))
        archive.writestr("xl/workbook.bin", book + record(132))
        archive.writestr("xl/worksheets/sheet1.bin", sheet + record(146) + record(130))


def write_xlsx(path: Path, *sheets: list[list]) -> None:
    book = openpyxl.Workbook()
    for at, rows in enumerate(sheets):
        sheet = book.active if at == 0 else book.create_sheet(f"S{at + 1}")
        for row in rows:
            sheet.append(row)
    book.save(path)


def read(path: Path, sheet: str | None = None, *columns: str):
    """Return the table, after its rows, their numbers and their bad marks were read."""
    source = readers.open_source(path, format_of(path), TextOptions(sheet=sheet, columns=columns))
    rows: list[tuple] = []
    numbers: list[int] = []
    bad: list[bool] = []
    for block in source.blocks(None):
        rows += block.kept
        numbers += block.numbers or []
        bad += block.bad or []
    source.close()
    return source, rows, numbers, bad


@pytest.fixture(params=["xls", "ods"])
def people(request, tmp_path: Path) -> Path:
    """A workbook of ROWS as the sheet People, between Lists, which is hidden, and More."""
    path = tmp_path / f"people.{request.param}"
    if request.param == "xls":
        shutil.copy(MADE / "people.xls", path)
    else:
        write_ods(path, {"Lists": [["country"]], "People": ROWS, "More": [["name"]]}, hidden=1)
    return path


def test_cells_keep_their_types_and_rows_their_numbers(people):
    source, rows, numbers, bad = read(people)

    assert source.columns == tuple(ROWS[0])
    assert rows == [tuple(ROWS[1]), tuple(ROWS[3])]
    assert [type(cell) for cell in rows[0][3:]] == [datetime.date, datetime.datetime, bool]
    assert (numbers, bad) == ([2, 4], [False, False])
    assert source.note == (
        "only the first sheet that is not hidden, People, is read; 2 more are not (choose with "
        "--sheet)"
    )
    assert source.skipped_content == "blank rows skipped: 1"


def test_sheet_is_chosen_by_title_or_number(people):
    for sheet in ("More", "3"):
        source, rows, *_ = read(people, sheet)
        assert (source.columns, rows, source.note) == (("name",), [], None)
    assert read(people, "1")[0].columns == ("country",)


def test_title_comes_before_number(tmp_path):
    path = tmp_path / "a.ods"
    write_ods(path, {"2": [["first"]], "1": [["second"]]})

    assert read(path, "1")[0].columns == ("second",)


@pytest.mark.parametrize("sheet", ["people", "0", "4", "²", ""])
def test_unknown_sheet_is_refused_with_the_titles(people, sheet):
    with pytest.raises(InvalidInput, match="'Lists', 'People', 'More' with --sheet, or its number"):
        read(people, sheet)


def test_ten_titles_are_listed_at_most(tmp_path):
    path = tmp_path / "a.ods"
    write_ods(path, {f"S{at}": [["name"]] for at in range(1, 14)})

    with pytest.raises(InvalidInput, match=r"'S9', 'S10' and 3 more with --sheet"):
        read(path, "S14")


def test_binary_format_of_excel_is_read(tmp_path):
    path = tmp_path / "people.xlsb"
    rows: dict[int, list] = {
        1: ["name", "n", "member"],
        2: ["Maria Müller", 7, True],
        4: ["Иван", None, False],
    }
    write_xlsb(path, "People", rows)

    source, found, numbers, _ = read(path)
    assert source.columns == ("name", "n", "member")
    assert found == [("Maria Müller", 7, True), ("Иван", None, False)]
    assert numbers == [2, 4]


def test_distant_cell_of_the_binary_format_is_refused(tmp_path):
    path = tmp_path / "people.xlsb"
    write_xlsb(path, "People", {1: ["name"], 1_000_000: [*[None] * 16_000, "x"]})

    with pytest.raises(InvalidInput, match=r"needs more than 3,072 MiB of memory"):
        read(path)


@pytest.mark.parametrize("name", ["people.xls", "people.ods", "people.xlsb"])
def test_workbook_is_recognised_whatever_its_ending(tmp_path, name):
    write_xlsx(tmp_path / "a.xlsx", [["name"], ["Maria"]])
    (tmp_path / "a.xlsx").rename(tmp_path / name)

    assert read(tmp_path / name)[1] == [("Maria",)]


@pytest.mark.parametrize(
    "text", ["<html><table><tr><td>name</td></tr></table></html>", "a\tb\n", ""]
)
def test_text_that_is_called_a_workbook_is_refused_with_the_remedy(tmp_path, text):
    (tmp_path / "a.xls").write_text(text)

    with pytest.raises(InvalidInput, match=r"a\.xls is not a workbook, .* save it as \.xlsx"):
        read(tmp_path / "a.xls")


def test_workbooks_with_a_password_are_refused(tmp_path):
    write_ods(tmp_path / "locked.ods", {"People": ROWS}, lock=ENCRYPTED)

    for path in (MADE / "locked.xlsx", tmp_path / "locked.ods"):
        with pytest.raises(InvalidInput, match="is protected by a password: save it without one"):
            read(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_damaged_workbooks_are_refused_without_a_traceback(people, share, capfd):
    whole = people.read_bytes()
    people.write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(InvalidInput, match=rf"{people.name} is not a workbook, or it is damaged"):
        read(people)
    assert capfd.readouterr() == ("", "")


def test_lines_above_the_header_are_left_out_as_in_text(tmp_path):
    path = tmp_path / "a.xlsx"
    below: list[list] = [["id", "Vorname", "Nachname"], [1, "Maria", "Müller"], [2, "Iwan"]]
    write_xlsx(path, [["Participants 2024"], [], ["as of", "May"], [], *below])
    source, rows, numbers, bad = read(path)

    assert source.columns == ("id", "Vorname", "Nachname")
    assert source.note == "left out 2 rows above the header; its header is in row 5"
    assert rows == [(1, "Maria", "Müller"), (2, "Iwan", None)]
    assert (numbers, bad) == ([6, 7], [False, False])


def test_column_that_the_user_names_shows_the_header(tmp_path):
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [["Participants 2024"], ["x", "y"], ["Maria", 1]])

    assert read(path)[0].columns == ("Participants 2024",)
    assert read(path, None, "y")[0].columns == ("x", "y")


@pytest.mark.parametrize("ending", ["xls", "ods", "xlsb", "xlsm"])
def test_only_xlsx_is_written(ending):
    path = Path(f"out.{ending.upper()}")

    with pytest.raises(InvalidInput, match=rf"\.{ending} files are only read: end .* with \.xlsx"):
        written_format_of(path)
    assert not is_table(path)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet", "a.ris", "a.txt"])
def test_sheet_is_refused_for_other_formats(tmp_path, name):
    (tmp_path / name).write_text("name\nMaria\n")

    with pytest.raises(InvalidInput, match=rf"{name}: --sheet is only for workbooks"):
        readers.open_source(tmp_path / name, format_of(tmp_path / name), TextOptions(sheet="1"))
