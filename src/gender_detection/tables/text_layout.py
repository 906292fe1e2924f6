"""Open text tables as people have them: in any usual encoding, with any usual delimiter.

open_text looks at the beginning of a stream, and says how to read the rest. Text in UTF-8 passes
unchanged and undecoded.
"""

import functools
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from ..errors import InvalidInput
from .column_roles import Columns
from .csv_table import BLOCK_BYTES, BOM, ByteStream, CsvTable, read_csv, shown
from .header_rows import find_layout
from .headers import role_of
from .text_encoding import (
    OPTION,
    UTF8,
    Encoding,
    declared_encoding,
    detected_encoding,
    marked_encoding,
)
from .text_stream import LookAhead, ReturnsAsLineEnds, Utf8Stream, ends_with_returns

# How much is looked at for the encoding, and for the layout.
SAMPLE_BYTES = 1024 * 1024
LAYOUT_BYTES = 64 * 1024
# How users write delimiters: a tab is hard to type.
DELIMITER_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
# Excel reads this line: it names the delimiter.
_SEPARATOR = re.compile(rb'"?sep=([\t !#-/:-@\[-`{-~])"?\r?\n', re.IGNORECASE)


@dataclass(frozen=True)
class TextOptions:
    """What the caller says of a text, or of a workbook: columns, several and sheet.

    encoding    a name that Python knows, None to find it out
    delimiter   of cells, one character of ASCII, None to find it out
    has_header  whether the first row has the names of columns
    columns     names of columns that the caller wants: a row with one of them is the header
    option      how the user names an encoding, for messages: an encoding is appended to it
    several     what separates people who are named in one cell (people_table), None if a row is one
    sheet       the title of a sheet, or its number, from 1; None for the first visible one
    """

    encoding: str | None = None
    delimiter: str | None = None
    has_header: bool = True
    columns: tuple[str, ...] = ()
    option: str = OPTION
    several: str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class OpenedText:
    """A table of text whose beginning was looked at, and how to read it.

    stream     the text in UTF-8 from the header on (or from the first row, if there is no header),
               after a byte order mark if the text has one; a file object for reading, too
    delimiter  of its cells
    notes      what the user should know: the encoding, and lines that are left out
    names      the names of columns if there is no header, otherwise None
    left_out   how many lines above the first row are not in stream, the header not counted
    chosen     columns that the caller wants: x_2 is the second column if two are called x
    """

    stream: LookAhead
    delimiter: str
    notes: tuple[str, ...]
    names: tuple[str, ...] | None = None
    left_out: int = 0
    chosen: tuple[str, ...] = ()

    @property
    def has_header(self) -> bool:
        """Whether the text begins with the names of columns."""
        return self.names is None

    def read_csv(self, block_bytes: int = BLOCK_BYTES) -> CsvTable:
        """Return the table; columns that are not read may have the same name in the header.

        Can be called once. Raises the errors of csv_table.read_csv.
        """
        return read_csv(
            self.stream,
            self.delimiter,
            block_bytes=block_bytes,
            names=self.names,
            rename=functools.partial(unique_names, chosen=self.chosen),
        )


def open_text(
    stream: ByteStream, options: TextOptions | None = None, sample_bytes: int = SAMPLE_BYTES
) -> OpenedText:
    """Look at the beginning of a CSV table, and return the text in UTF-8 and how to read it.

    At most about sample_bytes are read. A line sep=; and lines above the header are left out, with
    a note. Raise InvalidInput, with the remedy, if the encoding is not known or not certain, for
    options that cannot be used, and the errors of the stream.
    """
    options = options or TextOptions()
    if options.delimiter is not None:
        check_delimiter(options.delimiter)
    text, notes = open_utf8(stream, options, sample_bytes, detect=True)
    head = text.look(LAYOUT_BYTES)[:LAYOUT_BYTES]
    mark = BOM if head.startswith(BOM) else b""
    begin, left_out = len(mark), 0
    delimiter = options.delimiter
    if line := _SEPARATOR.match(head, begin):
        begin, left_out = line.end(), 1
        delimiter = delimiter or line[1].decode()
        notes.append(f"left out the first line, sep={line[1].decode()}")
    lines = _whole_lines(head[begin:], ended=text.ends_ahead and len(head) < LAYOUT_BYTES)
    found = find_layout(lines, delimiter, options.columns, has_header=options.has_header)
    if found.head is not None:
        text.drop(begin + found.head.end)
        text.put_before(mark + found.head.text)
        notes += found.head.notes
        left_out += found.head.lines
    elif begin > len(mark):
        text.drop(begin)
        text.put_before(mark)
    if delimiter is None and found.width == 1 and found.delimiter != "," and b"," in lines:
        notes.append(f"the only column has commas, so {found.delimiter!r} separates cells")
    names = None
    if not options.has_header:
        names = tuple(f"column_{at}" for at in range(1, found.width + 1))
    return OpenedText(text, found.delimiter, tuple(notes), names, left_out, options.columns)


