# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False
"""Which word of a name is the given name, by how many people bear each word as which.

The reading of a name decides by its form and by customs. Where these leave it open, the bearers of
its words decide: "Nowak Anna", "Smith J", "Grace Baptist Church".
"""

from __future__ import annotations

import math

import cython
from cython.cimports.libc.math import fabs, log

if cython.compiled:
    from cython.cimports.gender_detection.features.odds import sigmoid
    from cython.cimports.gender_detection.names.order import after_particles
    from cython.cimports.gender_detection.names.parser import NameParser
    from cython.cimports.gender_detection.names.words import Words
else:
    from ..features.odds import sigmoid
    from ..names.order import after_particles
    from ..names.parser import NameParser
    from ..names.words import Words

from ..evidence import Evidence
from ..names import customs, word_row
from ..origins import Origins

GIVEN_FIRST, FAMILY_FIRST = 1, 2
"""Which part of a name is first, as it tells by itself; 0 where it does not."""

_GIVEN_FIRST = cython.declare(cython.int, GIVEN_FIRST)
_FAMILY_FIRST = cython.declare(cython.int, FAMILY_FIRST)
# Bits of Word.lookups; name_evidence and origin_evidence have the others.
SIDE_KNOWN = 16
MOSTLY_FAMILY = 32
SIDE = SIDE_KNOWN | MOSTLY_FAMILY
NO_FAMILY = SIDE_KNOWN
_MOSTLY_GIVEN = cython.declare(cython.int, 64)
# How many times as many people bear a word on one side than on the other for it to be mostly on
# that side: more if it is a common given name (Thomas). And the log of how many times both words
# together for either order to be as likely. docs/decisions/0034-how-names-are-read.md has the
# measurements.
_TIMES_ONE = cython.declare(cython.double, math.e)
_TIMES_COMMON = cython.declare(cython.double, math.exp(3))
_COMMON_GIVEN = cython.declare(cython.double, 500.0)
_LOG_TIMES_BOTH = cython.declare(cython.double, 5.0)
# Log-odds of an order beyond which the other is left aside, and those of words that say nothing.
_SURE = cython.declare(cython.double, 4.0)
_NO_DOUBT = cython.declare(cython.double, -1000.0)
# The least number of words behind a family name for the first of them to be a second one, as in
# "Hernandez Lopez Jose Luis". In Spain and Spanish America most people have two.
_LEAST_BEHIND = cython.declare(cython.int, 3)
_LEAST_BEHIND_SPANISH = cython.declare(cython.int, 2)
# Bearers of a given name that make a person of what may be an organisation.
_CLEARLY_GIVEN = cython.declare(cython.double, 100.0)


