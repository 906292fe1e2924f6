"""Read the first visible sheet of an untrusted .xlsx workbook in limited memory.

openpyxl reads the lists of sheets and styles. Rows and shared strings are read here, because
openpyxl trusts the size that a sheet claims, and keeps all strings and parts of each row in memory.
"""

import zlib
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from ..errors import InvalidInput

MIB = 1024 * 1024
# Limits of the unpacked parts of a file. A full sheet of thirty columns has some 1.3 GB. Strings
# are all kept in memory; from the other parts openpyxl makes objects of many times their size.
MOST_OF_SHEET, MOST_OF_STRINGS, MOST_OF_OTHERS = 4096 * MIB, 512 * MIB, 32 * MIB
# Tables of people compress to 1/10 or 1/20; a part that compresses to 1/1000 is an attack.
MOST_RATIO, SMALL = 200, 16 * MIB
MOST_COLUMNS = 16_384
# In characters and in bytes; Excel itself allows 32,767 characters in a cell.
MOST_TEXT_OF_ROW, MOST_OF_MARKUP = 16 * MIB, 4 * MIB
DEEPEST = 100
CHUNK = 64 * 1024
# The errors that openpyxl and the libraries below it raise for an invalid file.
FAULTS = (
    BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, TypeError, AttributeError,
    EOFError, OSError, RuntimeError, SyntaxError, expat.ExpatError, zlib.error,
)  # fmt: skip

Row = dict[int, Any]
Handler = Callable[..., None]


class Workbook:
    """The first visible sheet of an open workbook.

    title   the title of the sheet
    others  how many other sheets with cells there are
    hidden  whether there are hidden sheets before it
    """

    def __init__(self, path: Path) -> None:
        """Open a workbook; raise InvalidInput if it is not valid, or needs too much memory."""
        self._path = path
        self.blank_rows = self.formulas_without_value = 0
        with self._translated():
            # The reader only lists the parts before its archive is replaced.
            reader = ExcelReader(path, read_only=True, data_only=True, keep_links=False)
            reader.archive.close()
            self._archive = reader.archive = _Archive(path)
            try:
                self._open(reader)
            except (InvalidInput, *FAULTS):
                self.close()
                raise

    def _open(self, reader: Any) -> None:
        reader.read_manifest()
        strings = reader.package.find(SHARED_STRINGS)
        self._archive.strings = strings.PartName[1:] if strings is not None else None
        reader.read_workbook()
        apply_stylesheet(self._archive, reader.wb)
        self._book = reader.wb
        sheets = [
            (sheet, rel.target)
            for sheet, rel in reader.parser.find_sheets()
            if rel.Type.endswith("/worksheet") and rel.target in reader.valid_files
        ]
        at = next((at for at, (sheet, _) in enumerate(sheets) if sheet.state == "visible"), 0)
        sheet, target = sheets[at]
        self.title, self.others = str(sheet.name), len(sheets) - 1
        self.hidden = at > 0
        self._archive.sheet = target
        self._size = self._archive.getinfo(target).file_size
        self._sheet = self._archive.open(target)
        self._strings = _Strings()
        if self._archive.strings is not None:
            with self._archive.open(self._archive.strings) as stream:
                self._strings.read(stream)

    @property
    def share_read(self) -> float | None:
        """The share of the sheet read so far."""
        return min(self._sheet.tell() / self._size, 1.0) if self._size else None

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield the rows that are not blank: their numbers, and their cells by column, from 0 on.

        They are in the order of the file. blank_rows and formulas_without_value count what was
        skipped so far. Can be called once. Raise InvalidInput if the sheet is damaged.
        """
        reader = _Rows(self._value)
        last: int | None = None
        with self._translated():
            for _ in _fed(self._sheet, reader):
                self.formulas_without_value = reader.formulas_without_value
                for number, row in reader.taken():
                    self.blank_rows += 0 if last is None else max(number - last - 1, 0)
                    last = number
                    yield number, row

    def _value(self, kind: str, style: int, text: str) -> Any:
        """Return the value of a cell; a number or a date that cannot be read stays text."""
        if kind == "s":
            return self._strings[int(text)]
        if kind == "b":
            return text not in ("0", "false")
        if kind not in ("n", "d"):
            return text
        try:
            if kind == "d":
                return from_ISO8601(text)
            number = float(text) if set(text) & set(".eE") else int(text)
        except ValueError:
            return text
        if style not in self._book._date_formats:
            return number
        try:
            is_span = style in self._book._timedelta_formats
            return from_excel(number, self._book.epoch, timedelta=is_span)
        except (ValueError, OverflowError):
            return number  # outside of the range of dates

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except InvalidInput:
            raise
        except FAULTS as err:
            raise InvalidInput(
                f"{self._path} is not an .xlsx workbook, or it is damaged: save it again"
            ) from err

    def close(self) -> None:
        """Close the file."""
        self._archive.close()


class _Archive(ZipFile):
    """The parts of a workbook; parts that are too large unpacked are not opened."""

    sheet: str | None = None
    strings: str | None = None

    def open(self, name: Any, *args: Any, **options: Any) -> IO[bytes]:
        # zipfile never unpacks more than file_size bytes.
        part = name if isinstance(name, ZipInfo) else self.getinfo(name)
        most = {self.sheet: MOST_OF_SHEET, self.strings: MOST_OF_STRINGS}
        if part.file_size > most.get(part.filename, MOST_OF_OTHERS):
            raise _too_large(part)
        if part.file_size > max(SMALL, part.compress_size * MOST_RATIO):
            raise _too_large(part)
        return super().open(name, *args, **options)


def _too_large(part: ZipInfo) -> InvalidInput:
    return InvalidInput(
        f"the workbook's part {part.filename} would unpack from {part.compress_size:,} to "
        f"{part.file_size:,} bytes, more than the limit: save the table as CSV in UTF-8"
    )


class _Strings:
    """The shared strings of cells, as one text: single strings would need several times as much."""

    def __init__(self) -> None:
        self._text, self._ends = bytearray(), array("q", [0])

    def __getitem__(self, at: int) -> str:
        if at < 0:
            raise IndexError(at)
        return self._text[self._ends[at] : self._ends[at + 1]].decode()

    def read(self, stream: IO[bytes]) -> None:
        """Read all strings from their part of the file."""
        reader = _Texts(self._add)
        for _ in _fed(stream, reader):
            pass

    def _add(self, text: str) -> None:
        # Excel escapes text that looks like one of its escapes in this way.
        self._text += text.replace("x005F_", "").encode()
        self._ends.append(len(self._text))


def _fed(stream: IO[bytes], reader: "_Xml") -> Iterator[None]:
    """Feed a reader with XML, and yield after each part."""
    while chunk := stream.read(CHUNK):
        reader.feed(chunk)
        yield
    reader.feed(b"")
    yield


def _tag(name: str) -> str:
    return f"{SHEET_MAIN_NS} {name}"


ROW, CELL, VALUE, FORMULA = map(_tag, ("row", "c", "v", "f"))
STRING, TEXT, PHONETIC = map(_tag, ("si", "t", "rPh"))


class _Xml:
    """The common part of the readers of XML, which collects text on request."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._fed = self._depth = self._size = 0
        self._parts: list[str] = []

    def feed(self, chunk: bytes) -> None:
        """Read a part of the XML; b"" ends it."""
        self._parser.Parse(chunk, not chunk)
        self._fed += len(chunk)
        if self._fed - self._parser.CurrentByteIndex > MOST_OF_MARKUP:
            raise InvalidInput("the workbook has an XML tag of several megabytes: save it again")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def _end(self, tag: str) -> None:
        raise NotImplementedError

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError("nested too deep")

    def _collect(self, on: bool) -> None:
        self._parser.CharacterDataHandler = self._add if on else None

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._size += len(text)
        if self._size > MOST_TEXT_OF_ROW:
            raise InvalidInput(
                f"a row of the workbook has more than {MOST_TEXT_OF_ROW} characters: remove long "
                "texts from the table"
            )

    def _refuse_doctype(self, *_: Any) -> None:
        # Its entities could expand to texts of any size.
        raise ValueError("a workbook has no document type")