def open_utf8(
    stream: ByteStream,
    options: TextOptions,
    sample_bytes: int = SAMPLE_BYTES,
    *,
    detect: bool = False,
) -> tuple[LookAhead, list[str]]:
    """Return a stream as text in UTF-8, a byte order mark included, and notes on its encoding.

    Without a mark it has the encoding in options, of which nothing else is used; detect: otherwise
    that which its letters show. UTF-8 is not decoded. Raise InvalidInput as open_text.
    """
    raw = stream if isinstance(stream, LookAhead) else LookAhead(stream)
    sample = raw.look(sample_bytes)
    if not raw.ends_ahead and (end := sample.rfind(b"\n") + 1):
        sample = sample[:end]
    found, notes = _encoding_of(sample, options, detect=detect)
    text = raw
    if not found.is_utf8:
        text = LookAhead(Utf8Stream(raw, found.codec))
        notes = notes or [f"read as {found.name}"]
    if ends_with_returns(text.look(LAYOUT_BYTES)):
        text = LookAhead(ReturnsAsLineEnds(text))
        notes.append("lines end with CR alone, read as LF")
    return text, notes


def _encoding_of(
    sample: bytes, options: TextOptions, *, detect: bool
) -> tuple[Encoding, list[str]]:
    """Return the encoding of a text, and a note if it is not the declared one."""
    declared = None if options.encoding is None else declared_encoding(options.encoding)
    needs_mark = declared is not None and declared.codec in ("utf-16", "utf-32")
    marked = None
    if declared is None or needs_mark or _has_mark(sample):
        marked = marked_encoding(sample)
    if declared and needs_mark and marked is None and sample:
        raise InvalidInput(
            f"{declared.name} needs a byte order mark at the beginning of the table, which has "
            f"none: name its order, {options.option}{declared.codec}-le or {declared.codec}-be"
        )
    if declared and marked and not marked.codec.startswith(declared.codec):
        note = f"read as {marked.name}, which its first bytes declare, not as {declared.name}"
        return marked, [note]
    found = marked or declared
    if found is None:
        found = detected_encoding(sample, options.option) if detect else Encoding(UTF8, UTF8)
    return found, []


def check_delimiter(delimiter: str) -> None:
    """Raise InvalidInput if cells cannot be separated by this."""
    if (
        len(delimiter) != 1
        or not delimiter.isascii()
        or delimiter.isalnum()
        or delimiter in '"\r\n\0'
    ):
        raise InvalidInput(
            f"{delimiter[:20]!r} cannot separate cells: use a sign such as ; or |, or a tab"
        )


def unique_names(names: tuple[str, ...], chosen: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names of columns, those that repeat and are not read with their number appended.

    A column x that is there twice becomes x_2 and x_5, so neither is read by mistake; without a
    name it becomes column_2. Raise InvalidInput if those that repeat have a role (role_of), unless
    one of them is chosen by such a name.
    """
    repeated = {name for name, count in Counter(names).items() if count > 1}
    numbered = {name for at, name in enumerate(names, start=1) if f"{name}_{at}" in chosen}
    for name in names:
        if name in repeated - numbered and (role := role_of(name)):
            option = role.replace("_", "-")
            raise InvalidInput(
                f"the header has {shown([name])} more than once: rename or remove one, or say by "
                f"its number which it is: --{option}-column {f'{name}_{names.index(name) + 1}'!r}"
            )
    taken = set(names)
    unique = []
    for at, name in enumerate(names, start=1):
        if name in repeated:
            name = f"{name or 'column'}_{at}"
            while name in taken:
                name += "_"
            taken.add(name)
        unique.append(name)
    return tuple(unique)


def chosen_columns(columns: Columns, options: TextOptions, count: int) -> Columns:
    """Return the columns that the user chose: without a header, a number n means column_n.

    Raise InvalidInput if a table of `count` columns without a header has none of names among them.
    """
    if options.has_header:
        return columns
    if columns.name is None and columns.given_name is None:
        raise InvalidInput(
            "--no-header (in a request, header=absent) needs the number of the column of names, "
            "such as --name-column 1, or --given-name-column 1 --family-name-column 2 (in a "
            f"request, name_column=1 and so on; there are {count} columns)"
        )
    chosen = {role: getattr(columns, role) for role in columns.__dataclass_fields__}
    return Columns(
        **{
            role: f"column_{int(name)}" if name and name.isdecimal() else name
            for role, name in chosen.items()
        }
    )


def _has_mark(text: bytes) -> bool:
    return text.startswith((BOM, b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff"))


def _whole_lines(text: bytes, *, ended: bool) -> bytes:
    end = text.rfind(b"\n") + 1
    # Of a header that is longer, the beginning must do.
    return text[:end] if end and not ended else text.removesuffix(b"\n") + b"\n"
