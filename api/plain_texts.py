"""The JSON of predictions made in columns, put together from texts that many of them share."""

import functools
import re
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gender_detection.countries import code_of
from gender_detection.model.codes import BASES, FIRST_REASON, REASONS, STEPS, Codes
from gender_detection.model.columns import PlainAnswers
from gender_detection.model.people import People, Places

_ENCODER = msgspec.json.Encoder()
# What JSON may write in another way.
_ESCAPED = r'["\\\x00-\x1f\x7f]'
_ESCAPED_BYTES = re.compile(_ESCAPED.encode())


def plain_texts(
    found: PlainAnswers, people: People, ids: list[Any] | None, table: pa.RecordBatch
) -> pa.StringArray:
    """Return the JSON of each prediction, as msgspec encodes a Prediction, and a comma behind.

    table has all answers there are.
    """
    at = None if are_all(found.at, len(people)) else pa.array(found.at)
    begin: Any = '{"id":null,"name":'
    if ids is not None:
        told = (_ENCODER.encode(ids[place]).decode() for place in found.at.tolist())
        begin = pa.array([f'{{"id":{one},"name":' for one in told], pa.string())
    given = _joined(',"given_name":', quoted(found.words), ',"country":')
    return _joined(
        begin,
        quoted(_names(people, at)),
        given.take(pa.array(found.first)),
        _countries(people, at),
        *_answers(found.codes, table),
        _evidence(found),
    )


def are_all(at: Places, size: int) -> bool:
    """Return whether places are all that so many have, in their order."""
    return len(at) == size and bool((np.diff(at) > 0).all())


def quoted(texts: pa.StringArray) -> pa.StringArray:
    """Return texts as JSON has them; null where there is none."""
    told = pc.fill_null(_joined('"', texts, '"'), "null")
    data = texts.buffers()[2]
    if data is None or not _ESCAPED_BYTES.search(data):
        return told
    at = pc.match_substring_regex(texts, _ESCAPED).fill_null(False)
    some = [_ENCODER.encode(text).decode() for text in texts.filter(at).to_pylist()]
    return pc.replace_with_mask(told, at, pa.array(some, pa.string()))


def _joined(*pieces: pa.StringArray | str) -> pa.StringArray:
    return pc.binary_join_element_wise(*pieces, "")


def _names(people: People, at: pa.Array | None) -> pa.StringArray:
    """Return the names that are shown: those asked for, or their parts beside each other."""
    columns = people.parts.items()
    parts = {role: column if at is None else column.take(at) for role, column in columns}
    given, family = (parts.get(role) for role in ("given_name", "family_name"))
    joined: Any = given if family is None else family
    if given is not None and family is not None:
        given, family = (pc.if_else(pc.equal(one, ""), None, one) for one in (given, family))
        both = pc.binary_join_element_wise(given, family, " ")
        joined = pc.coalesce(both, given, family)
    whole: Any = parts.get("name", joined)
    if joined is not None and "name" in parts:
        whole = pc.coalesce(whole, joined)
    return whole


def _countries(people: People, at: pa.Array | None) -> pa.StringArray | str:
    if "country" not in people.parts:
        return _country(people.country)
    column = people.parts["country"]
    column = (column if at is None else column.take(at)).dictionary_encode("encode")
    shown = [_country(code) for code in column.dictionary.to_pylist()]
    return pa.array(shown, pa.string()).take(column.indices)


def _country(written: str | None) -> str:
    code = code_of(written) if written else None
    return f'"{code}"' if code else "null"


def _answers(codes: Codes, table: pa.RecordBatch) -> tuple[pa.StringArray, pa.StringArray]:
    """Return what answers say up to their basis, and from there on."""
    probabilities, reasons = answer_texts()
    unknown = table["reason"].is_valid().to_numpy(zero_copy_only=False)[codes]
    basis, steps = np.divmod(codes, STEPS)
    none = codes >= FIRST_REASON
    said = np.where(none, 2 * STEPS, steps + STEPS * unknown)
    why = np.where(none, codes - FIRST_REASON + 2 * len(BASES), 2 * basis + unknown)
    return probabilities.take(pa.array(said)), reasons.take(pa.array(why))


@functools.cache
def answer_texts() -> tuple[pa.StringArray, pa.StringArray]:
    """Return the texts of P(female), as a gender, as unknown and of none, and those of bases, each
    with and without an answer, and of REASONS."""
    shares = [
        (f'"probability":{max(steps, STEPS - steps) / STEPS},"p_female":{steps / STEPS},"basis":')
        for steps in range(STEPS)
    ]
    genders = ["male"] * (STEPS // 2 + 1) + ["female"] * (STEPS - STEPS // 2 - 1)
    texts = [f',"gender":"{gender}",{one}' for gender, one in zip(genders, shares, strict=True)]
    texts += [f',"gender":"unknown",{one}' for one in shares]
    texts.append(',"gender":"unknown","probability":null,"p_female":null,"basis":')
    reasons = [
        f'"{basis}","reason":{reason}'
        for basis in BASES
        for reason in ("null", '"unseen"' if basis == "pattern" else '"ambiguous"')
    ]
    reasons += [f'null,"reason":"{reason}"' for reason in REASONS]
    return pa.array(texts, pa.string()), pa.array(reasons, pa.string())


def _evidence(found: PlainAnswers) -> pa.StringArray:
    """Return what is told of the evidence for each name, which is that for its key."""
    first = np.zeros(int(found.key_of.max(initial=0)) + 1, np.int64)
    first[found.key_of] = np.arange(len(found.at))
    there: npt.NDArray[np.bool_] = np.zeros(len(first), np.bool_)
    there[found.key_of] = True
    keys = np.flatnonzero(there)
    pairs = zip(found.count[first[keys]].tolist(), found.sources[first[keys]].tolist(), strict=True)
    texts = [f',"evidence":{{"count":{count},"sources":{sources}}}}},' for count, sources in pairs]
    place = np.cumsum(there) - 1
    return pa.array(texts, pa.string()).take(pa.array(place[found.key_of]))
