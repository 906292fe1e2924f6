# cython: language_level=3, boundscheck=False, wraparound=False
"""Explains the last answer of an Estimator, from what it has read and looked up.

It is compiled only because the fields of compiled classes cannot be read from Python.
"""

from __future__ import annotations

import math
from typing import cast

import cython

if cython.compiled:
    from cython.cimports.gender_detection.model.order_evidence import OrderEvidence
    from cython.cimports.gender_detection.names.customs import Custom
    from cython.cimports.gender_detection.names.parser import NameParser
    from cython.cimports.gender_detection.names.word_row import ASIDE
else:
    from ..names.parser import NameParser
    from ..names.word_row import ASIDE
    from .order_evidence import OrderEvidence

import msgspec

from ..names.word_row import NOTES, ORDERS, REASONS
from . import estimation
from .answers import DIGITS, Prediction
from .explanation import (
    Bearers,
    Division,
    ExplainedPrediction,
    Explanation,
    FormEvidence,
    FormOf,
    KeyEvidence,
    Note,
    Noted,
    Order,
    Origin,
    OriginEvidence,
    Reading,
    ReadWord,
    Role,
    Roles,
    Shown,
    Use,
)

MOST_ORIGINS = 5
"""Countries of a family name that an explanation lists."""

_GENDERS: dict[int, Shown] = {1: "female", -1: "male"}
_NOTE_NAMES = {code: cast(Noted, name) for name, code in NOTES.items()}
_ORDER_NAMES = {code: cast(Order, name) for name, code in ORDERS.items()}
# Without a form, or decided without it.
_WITHOUT_FORM = (None, "title", "correction")
# With these, a name may still have a family name.
_ONLY_FAMILY = (REASONS["initials"], REASONS["empty"])


def explained(estimator: estimation.Estimator, prediction: Prediction) -> ExplainedPrediction:
    """Return the prediction that was made of an estimator's last answer with its explanation.

    The answer must be that of Estimator.estimate(): the name is in the first slot.
    """
    # The name is read again in steps: each step changes the row of words that the last one left.
    estimator.reader.load(0)
    written, aside, family = _written(estimator)
    estimator.reader.read(0)
    first = _division(estimator)
    estimator.read(0)
    taken = _division(estimator)
    roles = Roles([*written, *aside, *family], taken, _notes(estimator.name, prediction.basis))
    words: list[ReadWord] = []
    if taken is not None and taken.order == "script" and len(written) == 1 and taken.family:
        # A text without spaces, which was cut in two: 王小红.
        written = [*taken.family, *taken.given]
    other: Role = "other"
    for numbers, default in ((written, other), (aside, "aside"), (family, other)):
        words += [_word(estimator, number, *roles.next(number, default)) for number in numbers]
    explanation = Explanation(
        words,
        _readings(estimator, first, taken),
        _GENDERS.get(estimator.name.gender) if prediction.basis == "title" else None,
        _keys(estimator, prediction.basis),
        _origins(estimator) if prediction.basis == "name" else None,
        _form(estimator) if prediction.basis not in _WITHOUT_FORM else None,
    )
    members = msgspec.structs.asdict(prediction)
    return ExplainedPrediction(**members, explanation=explanation)


# -- words and readings


def _written(estimator: estimation.Estimator) -> tuple[list[int], list[int], list[int]]:
    """Return the words that were loaded: of the text, in brackets or quotes, and of the field of
    family names."""
    name: NameParser = estimator.name
    return (
        _row(name, 0, name.size),
        _row(name, ASIDE, name.aside_end),
        _row(name, name.family_start, name.family_end),
    )


def _row(name: NameParser, start: cython.int, end: cython.int) -> list[int]:
    return [name.row[at] for at in range(start, end)]


def _division(estimator: estimation.Estimator) -> Division | None:
    """Return how the words are divided now; None where the text is not read as a name."""
    name: NameParser = estimator.name
    if name.n_keys == 0 and name.reason not in _ONLY_FAMILY:
        return None
    given = _row(name, name.start, name.end) if name.n_keys else []
    family = _row(name, name.family_start, name.family_end)
    if not given and not family:
        return None
    by_bearers: cython.bint = name.order_open or name.first_open or name.by_capitals
    is_open = bool(by_bearers or name.word_open or name.doubtful)
    order = _ORDER_NAMES[name.order] if given and family else _order_of_one(name.order)
    by_comma = order == "comma"
    return Division(given, family, order, is_open, by_comma or name.family_start < name.start)


def _order_of_one(order: cython.int) -> Order:
    """Return what shows whether the only names are given names or a family name."""
    found = _ORDER_NAMES[order]
    return "alone" if found in ("script", "usual") else found


def _notes(name: NameParser, basis: str | None) -> list[Note]:
    notes = [
        Note(name.noted[at], _NOTE_NAMES[name.note_of[at]], name.noted_as[at])
        for at in range(name.n_notes)
    ]
    if name.gender and basis not in _WITHOUT_FORM:
        # What was taken as a title is none (Estimator._is_no_title): "M. Louise", "Graf Anna".
        other: Noted = (
            "initial" if name.table.words[name.title_word].letters == 1 else "family_name"
        )
        notes = [
            Note(note.word, other, note.read_as) if note.word == name.title_word else note
            for note in notes
        ]
    return notes


