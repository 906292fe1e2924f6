# cython: language_level=3, boundscheck=False, wraparound=False
"""Reads names: texts to the given names, the family name and the keys to look up.

Reader reads plain names from their bytes, and others after Python has split them. parse() and
parse_parts() return one reading as a ParsedName.
"""

from __future__ import annotations

import cython
import msgspec

if cython.compiled:
    from cython.cimports.gender_detection.names import word_classes as kinds
    from cython.cimports.gender_detection.names.customs import Customs
    from cython.cimports.gender_detection.names.parser import NameParser
    from cython.cimports.gender_detection.names.word_row import (
        FAMILY,
        find_words,
        load_fields,
        load_full,
        load_split,
        prefetch_words,
        split_bytes,
    )
    from cython.cimports.gender_detection.names.words import Words
else:
    from types import SimpleNamespace

    from . import word_classes as kinds
    from .customs import Customs
    from .parser import NameParser
    from .word_row import (
        FAMILY,
        MAX_WORDS,
        find_words,
        load_fields,
        load_full,
        load_split,
        prefetch_words,
        split_bytes,
    )
    from .words import Words

from .customs import customs
from .splitting import script_of_fields, split_fields, split_full
from .text import MAX_CHARACTERS, clean, script
from .word_row import REASONS

BLOCK = 16
"""Names that take each step together."""

# A character is four bytes at most.
_MOST_BYTES = cython.declare(cython.int, 4 * MAX_CHARACTERS)
_TITLE_GENDERS = {1: "female", -1: "male"}
_REASON_NAMES = {code: reason for reason, code in REASONS.items()}
# parse() reads names one by one: few words recur.
_MOST_WORDS = 1 << 14
# The readers that no thread uses at the moment.
_READERS: list[Reader] = []


