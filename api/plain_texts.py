"""The JSON of predictions with plain names, put together from texts that many of them share."""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gender_detection.model.codes import Codes
from gender_detection.model.columns import PlainAnswers
from gender_detection.model.people import People

Texts = npt.NDArray[np.object_]

_ENCODER = msgspec.json.Encoder()
_NO_ID = '{"id":null,"name":"'


def plain_texts(
    found: PlainAnswers, people: People, ids: list[Any] | None, table: pa.RecordBatch
) -> Texts:
    """Return the JSON of each prediction, as msgspec encodes a Prediction.

    table has all answers there are. Nothing in a plain name has to be escaped.
    """
    begin: Any = _NO_ID
    if ids is not None:
        told = (_ENCODER.encode(ids[place]).decode() for place in found.at.tolist())
        begin = np.array([f'{{"id":{one},"name":"' for one in told], object)
    given = [f'","given_name":"{word}","country":' for word in found.words.to_pylist()]
    pieces = (
        begin,
        _names(people, pa.array(found.at)),
        np.array(given, object)[found.first],
        _countries(people, found.at),
        _answers(found.codes, table),
        _evidence(found),
    )
    rows = np.empty((len(found.at), len(pieces)), object)
    for at, piece in enumerate(pieces):
        rows[:, at] = piece
    return np.array([*map("".join, rows.tolist()), None], object)[:-1]


def _names(people: People, at: pa.Array) -> Texts:
    """Return the names that are shown: those asked for, or their parts beside each other."""
    parts = {role: column.take(at) for role, column in people.parts.items()}
    given, family = (parts.get(role) for role in ("given_name", "family_name"))
    joined: Any = given if family is None else family
    if given is not None and family is not None:
        given, family = (pc.if_else(pc.equal(one, ""), None, one) for one in (given, family))
        both = pc.binary_join_element_wise(given, family, " ")
        joined = pc.coalesce(both, given, family)
    whole: Any = parts.get("name", joined)
    if joined is not None and "name" in parts:
        whole = pc.coalesce(whole, joined)
    names: Texts = whole.to_numpy(zero_copy_only=False)
    return names


def _countries(people: People, at: npt.NDArray[np.int64]) -> Texts | str:
    if "country" not in people.parts:
        return f'"{people.country.upper()}"' if people.country else "null"
    column = people.parts["country"].take(pa.array(at)).dictionary_encode(null_encoding="encode")
    shown = [f'"{code.upper()}"' if code else "null" for code in column.dictionary.to_pylist()]
    return np.array(shown, object)[column.indices.to_numpy(zero_copy_only=False)]


def _answers(codes: Codes, table: pa.RecordBatch) -> Texts:
    """Return what an answer's code says."""
    distinct, place = np.unique(codes, return_inverse=True)
    rows = zip(*(column.to_pylist() for column in table.take(pa.array(distinct))), strict=True)
    texts = [
        f',"gender":"{gender}","probability":{probability},"p_female":{p_female},'
        f'"basis":"{basis}","reason":{_quoted(reason)}'
        for gender, probability, p_female, basis, reason in rows
    ]
    return np.array(texts, object)[place]


def _quoted(text: str | None) -> str:
    return "null" if text is None else f'"{text}"'


def _evidence(found: PlainAnswers) -> Texts:
    """Return what is told of the evidence for each name, which is that for its key."""
    _, first, place = np.unique(found.key_of, return_index=True, return_inverse=True)
    pairs = zip(found.count[first].tolist(), found.sources[first].tolist(), strict=True)
    texts = [f',"evidence":{{"count":{count},"sources":{sources}}}}}' for count, sources in pairs]
    return np.array(texts, object)[place]
