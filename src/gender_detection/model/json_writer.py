# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Writes the JSON of predictions directly: the bytes that msgspec would give for each."""

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
from . import estimation, string_buffers
from .answers import (
    FIRST_REASON,
    NO_EVIDENCE,
    REASONS,
    Codes,
    Person,
    Prediction,
    decode,
    full_name,
)

_ENCODER = msgspec.json.Encoder()
_BLANK = _ENCODER.encode(
    Prediction(None, None, None, None, "unknown", None, None, None, None, NO_EVIDENCE, None)
)
# Where the answer begins in it and, counted from the end, ends.
_BEGIN = _BLANK.index(b'"gender"')
_END = _BLANK.index(b'"evidence"') - len(_BLANK)
# Enough for most predictions; the buffer grows where they are longer.
_BYTES_EACH = 256
_NULL = cython.declare(object, b"null")
_LEAST_PRINTED = cython.declare(cython.uchar, 0x20)
_QUOTE = cython.declare(cython.uchar, ord('"'))
_LETTER_A = cython.declare(cython.uchar, ord("a"))
_LETTER_Z = cython.declare(cython.uchar, ord("z"))
_BACKSLASH = cython.declare(cython.uchar, ord("\\"))


@functools.lru_cache(maxsize=4)
def _answers(least: int) -> list[bytes | None]:
    """Return the JSON of all answers by code, None for those not yet written."""
    return [None] * (FIRST_REASON + len(REASONS))


