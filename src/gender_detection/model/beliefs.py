# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False
"""What is believed of a name: evidence in the country, in the world, or the spelling.

One person is asked for as millions are: by the same functions, without the columns.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np
from cython.cimports.libc.math import exp, fabs, isinf, isnan, log

if cython.compiled:
    from cython.cimports.gender_detection.features.memory import prefetch
    from cython.cimports.libc.math import rint
else:
    rint = round

from ..evidence import Evidence
from ..names import customs, reader, word_row
from ..names import word_classes as kinds
from ..origins import Origins
from ..pattern import PatternModel
from . import answers, columns
from .parameters import Parameters

# Bits of Word.lookups.
_ASKED = cython.declare(cython.int, 1)
_KNOWN = cython.declare(cython.int, 2)
_HOMES_ASKED = cython.declare(cython.int, 4)
_SPELLED = cython.declare(cython.int, 8)

_STEPS = cython.declare(cython.int, answers.STEPS)
_TITLE = cython.declare(cython.int, answers.TITLE)
_COUNTRY = cython.declare(cython.int, answers.COUNTRY)
_NAME = cython.declare(cython.int, answers.NAME)
_PATTERN = cython.declare(cython.int, answers.PATTERN)
# Reasons have the same order here and there (a test says so).
_BEFORE_REASONS = cython.declare(cython.int, answers.FIRST_REASON - min(word_row.REASONS.values()))
_NOTHING_KNOWN = cython.declare(cython.double, float("nan"))
_NO_SHARE = cython.declare(cython.double, 0.0)
_LEAST_FAMILY = cython.declare(cython.int, 3)  # letters
# Long spellings are many n-grams, and their log-odds larger than anybody should believe.
_MOST_WHOLE = cython.declare(cython.double, 3.0)
_MOST_SCORE = cython.declare(cython.double, 35.0)


@cython.final
@cython.cclass
class Estimator:
    """One model's answers, for one thread at a time: what the sources say of words is kept with
    the words, most_words of these at most."""

    def __init__(
        self,
        evidence: Evidence,
        origins: Origins,
        pattern: PatternModel,
        parameters: Parameters,
        most_words: int,
    ) -> None:
        self.reader = reader.Reader(customs.customs(), most_words)
        self.known, self.name = self.reader.table, self.reader.name
        world, local = evidence.world, evidence.by_country
        # Uncompiled, items of .data are Python's numbers: reckoned with in all digits.
        self.world, self.p_world = world.index, world.p_female.data
        self.counts, self.sources = world.count.data, world.sources.data
        self.first, self.sizes, self.matrix = local.first.data, local.sizes.data, local.matrix.data
        self.pair_countries = local.pair_countries.data
        self.pair_p_female, self.numbers = local.pair_p_female.data, local.numbers.data
        self.families, self.origin_offsets = origins.index, origins.offsets.data
        self.origin_countries, self.origin_shares = origins.countries.data, origins.shares.data
        self.spelling, self.bias = pattern.spelling, pattern.bias
        self.slope, self.intercept = pattern.slope, pattern.intercept
        p = parameters
        self.p_title, self.min_count, self.trust_unseen = p.p_title, p.min_count, p.trust_unseen
        self.weight_family, self.weight_others = p.weight_family, p.weight_others
        self.weight_whole, self.strength_others = p.weight_whole, p.strength_others
        self.base_share, self.share = p.base_share, _NO_SHARE
        self.judged = 0

    # -- people in columns

    def codes(self, parts: dict, country: str):
        """Return the codes of the answers to people in columns, int32 (n,).

        parts has Arrow columns of strings by role; country is that of people without one, "" for
        none; a name counts where it is not blank, else the names in fields do.
        """
        size: cython.Py_ssize_t = len(next(iter(parts.values())))
        out = np.empty(size, np.int32)
        codes: cython.int[::1] = out
        people: columns.Columns = columns.Columns(parts, country, self.reader)
        first: cython.Py_ssize_t = 0
        count: cython.int
        at: cython.int
        with cython.nogil:
            while first < size:
                count = min(reader.BLOCK, size - first)
                self.reader.begin()
                for at in range(count):
                    people.put(first + at, at)
                self.find(count)
                for at in range(count):
                    codes[first + at] = self.read(at)
                first += count
        return out

    def assume(self, female_share: float | None) -> None:
        """Take a share of women among those who are asked for, None for that of the sources."""
        self.share = _NO_SHARE if female_share is None else female_share

    def find(self, count) -> None:
        """Find the words of the names at the first places of the block."""
        at: cython.int
        for at in range(count):
            self.reader.prefetch(at)
        for at in range(count):
            self.reader.find_words(at)
            self._fetch(at, True)
        for at in range(count):
            self._fetch(at, False)

    def _fetch(self, at, is_first) -> None:
        """Have the processor fetch what the sources say of the words at a place of the block: in
        two steps, since where some of it stands has to be fetched first."""
        field: cython.int
        word: cython.int
        country: cython.int = self.numbers[self.reader.custom_at(at).code]
        for field in range(2 * at, 2 * at + 2):
            for word in range(self.reader.fields[field].count):
                number: cython.int = self.reader.fields[field].number[word]
                if is_first:
                    self._fetch_known(number, country)
                else:
                    self._fetch_unknown(number)

    def _fetch_known(self, number, country) -> None:
        """The first step: what is known of a word, or where it would have to be looked up."""
        asked: cython.int = self.known.words[number].lookups
        places: cython.int = self.known.words[number].places
        if asked & _ASKED == 0:
            self.world.fetch_bucket(self.known.words[number].hashed)
        elif asked & _KNOWN and cython.compiled:
            if places < 0:
                prefetch(cython.address(self.matrix[-1 - places, country]))
            else:
                prefetch(cython.address(self.pair_countries[places]))
                prefetch(cython.address(self.pair_p_female[places]))
        if asked & _HOMES_ASKED == 0:
            self.families.fetch_bucket(self.known.words[number].hashed)
        elif self.known.words[number].n_homes and cython.compiled:
            prefetch(cython.address(self.origin_countries[self.known.words[number].homes]))
            prefetch(cython.address(self.origin_shares[self.known.words[number].homes]))

    def _fetch_unknown(self, number) -> None:
        """The second step: what has to be looked up."""
        if self.known.words[number].lookups & _ASKED == 0:
            self.world.fetch(self.known.words[number].hashed)
        if self.known.words[number].lookups & _HOMES_ASKED == 0:
            self.families.fetch(self.known.words[number].hashed)

    def read(self, at) -> int:
        """Return the code of the answer to the name at a place of the block, whose words are found;
        given_name() and evidence_count() tell of that person then."""
        self.reader.read(at)
        return self._answer(self.reader.custom_at(at))

    # -- people as texts

    def put(self, at, name: Any, given: Any, family: Any, country: str | None) -> None:
        """Put a person at a place of the block, whose country is an alpha-2 code or None."""
        custom: cython.int = self.reader.customs.number_of(country or "")
        if name is not None:
            self.reader.put_name(at, plain(name), custom)
        else:
            self.reader.put_parts(at, plain(given or ""), plain(family or ""), custom)

    def ask(self, name: Any, given: Any, family: Any, country: str | None) -> int:
        """Return the code of the answer to one person."""
        self.reader.begin()
        self.put(0, name, given, family, country)
        self.find(1)
        return self.read(0)

    def given_name(self):
        """Return the given names of the person asked for last, as written; None for none."""
        return " ".join(self.reader.given_words()) or None

    def evidence_count(self) -> int:
        """Return how many bear the name that the last answer rests on, 0 where it rests on
        something else."""
        return cython.cast(cython.longlong, rint(self.known.words[self.judged].count))

    def evidence_sources(self) -> int:
        """Return how many sources know the name that the last answer rests on, 0 for none."""
        return self.known.words[self.judged].sources

    # -- what is believed

    def _answer(self, custom) -> int:
        """Return the code of the answer to the name that was read last."""
        self.judged = 0
        if self.name.gender != 0:
            female: cython.bint = self.name.gender > 0
            return self._code(self.p_title if female else 1 - self.p_title, _TITLE)
        if self.name.n_keys == 0:
            return _BEFORE_REASONS + self.name.reason
        return self._judge(custom)

    def _judge(self, custom) -> int:
        """Return the code of what is believed of a name that has keys."""
        key: cython.int = self._choose()
        has_family: cython.bint = self.name.family_end > self.name.family_start
        country: cython.int = self.numbers[custom.code]
        p_female: cython.double
        basis: cython.int = _NAME
        if self.known.words[key].lookups & _KNOWN:
            self.judged = key
            p_female = self._in_country(key, country)
            if not isnan(p_female):
                basis = _COUNTRY
            else:
                p_female = self._at_home(key) if has_family else self.known.words[key].p_female
            if key != self.name.keys[0]:
                p_female = self._with_others(p_female, key, country)
        else:
            p_female = _share_of(self.trust_unseen * _log_odds(self._spelled(key)))
            basis = _PATTERN
        if has_family:
            form: kinds.Classes = self.name.classes(self.name.family_end - 1)
            if form & kinds.FEMALE_FORM:
                p_female = _share_of(_log_odds(p_female) + self.weight_family)
            elif form & kinds.MALE_FORM:
                p_female = _share_of(_log_odds(p_female) - self.weight_family)
        return self._code(p_female, basis)

    def _code(self, p_female, basis) -> int:
        steps: cython.double
        nearest: cython.int
        if self.share != _NO_SHARE:
            p_female = _shifted(p_female, self.share, self.base_share)
        steps = p_female * _STEPS
        nearest = cython.cast(cython.int, steps + 0.5)
        if fabs(steps - nearest) >= 0.499999:
            # Where the product is rounded itself, the decimals decide.
            with cython.gil:
                nearest = answers.steps_of(p_female)
        return basis * _STEPS + min(max(nearest, 1), _STEPS - 1)

    def _choose(self) -> int:
        """Return the key to judge by: the first well known, else the first known, else that of the
        first word."""
        at: cython.int
        known: cython.int = -1
        for at in range(self.name.n_keys):
            key: cython.int = self.name.keys[at]
            if not self._is_known(key):
                continue
            if self.known.words[key].count >= self.min_count:
                return key
            if known < 0:
                known = at
        if known < 0:
            known = 1 if self.name.n_keys > 1 else 0
        return self.name.keys[known]

    def _is_known(self, key) -> bool:
        """Return whether the sources know a word's key as a given name: they are asked once."""
        asked: cython.int
        if self.known.words[key].lookups & _ASKED == 0:
            row: cython.Py_ssize_t = self.world.find_one(self.known.words[key].hashed)
            asked = self.known.words[key].lookups
            self.known.words[key].lookups = asked | _ASKED
            if row >= 0:
                asked = self.known.words[key].lookups
                self.known.words[key].lookups = asked | _KNOWN
                self.known.words[key].p_female = self.p_world[row]
                self.known.words[key].count = self.counts[row]
                self.known.words[key].sources = self.sources[row]
                self.known.words[key].places = self.first[row]
                self.known.words[key].n_places = self.sizes[row]
        return self.known.words[key].lookups & _KNOWN != 0

    def _in_country(self, key, country) -> float:
        """Return P(female) of a known key in a country by its number, NaN without evidence."""
        places: cython.int = self.known.words[key].places
        at: cython.int
        if country == 0:
            return _NOTHING_KNOWN
        if places < 0:
            p_female: cython.double = self.matrix[-1 - places, country]
            return p_female if p_female > 0 else _NOTHING_KNOWN
        for at in range(places, places + self.known.words[key].n_places):
            if self.pair_countries[at] == country:
                return self.pair_p_female[at]
        return _NOTHING_KNOWN

    def _at_home(self, key) -> float:
        """Return P(female) of a known key where bearers of the family name come from."""
        family: cython.int = self._family_with_homes()
        places: cython.int = self.known.words[key].places
        p_world: cython.double = self.known.words[key].p_female
        p_female: cython.double = p_world
        there: cython.double
        at: cython.uint
        if family == 0:
            return p_world
        for at in range(
            self.known.words[family].homes,
            self.known.words[family].homes + self.known.words[family].n_homes,
        ):
            country: cython.int = self.numbers[self.origin_countries[at]]
            if places < 0:
                # Without evidence, that is P(female) in the world: no branch to wait for.
                there = fabs(self.matrix[-1 - places, country])
            else:
                there = self._in_country(key, country)
                if isnan(there):
                    continue
            p_female += self.origin_shares[at] * (there - p_world)
        return p_female

    def _family_with_homes(self) -> int:
        """Return the number of the first word of which is known where bearers come from: all of the
        family name together, else one of its words or pieces; 0 for none."""
        start: cython.int = self.name.family_start
        end: cython.int = self.name.family_end
        whole: cython.int = self.known.together(self.name.row, start, end)
        at: cython.int
        link: cython.int
        if self._has_homes(whole):
            return whole
        for at in range(start, end):
            number: cython.int = self.name.row[at]
            if self.known.words[number].classes & kinds.PARTED:
                pieces: cython.int = self.known.pieces(number)
                for link in range(pieces + 1, pieces + 1 + self.known.links[pieces]):
                    if self._has_homes(self.known.links[link]):
                        return self.known.links[link]
            elif self._has_homes(number):
                return number
        return 0

    def _has_homes(self, number) -> bool:
        """Return whether it is known where bearers of a family name come from: asked once."""
        asked: cython.int
        if self.known.words[number].lookups & _HOMES_ASKED == 0:
            asked = self.known.words[number].lookups
            self.known.words[number].lookups = asked | _HOMES_ASKED
            self.known.words[number].n_homes = 0
            row: cython.Py_ssize_t = -1
            if self.known.words[number].letters >= _LEAST_FAMILY:
                row = self.families.find_one(self.known.words[number].hashed)
            if row >= 0:
                self.known.words[number].homes = self.origin_offsets[row]
                # Never more than a byte holds (origins.MOST_COUNTRIES).
                self.known.words[number].n_homes = (
                    self.origin_offsets[row + 1] - self.origin_offsets[row]
                )
        return self.known.words[number].n_homes > 0

    def _with_others(self, p_female, chosen, country) -> float:
        """Return P(female) of somebody with several given names, that of one of them being given.

        Log-odds add up as if names were chosen independently (naive Bayes; Duda, Hart, Stork 2001,
        2.12), but for the weights of the parameters, since they are not; a name of few bearers
        counts less.
        """
        at: cython.int
        whole: cython.double = 0.0
        if not self._is_known(self.name.keys[0]):
            whole = _log_odds(self._spelled(self.name.keys[0]))
            whole = min(max(whole, -_MOST_WHOLE), _MOST_WHOLE)
        odds: cython.double = _log_odds(p_female) + self.weight_whole * whole
        for at in range(1, self.name.n_keys):
            other: cython.int = self.name.keys[at]
            if other != chosen and self._is_known(other):
                p_other: cython.double = self._in_country(other, country)
                if isnan(p_other):
                    p_other = self.known.words[other].p_female
                bearers: cython.double = self.known.words[other].count
                trust: cython.double = bearers / (bearers + self.strength_others)
                odds += self.weight_others * trust * _log_odds(p_other)
        return _share_of(odds)

    def _spelled(self, key) -> float:
        """Return what the spelling of a key says that no source knows: worked out once."""
        asked: cython.int
        if self.known.words[key].lookups & _SPELLED == 0:
            size: cython.int = self.known.words[key].letters
            total: cython.double = self._sum_of(key, size)
            score: cython.double = self.slope * (self.bias + total) + self.intercept
            score = min(max(score, -_MOST_SCORE), _MOST_SCORE)
            asked = self.known.words[key].lookups
            self.known.words[key].lookups = asked | _SPELLED
            p_female: cython.float = _share_of(score)
            # In single precision, as a word holds it; uncompiled, it would hold all digits.
            self.known.words[key].p_female = (
                p_female if cython.compiled else float(np.float32(p_female))
            )
        return self.known.words[key].p_female

    def _sum_of(self, key, size) -> float:
        start: cython.Py_ssize_t = self.known.words[key].text + self.known.words[key].size
        if cython.compiled:
            return self.spelling.sum_of(self.known.letters + start, size)
        return self.spelling.sum_of(bytes(self.known.letters[start : start + size]), size)


def plain(text: Any) -> str:
    """Return a text as one of Python's own: those in an array of NumPy's are of another class."""
    return text if type(text) is str else str(text)


def _share_of(odds) -> float:
    """Return 1 / (1 + exp(-odds))."""
    return 1 / (1 + exp(-odds))


def _log_odds(p) -> float:
    """Return log(p / (1 - p)), with p held inside [1e-6, 1 - 1e-6]."""
    held: cython.double = min(max(p, 1e-6), 1 - 1e-6)
    return log(held / (1 - held))


def _shifted(p, share, base) -> float:
    """Return P(female) in a population with another share of women than base.

    Prior-probability shift: the log-odds move by logit(share) - logit(base) (Saerens, Latinne,
    Decaestecker 2002, equation 2.4). Certainties stay certain.
    """
    if p <= 0.0 or p >= 1.0:
        return p
    odds: cython.double = p / (1 - p) * (share / (1 - share)) / (base / (1 - base))
    return 1.0 if isinf(odds) else odds / (1 + odds)
