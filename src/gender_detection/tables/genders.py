"""The column of genders that are recorded in a table."""

from typing import Literal

import pyarrow as pa

from ..errors import InvalidInput
from .column_roles import find_column
from .csv_table import shown
from .people_table import PeopleTable

Gender = Literal["female", "male"]

GENDERS: dict[str, Gender] = {
    "female": "female", "f": "female", "woman": "female", "w": "female",
    "male": "male", "m": "male", "man": "male",
}  # fmt: skip
GENDER = "gender"


def recorded_column(table: PeopleTable, chosen: str | None = None) -> str:
    """Return the column of genders: the chosen one, or the one that a header says.

    Raise InvalidInput, which names the columns, if there is none or more than one.
    """
    found = find_column(GENDER, table.columns, chosen)
    if found is None:
        raise InvalidInput(
            f"no column {GENDER}: add it, with female or male for each person, or name another "
            f"with --gender-column (columns found: {shown(table.columns)})"
        )
    return found


def gender_of_each(recorded: pa.Array) -> list[Gender | None]:
    """Return the gender that each text of a column records, None for any other text."""
    encoded = recorded.dictionary_encode()
    known = pa.array([gender_of(text) for text in encoded.dictionary.to_pylist()], pa.string())
    found: list[Gender | None] = known.take(encoded.indices).to_pylist()
    return found


def gender_of(text: str | None) -> Gender | None:
    """Return the gender that a text records, None for any other text."""
    return None if text is None else GENDERS.get(text.strip().lower())