class Reader:
    """Reads names with a table of words and the customs of all countries; for one thread at a time.

    A block has a slot for each of up to BLOCK names, and takes each step for all of them before the
    next: put, prefetch, find_words, read.
    """

    def __init__(self, customs: Customs, most_words: int) -> None:
        self.table = Words(most_words)
        self.name = NameParser(self.table)
        self.customs = customs
        # The bytes of texts, until their block is read.
        self.held: list[bytes] = [b""] * (2 * BLOCK)
        if not cython.compiled:
            of_words = ("ends", "first", "size", "last", "before", "hashed", "number")
            self.fields = [
                SimpleNamespace(text=b"", **{name: [0] * (MAX_WORDS + 1) for name in of_words})
                for _ in range(2 * BLOCK)
            ]
            self.is_full, self.custom = [False] * BLOCK, [0] * BLOCK

    def begin(self) -> None:
        """Start a block of names: their words keep their numbers until the next block."""
        if self.table.count > self.table.most:
            self.table.clear()
            with cython.gil:
                self.name.find_full_names()

    def put_full(self, slot, text, start, end, custom) -> None:
        """Put the UTF-8 bytes of a full name into a slot."""
        self.is_full[slot], self.custom[slot] = True, custom
        self._put(2 * slot, text, start, end)
        self.fields[2 * slot + 1].count = 0

    def put_fields(self, slot, text, start, end, family, family_start, family_end, custom) -> None:
        """Put the UTF-8 bytes of given and family names in fields into a slot."""
        self.is_full[slot], self.custom[slot] = False, custom
        self._put(2 * slot, text, start, end)
        self._put(2 * slot + 1, family, family_start, family_end)

    def _put(self, field, text, start, end) -> None:
        self.fields[field].text = text
        self.fields[field].start, self.fields[field].end = start, end
        split_bytes(self.fields, field, self.table)

    def prefetch(self, slot) -> None:
        """Have the processor fetch the data of the words in a slot."""
        prefetch_words(self.fields, 2 * slot, self.table)
        prefetch_words(self.fields, 2 * slot + 1, self.table)

    def find_words(self, slot) -> None:
        """Find the numbers of the words in a slot."""
        find_words(self.fields, 2 * slot, self.table)
        find_words(self.fields, 2 * slot + 1, self.table)

    def read(self, slot) -> None:
        """Read the name in a slot, whose words are found."""
        self.load(slot)
        if self.is_full[slot]:
            self.name.parse_full(self.custom_at(slot))
        else:
            self.name.parse_fields(self.custom_at(slot))

    def load(self, slot) -> None:
        """Load the words of the name in a slot into the row, as they are written."""
        if self.is_full[slot]:
            if load_full(self.name, self.fields, 2 * slot) < 0:
                with cython.gil:
                    self._split_full(slot)
        elif load_fields(self.name, self.fields, 2 * slot) < 0:
            with cython.gil:
                self._split_fields(slot)

    def custom_at(self, slot):
        """Return the custom of the country of the name in a slot."""
        return self.customs.custom(self.custom[slot])

    # Separate functions: one that holds Python objects takes the interpreter lock at its end, even
    # where it did not need it.
    def _split_full(self, slot) -> None:
        load_split(self.name, split_full(clean(self._text_of(2 * slot))))

    def _split_fields(self, slot) -> None:
        given, family = self._text_of(2 * slot), self._text_of(2 * slot + 1)
        load_split(self.name, split_fields(clean(given), clean(family)))

    def _text_of(self, field) -> str:
        """Return the text of a field, cut to the characters that are read."""
        start: cython.Py_ssize_t = self.fields[field].start
        end: cython.Py_ssize_t = min(self.fields[field].end, start + _MOST_BYTES)
        return _decoded(self.fields[field].text[start:end])

    # -- names as strings

    def put_name(self, slot, name: str, custom) -> None:
        """Put a full name into a slot."""
        raw: bytes = _encoded(name)
        self.held[2 * slot] = raw
        self.put_full(slot, raw, 0, len(raw), custom)

    def put_parts(self, slot, given: str, family: str, custom) -> None:
        """Put given and family names in fields into a slot."""
        raw: bytes = _encoded(given)
        other: bytes = _encoded(family)
        self.held[2 * slot], self.held[2 * slot + 1] = raw, other
        self.put_fields(slot, raw, 0, len(raw), other, 0, len(other), custom)

    def read_name(self, name: str, custom) -> None:
        """Read one full name."""
        self.begin()
        self.put_name(0, name, custom)
        self.find_words(0)
        self.read(0)

    def read_parts(self, given: str, family: str, custom) -> None:
        """Read given and family names in fields of one person."""
        self.begin()
        self.put_parts(0, given, family, custom)
        self.find_words(0)
        self.read(0)

    def load_plain(self, given: str, family: str) -> bool:
        """Return whether names in fields are plain texts; if so, their words are loaded."""
        self.begin()
        self.put_parts(0, given, family, 0)
        self.find_words(0)
        return load_fields(self.name, self.fields, 0) == 0

    # -- the name that was read last

    def given_words(self) -> list:
        """Return the given names as written; none if there is no key to look up."""
        if not self.name.n_keys:
            return []
        return self._texts(self.name.start, self.name.end)

    def family(self) -> str:
        """Return the family name as written, "" for none."""
        return " ".join(self._texts(self.name.family_start, self.name.family_end))

    def _texts(self, start, end) -> list:
        return [self.table.text_of(self.name.row[at]) for at in range(start, end)]

    def keys(self) -> list:
        """Return the keys of the given names, the most specific first."""
        return [self.table.key_of(self.name.keys[at]) for at in range(self.name.n_keys)]

    def reason(self) -> str:
        """Return why there is no given name, "" if there is one."""
        return "" if self.name.n_keys else _REASON_NAMES[self.name.reason]

    def title_gender(self) -> str:
        """Return the gender that a title shows, "" for none."""
        return _TITLE_GENDERS.get(self.name.gender, "")


class ParsedName(msgspec.Struct, frozen=True, gc=False):
    """The reading of a name.

    title_gender  "female" or "male" if a gendered title decides by itself
    given         given-name words as written, in order, without initials
    family        the family name as written, None if there is none
    reason        None, or why there is no given name: "empty", "initials", "not_a_name"
    keys          up to four keys, most specific first
    script        "latin", "cyrillic", "greek", "arabic", "hebrew", "devanagari", "thai",
                  "hangul", "kana", "han", "other" or "none"
    """

    title_gender: str | None
    given: tuple[str, ...]
    family: str | None
    reason: str | None
    keys: tuple[str, ...]
    script: str


