"""A process that reads a sheet of an untrusted workbook, in limited memory: sheet_process.py PATH.

calamine keeps a whole sheet as a rectangle, and ends its process if there is no memory for it: one
cell at XFD1048576 is enough. workbook.Sheet starts this file by itself, without the package, and
reads from its standard output, as messages (framed): a Found, rows, and an End. A Fault may take
the place of each. A title may follow PATH.
"""

import contextlib
import datetime
import re
import resource
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

import msgspec
import python_calamine as calamine

MIB = 1024 * 1024
# Of address space. A full sheet of twenty columns of text needs half of it.
MOST_MEMORY = 3072 * MIB
# What the parts of a workbook may unpack to: together, and for its size. Tables of people compress
# to 1/10 or 1/20; a part that compresses to 1/1000 is an attack.
MOST_UNPACKED, MOST_RATIO, SMALL = 4096 * MIB, 200, 16 * MIB
# Blocks have fewer rows if there are many columns.
BLOCK_ROWS, BLOCK_CELLS = 10_000, 1_000_000
# How much of a sheet's XML is searched at once, and the longest part of it without a cell's end.
CHUNK, LONGEST = MIB, 16 * MIB
LENGTH = struct.Struct("<I")
# Cells that MessagePack has; others are sent by these codes, as text.
PLAIN = (str, float, int, bool)
DATE, MOMENT, TIME, SPAN = range(4)

_READ: dict[int, Callable[[str], Any]] = {
    DATE: datetime.date.fromisoformat,
    MOMENT: datetime.datetime.fromisoformat,
    TIME: datetime.time.fromisoformat,
    SPAN: lambda text: datetime.timedelta(microseconds=int(text)),
}

Row = list[Any]


class Found(msgspec.Struct, tag=True):
    """The sheet that is read.

    title   its title
    others  how many other sheets with cells there are
    hidden  whether there are hidden sheets before it
    height  its rows, blank ones included
    """

    title: str
    others: int
    hidden: bool
    height: int


class End(msgspec.Struct, tag=True):
    """What calamine does not tell; 0 if the workbook is not in Excel's XML.

    formulas  how many formulas have no saved value
    errors    how many cells are an error, such as #N/A
    """

    formulas: int = 0
    errors: int = 0


class Fault(msgspec.Struct, tag=True):
    """Why a workbook cannot be read, and the remedy; goes on after the file's name."""

    text: str


Message = Found | End | Fault | list[Row]
DAMAGED = Fault("is not a workbook, or it is damaged: save it again")
LOCKED = Fault("is protected by a password: save it without one")
TOO_LARGE = Fault(
    f"needs more than {MOST_MEMORY // MIB:,} MiB of memory, or is damaged: delete cells far from "
    "the table, or save the table as CSV in UTF-8"
)


def framed(message: Message) -> bytes:
    """Return a message as bytes, after their number."""
    packed = msgspec.msgpack.encode(message)
    return LENGTH.pack(len(packed)) + packed


def unpacked(code: int, text: memoryview) -> Any:
    """Return a cell that was sent by a code."""
    return _READ[code](bytes(text).decode())


