"""Answers to the rows of a table as codes, which are indices into a table of all answers."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..countries.report import CountryReport
from ..model.answers import (
    BAD_ROW,
    BASES,
    BELOW_THRESHOLD,
    FIRST_REASON,
    GENDERS,
    REASONS,
    STEPS,
    least_steps,
    likelier,
    outcome,
)

ANSWERS = ("gender", "probability", "p_female", "basis", "reason")
TYPES = (pa.string(), pa.float64(), pa.float64(), pa.string(), pa.string())
DICTIONARIES = tuple(
    pa.dictionary(pa.int8(), kind) if pa.types.is_string(kind) else kind for kind in TYPES
)
# The column that is appended behind ANSWERS where it is asked for: Prediction.matched.
MATCHED, MATCHED_TYPE = "matched", pa.string()
BAD_ROW_CODE = FIRST_REASON + len(REASONS)


@dataclass(frozen=True)
class EncodedAnswers:
    """The answers to the rows of a table.

    people  the codes of the answers to people, int32 of shape (people,)
    of      the index in people of each row, int32 of shape (rows,); None if there is one per row
    threshold  the threshold of these answers
    countries  the report on the rows' countries
    matched    the keys that the answers to people are based on, strings (people,), None if they
               were not asked for
    """

    people: npt.NDArray[np.int32]
    of: npt.NDArray[np.int32] | None
    threshold: float
    countries: CountryReport = field(default_factory=CountryReport)
    matched: pa.StringArray | None = None

    @property
    def table(self) -> pa.RecordBatch:
        """All possible answers under the threshold, as columns ANSWERS of the types TYPES."""
        return answer_table(self.threshold)

    @cached_property
    def codes(self) -> npt.NDArray[np.int32]:
        """The code of each row's answer, which is its index in table, int32 of shape (rows,)."""
        if self.of is None:
            return self.people
        codes: npt.NDArray[np.int32] = pa.array(self.people).take(pa.array(self.of)).to_numpy()
        return codes

    def keys(self) -> pa.StringArray:
        """Return the key of each row, strings (rows,); raise ValueError if they were not asked
        for."""
        if self.matched is None:
            raise ValueError("no keys: call answer() with matched=True")
        return self.matched if self.of is None else self.matched.take(pa.array(self.of))

    def columns(self) -> list[pa.Array]:
        """Return the answers as columns of the rows' length, in the order of ANSWERS; behind them
        the keys, if they were asked for."""
        return [
            column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
            for column in self.dictionaries()
        ]

    def dictionaries(self) -> list[pa.Array]:
        """Return the columns with texts as dictionaries, of the types DICTIONARIES.

        They take less than half the memory and, in newly allocated memory, a quarter of the time.
        """
        of_people = answer_dictionaries(self.threshold).take(pa.array(self.people))
        # Not from self.codes, which may never be needed.
        of_rows = of_people if self.of is None else of_people.take(pa.array(self.of))
        columns: list[pa.Array] = of_rows.columns
        return columns if self.matched is None else [*columns, self.keys()]


class AnswerTexts:
    """Answers as the ends of rows of text; each is made when it first occurs.

    A file has few of all possible answers.
    """

    def __init__(
        self, table: pa.RecordBatch, made_of: Callable[[pa.RecordBatch], pa.Array]
    ) -> None:
        """table has the answer of each code; made_of returns the texts of some of them."""
        self._table, self._made_of = table, made_of
        self._texts = made_of(table.slice(0, 0))
        # Where the text of each code is, -1 if it is not made yet.
        self._at = np.full(len(table), -1, np.int32)

    def of(self, codes: npt.NDArray[np.int32]) -> pa.Array:
        """Return the text of each row's answer, given their codes."""
        at = self._at[codes]
        if len(at) and at.min() < 0:
            self._make(np.unique(codes[at < 0]))
            at = self._at[codes]
        return self._texts.take(pa.array(at))

    def _make(self, codes: npt.NDArray[np.int32]) -> None:
        self._at[codes] = np.arange(len(self._texts), len(self._texts) + len(codes))
        made = self._made_of(self._table.take(pa.array(codes)))
        self._texts = pa.concat_arrays([self._texts, made])


def csv_ends(table: pa.RecordBatch, delimiter: str, line_end: str = "") -> AnswerTexts:
    """Return answers as the ends of rows of CSV, which begin with the delimiter; null is an empty
    cell."""

    def made_of(answers: pa.RecordBatch) -> pa.StringArray:
        cells = [column.cast(pa.string()).fill_null("") for column in answers.columns]
        cells[-1] = pc.binary_join_element_wise(cells[-1], line_end, "")
        return pc.binary_join_element_wise("", *cells, delimiter)

    return AnswerTexts(table, made_of)


@functools.lru_cache(maxsize=16)
def answer_table(threshold: float) -> pa.RecordBatch:
    """Return all possible answers under a threshold; the index of a row is the code of its answer.

    Built in columns: model.answers.decode, one by one, would take several times as long, in each
    process and for each new threshold.
    """
    steps = np.tile(np.arange(STEPS), len(BASES))
    bases = np.repeat(np.arange(len(BASES)), STEPS)
    at = outcome(steps, least_steps(threshold))
    below = [BELOW_THRESHOLD[basis] for basis in BASES]
    no_value = [None] * (len(REASONS) + 1)
    columns = (
        (pa.array(GENDERS).take(pa.array(at)), ["unknown"] * len(no_value)),
        (pa.array(likelier(steps)), no_value),
        (pa.array(steps / STEPS), no_value),
        (pa.array(BASES).take(pa.array(bases)), no_value),
        (pa.array(below).take(pa.array(bases, mask=at > 0)), [*REASONS, BAD_ROW]),
    )
    arrays = [
        pa.concat_arrays([answers, pa.array(rest, kind)])
        for (answers, rest), kind in zip(columns, TYPES, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, list(ANSWERS))


@functools.lru_cache(maxsize=16)
def answer_dictionaries(threshold: float) -> pa.RecordBatch:
    """Return answer_table with columns of the types DICTIONARIES."""
    table = answer_table(threshold)
    columns = [
        column.cast(kind) if pa.types.is_dictionary(kind) else column
        for column, kind in zip(table.columns, DICTIONARIES, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, list(ANSWERS))