class OrderEvidence:
    """The bearers of words as given and as family names, for the words of one Estimator."""

    def __init__(self, known: Words, evidence: Evidence, origins: Origins) -> None:
        self.known = known
        self.given_names, self.counts = evidence.world.index, evidence.world.count.data
        self.family_names, self.bearers = origins.index, origins.bearers.data

    def settle(self, name: NameParser, custom) -> float:
        """Settle what the reading of a name left open; return the probability that its order is the
        other one, 0 where that is sure."""
        odds: cython.double = _NO_DOUBT
        if name.doubtful and name.n_keys and not self._has_given_name(name):
            name.n_keys, name.reason = 0, word_row.NOT_A_PERSON
        elif name.order_open:
            odds = self._odds_of_family_first(name)
            if odds > 0:
                name.put_family_first(custom)
                self._add_second_family(name, custom)
        elif name.first_open:
            odds = self._odds_of_given_first(name)
            if odds > 0:
                name.put_given_first(custom)
            else:
                self._add_second_family(name, custom)
        elif name.by_capitals:
            odds = self._odds_of_exchange(name)
            if odds > 0:
                name.exchange(custom)
        elif name.word_open:
            self._place_only_word(name, custom)
        return sigmoid(-fabs(odds)) if fabs(odds) < _SURE else 0.0

    def told(self, name: NameParser) -> int:
        """Return GIVEN_FIRST or FAMILY_FIRST where a full name tells its order by capitals or by
        the bearers of its words, 0 for other names; to be called before settle()."""
        if name.n_keys == 0 or name.doubtful:
            return 0
        if name.by_capitals:
            family_first: cython.bint = name.family_start < name.start
            return (
                _FAMILY_FIRST
                if family_first != (self._odds_of_exchange(name) > 0)
                else _GIVEN_FIRST
            )
        if not name.order_open and not name.first_open:
            return 0
        if self._odds_of_family_first(name) > 0:
            return _FAMILY_FIRST
        return _GIVEN_FIRST if self._odds_of_given_first(name) > 0 else 0

    def _odds_of_family_first(self, name: NameParser) -> float:
        """Return the log-odds that the family name is first, by the words at both ends."""
        return self._odds_of_turn(self._first_word(name), self._last_word(name))

    def _odds_of_given_first(self, name: NameParser) -> float:
        """Return the log-odds that the given name is first, by the words at both ends."""
        return self._odds_of_turn(self._last_word(name), self._first_word(name))

    def _first_word(self, name: NameParser) -> int:
        """Return the number of the first word of a name that was divided, after particles."""
        start: cython.int = min(name.start, name.family_start)
        return name.row[after_particles(name, start, max(name.end, name.family_end))]

    def _last_word(self, name: NameParser) -> int:
        """Return the number of the last word of a name that was divided."""
        return name.row[max(name.end, name.family_end) - 1]

    def _add_second_family(self, name: NameParser, custom) -> int:
        """Take the word behind a family name that is first as a second family name where it mostly
        is one, and given names are left."""
        spanish: cython.bint = custom.flags & customs.SPANISH != 0
        least: cython.int = _LEAST_BEHIND_SPANISH if spanish else _LEAST_BEHIND
        if name.end - name.start >= least and self.side_of(name.row[name.start]) & MOSTLY_FAMILY:
            name.lengthen_family(custom)
        return 0

    def _odds_of_exchange(self, name: NameParser) -> float:
        """Return the log-odds that capitals mark the given name: "MARIA Lopez"."""
        if name.end - name.start != 1 or name.family_end - name.family_start != 1:
            return _NO_DOUBT
        return self._odds_of_turn(name.row[name.start], name.row[name.family_start])

    def _odds_of_turn(self, given, family) -> float:
        """Return the log-odds that two words, read as given and as family name, are the other way
        round by the evidence."""
        if self.side_of(given) & MOSTLY_FAMILY == 0 or self.side_of(family) & _MOSTLY_GIVEN == 0:
            return _NO_DOUBT
        normal: cython.double = (self._given(given) + 1) * (self._family(family) + 1)
        turned: cython.double = (self._family(given) + 1) * (self._given(family) + 1)
        return log(turned / normal) - _LOG_TIMES_BOTH

    def _has_given_name(self, name: NameParser) -> bool:
        """Return whether the first word is clearly a given name."""
        first: cython.int = name.row[name.start]
        return self.side_of(first) & _MOSTLY_GIVEN != 0 and self._given(first) >= _CLEARLY_GIVEN

    def _place_only_word(self, name: NameParser, custom) -> int:
        """Take the only word of a name as what the evidence says that it is.

        "Smith J" and "Dr. Pandey" have a family name; "R. Sudha" has a given name in India, where
        the father's initial comes first.
        """
        if name.n_keys:
            side: cython.int = self.side_of(name.row[name.start])
            is_family: cython.bint = side & MOSTLY_FAMILY != 0
            if name.family_name_first and name.letters_taken and not name.first_taken:
                # A word before initials.
                is_family = side & _MOSTLY_GIVEN == 0
            if is_family:
                name.put_only_family()
            return 0
        father_first: cython.bint = custom.flags & customs.FATHERS_INITIAL != 0
        if name.family_end == name.family_start or not father_first:
            return 0
        if self.side_of(name.row[name.family_start]) & _MOSTLY_GIVEN:
            name.put_only_given(custom)
        return 0

    def side_of(self, number) -> int:
        """Return on which side of names a word mostly stands; found once."""
        asked: cython.int = self.known.words[number].lookups
        if asked & SIDE_KNOWN == 0:
            given: cython.double = self._given(number) + 1
            family: cython.double = self._family(number) + 1
            least: cython.double = _TIMES_ONE if given < _COMMON_GIVEN else _TIMES_COMMON
            asked |= SIDE_KNOWN
            if family > least * given:
                asked |= MOSTLY_FAMILY
            elif given > _TIMES_ONE * family:
                asked |= _MOSTLY_GIVEN
            self.known.words[number].lookups = asked
        return asked

    def _given(self, number) -> float:
        """Return the bearers of a word as a given name."""
        row: cython.Py_ssize_t = self.given_names.find_one(self.known.words[number].hashed)
        return self.counts[row] if row >= 0 else 0.0

    def _family(self, number) -> float:
        """Return the bearers of a word as a family name."""
        row: cython.Py_ssize_t = self.family_names.find_one(self.known.words[number].hashed)
        return self.bearers[row] if row >= 0 else 0.0