def _word(estimator: estimation.Estimator, number: cython.int, role: Role, read: int) -> ReadWord:
    """Return a word as written, with its role and the word that it was read as."""
    text: str = estimator.known.text_of(number)
    if role not in ("given_name", "family_name"):
        return ReadWord(text, role, None, None)
    order: OrderEvidence = estimator.order
    bearers = Bearers(round(order._given(read)), round(order._family(read)))
    other: str = estimator.known.text_of(read)
    return ReadWord(text, role, other if other != text else None, bearers)


def _readings(
    estimator: estimation.Estimator, first: Division | None, taken: Division | None
) -> list[Reading]:
    p_other = round(estimator.p_other, DIGITS)
    other = first
    if p_other > 0 and first == taken:
        other = _other_division(estimator)
    readings = []
    if first is not None and first != taken:
        readings.append(_reading(estimator, first, False, p_other))
    if taken is not None:
        readings.append(_reading(estimator, taken, True, 1 - p_other))
    if other is not None and other not in (first, taken):
        readings.append(_reading(estimator, other, False, p_other))
    return readings


def _other_division(estimator: estimation.Estimator) -> Division | None:
    """Return how the words are divided in the other order."""
    custom: cython.pointer[Custom] = estimator.reader.custom_at(0)
    estimator.name.put_other_order(custom)
    other = _division(estimator)
    estimator.name.put_back(custom)
    return other


def _reading(
    estimator: estimation.Estimator, division: Division, taken: bool, weight: float
) -> Reading:
    given, family = (
        " ".join([estimator.known.text_of(number) for number in numbers]) or None
        for numbers in (division.given, division.family)
    )
    return Reading(given, family, division.order, division.open, taken, round(weight, DIGITS))


# -- evidence


def _keys(estimator: estimation.Estimator, basis: str | None) -> list[KeyEvidence]:
    """Return the evidence on the keys of the given names."""
    name: NameParser = estimator.name
    if name.n_keys == 0:
        return []
    used = basis in ("country", "name", "pattern")
    chosen: cython.int = estimator._choose_key() if used else 0
    # Of several given names: those beside the chosen one are weighed unless it is their whole.
    combined = used and basis != "pattern" and chosen != name.keys[0]
    native: cython.bint = estimator.known.is_native(chosen)
    keys = []
    for at in range(name.n_keys):
        number: cython.int = name.keys[at]
        use: Use = "unused"
        if number == chosen:
            use = "chosen"
        elif combined and _is_added(estimator, number, at, native):
            use = "added"
        keys.append(_key(estimator, number, use))
    return keys


def _is_added(
    estimator: estimation.Estimator, number: cython.int, at: cython.int, native: cython.bint
) -> bool:
    """Return whether a key is weighed beside the chosen one: the first by its spelling in Latin
    letters, others by their evidence, but those in Latin letters not beside a native one."""
    is_native: cython.bint = estimator.known.is_native(number)
    if at == 0:
        return not (is_native or estimator.evidence.is_known(number))
    return estimator.evidence.is_known(number) and (is_native or not native)


def _key(estimator: estimation.Estimator, number: cython.int, use: Use) -> KeyEvidence:
    custom: cython.pointer[Custom] = estimator.reader.custom_at(0)
    key: str = estimator.known.key_of(number)
    if not estimator.evidence.is_known(number):
        by_spelling = None if use == "unused" else estimator.spelling.p_female(number)
        return KeyEvidence(key, use, None, 0, 0, None, _rounded(by_spelling))
    local = estimator.evidence.in_country(number, estimator.evidence.numbers[custom.code])
    return KeyEvidence(
        key,
        use,
        _rounded(estimator.known.words[number].p_female),
        round(estimator.known.words[number].count),
        estimator.known.words[number].sources,
        _rounded(local),
        None,
    )


def _origins(estimator: estimation.Estimator) -> OriginEvidence | None:
    """Return how the origins of the family name moved P(female) of the chosen key, None if they did
    not."""
    key: cython.int = estimator.basis_word
    name: NameParser = estimator.name
    if name.family_end == name.family_start:
        return None
    p_female: cython.double = estimator._p_by_origins(key)
    if p_female == estimator.known.words[key].p_female:
        return None
    family: cython.int = estimator.origins.family_of(name)
    first: cython.int = estimator.known.words[family].homes
    found = []
    for at in range(first, first + estimator.known.words[family].n_homes):
        code: cython.int = estimator.origins.countries[at]
        there = estimator.evidence.in_country(key, estimator.evidence.numbers[code])
        country = chr(code >> 8) + chr(code & 255)
        share = round(estimator.origins.shares[at], DIGITS)
        found.append(Origin(country, share, _rounded(there)))
    found.sort(key=_share, reverse=True)
    folded: str = estimator.known.key_of(family)
    return OriginEvidence(folded, round(p_female, DIGITS), found[:MOST_ORIGINS])


def _share(origin: Origin) -> float:
    return origin.share


def _form(estimator: estimation.Estimator) -> FormEvidence | None:
    """Return the form that moved the answer, None if there is none."""
    name: NameParser = estimator.name
    custom: cython.pointer[Custom] = estimator.reader.custom_at(0)
    gender: cython.int = estimator._form(custom)
    if gender == 0:
        return None
    of: FormOf = "other_word" if name.form else "family_name"
    if custom.n_forms and name.end > name.start:
        first: cython.int = name.row[name.start]
        said: cython.int = estimator.forms._local(
            name.table, first, custom.first_form, custom.n_forms
        )
        if not -1 <= said <= 1:
            of = "given_name"
    return FormEvidence(_GENDERS[gender], of)


def _rounded(share: float | None) -> float | None:
    """Return a share with the digits of a probability, None for none."""
    return None if share is None or math.isnan(share) else round(share, DIGITS)