def parse(
    name: str | None, country: str | None = None, *, family_name_first: bool = False
) -> ParsedName:
    """Return the reading of a full name or a given name alone; never raises on any text.

    country is an ISO 3166-1 alpha-2 code in any case; it decides the order and some titles.
    family_name_first: whether the family name is first where nothing else says the order.
    """
    text = name or ""
    reader: Reader = _free_reader()
    reader.name.family_name_first = family_name_first
    reader.read_name(text, reader.customs.number_of(_code(country)))
    return _parsed(reader, script(clean(text)))


def parse_parts(
    given_name: str | None, family_name: str | None, country: str | None = None
) -> ParsedName:
    """Return the reading of a name whose given and family names are in separate fields."""
    given, family = given_name or "", family_name or ""
    reader: Reader = _free_reader()
    reader.read_parts(given, family, reader.customs.number_of(_code(country)))
    return _parsed(reader, script_of_fields(clean(given), clean(family)))


def family_gender(family: str) -> str | None:
    """Return "female" or "male" if a family name has the form for women or men, else None.

    The last of several words counts, also of hyphenated ones. It is a strong hint but no proof:
    families that moved to other countries keep one form for all.
    """
    reader: Reader = _free_reader()
    reader.read_parts("", family, 0)
    form: kinds.Classes = 0
    if reader.name.family_end > reader.name.family_start:
        form = reader.name.classes(reader.name.family_end - 1)
    _READERS.append(reader)
    if form & kinds.FEMALE_FORM:
        return "female"
    return "male" if form & kinds.MALE_FORM else None


def is_no_name(folded: str) -> bool:
    """Return whether a key is a company word, a test string or one letter over and over."""
    reader: Reader = _free_reader()
    reader.begin()
    classes: kinds.Classes = reader.table.words[reader.table.find_text(folded)].classes
    _READERS.append(reader)
    return classes & kinds.NO_NAME != 0


def plain_key(name: str) -> str:
    """Return the first key of given names in a field, "" if it has none or is not plain text."""
    reader: Reader = _free_reader()
    first = ""
    if reader.load_plain(name, ""):
        reader.name.parse_fields(reader.customs.custom(0))
        first = reader.table.key_of(reader.name.keys[0]) if reader.name.n_keys else ""
    _READERS.append(reader)
    return first


def plain_family_key(name: str) -> str:
    """Return the key of a whole family name, "" if it has none or is not plain text."""
    reader: Reader = _free_reader()
    folded = ""
    if reader.load_plain("", name) and reader.name.family_end > FAMILY:
        whole: cython.int = reader.table.together(reader.name.row, FAMILY, reader.name.family_end)
        is_name: cython.bint = reader.table.words[whole].classes & kinds.NO_NAME == 0
        if is_name and reader.table.words[whole].letters > 1:
            folded = reader.table.key_of(whole)
    _READERS.append(reader)
    return folded


def _free_reader() -> Reader:
    """Return a reader that no other thread uses, until it is put back."""
    try:
        return _READERS.pop()
    except IndexError:
        return Reader(customs(), _MOST_WORDS)


def _parsed(reader: Reader, written: str):
    """Return the name that a reader has read, and put the reader back."""
    parsed = ParsedName(
        reader.title_gender() or None,
        tuple(reader.given_words()),
        reader.family() or None,
        reader.reason() or None,
        tuple(reader.keys()),
        written,
    )
    _READERS.append(reader)
    return parsed


def _code(country: str | None) -> str:
    return country.strip().upper() if country else ""


def _encoded(text: str) -> bytes:
    """Return a text in UTF-8, cut to the characters that are read."""
    # Lone surrogates are allowed: cleaning removes them.
    return text[:MAX_CHARACTERS].encode("utf-8", "surrogatepass")


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace")
