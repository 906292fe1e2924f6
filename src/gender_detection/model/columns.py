# cython: language_level=3, boundscheck=False, wraparound=False
"""People in columns, as a reader takes their names from these."""

from __future__ import annotations

import cython
import numpy as np
import pyarrow as pa

from ..countries import code_of
from ..names import reader
from . import texts


@cython.final
@cython.cclass
class Columns:
    """Arrow columns of strings by role, that of countries as a dictionary as well; country is that
    of people without one, "" for none."""

    def __init__(self, parts: dict, country: str, into: reader.Reader) -> None:
        self.into = into
        self.names = texts.Texts(parts.get("name"))
        self.given = texts.Texts(parts.get("given_name"))
        self.family = texts.Texts(parts.get("family_name"))
        self.has_name, self.has_country = "name" in parts, "country" in parts
        self.has_given, self.has_family = "given_name" in parts, "family_name" in parts
        self.default_custom = self._custom_of(country)
        self._take_countries(parts.get("country", pa.array([], pa.string())))

    def _take_countries(self, column) -> None:
        """Keep for each row the place of its country, and for each place the number of the custom
        there, of which the last is that of rows without a country."""
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        found = [
            self._custom_of(text) if text and text.strip() else self.default_custom
            for text in column.dictionary.to_pylist()
        ]
        places = column.indices.fill_null(len(found)).cast(pa.int32()).to_numpy()
        if len(places) and not 0 <= places.min() <= places.max() <= len(found):
            raise ValueError("a column of countries whose places lead out of its dictionary")
        # Uncompiled, their items are Python's numbers.
        self.places = places.data
        self.customs = np.array([*found, self.default_custom], np.int32).data

    def put(self, row, at) -> int:
        """Put the name in a row at a place of the reader's block."""
        custom: cython.int = self.default_custom
        if self.has_country:
            custom = self.customs[self.places[row]]
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
