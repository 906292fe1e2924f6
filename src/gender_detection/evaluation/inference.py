"""The answers of a model to labelled people, kept as numbers. No name is kept beyond its batch."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import msgspec
import numpy as np
import numpy.typing as npt

from ..countries.report import CountryReport, is_na, na_is_missing, understood
from ..missing import is_missing
from ..model import Model, Person, Prediction
from ..names import key, script
from .measures import Bools, Floats
from .people import LabelledPerson

BATCH = 4096
LENGTHS = {1: "1-2", 3: "3-4", 5: "5-6", 7: "7-9", 10: "10+"}
EVIDENCE = {0: "0", 1: "1-9", 10: "10-99", 100: "100-999", 1000: "1000-9999", 10_000: "10000+"}
NONE = "none"

# Called after each batch with the number of rows read so far.
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Labels:
    """A label for each of n people: labels[codes[i]] is that of person i."""

    codes: npt.NDArray[np.uint16]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """The answers to n labelled people; arrays of shape (n,), in the order of the people.

    p_female    NaN if the name says nothing
    labels      by dimension: reason ("" where there is an answer), basis, country ("" for none),
                script and length of the first given name, evidence (bearers counted)
    excluded    people labelled neither female nor male; they are not among the n
    countries   how the countries of the people were understood
    unknown_country_row  the row of the first country that was not understood
    bad_rows    rows that cannot be read; they are not among the n either
    """

    p_female: Floats
    is_female: Bools
    labels: Mapping[str, Labels]
    threshold: float
    female_share: float | None
    family_name_first: bool
    excluded: int
    countries: CountryReport
    unknown_country_row: int | None
    bad_rows: int

    @property
    def answered(self) -> Bools:
        """Return who has a probability, of shape (n,): all except those whose name says nothing."""
        return ~np.isnan(self.p_female)

    def having(self, dimension: str, label: str) -> Bools:
        """Return who has a label of a dimension, of shape (n,)."""
        coded = self.labels[dimension]
        number = coded.labels.index(label) if label in coded.labels else len(coded.labels)
        has_it: Bools = coded.codes == number
        return has_it


def judge(
    model: Model,
    people: Iterable[LabelledPerson],
    *,
    country: str | None = None,
    threshold: float | None = None,
    female_share: float | None = None,
    family_name_first: bool = False,
    progress: Progress | None = None,
) -> Judged:
    """Return the answers of the model to people; one batch of them is in memory at a time.

    country is that of people without one. threshold, female_share and family_name_first are passed
    to Model.predict, which raises InvalidInput.
    """
    tally = _Answers(country)
    threshold = model.threshold if threshold is None else threshold
    for batch in _batches(people):
        known = [person for person in batch if person.gender]
        asked = tally.with_countries(known)
        answers = model.predict(
            asked,
            threshold=threshold,
            female_share=female_share,
            family_name_first=family_name_first,
        )
        tally.add(known, answers)
        tally.rows += len(batch)
        tally.bad_rows += sum(person.is_bad for person in batch)
        if progress:
            progress(tally.rows)
    return tally.judged(threshold, female_share, family_name_first)


class _Answers:
    """The answers so far."""

    def __init__(self, country: str | None) -> None:
        self.rows = self.bad_rows = 0
        self._country = country
        self._known = 0
        self._countries = CountryReport()
        self._unknown_country_row: int | None = None
        self._na_missing: bool | None = None
        self._p_female: list[Floats] = [np.zeros(0)]
        self._is_female: list[Bools] = [np.zeros(0, bool)]
        self._coders = {dimension: _Coder() for dimension in DIMENSIONS}

    def with_countries(self, batch: list[LabelledPerson]) -> list[Person]:
        """Return the persons with the countries to use, and count those not understood."""
        if self._na_missing is None:
            self._na_missing = na_is_missing(labelled.person.country for labelled in batch)
        return [self._with_country(labelled, self._na_missing) for labelled in batch]

    def _with_country(self, labelled: LabelledPerson, na_missing: bool) -> Person:
        written = labelled.person.country or ""
        if labelled.na_missing is not None:
            na_missing = labelled.na_missing
        country: str | None = written
        if is_na(written):
            self._countries.na_missing += na_missing
            self._countries.namibia += not na_missing
            country = self._country if na_missing else written
        elif is_missing(written):
            country = self._country
        elif not understood(written):
            if not self._countries.unknown:
                self._unknown_country_row = labelled.row
            self._countries.count(written.strip())
            country = None
        if country == labelled.person.country:
            return labelled.person
        return msgspec.structs.replace(labelled.person, country=country)

    def add(self, known: list[LabelledPerson], answers: list[Prediction]) -> None:
        self._known += len(known)
        # A None becomes NaN.
        self._p_female.append(np.array([answer.p_female for answer in answers], np.float64))
        self._is_female.append(np.array([person.gender == "female" for person in known], bool))
        for dimension, label in DIMENSIONS.items():
            self._coders[dimension].add(map(label, answers))

    def judged(
        self, threshold: float, female_share: float | None, family_name_first: bool
    ) -> Judged:
        return Judged(
            p_female=np.concatenate(self._p_female),
            is_female=np.concatenate(self._is_female),
            labels={dimension: coder.labels() for dimension, coder in self._coders.items()},
            threshold=threshold,
            female_share=female_share,
            family_name_first=family_name_first,
            excluded=self.rows - self._known - self.bad_rows,
            countries=self._countries,
            unknown_country_row=self._unknown_country_row,
            bad_rows=self.bad_rows,
        )


class _Coder:
    """Numbers labels in the order of their first use."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._parts: list[npt.NDArray[np.uint16]] = [np.zeros(0, np.uint16)]

    def add(self, labels: Iterable[str]) -> None:
        numbers = self._numbers
        codes = (numbers.setdefault(label, len(numbers)) for label in labels)
        self._parts.append(np.fromiter(codes, np.uint16))

    def labels(self) -> Labels:
        return Labels(np.concatenate(self._parts), tuple(self._numbers))


def _first_given(answer: Prediction) -> str:
    return answer.given_name.split()[0] if answer.given_name else ""


def _binned(bins: Mapping[int, str], value: int) -> str:
    edges = list(bins)
    return bins[edges[bisect_right(edges, value) - 1]]


def _length(answer: Prediction) -> str:
    letters = len(key(_first_given(answer)))
    return _binned(LENGTHS, letters) if letters else NONE


# dimension -> the label of an answer
DIMENSIONS: dict[str, Callable[[Prediction], str]] = {
    "country": lambda answer: answer.country or "",
    "script": lambda answer: script(_first_given(answer)),
    "length": _length,
    "basis": lambda answer: answer.basis or NONE,
    "evidence": lambda answer: _binned(EVIDENCE, answer.evidence.count),
    "reason": lambda answer: answer.reason or "",
}


def _batches(people: Iterable[LabelledPerson]) -> Iterator[list[LabelledPerson]]:
    iterator = iter(people)
    while batch := list(islice(iterator, BATCH)):
        yield batch
