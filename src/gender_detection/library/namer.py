"""What a model of names does, wherever it is: predict names, score data frames, share groups."""

import sys
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, TypedDict, Unpack, overload

import pyarrow as pa

from .. import aggregation
from ..countries.report import CountryReport, report_on
from ..model import Person, Prediction
from ..scoring import answer_names
from ..tables import Columns, find_columns
from ..tables.arrow_texts import texts_of
from ..tables.country_column import read_countries
from ..tables.text_columns import as_texts
from .answers import Answer, Answers
from .frames import Frame
from .people import One, is_one, persons_of

PACKAGE = "gender_detection"


class Options(TypedDict, total=False):
    """The options of Namer.predict."""

    country: Any
    threshold: float | None
    female_share: float | None
    family_name_first: bool


class Namer(ABC):
    """A model of names. Threads may use it together."""

    @property
    @abstractmethod
    def version(self) -> str:
        """The version of the model in its registry."""

    @property
    @abstractmethod
    def data_version(self) -> str:
        """The version of the data that the model was made from."""

    @property
    @abstractmethod
    def threshold(self) -> float:
        """The lowest probability that is answered, unless another is given."""

    @property
    @abstractmethod
    def card(self) -> str:
        """What the model is, what it is for, and how often it is wrong, in Markdown."""

    @property
    @abstractmethod
    def base_share(self) -> float:
        """The share of women that its probabilities are calibrated for."""

    @abstractmethod
    def _predictions(self, people: list[Person], options: dict[str, Any]) -> list[Prediction]:
        """Return a prediction for each person; options are those of Model.predict."""

    @abstractmethod
    def answers(self, cells: pa.Table, columns: Columns, options: dict[str, Any]) -> pa.Table:
        """Return ANSWERS for each row, without a warning, for the rest of the library.

        cells are columns of texts, and columns says which to read; options are those of
        Model.predict, and country. Raise InvalidInput if a column or an option cannot be used.
        """

    @overload
    def predict(self, names: One, **options: Unpack[Options]) -> Answer: ...

    @overload
    def predict(self, names: Iterable[Any], **options: Unpack[Options]) -> Answers: ...

    def predict(
        self,
        names: Any,
        *,
        country: Any = None,
        threshold: float | None = None,
        female_share: float | None = None,
        family_name_first: bool = False,
    ) -> Answer | Answers:
        """Return the answer to a name, or a list with the answer to each of several, in order.

        A name is a text, None or another missing value, or a mapping such as {"given_name":
        "Maria", "country": "IT"} (model.Person). Several names are a list, a series or an array.
        country is that of names without their own: one for all, or one for each. A country that is
        not understood counts as none, and a warning says so. threshold is the lowest probability
        that is answered, from 0.5 to 1 (by default that of the model), female_share the share of
        women among these people, if it is known, and family_name_first whether full names without a
        comma are written so. Raise InvalidInput for what is no name, and for options out of range.
        """
        one = is_one(names)
        people = persons_of([names] if one else names, country)
        options = options_of(threshold, female_share, family_name_first)
        answers = Answers(map(Answer.of, self._predictions(people, options)))
        warn(report_on(person.country for person in people).sentences("name", "names"))
        return answers[0] if one else answers

    def score(
        self,
        data: Any,
        *,
        name: str | None = None,
        given_name: str | None = None,
        family_name: str | None = None,
        country_column: str | None = None,
        country: str | None = None,
        threshold: float | None = None,
        female_share: float | None = None,
        family_name_first: bool = False,
    ) -> Any:
        """Return a data frame with five columns more: gender, probability, p_female, basis, reason.

        data is a data frame of pandas, Polars or Arrow, or a DuckDB relation; the result is of the
        same kind, and data is not changed. name, given_name, family_name and country_column are the
        columns to read; those not given are found by their names. country is that of rows without
        one; threshold, female_share and family_name_first are as in predict. If data has one of the
        five columns, all five get the prefix predicted_. A warning counts countries that are not
        understood. Raise InvalidInput if a column or an option cannot be used.
        """
        frame = Frame(data)
        columns = find_columns(
            frame.columns, Columns(name, given_name, family_name, country_column)
        )
        added = answer_names(frame.columns)
        options = options_of(threshold, female_share, family_name_first) | {"country": country}
        answers = self.answered(frame.arrow(columns.used()), columns, options)
        return frame.with_columns(answers.rename_columns(list(added)))

    def share(
        self,
        data: Any,
        by: str | Sequence[str] = (),
        *,
        name: str | None = None,
        given_name: str | None = None,
        family_name: str | None = None,
        country_column: str | None = None,
        country: str | None = None,
        threshold: float | None = None,
        family_name_first: bool = False,
    ) -> Any:
        """Return the share of women in each group of people, a data frame of data's kind.

        Its columns are those of by, and n (people), answered (above the threshold), used (with a
        probability), female_share with its 95 % interval low and high, and warnings. Without by,
        all people are one group. "country" in by is the people's country if no column has that
        name. Other arguments and errors are those of score; raise ColumnNotFound for a missing
        column to group by.
        """
        frame = Frame(data)
        columns = find_columns(
            frame.columns, Columns(name, given_name, family_name, country_column)
        )
        by = [by] if isinstance(by, str) else list(by)
        for column in by:
            aggregation.group_column(column, frame.columns, columns, country)
        counts = aggregation.GroupCounts(by, self.base_share)
        table = frame.arrow(list(dict.fromkeys([*columns.used(), *filter(frame.has, by)])))
        options = options_of(threshold, None, family_name_first) | {"country": country}
        answers = self.answered(table.select(columns.used()), columns, options)
        cells = _as_cells(table)
        aggregation.count_answers(counts, cells, answers, columns, country=country)
        groups, total = aggregation.summarise(counts)
        types = dict(zip(table.column_names, table.schema.types, strict=True))
        return frame.like(_as_table(groups if by else [total], by, types))

    def answered(self, cells: pa.Table, columns: Columns, options: dict[str, Any]) -> pa.Table:
        """Return answers, and warn the caller of countries that are not understood."""
        warn(country_report(cells, columns).sentences())
        return self.answers(cells, columns, options)


