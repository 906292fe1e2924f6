"""People in Arrow columns, to be answered together."""

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .answers import Person

ROLES = ("name", "given_name", "family_name", "country")
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class People:
    """Columns of people by role: some of ROLES, of one length, countries also as a dictionary.

    country is for people without their own. A blank name or country counts as none. Distinct people
    are answered fastest.
    """

    parts: dict[str, pa.StringArray | pa.DictionaryArray]
    country: str | None

    def __len__(self) -> int:
        return len(next(iter(self.parts.values())))

    def persons(self, at: Positions) -> list[Person]:
        """Return the people at these positions, (m,)."""
        index = pa.array(at)
        columns = [
            self._column(role, index) if role in self.parts else itertools.repeat(None)
            for role in ROLES
        ]
        found = zip(range(len(at)), *columns, strict=False)
        return [
            Person(name, given, family, self.country if country is None else country)
            for _, name, given, family, country in found
        ]

    def _column(self, role: str, index: pa.Array) -> list[str | None]:
        texts = self.parts[role].take(index)
        if pa.types.is_dictionary(texts.type):
            texts = texts.dictionary_decode()
        if role in ("name", "country"):
            texts = pc.if_else(pc.equal(pc.utf8_trim_whitespace(texts), ""), None, texts)
        found: list[str | None] = texts.to_pylist()
        return found