@cython.final
@cython.cclass
class JsonWriter:
    """Writes predictions as JSON, for one thread at a time; least is the threshold in steps
    (answers.least_steps)."""

    def __init__(self, least: int) -> None:
        self.least = least
        self.answers = _answers(least)
        self.countries: dict[str | None, tuple[str | None, bytes]] = {}
        self.size = 0
        self.out = np.empty(1, np.uint8)

    def write(
        self, estimator: estimation.Estimator, people: Sequence[str | Person], country: str | None
    ) -> tuple[memoryview, Codes]:
        """Return the predictions for people, a comma after each, and their codes, int32 (n,).

        A string is a full name in the country; a Person has their own country.
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
                self._put_person(estimator, at, people[first + at], country)
            estimator.find(count)
            for at in range(count):
                codes[first + at] = self._write_answer(estimator, at, people[first + at], country)
            first += count
        return np.asarray(self.out)[: self.size].data, found

    def _put_person(self, estimator: estimation.Estimator, at, one: Any, country: Any) -> None:
        """Put a person into a slot of the estimator's block."""
        if isinstance(one, str):
            estimator.put(at, one, None, None, self._country(country)[0])
        elif one.name is not None:
            estimator.put(at, one.name, None, None, self._country(one.country)[0])
        else:
            own = self._country(one.country)[0]
            estimator.put(at, None, one.given_name, one.family_name, own)

    def _write_answer(self, estimator: estimation.Estimator, at, one: Any, country: Any) -> int:
        """Write the prediction for the person in a slot; return its code."""
        own: Any = None
        shown: Any = one
        code: cython.int = estimator.read(at)
        if not isinstance(one, str):
            own, country, shown = one.id, one.country, one.name
            if shown is None:
                shown = full_name(one)
        if own is None:
            self._write(b'{"id":null,"name":')
        else:
            self._write(b'{"id":')
            self._write(_ENCODER.encode(own))
            self._write(b',"name":')
        self._write_text(None if shown is None else string_buffers.as_str(shown))
        self._write(b',"given_name":')
        self._write_given(estimator)
        self._write(b',"country":')
        self._write(self._country(country)[1])
        self._write(self._answer(code))
        self._write_number(estimator.evidence_count())
        self._write(b',"sources":')
        self._write_number(estimator.evidence_sources())
        self._write_matched(estimator)
        return code

    def _country(self, country: Any) -> tuple:
        """Return the code of a country, and its JSON."""
        known = self.countries.get(country)
        if known is None:
            code = code_of(str(country)) if country is not None else None
            known = self.countries[country] = (code, _ENCODER.encode(code))
        return known

    def _answer(self, code) -> bytes:
        """Return the JSON between the country and the count of the evidence."""
        known = self.answers[code]
        if known is None:
            answer = decode(code, self.least)
            one = Prediction(None, None, None, None, *answer, NO_EVIDENCE, None)
            known = b',%b"evidence":{"count":' % _ENCODER.encode(one)[_BEGIN:_END]
            self.answers[code] = known
        return known

    def _write_given(self, estimator: estimation.Estimator) -> int:
        """Write the given names of the last person."""
        before: cython.Py_ssize_t = self.size
        at: cython.int
        word: cython.int
        start: cython.Py_ssize_t
        if not cython.compiled or estimator.name.n_keys == 0:
            return self._write_text(estimator.given_name())
        if estimator.name.start >= estimator.name.end:
            return self._write(_NULL)
        self._write(b'"')
        for at in range(estimator.name.start, estimator.name.end):
            if at > estimator.name.start:
                self._write(b" ")
            word = estimator.name.row[at]
            start = estimator.known.words[word].text
            if not self._write_plain(
                estimator.known.letters + start, estimator.known.words[word].size
            ):
                self.size = before
                return self._write_text(estimator.given_name())
        return self._write(b'"')

    def _write_matched(self, estimator: estimation.Estimator) -> int:
        """Write the key whose evidence the last answer is based on, and the end of the answer."""
        word: cython.int = estimator.basis_word
        if word == 0:
            return self._write(b'},"matched":null},')
        if not cython.compiled:
            return self._write_other_match(estimator)
        size: cython.int = estimator.known.words[word].letters
        start: cython.Py_ssize_t = estimator.known.words[word].text
        start += estimator.known.words[word].size
        at: cython.Py_ssize_t
        letter: cython.uchar
        for at in range(start, start + size):
            letter = estimator.known.letters[at]
            if not _LETTER_A <= letter <= _LETTER_Z:
                return self._write_other_match(estimator)
        self._write(b'},"matched":"')
        self._copy(estimator.known.letters + start, size)
        return self._write(b'"},')

    def _write_other_match(self, estimator: estimation.Estimator) -> int:
        """Write what _write_matched does, for a key in another script."""
        self._write(b'},"matched":')
        self._write_text(estimator.matched())
        return self._write(b"},")

    def _write_text(self, text: str | None) -> int:
        """Write a text as JSON, or null."""
        if text is None:
            return self._write(_NULL)
        before: cython.Py_ssize_t = self.size
        raw: bytes = text.encode()
        self._write(b'"')
        if not self._write_plain(raw, len(raw)):
            self.size = before
            return self._write(_ENCODER.encode(text))
        return self._write(b'"')

    def _write_plain(self, text, size) -> int:
        """Write bytes that JSON need not escape; return False, and write nothing, for others."""
        at: cython.Py_ssize_t
        byte: cython.uchar
        for at in range(size):
            byte = text[at]
            if byte < _LEAST_PRINTED or byte in (_QUOTE, _BACKSLASH):
                return 0
        self._copy(text, size)
        return 1

    def _write(self, text: bytes) -> int:
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

    def _write_number(self, number) -> int:
        """Write a number that is not negative."""
        digit: cython.uchar
        if number > 9:
            self._write_number(number // 10)
        digit = cython.cast(cython.uchar, 48 + number % 10)
        if self.size + 1 > self.out.shape[0]:
            self._grow(1)
        self.out[self.size] = digit
        self.size += 1
        return 0

    def _grow(self, size) -> int:
        """Make room for size more bytes."""
        room = np.empty(2 * self.size + size, np.uint8)
        room[: self.size] = np.asarray(self.out)[: self.size]
        self.out = room
        return 0
