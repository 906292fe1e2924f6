# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""The JSON of predictions, written without making them: the bytes that msgspec gives for each."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import cython
import msgspec
import numpy as np

if cython.compiled:
    from cython.cimports.libc.string import memcpy

from ..countries import code_of
from ..names import reader
from . import beliefs
from .answers import FIRST_REASON, REASONS, Codes, said
from .prediction import EvidenceSummary, Person, Prediction, full_name

_ENCODER = msgspec.json.Encoder()
_BLANK = _ENCODER.encode(
    Prediction(None, None, None, None, "unknown", None, None, None, None, EvidenceSummary(0, 0))
)
# Where what is said of a name begins and, from behind, ends.
_BEGIN = _BLANK.index(b'"gender"')
_END = _BLANK.index(b'"evidence"') - len(_BLANK)
# Of most predictions; where they are longer, more room is made.
_BYTES_EACH = 256
_NULL = cython.declare(object, b"null")
_LEAST_PRINTED = cython.declare(cython.uchar, 0x20)
_QUOTE = cython.declare(cython.uchar, ord('"'))
_BACKSLASH = cython.declare(cython.uchar, ord("\\"))


@functools.lru_cache(maxsize=4)
def _answers(least: int) -> list[bytes | None]:
    """Return the texts of all answers, by code: each is made when it is first told."""
    return [None] * (FIRST_REASON + len(REASONS))


@cython.final
@cython.cclass
class Telling:
    """JSON of predictions under one threshold (as answers.least_steps gives it), one behind the
    other; for one thread at a time."""

    def __init__(self, least: int) -> None:
        self.least = least
        self.answers = _answers(least)
        self.countries: dict[str | None, tuple[str | None, bytes]] = {}
        self.size = 0
        self.out = np.empty(1, np.uint8)

    def tell(
        self, estimator: beliefs.Estimator, people: Sequence[str | Person], country: str | None
    ) -> tuple[memoryview, Codes]:
        """Return the predictions for people, each with a comma behind, and their codes, int32 (n,).

        A text is a full name of somebody in the country.
        """
        found = np.empty(len(people), np.int32)
        codes: cython.int[::1] = found
        first: cython.Py_ssize_t = 0
        count: cython.int
        at: cython.int
        self._grow(_BYTES_EACH * len(people))
        while first < len(people):
            count = min(reader.BLOCK, len(people) - first)
            estimator.reader.begin()
            for at in range(count):
                self._ask(estimator, at, people[first + at], country)
            estimator.find(count)
            for at in range(count):
                codes[first + at] = self._tell(estimator, at, people[first + at], country)
            first += count
        return np.asarray(self.out)[: self.size].data, found

    def _ask(self, estimator: beliefs.Estimator, at, one: Any, country: Any) -> None:
        """Put a person at a place of the estimator's block."""
        if isinstance(one, str):
            estimator.put(at, one, None, None, self._country(country)[0])
        elif one.name is not None:
            estimator.put(at, one.name, None, None, self._country(one.country)[0])
        else:
            own = self._country(one.country)[0]
            estimator.put(at, None, one.given_name, one.family_name, own)

    def _tell(self, estimator: beliefs.Estimator, at, one: Any, country: Any) -> int:
        """Write the prediction for the person at a place; return its code."""
        own: Any = None
        shown: Any = one
        code: cython.int = estimator.read(at)
        if not isinstance(one, str):
            own, country, shown = one.id, one.country, one.name
            if shown is None:
                shown = full_name(one)
        self._put(b'{"id":')
        self._put(_NULL if own is None else _ENCODER.encode(own))
        self._put(b',"name":')
        self._put_text(None if shown is None else beliefs.plain(shown))
        self._put(b',"given_name":')
        self._put_given(estimator)
        self._put(b',"country":')
        self._put(self._country(country)[1])
        self._put(self._answer(code))
        self._put_number(estimator.evidence_count())
        self._put(b',"sources":')
        self._put_number(estimator.evidence_sources())
        self._put(b"}},")
        return code

    def _country(self, country: Any) -> tuple:
        """Return the code of a country, and the JSON of that."""
        told = self.countries.get(country)
        if told is None:
            code = code_of(str(country)) if country is not None else None
            told = self.countries[country] = (code, _ENCODER.encode(code))
        return told

    def _answer(self, code) -> bytes:
        """Return what is said from the country up to the count of the evidence."""
        told = self.answers[code]
        if told is None:
            one = Prediction(None, None, None, None, *said(code, self.least), EvidenceSummary(0, 0))
            told = b',%b"evidence":{"count":' % _ENCODER.encode(one)[_BEGIN:_END]
            self.answers[code] = told
        return told

    def _put_given(self, estimator: beliefs.Estimator) -> int:
        """Write the given names of the person asked for last."""
        before: cython.Py_ssize_t = self.size
        at: cython.int
        word: cython.int
        start: cython.Py_ssize_t
        if not cython.compiled or estimator.name.n_keys == 0:
            return self._put_text(estimator.given_name())
        if estimator.name.start >= estimator.name.end:
            return self._put(_NULL)
        self._put(b'"')
        for at in range(estimator.name.start, estimator.name.end):
            if at > estimator.name.start:
                self._put(b" ")
            word = estimator.name.row[at]
            start = estimator.known.words[word].text
            if not self._put_plain(
                estimator.known.letters + start, estimator.known.words[word].size
            ):
                self.size = before
                return self._put_text(estimator.given_name())
        return self._put(b'"')

    def _put_text(self, text: str | None) -> int:
        """Write a text as JSON, or null."""
        if text is None:
            return self._put(_NULL)
        before: cython.Py_ssize_t = self.size
        raw: bytes = text.encode()
        self._put(b'"')
        if not self._put_plain(raw, len(raw)):
            self.size = before
            return self._put(_ENCODER.encode(text))
        return self._put(b'"')

    def _put_plain(self, text, size) -> int:
        """Write bytes; return whether there is nothing in them that JSON may escape."""
        at: cython.Py_ssize_t
        byte: cython.uchar
        for at in range(size):
            byte = text[at]
            if byte < _LEAST_PRINTED or byte in (_QUOTE, _BACKSLASH):
                return 0
        self._copy(text, size)
        return 1

    def _put(self, text: bytes) -> int:
        """Write bytes as they are."""
        return self._copy(text, len(text))

    def _copy(self, text, size) -> int:
        if self.size + size > self.out.shape[0]:
            self._grow(size)
        if cython.compiled:
            memcpy(cython.address(self.out[0]) + self.size, text, size)
        else:
            self.out[self.size : self.size + size] = np.frombuffer(text, np.uint8, size)
        self.size += size
        return 0

    def _put_number(self, number) -> int:
        """Write a number, which is not negative."""
        digit: cython.uchar
        if number > 9:
            self._put_number(number // 10)
        digit = cython.cast(cython.uchar, 48 + number % 10)
        if self.size + 1 > self.out.shape[0]:
            self._grow(1)
        self.out[self.size] = digit
        self.size += 1
        return 0

    def _grow(self, size) -> int:
        """Make room for so many bytes more."""
        room = np.empty(2 * self.size + size, np.uint8)
        room[: self.size] = np.asarray(self.out)[: self.size]
        self.out = room
        return 0