def _packed(cell: Any) -> Any:
    """Return a cell to be sent, None for an empty one."""
    if isinstance(cell, PLAIN):
        return None if cell == "" else cell
    if isinstance(cell, datetime.timedelta):
        code, text = SPAN, str(cell // datetime.timedelta(microseconds=1))
    else:
        is_date = not isinstance(cell, datetime.datetime) and isinstance(cell, datetime.date)
        code = DATE if is_date else MOMENT if isinstance(cell, datetime.datetime) else TIME
        text = cell.isoformat()
    return msgspec.msgpack.Ext(code, text.encode())


def messages(path: Path, wanted: str | None) -> Iterator[Message]:
    """Yield the messages on a sheet: that of a title or a number from 1, or the first visible one.

    Rows are in the order of the sheet, blank ones too. Cells at the end that are empty are left
    out.
    """
    fault = _fault_of(path)
    if fault is not None:
        yield fault
        return
    book = _opened(path)
    sheets = [one for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
    titles = [sheet.name for sheet in sheets]
    shown = [sheet.visible == calamine.SheetVisibleEnum.Visible for sheet in sheets]
    at = _chosen(titles, shown, wanted)
    if at is None:
        yield _without(titles, wanted)
        return
    sheet = book.get_sheet_by_name(titles[at])
    yield Found(titles[at], len(titles) - 1, not all(shown[:at]), sheet.total_height)
    at_once = max(1, min(BLOCK_ROWS, BLOCK_CELLS // max(sheet.total_width, 1)))
    block: list[Row] = []
    for cells in sheet.iter_rows():
        row = [cell if cell.__class__ is float else _packed(cell) for cell in cells]
        while row and row[-1] is None:
            row.pop()
        block.append(row)
        if len(block) == at_once:
            yield block
            block = []
    yield block
    yield _end(path, titles[at])


def _fault_of(path: Path) -> Fault | None:
    """Return why a file is not opened: it is not a workbook, or its parts are too large."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            beginning = file.read(4)
        if beginning in (b"\xd0\xcf\x11\xe0", b"PK\3\4"):
            return None
        return Fault(
            "is not a workbook, whatever its name says: if it is text or a web page, open it in a "
            "spreadsheet program and save it as .xlsx"
        )
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    for part in parts:
        if part.file_size > max(SMALL, part.compress_size * MOST_RATIO):
            return _too_large(f"part {part.filename}", part.compress_size, part.file_size)
    size = sum(part.file_size for part in parts)
    return _too_large("parts", path.stat().st_size, size) if size > MOST_UNPACKED else None


def _too_large(what: str, packed: int, size: int) -> Fault:
    return Fault(
        f"is too large: its {what} would unpack from {packed:,} to {size:,} bytes, more than the "
        "limit: save the table as CSV in UTF-8"
    )


def _opened(path: Path) -> calamine.CalamineWorkbook:
    """Open a workbook by what it contains, whatever the ending of its name is."""
    try:
        return calamine.CalamineWorkbook.from_path(path)
    except calamine.PasswordError:
        raise
    except calamine.CalamineError:
        with path.open("rb") as file:
            return calamine.CalamineWorkbook.from_filelike(file)


def _chosen(titles: Sequence[str], shown: Sequence[bool], wanted: str | None) -> int | None:
    if wanted is None:
        return shown.index(True) if True in shown else 0 if titles else None
    if wanted in titles:
        return titles.index(wanted)
    is_number = wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted) <= len(titles)
    return int(wanted) - 1 if is_number else None


def _without(titles: Sequence[str], wanted: str | None) -> Fault:
    if not titles:
        return Fault("has no sheet with cells: save the table as a sheet")
    listed = ", ".join([repr(title) for title in titles[:10]])
    more = f" and {len(titles) - 10} more" if len(titles) > 10 else ""
    return Fault(
        f"has no sheet {wanted!r}: name one of {listed}{more} with --sheet, or its number, from 1"
    )


def _end(path: Path, title: str) -> End:
    """Return the counts of a sheet in Excel's XML."""
    if not zipfile.is_zipfile(path):
        return End()
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, title)
        if part is None:
            return End()
        with archive.open(part) as stream:
            return _counted(stream)


def _part_of(archive: zipfile.ZipFile, title: str) -> str | None:
    """Return the name of the XML of a sheet; None if there is none."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - limited here
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (KeyError, ElementTree.ParseError):
        return None
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet") and sheet.get("name") == title:
            # r:id, whose namespace differs in strict workbooks.
            ids = [value for key, value in sheet.items() if key.endswith("}id")]
            target = targets.get(ids[0], "") if ids else ""
            part = target[1:] if target.startswith("/") else f"xl/{target}"
            return part if part in archive.namelist() else None
    return None


def _counted(stream: IO[bytes]) -> End:
    """Count in the XML of a sheet."""
    end, rest, prefix = End(), b"", b""
    first = True
    while chunk := stream.read(CHUNK):
        text = rest + chunk
        if first and (root := re.search(rb"<(\w+:)worksheet\b", text)):
            prefix = root[1]
        first = False
        close = text.rfind(b"c>") + 2
        whole, rest = text[:close], text[close:] if len(text) - close < LONGEST else b""
        if b"<" + prefix + b"f" in whole:
            end.formulas += _without_value(whole, prefix)
        if b't="e"' in whole:
            end.errors += len(re.findall(rb"<" + prefix + rb'c\b[^>]*\bt="e"', whole))
    return end


def _without_value(text: bytes, prefix: bytes) -> int:
    """Count the formulas without a value; one whose value is an empty text has the type str."""
    tag = b"<" + prefix
    close = b"</" + prefix
    formula = tag + rb"f\b[^>]*(?:/>|>[^<]*" + close + rb"f>)\s*"
    value = rb"(?:" + tag + rb"v\s*/>|" + tag + rb"v>\s*" + close + rb"v>)?\s*"
    found = re.finditer(formula + value + close + rb"c>", text)
    starts = [text.rfind(tag + b"c", 0, match.start()) for match in found]
    return sum(b't="str"' not in text[start : text.find(b">", start)] for start in starts)


def _limit_memory() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    given = [most for most in (soft, hard) if most != resource.RLIM_INFINITY]
    # macOS has no such limit.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (min([MOST_MEMORY, *given]), hard))
    # A sheet that is too large leaves no file behind.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read the sheet that the arguments name, and write its messages."""
    path, wanted = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None
    _limit_memory()
    out = sys.stdout.buffer
    # Other errors, and a panic of calamine, end the process with the code of a damaged workbook.
    try:
        for message in messages(path, wanted):
            out.write(framed(message))
    except calamine.PasswordError:
        out.write(framed(LOCKED))
    except MemoryError:
        out.write(framed(TOO_LARGE))
    out.flush()


if __name__ == "__main__":
    main()
