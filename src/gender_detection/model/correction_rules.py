# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False
"""Finds a user's own corrections for the names that one Estimator reads."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.features.hashing import spread, with_letters
    from cython.cimports.gender_detection.names.parser import NameParser
    from cython.cimports.gender_detection.names.word_row import INITIAL, INITIALS
    from cython.cimports.gender_detection.names.words import Words
else:
    from ..features.hashing import spread, with_letters
    from ..names.parser import NameParser
    from ..names.word_row import INITIAL, INITIALS
    from ..names.words import Words

from .corrections import Corrections

# The state before the first letter of a person: hashes of persons are unrelated to those of keys.
_PERSON = cython.declare(cython.ulonglong, 0x9E3779B97F4A7C15)
_MASK = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)
# An odd number, by which the hashes of one name in different countries are unrelated.
_OF_COUNTRY = cython.declare(cython.ulonglong, 0xD1B54A32D192ED03)


class CorrectionRules:
    """The corrections, by the hash of a key of given names or of a person, and the country.

    A person is the letters of the given names and then the family name, wherever between them the
    name was divided. Initials count only where there is no other given name.
    """

    def __init__(self, known: Words, corrections: Corrections) -> None:
        self.known = known
        self.index, self.steps = corrections.index, corrections.steps.data
        self.used = corrections.used
        self.are_any = len(corrections.steps) > 0
        self.have_persons = corrections.have_persons

    def of_person(self, name: NameParser, custom) -> int:
        """Return the steps of P(female) for the person whose name was read, 0 for no correction."""
        hashed = self._person_hash(name) if self.have_persons else 0
        return self._find(hashed, custom.code) if hashed != 0 else 0

    def of_given(self, key, custom) -> int:
        """Return the steps of P(female) for given names with a key, 0 for no correction."""
        return self._find(self.known.words[key].hashed, custom.code)

    def _find(self, hashed, code) -> int:
        """Return the steps for a hash in a country, or else everywhere."""
        at: cython.Py_ssize_t = -1
        if code != 0:
            at = self.index.find_one(_in_country(hashed, code))
        if at < 0:
            at = self.index.find_one(_in_country(hashed, 0))
        if at < 0:
            return 0
        self.used[at] = 1
        return self.steps[at]

    def _person_hash(self, name: NameParser) -> int:
        """Return the hash of a person with given names or initials and a family name, else 0."""
        state: cython.ulonglong = _PERSON
        at: cython.int
        if name.family_end <= name.family_start:
            return 0
        if name.n_keys:
            for at in range(name.start, name.end):
                state = self._with_word(state, name.row[at])
        elif name.reason == INITIALS:
            for at in range(name.n_notes):
                if name.note_of[at] == INITIAL:
                    state = self._with_word(state, name.noted[at])
        if state == _PERSON:
            return 0
        for at in range(name.family_start, name.family_end):
            state = self._with_word(state, name.row[at])
        return spread(state)

    def _with_word(self, state, number) -> int:
        """Return the state of a person's hash after the letters of a word's key."""
        start: cython.Py_ssize_t = self.known.words[number].text + self.known.words[number].size
        return with_letters(state, self.known.letters, start, self.known.words[number].letters)

    def hash_of(self, name: NameParser, code) -> tuple:
        """Return the hash under which a correction of the name that was read is found in a country,
        and whether it is that of a person; the hash is 0 if the name has no given name."""
        hashed: cython.ulonglong = self._person_hash(name)
        is_person: bool = hashed != 0
        if not is_person:
            if name.n_keys == 0:
                return 0, False
            hashed = self.known.words[name.keys[0]].hashed
        return _in_country(hashed, code), is_person


def _in_country(hashed, code) -> int:
    """Return the hash of a name in a country, given by its two letters; 0 for everywhere."""
    return spread(hashed ^ ((code * _OF_COUNTRY) & _MASK))
