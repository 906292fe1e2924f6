"""A sheet is read as it is, whatever it says of its size, and what would harm is refused."""

import datetime
import re
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from openpyxl.chart import BarChart

from gender_detection.errors import InvalidInput
from gender_detection.tables import excel, readers
from gender_detection.tables.formats import format_of
from gender_detection.tables.text_layout import TextOptions

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEADER = '<row r="1"><c r="A1" t="str"><v>name</v></c><c r="B1" t="str"><v>n</v></c></row>'
PARTS = {
    "[Content_Types].xml": f"""<Types xmlns="{PACKAGE}/content-types">
        <Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET}.sheet.main+xml"/>
        <Override PartName="/xl/sharedStrings.xml" ContentType="{SPREADSHEET}.sharedStrings+xml"/>
        </Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
        <Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>
        </Relationships>""",
    "xl/workbook.xml": f"""<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>
        <sheet name="People" sheetId="1" r:id="r1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
        <Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
        <Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>
        <Relationship Id="r3" Type="{OFFICE}/styles" Target="styles.xml"/>
        </Relationships>""",
    "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>Maria</t></si></sst>',
}
SHEET = "xl/worksheets/sheet1.xml"


def workbook(folder: Path, rows: str, before: str = "", **parts: bytes | str) -> Path:
    """Write a workbook of a sheet of those rows, by hand, and return it."""
    path = folder / "in.xlsx"
    sheet = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData></worksheet>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (PARTS | {SHEET: sheet} | parts).items():
            archive.writestr(name, text)
    return path


def many(rows: int) -> str:
    return HEADER + "".join(
        f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c><c r="B{at}"><v>{at}</v></c></row>'
        for at in range(2, rows + 2)
    )


def opened(path: Path, sheet: str | None = None, *columns: str):
    return readers.open_source(path, format_of(path), TextOptions(sheet=sheet, columns=columns))


def read(path: Path) -> tuple[list[tuple], list[bool]]:
    """Return the cells of all rows, and the bad marks."""
    source = opened(path)
    rows, bad = [], []
    for block in source.blocks(None):
        rows += block.kept
        bad += block.bad
    source.close()
    return rows, bad


def measured(path: Path) -> tuple[list[tuple], list[bool], int]:
    """Return what read does, and the most bytes that it took."""
    pa.array(["x"])  # which imports much when it is first done
    tracemalloc.start()
    try:
        return *read(path), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("ref", ["A1", "A1:B11", "A1:B2001", "A1:XFD1048576", None])
def test_all_rows_are_read_even_if_the_dimension_is_wrong(tmp_path, ref):
    path = workbook(tmp_path, many(2_000), f'<dimension ref="{ref}"/>' if ref else "")
    rows, bad, most = measured(path)

    assert rows == [("Maria", at) for at in range(2, 2_002)]
    assert not any(bad)
    assert most < 20_000_000


def test_progress_is_the_share_of_the_rows_read(tmp_path, monkeypatch):
    monkeypatch.setattr(excel, "BLOCK_ROWS", 500)
    source = opened(workbook(tmp_path, many(20_000), '<dimension ref="A1"/>'))
    shares = [source.share_read for _ in source.blocks(None)]
    source.close()

    assert shares == sorted(shares)
    assert shares[0] < 0.2
    assert shares[-1] == 1.0


def test_gaps_rows_out_of_order_and_cells_without_places_lose_nothing(tmp_path):
    path = workbook(
        tmp_path,
        HEADER + '<row r="9"><c r="B9"><v>9</v></c><c r="A9" t="s"><v>0</v></c></row>'
        '<row r="3"><c r="B3"><v>3</v></c></row>'
        '<row><c t="inlineStr"><is><r><t>Ol</t></r><r><t>ga</t></r><rPh><t>x</t></rPh></is></c>'
        "<c><v>4</v></c></row>",
    )
    rows, bad = read(path)

    assert rows == [(None, 3), ("Olga", 4), ("Maria", 9)]
    assert not any(bad)


def test_header_may_be_far_down_and_is_reported(tmp_path):
    down = re.sub(r'(?<=r=")([AB]?)(\d+)', lambda at: f"{at[1]}{int(at[2]) + 70_000}", many(3))
    source = opened(workbook(tmp_path, '<row r="1" s="1"/>' + down))

    assert source.columns == ("name", "n")
    assert source.note == "its header is in row 70001"
    assert [row for block in source.blocks(None) for row in block.kept] == [
        ("Maria", 2),
        ("Maria", 3),
        ("Maria", 4),
    ]
    source.close()


