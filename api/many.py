"""Answers to requests with many instances, in columns from the names to the bytes of the JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gender_detection.model import Model
from gender_detection.model.codes import Codes, code_of
from gender_detection.model.columns import PlainAnswers
from gender_detection.model.people import ROLES, People
from gender_detection.scoring.coded import answer_table
from gender_detection.scoring.looking import Predictions

from .schemas import PersonRequest, PredictRequest
from .utils import model_info

# From so many instances on columns are faster than one person after the other.
LEAST = 64
_ENCODER = msgspec.json.Encoder()
_NULL = pa.scalar("null")
_NO_ID = pa.scalar('{"id":null,"name":"')


@dataclass(frozen=True)
class ManyAnswers:
    """The answers to n instances.

    body         the JSON of all
    codes        the answers as places in table, int32 (n,)
    table        all answers there are
    predictions  the predictions, made where they are looked at
    """

    body: bytes
    codes: Codes
    table: pa.RecordBatch
    predictions: Predictions


def answer_many(model: Model, request: PredictRequest) -> ManyAnswers:
    """Return the answers to a request's instances, the same bytes as encode_answer gives.

    Raise InvalidInput as Model.predict does.
    """
    instances = request.instances or []
    threshold = model.checked(request.threshold, request.female_share)
    people, ids = _columns(instances, request.country)
    table = answer_table(threshold)
    codes = np.empty(len(instances), np.int32)
    texts = np.empty(len(instances), object)
    left = np.ones(len(instances), np.bool_)
    for found in model.plain(people, female_share=request.female_share):
        codes[found.at] = found.codes
        left[found.at] = False
        texts[found.at] = _texts(found, people, ids, table)
    rest = np.flatnonzero(left)
    asked = people.persons(rest)
    if ids is not None:
        asked = [
            msgspec.structs.replace(person, id=ids[at])
            for person, at in zip(asked, rest.tolist(), strict=True)
        ]
    options = {"threshold": request.threshold, "female_share": request.female_share}
    for at, one in zip(rest.tolist(), model.predict(asked, **options), strict=True):
        codes[at] = code_of(one.p_female, one.basis, one.reason)
        texts[at] = _ENCODER.encode(one).decode()
    info = _ENCODER.encode(model_info(model, request.threshold)).decode()
    body = f'{{"predictions":[{",".join(texts.tolist())}],"model":{info}}}'.encode()
    return ManyAnswers(body, codes, table, Predictions(people, model))


def _columns(
    instances: Sequence[str | PersonRequest], country: str | None
) -> tuple[People, list[Any] | None]:
    """Return instances as people in columns, and their ids where any has one."""
    if all(type(item) is str for item in instances):
        return People({"name": pa.array(instances, pa.string())}, country), None
    persons = [PersonRequest(name=item) if isinstance(item, str) else item for item in instances]
    parts = {
        role: pa.array(column, pa.string())
        for role in ROLES
        if any(column := [getattr(person, role) for person in persons])
        # A name that is there and blank is one: nobody's given name counts beside it.
        or (role == "name" and any(cell is not None for cell in column))
    }
    if country is not None and "country" in parts:
        blank = pc.equal(parts["country"], "").fill_null(True)
        parts["country"] = pc.if_else(blank, country, parts["country"])
    ids = [person.id for person in persons]
    parts = parts or {"name": pa.nulls(len(persons), pa.string())}
    return People(parts, country), ids if any(one is not None for one in ids) else None


def _texts(
    found: PlainAnswers, people: People, ids: list[Any] | None, table: pa.RecordBatch
) -> npt.NDArray[np.object_]:
    """Return the JSON of predictions, each with a plain name: nothing in one has to be escaped."""
    at = pa.array(found.at)
    begin: Any = _NO_ID
    if ids is not None:
        told = [_ENCODER.encode(ids[place]).decode() for place in found.at.tolist()]
        begin = pc.binary_join_element_wise('{"id":', pa.array(told, pa.string()), ',"name":"', "")
    name = _names(people, at)
    country = _countries(people, at)
    answers = _fragments(found.codes, table)
    counts, sources = (
        pa.array(column).cast(pa.string()) for column in (found.count, found.sources)
    )
    joined = pc.binary_join_element_wise(
        begin, name, '","given_name":"', found.given, '","country":', country, answers,
        ',"evidence":{"count":', counts, ',"sources":', sources, "}}", "",
    )  # fmt: skip
    texts: npt.NDArray[np.object_] = joined.to_numpy(zero_copy_only=False)
    return texts


def _names(people: People, at: pa.Array) -> pa.StringArray:
    """Return the names that are shown: those asked for, or their parts beside each other."""
    parts = {role: column.take(at) for role, column in people.parts.items()}
    given, family = (parts.get(role) for role in ("given_name", "family_name"))
    joined = given if family is None else family
    if given is not None and family is not None:
        given, family = (pc.if_else(pc.equal(one, ""), None, one) for one in (given, family))
        both = pc.binary_join_element_wise(given, family, " ")
        joined = pc.coalesce(both, given, family)
    if "name" not in parts:
        return joined
    return parts["name"] if joined is None else pc.coalesce(parts["name"], joined)


def _countries(people: People, at: pa.Array) -> pa.StringArray | pa.Scalar:
    if "country" not in people.parts:
        return pa.scalar(f'"{people.country.upper()}"') if people.country else _NULL
    upper = pc.utf8_upper(people.parts["country"].take(at))
    quoted = pc.binary_join_element_wise('"', upper, '"', "")
    return pc.if_else(pc.equal(upper, "").fill_null(True), _NULL, quoted)


def _fragments(codes: Codes, table: pa.RecordBatch) -> pa.StringArray:
    """Return what an answer's code says, in JSON."""
    distinct, place = np.unique(codes, return_inverse=True)
    answers = table.take(pa.array(distinct))
    parts: list[Any] = []
    for name in ("gender", "probability", "p_female", "basis", "reason"):
        parts += [f',"{name}":', _quoted(answers[name])]
    return pc.binary_join_element_wise(*parts, "").take(pa.array(place))


def _quoted(column: pa.Array) -> pa.StringArray:
    text = column.cast(pa.string())
    if pa.types.is_string(column.type):
        text = pc.binary_join_element_wise('"', text, '"', "")
    return text.fill_null("null")
