"""People in columns, as a model is asked about many."""

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .prediction import Person

ROLES = ("name", "given_name", "family_name", "country")
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class People:
    """People, distinct best: those of the columns ROLES that there are, of one length, that of
    countries as a dictionary as well; and the country of those who have none of their own.

    A blank name or country is none.
    """

    parts: dict[str, pa.StringArray | pa.DictionaryArray]
    country: str | None

    def __len__(self) -> int:
        return len(next(iter(self.parts.values())))

    def persons(self, at: Places) -> list[Person]:
        """Return the people at these places."""
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
