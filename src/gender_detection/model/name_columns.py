# cython: language_level=3, boundscheck=False, wraparound=False
"""The columns of people, as they are put into a reader row by row."""

from __future__ import annotations

import cython
import numpy as np
import pyarrow as pa

from ..countries import code_of
from ..names import reader
from . import string_buffers


@cython.final
@cython.cclass
class NameColumns:
    """Arrow columns of strings by role (people.ROLES), that of countries also as a dictionary.

    country is for people without their own, "" for none. Raise ValueError for a damaged column.
    """

    def __init__(self, parts: dict, country: str, into: reader.Reader) -> None:
        self.into = into
        self.names = string_buffers.StringBuffers(parts.get("name"))
        self.given = string_buffers.StringBuffers(parts.get("given_name"))
        self.family = string_buffers.StringBuffers(parts.get("family_name"))
        self.has_name, self.has_country = "name" in parts, "country" in parts
        self.has_given, self.has_family = "given_name" in parts, "family_name" in parts
        self.default_custom = self._custom_of(country)
        self._set_countries(parts.get("country", pa.array([], pa.string())))

    def _set_countries(self, column) -> None:
        """Set the country of each row as a number, and the custom of each of these numbers.

        The last number is that of rows without a country.
        """
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        found = [
            self._custom_of(text) if text and text.strip() else self.default_custom
            for text in column.dictionary.to_pylist()
        ]
        numbers = column.indices.fill_null(len(found)).cast(pa.int32()).to_numpy()
        if len(numbers) and not 0 <= numbers.min() <= numbers.max() <= len(found):
            raise ValueError("column of countries: an index is outside its dictionary")
        # Uncompiled, items of .data are Python's numbers.
        self.country_numbers = numbers.data
        self.customs = np.array([*found, self.default_custom], np.int32).data

    def put(self, row, at) -> int:
        """Put the name of a row into a slot of the reader's block."""
        custom: cython.int = self.default_custom
        if self.has_country:
            custom = self.customs[self.country_numbers[row]]
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

    def _is_blank(self, row) -> int:
        """Return whether a row has no full name, or only white space."""
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
