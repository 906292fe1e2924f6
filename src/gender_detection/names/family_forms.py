# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False
"""The forms of family names that women or men have in some countries: Novotná, Papadakis.

Forms that count everywhere (Ivanova) are classes of a word.
"""

from __future__ import annotations

from functools import cache

import cython
import numpy as np

if cython.compiled:
    from cython.cimports.gender_detection.names import word_classes as kinds
    from cython.cimports.gender_detection.names.word_row import WordRow
    from cython.cimports.gender_detection.names.words import Words
else:
    from . import word_classes as kinds
    from .word_row import WordRow
    from .words import Words

from . import lexicon
from .text import key
from .word_classes import LEAST_BEFORE

# What an ending says, by its kind; of given names, plus or minus _OF_GIVEN.
_OF_GIVEN = 2
_GENDERS = {
    "female_family": 1, "male_family": -1, "no_form": 0, "female_given": 1 + _OF_GIVEN,
    "male_given": -1 - _OF_GIVEN,
}  # fmt: skip
# The first bytes in UTF-8 of letters of these scripts.
_GREEK_FIRST = cython.declare(cython.uchar, 0xCD)
_GREEK_LAST = cython.declare(cython.uchar, 0xCF)
_CYRILLIC_FIRST = cython.declare(cython.uchar, 0xD0)
_CYRILLIC_LAST = cython.declare(cython.uchar, 0xD3)
_MASK = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)
_TWO_BYTES = cython.declare(cython.ulonglong, 0xFFFF)
# Countries whose forms names in these scripts have if no country is given.
_OF_GREEK, _OF_CYRILLIC = "GR", "RU"


class FamilyForms:
    """The endings by country, one country after the other; they never change.

    first, count  where a country's endings begin and how many there are, by the code of its custom
    """

    def __init__(self) -> None:
        rows: list[tuple[int, int, int, int, int, int]] = []
        self.first_of: dict[str, int] = {}
        self.count_of: dict[str, int] = {}
        for country, endings in sorted(lexicon.FAMILY_ENDINGS_IN.items()):
            self.first_of[country], self.count_of[country] = len(rows), len(endings)
            rows += [_row(kind, ending) for kind, ending in endings]
        columns = list(zip(*rows, strict=True))
        kinds_of = (np.int8, np.uint64, np.uint64, np.int32, np.uint64, np.uint64)
        self.genders, self.ends, self.masks, self.least, self.lower, self.upper = (
            np.array(column, kind) if cython.compiled else list(column)
            for column, kind in zip(columns, kinds_of, strict=True)
        )
        self.greek, self.n_greek = self.first_of[_OF_GREEK], self.count_of[_OF_GREEK]
        self.cyrillic, self.n_cyrillic = self.first_of[_OF_CYRILLIC], self.count_of[_OF_CYRILLIC]

    def form_of(self, name: WordRow, custom) -> int:
        """Return 1 where an ending of a name or a word beside it (née) is a woman's, -1 a man's,
        else 0; an ending of the first given name comes first."""
        form: cython.int = 0
        if custom.n_forms and name.end > name.start:
            form = self._local(name.table, name.row[name.start], custom.first_form, custom.n_forms)
            if form < -1 or form > 1:
                return (form > 1) - (form < -1)
        if name.form or name.family_end == name.family_start:
            return name.form
        return self._family_form(name, custom)

    def _family_form(self, name: WordRow, custom) -> int:
        """Return the form of the family name."""
        classes: kinds.Classes = name.classes(name.family_end - 1)
        if classes & kinds.FEMALE_FORM:
            return kinds.FEMALE
        if classes & kinds.MALE_FORM:
            return kinds.MALE
        if custom.n_forms and classes & kinds.NO_FORM == 0:
            return self._in_country(name, custom.first_form, custom.n_forms)
        if custom.code == 0 and classes & (kinds.ASCII | kinds.NO_FORM) == 0:
            return self._by_script(name)
        return 0

    def _by_script(self, name: WordRow) -> int:
        """Return the form of a family name in Greek or Cyrillic letters, without a country."""
        number: cython.int = name.row[name.family_end - 1]
        first: cython.uchar = name.table.letters[name.table.words[number].text]
        if _GREEK_FIRST <= first <= _GREEK_LAST:
            return self._in_country(name, self.greek, self.n_greek)
        if _CYRILLIC_FIRST <= first <= _CYRILLIC_LAST:
            return self._in_country(name, self.cyrillic, self.n_cyrillic)
        return 0

    def _in_country(self, name: WordRow, first, count) -> int:
        """Return the form of the family name by these endings."""
        form: cython.int = self._local(name.table, name.row[name.family_end - 1], first, count)
        return form if -1 <= form <= 1 else 0

    def _local(self, table: Words, number, first, count) -> int:
        """Return what these endings say of a word."""
        size: cython.int = table.words[number].letters
        end: cython.Py_ssize_t = table.words[number].text + table.words[number].size
        written: cython.ulonglong = table.words[number].last & _TWO_BYTES
        last: cython.ulonglong = 0
        at: cython.int
        for at in range(max(size - 8, 0), size):
            last = (last << 8 | table.letters[end + at]) & _MASK
        for at in range(first, first + count):
            if size < self.least[at] or (last & self.masks[at]) != self.ends[at]:
                continue
            if self.lower[at] == 0 or written == self.lower[at] or written == self.upper[at]:
                return self.genders[at]
        return 0


def _row(kind: str, ending: str) -> tuple[int, int, int, int, int, int]:
    """Return an ending as numbers: its gender, its key, which letters of a key count, how many
    letters a key has at least, and its accented letter in UTF-8, small and large; 0 for none."""
    folded = key(ending)
    accent = "" if ending.isascii() else ending[-1]
    return (
        _GENDERS[kind],
        int.from_bytes(folded.encode(), "big"),
        int.from_bytes(b"\xff" * len(folded), "big"),
        len(folded) + LEAST_BEFORE + kind.endswith("_given"),
        int.from_bytes(accent.encode(), "big"),
        int.from_bytes(accent.upper().encode(), "big"),
    )


@cache
def family_forms() -> FamilyForms:
    """Return the forms of all countries."""
    return FamilyForms()
