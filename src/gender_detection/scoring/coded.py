"""Answers to the rows of a table as codes into a small table of all answers there are."""

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..model.codes import BASES, FIRST_REASON, PATTERN, REASONS, STEPS

ANSWERS = ("gender", "probability", "p_female", "basis", "reason")
TYPES = (pa.string(), pa.float64(), pa.float64(), pa.string(), pa.string())
DICTIONARIES = tuple(
    pa.dictionary(pa.int8(), kind) if pa.types.is_string(kind) else kind for kind in TYPES
)
# The reason of a row that is none: not of the header's shape, or with a name too long to be one.
BAD_ROW = "bad_row"
BAD_ROW_CODE = FIRST_REASON + len(REASONS)


@dataclass(frozen=True)
class Answered:
    """The answers to the rows of a table.

    codes  for each row the place of its answer, int32 (rows,)
    table  all answers there are under the threshold, the columns ANSWERS of the types TYPES
    """

    codes: npt.NDArray[np.int32]
    table: pa.RecordBatch

    def columns(self) -> list[pa.Array]:
        """Return the answers as columns of the rows' length, in the order of ANSWERS."""
        return [
            column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
            for column in self.dictionaries()
        ]

    def dictionaries(self) -> list[pa.Array]:
        """Return what columns() does, its texts as dictionaries, of the types DICTIONARIES.

        That takes less than half the memory and, where memory is new, a quarter of the time.
        """
        codes = pa.array(self.codes)
        return [
            _places(column, codes) if pa.types.is_string(column.type) else column.take(codes)
            for column in self.table.columns
        ]


def _places(column: pa.StringArray, codes: pa.Array) -> pa.DictionaryArray:
    """Return what column.take(codes) does, of a column of a few texts."""
    few = column.dictionary_encode()
    places = few.indices.cast(pa.int8()).take(codes)
    return pa.DictionaryArray.from_arrays(places, few.dictionary)


@functools.lru_cache(maxsize=16)
def answer_table(threshold: float) -> pa.RecordBatch:
    """Return every answer there is under a threshold, each at the place that is its code."""
    steps = np.tile(np.arange(STEPS), len(BASES))
    bases = np.repeat(np.arange(len(BASES)), STEPS)
    likelier = np.maximum(steps, STEPS - steps)
    answered = (likelier / STEPS >= threshold) & (likelier > STEPS - likelier)
    gender = np.where(answered, np.where(steps == likelier, "female", "male"), "unknown")
    reason = np.where(bases == PATTERN, "unseen", "ambiguous")
    nothing = [None] * (len(REASONS) + 1)
    columns = (
        (gender, ["unknown"] * len(nothing), None),
        (likelier / STEPS, nothing, None),
        (steps / STEPS, nothing, None),
        (np.array(BASES)[bases], nothing, None),
        (reason, [*REASONS, BAD_ROW], answered),
    )
    arrays = [
        pa.concat_arrays([pa.array(answers, kind, mask=mask), pa.array(rest, kind)])
        for (answers, rest, mask), kind in zip(columns, TYPES, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, list(ANSWERS))