def test_unreadable_values_are_kept_as_written_and_errors_are_counted(tmp_path):
    cells = '<c t="e"><v>#N/A</v></c><c s="1"><v>99999999999</v></c>'
    odd = '<c t="d"><v>no day</v></c><c><v>1,5</v></c>'
    styles = f"""<styleSheet xmlns="{MAIN}"><fonts><font/></fonts>
        <fills><fill><patternFill/></fill></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>
        <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>
        <cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""
    types = PARTS["[Content_Types].xml"].replace(
        "</Types>",
        f'<Override PartName="/xl/styles.xml" ContentType="{SPREADSHEET}.styles+xml"/></Types>',
    )
    rows = f'{HEADER}<row>{cells}</row><row>{odd}</row><row><c/><c s="1"><v>1</v></c></row>'
    path = workbook(tmp_path, rows, **{"xl/styles.xml": styles, "[Content_Types].xml": types})
    source = opened(path)
    found = [row for block in source.blocks(None) for row in block.kept]
    source.close()

    assert found == [(None, 99999999999), ("no day", "1,5"), (None, datetime.date(1900, 1, 1))]
    assert source.skipped_content == "errors such as #N/A, read as empty: 1"


def test_first_visible_sheet_is_read_and_the_others_are_reported(tmp_path):
    book = openpyxl.Workbook()
    book.active.title, book.active.sheet_state = "Lists", "hidden"
    book.active.append(["name"])
    book.create_chartsheet("Chart").add_chart(BarChart())
    for title in ("People", "More"):
        book.create_sheet(title).append(["name"])
    book["People"].append(["Maria"])
    book.active = 2
    book.save(tmp_path / "in.xlsx")
    source = opened(tmp_path / "in.xlsx")

    assert [block.kept for block in source.blocks(None)] == [[("Maria",)]]
    assert source.note == (
        "only the first sheet that is not hidden, People, is read; 2 more are not (choose with "
        "--sheet)"
    )
    source.close()


def test_blank_rows_between_others_are_reported_but_not_those_at_the_end(tmp_path):
    blank = "".join(f'<row r="{at}"><c r="A{at}" s="0"/></row>' for at in range(6, 30_000))
    path = workbook(tmp_path, many(2) + '<row r="5"><c r="A5" t="s"><v>0</v></c></row>' + blank)
    source = opened(path)

    assert [len(block.kept) for block in source.blocks(None)] == [3]
    assert source.skipped_content == "blank rows skipped: 1"
    source.close()


def test_formula_without_a_stored_value_is_reported(tmp_path):
    cells = "<c><f>A1</f></c><c><v>1</v></c>", '<c t="str"><f>B1</f><v></v></c><c><v>2</v></c>'
    source = opened(workbook(tmp_path, HEADER + "".join(f"<row>{two}</row>" for two in cells)))
    rows = [row for block in source.blocks(None) for row in block.kept]

    assert rows == [(None, 1), (None, 2)]
    assert "formulas without a saved value, read as empty: 1 (save" in source.skipped_content
    source.close()


@pytest.mark.parametrize("column", ["CV", "XFD"])
def test_distant_cell_is_refused_before_it_takes_memory(tmp_path, column):
    last = f'<row r="1048576"><c r="{column}1048576" t="str"><v>x</v></c></row>'
    path = workbook(tmp_path, many(1) + last)

    with pytest.raises(
        InvalidInput, match=r"in\.xlsx needs more than 3,072 MiB.* delete cells far"
    ):
        opened(path)


def test_cell_some_columns_away_makes_its_row_bad(tmp_path):
    rows, bad = read(workbook(tmp_path, many(2) + '<row r="4"><c r="CV4"><v>1</v></c></row>'))

    assert rows == [("Maria", 2), ("Maria", 3), (None, "1")]
    assert bad == [False, False, True]


def test_header_in_the_last_column_makes_no_large_blocks(tmp_path):
    header = '<row r="1"><c r="A1" t="str"><v>name</v></c><c r="XFD1" t="str"><v>x</v></c></row>'
    source = opened(workbook(tmp_path, header + "<row><c><v>1</v></c></row>" * 200))
    sizes = [len(block.kept) for block in source.blocks(["name"])]

    assert len(source.columns) == 16_384
    assert sum(sizes) == 200
    assert max(sizes) * 16_384 <= excel.BLOCK_CELLS
    source.close()


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_part_that_unpacks_to_a_thousand_times_its_size_is_refused(tmp_path, part):
    text = {SHEET: "", **PARTS}[part].encode() + b" " * 20_000_000
    parts: dict[str, Any] = {part: text}
    path = workbook(tmp_path, many(1), **parts)
    with pytest.raises(InvalidInput, match=rf"part {part} would unpack from .* save the table as"):
        opened(path)


@pytest.mark.parametrize(
    "rows",
    [
        HEADER + '<row><c t="s"><v>1</v></c></row>',
        HEADER + '<row r="0"><c r="A0"><v>1</v></c></row>',
    ],
    ids=["no such string", "row 0"],
)
def test_damage_found_while_reading_is_reported_with_file_and_remedy(tmp_path, rows):
    path = workbook(tmp_path, rows)
    with pytest.raises(InvalidInput, match=r"in\.xlsx is not a workbook, or it is damaged: save"):
        read(path)


@pytest.mark.parametrize("end", ["<v>8", "<", "</c></row>"])
def test_sheet_that_ends_too_early_is_damaged(tmp_path, end):
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{HEADER}<row r="2"><c r="A2"><v>7</v>{end}'
    with pytest.raises(InvalidInput, match=r"in\.xlsx is not a workbook, or it is damaged: save"):
        read(workbook(tmp_path, "", **{SHEET: sheet}))


def test_xml_entities_are_refused(tmp_path):
    sheet = (
        '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
        f'<worksheet xmlns="{MAIN}"><sheetData>{HEADER}<row><c t="str"><v>&a;</v></c></row>'
        "</sheetData></worksheet>"
    )
    with pytest.raises(InvalidInput, match="is not a workbook, or it is damaged"):
        read(workbook(tmp_path, "", **{SHEET: sheet}))