def country_report(cells: pa.Table, columns: Columns) -> CountryReport:
    """Return the report on the column of countries among columns of texts, if there is one."""
    if columns.country is None or not len(cells):
        return CountryReport()
    (batch,) = cells.select([columns.country]).combine_chunks().to_batches()
    _, report = read_countries(texts_of(batch, columns.country, numbers=True), False)
    return report


def warn(sentences: Sequence[str]) -> None:
    """Warn the caller of this package."""
    if not sentences:
        return
    level, frame = 1, sys._getframe()
    while frame.f_back and frame.f_globals["__name__"].startswith(PACKAGE):
        level, frame = level + 1, frame.f_back
    for sentence in sentences:
        warnings.warn(sentence, stacklevel=level)


def options_of(
    threshold: float | None, female_share: float | None, family_name_first: bool
) -> dict[str, Any]:
    """Return the options of Model.predict."""
    return {
        "threshold": threshold,
        "female_share": female_share,
        "family_name_first": family_name_first,
    }


def _as_cells(table: pa.Table) -> pa.RecordBatch:
    columns = [as_texts(column.combine_chunks()) for column in table.columns]
    return pa.RecordBatch.from_arrays(columns, table.column_names)


def _as_table(
    groups: Sequence[aggregation.Summary], by: Sequence[str], types: dict[str, pa.DataType]
) -> pa.Table:
    """Return summaries as a table; the values of groups have the types of their columns."""
    columns: dict[str, Any] = {}
    for name in by:
        values = pa.array([dict(group.group or {})[name] for group in groups], pa.string())
        columns[name] = _typed(values, types.get(name))
    for field in ("n", "answered", "used"):
        columns[field] = pa.array([getattr(group, field) for group in groups], pa.int64())
    for field in ("female_share", "low", "high"):
        columns[field] = pa.array([getattr(group, field) for group in groups], pa.float64())
    cautions = ["; ".join(caution.detail for caution in group.warnings) for group in groups]
    columns["warnings"] = pa.array(cautions, pa.string())
    return pa.table(columns)


def _typed(values: pa.Array, kind: pa.DataType | None) -> pa.Array:
    if kind is not None and pa.types.is_dictionary(kind):
        kind = kind.value_type
    try:
        return values if kind is None else values.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return values
