"""People in columns, as a model is asked about many."""

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..countries import code_of
from ..features import country_codes
from ..names.columns import ShortNames, read_fields, read_names
from ..names.order import CUSTOMS, custom_of
from ..names.several import divide_fields, divide_names
from ..names.several_keys import SeveralNames, several_names
from .prediction import Person

ROLES = ("name", "given_name", "family_name", "country")
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class People:
    """People, distinct best: those of the columns ROLES that there are, of one length, and the
    country of those who have none of their own.

    A blank name or country is null.
    """

    parts: dict[str, pa.StringArray]
    country: str | None

    @classmethod
    def of(cls, parts: dict[str, pa.StringArray], country: str | None) -> "People":
        """Return the people in columns; country is that of those who have none of their own."""
        made = dict(parts)
        for role in ("name", "country"):
            if role in parts:
                made[role] = pc.if_else(_is_blank(parts[role]), None, parts[role])
        return cls(made, country)

    def __len__(self) -> int:
        return len(next(iter(self.parts.values())))

    def short(self) -> list[tuple[ShortNames, Places]]:
        """Return the short readings of full names, and of names in fields, and whose they are."""
        everybody = np.arange(len(self))
        if "name" not in self.parts:
            return [(self._fields(None), everybody)]
        names = self.parts["name"]
        if "given_name" not in self.parts and "family_name" not in self.parts:
            return [(read_names(names), everybody)]
        whole = names.is_valid().to_numpy(zero_copy_only=False)
        full, parted = np.flatnonzero(whole), np.flatnonzero(~whole)
        readings = [(read_names(names.take(pa.array(full))), full)] if len(full) else []
        if len(parted):
            readings.append((self._fields(pa.array(parted)), parted))
        return readings

    def several(self, at: Places, customs: Places) -> list[tuple[SeveralNames, Places]]:
        """Return the readings of the names of several words among these people's, and the places
        of the people asked for; customs are those of their countries."""
        index = pa.array(at)
        if "name" not in self.parts:
            divided = divide_fields(*self._parted(index), customs)
            return [(several_names(divided), at)]
        names = self.parts["name"].take(index)
        whole = names.is_valid().to_numpy(zero_copy_only=False)
        full, parted = np.flatnonzero(whole), np.flatnonzero(~whole)
        divided = divide_names(names.take(pa.array(full)), customs[full])
        readings = [(several_names(divided), at[full])]
        if len(parted) and ("given_name" in self.parts or "family_name" in self.parts):
            divided = divide_fields(*self._parted(pa.array(at[parted])), customs[parted])
            readings.append((several_names(divided), at[parted]))
        return readings

    def _fields(self, at: pa.Array | None) -> ShortNames:
        return read_fields(*self._parted(at))

    def _parted(self, at: pa.Array | None) -> tuple[pa.StringArray, pa.StringArray]:
        """Return the given and family names of these people, None for all."""
        size = len(self) if at is None else len(at)
        given, family = (
            (self.parts[role] if at is None else self.parts[role].take(at))
            if role in self.parts
            else pa.nulls(size, pa.string())
            for role in ("given_name", "family_name")
        )
        return given, family

    def countries(self) -> tuple[npt.NDArray[np.uint16], Places]:
        """Return each person's country as a number, 0 where there is none to look up, and the place
        in names.order.CUSTOMS of the custom by which it orders names."""
        if "country" not in self.parts:
            column = pa.repeat(pa.scalar(self.country, pa.string()), 1)
            numbers = np.zeros(len(self), np.int64)
        else:
            encoded = self.parts["country"].dictionary_encode(null_encoding="encode")
            numbers, column = encoded.indices.to_numpy(zero_copy_only=False), encoded.dictionary
        raw = [self.country if code is None else code for code in column.to_pylist()]
        known = [code_of(code) if code else None for code in raw]
        codes = np.zeros(len(known), np.uint16)
        usable = {place: code for place, code in enumerate(known) if code}
        if usable:
            codes[list(usable)] = country_codes(list(usable.values()))
        customs = [CUSTOMS.index(custom_of(code or "")) for code in known]
        return codes[numbers], np.array(customs, np.int64)[numbers]

    def persons(self, at: Places) -> list[Person]:
        """Return the people at these places."""
        index = pa.array(at)
        columns = [
            self.parts[role].take(index).to_pylist()
            if role in self.parts
            else itertools.repeat(None)
            for role in ROLES
        ]
        found = zip(range(len(at)), *columns, strict=False)
        return [
            Person(name, given, family, self.country if country is None else country)
            for _, name, given, family, country in found
        ]


def _is_blank(column: pa.Array) -> pa.BooleanArray:
    return pc.equal(pc.utf8_trim_whitespace(column), "").fill_null(True)