class _Texts(_Xml):
    """Calls on_text with each shared string."""

    def __init__(self, on_text: Callable[[str], None]) -> None:
        super().__init__()
        self._on_text, self._is_phonetic = on_text, False

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._deeper()
        if tag == TEXT:
            self._collect(not self._is_phonetic)
        elif tag == STRING:
            self._parts, self._size = [], 0
        elif tag == PHONETIC:
            self._is_phonetic = True

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if tag == TEXT:
            self._collect(False)
        elif tag == STRING:
            self._on_text("".join(self._parts))
        elif tag == PHONETIC:
            self._is_phonetic = False


class _Rows(_Xml):
    """Collects rows; value_of returns a cell's value for its kind, style and text."""

    def __init__(self, value_of: Callable[[str, int, str], Any]) -> None:
        super().__init__()
        self.formulas_without_value = 0
        self._value_of = value_of
        self._columns: dict[str, int] = {}
        self._rows: list[tuple[int, Row]] = []
        self._row: Row = {}
        self._number = self._column = 0
        self._kind, self._style = "n", 0
        self._is_formula = self._is_phonetic = False

    def taken(self) -> list[tuple[int, Row]]:
        """Return the rows since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._deeper()
        if tag == CELL:
            self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s") or 0)
            reference = attributes.get("r")
            # A cell without a reference follows the one before.
            self._column = self._column_of(reference) if reference else self._column + 1
            if self._column > MOST_COLUMNS:
                raise ValueError("a cell is beyond the last column")
            self._parts = []
            self._is_formula = False
        elif tag in (VALUE, TEXT):
            self._collect(not self._is_phonetic)
        elif tag == ROW:
            self._number = int(attributes.get("r") or self._number + 1)
            self._row, self._column, self._size = {}, 0, 0
        elif tag == FORMULA:
            self._is_formula = True
        elif tag == PHONETIC:
            self._is_phonetic = True

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if tag in (VALUE, TEXT):
            self._collect(False)
        elif tag == CELL:
            if text := "".join(self._parts):
                self._row[self._column - 1] = self._value_of(self._kind, self._style, text)
            elif self._is_formula and self._kind != "str":
                # A formula whose value is an empty text has the kind str.
                self.formulas_without_value += 1
                self._row[self._column - 1] = None
        elif tag == ROW:
            if self._row:
                self._rows.append((self._number, self._row))
            self._row = {}
        elif tag == PHONETIC:
            self._is_phonetic = False

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            if not 1 <= len(letters) <= 3 or not (letters.isascii() and letters.isalpha()):
                raise ValueError("a cell has no valid reference")
            column = 0
            for letter in letters.upper():
                column = column * 26 + ord(letter) - ord("A") + 1
            self._columns[letters] = column
        return column
