# cython: language_level=3, boundscheck=False, wraparound=False
"""People in columns, as a reader takes their names from these."""

from __future__ import annotations

import cython

from ..countries import code_of
from ..names import reader
from . import texts

_MOST_TEXTS = 4096
_LETTERS = cython.declare(cython.int, 2)  # of a country's code


@cython.final
@cython.cclass
class Columns:
    """Arrow columns of strings by role; country is that of people without one, "" for none."""

    def __init__(self, parts: dict, country: str, into: reader.Reader) -> None:
        self.into = into
        self.names = texts.Texts(parts.get("name"))
        self.given = texts.Texts(parts.get("given_name"))
        self.family = texts.Texts(parts.get("family_name"))
        self.countries = texts.Texts(parts.get("country"))
        self.has_name, self.has_country = "name" in parts, "country" in parts
        self.has_given, self.has_family = "given_name" in parts, "family_name" in parts
        self.customs_by_text: dict[bytes, int] = {}
        self.default_custom = self._custom_of(country)

    def put(self, row, at) -> int:
        """Put the name in a row at a place of the reader's block."""
        custom: cython.int = self.default_custom
        if self.has_country:
            custom = self._custom_at(row)
        if self.has_name and not ((self.has_given or self.has_family) and self._is_blank(row)):
            self.into.put_full(
                at, self.names.bytes(), self.names.start(row), self.names.end(row), custom
            )
        else:
            self.into.put_fields(
                at,
                self.given.bytes(),
                self.given.start(row) if self.has_given else 0,
                self.given.end(row) if self.has_given else 0,
                self.family.bytes(),
                self.family.start(row) if self.has_family else 0,
                self.family.end(row) if self.has_family else 0,
                custom,
            )
        return 0

    def _custom_of(self, text: str) -> int:
        """Return the number of the custom of the country that a text means."""
        code = code_of(text) if text else None
        return self.into.customs.number_of(code or "")

    def _custom_at(self, row) -> int:
        """Return the number of the custom of the country in a row."""
        text: cython.p_const_uchar = self.countries.bytes()
        start: cython.Py_ssize_t = self.countries.start(row)
        end: cython.Py_ssize_t = self.countries.end(row)
        found: cython.int = 0
        if end == start:
            return self.default_custom
        if end - start == _LETTERS:
            found = self.into.customs.number_of_letters(text[start], text[start + 1])
        if found == 0:
            with cython.gil:
                found = self._custom_of_bytes(text[start:end])
        return found

    def _custom_of_bytes(self, raw: bytes) -> int:
        found = self.customs_by_text.get(raw)
        if found is None:
            if len(self.customs_by_text) >= _MOST_TEXTS:
                self.customs_by_text.clear()
            text = raw.decode("utf-8", "replace")
            found = self._custom_of(text) if text.strip() else -1
            self.customs_by_text[raw] = found
        return self.default_custom if found < 0 else found

    def _is_blank(self, row) -> int:
        """Return whether a row has no full name, or one of white space."""
        text: cython.p_const_uchar = self.names.bytes()
        at: cython.Py_ssize_t
        blank: cython.int = True
        for at in range(self.names.start(row), self.names.end(row)):
            if text[at] >= 0x80:
                with cython.gil:
                    blank = _are_blank(text[at : self.names.end(row)])
                return blank
            if text[at] != 32 and not 9 <= text[at] <= 13:
                return False
        return blank


def _are_blank(raw: bytes) -> bool:
    return not raw.decode("utf-8", "replace").strip()
