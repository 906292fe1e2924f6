"""Answers to requests with many instances, in columns from the names to the bytes of the JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gender_detection.model import Model, Parameters, Person
from gender_detection.model.codes import Codes, code_of
from gender_detection.model.people import People, Places
from gender_detection.scoring.coded import answer_table
from gender_detection.scoring.looking import Predictions

from .plain_texts import answer_texts, are_all, plain_texts
from .schemas import PredictRequest
from .utils import country_warnings, end_of_answer, model_info, people_of

# From so many instances on columns are faster than one person after the other.
LEAST = 64
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True)
class ManyAnswers:
    """The answers to n instances.

    body         the JSON of all
    codes        the answers as places in table, int32 (n,)
    table        all answers there are
    predictions  those of distinct instances, made where they are looked at
    of           the place of each instance among these; None where it is its own
    """

    body: bytes
    codes: Codes
    table: pa.RecordBatch
    predictions: Predictions
    of: npt.NDArray[np.integer] | None

    @property
    def rows(self) -> npt.NDArray[np.intp]:
        """How many instances each of the predictions is that of."""
        if self.of is None:
            return np.ones(len(self.predictions), np.intp)
        return np.bincount(self.of, minlength=len(self.predictions))


def make_shared() -> None:
    """Make what the first answers would make else, with the threshold that most models have."""
    answer_table(Parameters().threshold)
    answer_texts()
    People({"name": pa.array(["Maria Rossi"], pa.string())}, None).short()


def answer_many(model: Model, request: PredictRequest) -> ManyAnswers:
    """Return the answers to a request's instances, the same bytes as encode_answer gives.

    Raise InvalidInput as Model.predict does.
    """
    threshold = model.checked(request.threshold, request.female_share)
    people, persons, of = _columns(request)
    ids = _ids(persons)
    table = answer_table(threshold)
    codes = np.empty(len(people), np.int32)
    left = np.ones(len(people), np.bool_)
    texts, places = [], []
    for found in model.plain(people, female_share=request.female_share):
        codes[found.at] = found.codes
        left[found.at] = False
        texts.append(plain_texts(found, people, ids, table))
        places.append(found.at)
    rest = np.flatnonzero(left)
    asked = [persons[at] for at in rest.tolist()] if persons else people.persons(rest)
    options = {"threshold": request.threshold, "female_share": request.female_share}
    one_by_one = model.predict(asked, **options)
    codes[rest] = [code_of(one.p_female, one.basis, one.reason) for one in one_by_one]
    encoded = [f"{_ENCODER.encode(one).decode()}," for one in one_by_one]
    told = _in_order([*texts, pa.array(encoded, pa.string())], [*places, rest])
    if of is not None:
        codes, told = codes[of], told.take(pa.array(of))
    asked_of = persons or [Person(country=request.country)] * len(request.instances or ())
    warnings = country_warnings(asked_of) or msgspec.UNSET
    end = end_of_answer(model_info(model, request.threshold), warnings)
    # The texts lie in memory one behind the other.
    predictions = memoryview(told.buffers()[2])[:-1]
    body = b"".join((b'{"predictions":[', predictions, b"],", end))
    return ManyAnswers(body, codes, table, Predictions(people, model), of)


def _in_order(texts: Sequence[pa.StringArray], places: Sequence[Places]) -> pa.StringArray:
    """Return texts of several arrays, each where it belongs, in memory of their own."""
    if are_all(places[0], sum(map(len, places))):
        return texts[0]
    at = np.concatenate(places)
    order = np.empty(len(at), np.int64)
    order[at] = np.arange(len(at))
    return pa.concat_arrays(texts).take(pa.array(order))


def _columns(
    request: PredictRequest,
) -> tuple[People, Sequence[Person], npt.NDArray[np.integer] | None]:
    """Return a request's instances as people in columns, and as persons.

    Where all are texts, the distinct ones are the people, there are no persons, and the place of
    each instance among the people comes with them.
    """
    instances = request.instances or []
    if all(type(item) is str for item in instances):
        names = pa.array(instances, pa.string()).dictionary_encode()
        return People({"name": names.dictionary}, request.country), (), names.indices.to_numpy()
    persons = people_of(request)
    # Spelt out: asked for by name, members take twice the time.
    columns = {
        "name": [person.name for person in persons],
        "given_name": [person.given_name for person in persons],
        "family_name": [person.family_name for person in persons],
        "country": [person.country for person in persons],
    }
    parts = {
        role: pa.array(column, pa.string())
        for role, column in columns.items()
        # A name that is there and blank is one: nobody's given name counts beside it.
        if (column.count(None) < len(column) if role == "name" else any(column))
    }
    return People(parts or {"name": pa.nulls(len(persons), pa.string())}, None), persons, None


def _ids(persons: Sequence[Person]) -> list[Any] | None:
    """Return the ids, None where nobody has one."""
    ids = [person.id for person in persons]
    return ids if ids.count(None) < len(ids) else None
