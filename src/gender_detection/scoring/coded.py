"""Answers to the rows of a table as codes into a small table of all answers there are."""

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..model.codes import BASES, FIRST_REASON, PATTERN, REASONS, STEPS

ANSWERS = ("gender", "probability", "p_female", "basis", "reason")
TYPES = (pa.string(), pa.float64(), pa.float64(), pa.string(), pa.string())
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
        codes = pa.array(self.codes)
        return [
            _texts(column, codes) if pa.types.is_string(column.type) else column.take(codes)
            for column in self.table.columns
        ]


def _texts(column: pa.StringArray, codes: pa.Array) -> pa.StringArray:
    """Return what column.take(codes) does, for a column of a few texts: they stay in the cache."""
    few = column.dictionary_encode()
    places = few.indices.cast(pa.int8()).take(codes)
    return pa.DictionaryArray.from_arrays(places, few.dictionary).dictionary_decode()


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
