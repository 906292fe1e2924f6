# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False
"""Estimates P(female) of one name or of columns: from evidence in the country or the world, or from
the spelling."""

from __future__ import annotations

from typing import Any

import cython
import numpy as np
from cython.cimports.libc.math import fabs, isnan

if cython.compiled:
    from cython.cimports.gender_detection.features.odds import logit, shift_prior, sigmoid
    from cython.cimports.gender_detection.model.correction_rules import CorrectionRules
    from cython.cimports.gender_detection.model.name_evidence import KNOWN, NameEvidence
    from cython.cimports.gender_detection.model.order_evidence import OrderEvidence
    from cython.cimports.gender_detection.model.origin_evidence import OriginEvidence
    from cython.cimports.gender_detection.model.spelling_evidence import SpellingEvidence
    from cython.cimports.gender_detection.model.string_buffers import as_str
    from cython.cimports.libc.math import rint
else:
    from ..features.odds import logit, shift_prior, sigmoid
    from .correction_rules import CorrectionRules
    from .name_evidence import KNOWN, NameEvidence
    from .order_evidence import OrderEvidence
    from .origin_evidence import OriginEvidence
    from .spelling_evidence import SpellingEvidence
    from .string_buffers import as_str

    rint = round

from ..evidence import Evidence
from ..names import customs, family_forms, reader, word_row
from ..names import word_classes as kinds
from ..origins import Origins
from ..pattern import PatternModel
from . import answers, name_columns, order_evidence
from .corrections import Corrections
from .parameters import Parameters

_FORMS = cython.declare(cython.ulonglong, kinds.FEMALE_FORM | kinds.MALE_FORM)
_STEPS = cython.declare(cython.int, answers.STEPS)
_TITLE = cython.declare(cython.int, answers.TITLE)
_COUNTRY = cython.declare(cython.int, answers.COUNTRY)
_NAME = cython.declare(cython.int, answers.NAME)
_PATTERN = cython.declare(cython.int, answers.PATTERN)
_FAMILY_NAME = cython.declare(cython.int, answers.FAMILY_NAME)
_CORRECTED = cython.declare(cython.int, answers.CORRECTION * answers.STEPS)
_BEFORE_REASONS = cython.declare(cython.int, answers.FIRST_REASON - min(word_row.REASONS.values()))
_NO_SHARE = cython.declare(cython.double, 0.0)
_JAPAN = cython.declare(cython.int, ord("J") << 8 | ord("P"))  # as in features.country_codes
# Bytes of a Han character, and its weight beside another: as of independent evidence.
_CHARACTER = cython.declare(cython.int, 3)
_WEIGHT_CHARACTER = cython.declare(cython.double, 1.0)
# Long spellings have many n-grams, so their log-odds are overconfident.
_MAX_WHOLE = cython.declare(cython.double, 3.0)
_NEARLY_ALWAYS = cython.declare(cython.double, 0.95)


@cython.final
@cython.cclass
class Estimator:
    """Answers names with one model, for one thread at a time.

    It keeps the evidence on the words that it has met, of at most most_words.
    """

    def __init__(
        self,
        evidence: Evidence,
        origins: Origins,
        pattern: PatternModel,
        parameters: Parameters,
        corrections: Corrections,
        most_words: int,
    ) -> None:
        self.reader = reader.Reader(customs.customs(), most_words)
        self.known, self.name = self.reader.table, self.reader.name
        self.forms = family_forms.family_forms()
        self.order = OrderEvidence(self.known, evidence, origins)
        self.origins = OriginEvidence(self.known, origins)
        self.evidence = NameEvidence(self.known, evidence)
        self.spelling = SpellingEvidence(self.known, pattern)
        self.own = CorrectionRules(self.known, corrections)
        p = parameters
        self.p_title, self.min_count, self.trust_unseen = p.p_title, p.min_count, p.trust_unseen
        self.weight_family, self.weight_others = p.weight_family, p.weight_others
        self.weight_whole, self.strength_others = p.weight_whole, p.strength_others
        self.base_share, self.share = p.base_share, _NO_SHARE
        self.basis_word = self.basis = 0
        self.p_other = 0.0

    # -- people in columns

    def codes(self, parts: dict, country: str, matched: list | None = None):
        """Return the codes of the answers to people in columns, int32 (n,), and append the keys
        that they are based on to matched.

        parts has Arrow columns of strings by role (people.ROLES). country is for people without
        their own, "" for none. Given and family name are read where the full name is blank.
        """
        size: cython.Py_ssize_t = len(next(iter(parts.values())))
        out = np.empty(size, np.int32)
        codes: cython.int[::1] = out
        people: name_columns.NameColumns = name_columns.NameColumns(parts, country, self.reader)
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
                    if matched is not None:
                        with cython.gil:
                            matched.append(self.matched())
                first += count
        return out

    def set_options(self, female_share: float | None, family_name_first: bool) -> None:
        """Set the share of women in the population asked about, None for that of the sources, and
        whether full names have the family name first."""
        self.share = _NO_SHARE if female_share is None else female_share
        self.name.family_name_first = family_name_first

    def find(self, count) -> None:
        """Find the words of the first count names of the block."""
        at: cython.int
        for at in range(count):
            self.reader.prefetch(at)
        for at in range(count):
            self.reader.find_words(at)
            self._fetch(at, True)
        for at in range(count):
            self._fetch(at, False)

    def _fetch(self, at, is_first) -> None:
        """Prefetch the evidence on the words of a name of the block, in two steps: the addresses
        of the second step are read from what the first one fetches."""
        field: cython.int
        word: cython.int
        country: cython.int = self.evidence.numbers[self.reader.custom_at(at).code]
        for field in range(2 * at, 2 * at + 2):
            for word in range(self.reader.fields[field].count):
                number: cython.int = self.reader.fields[field].number[word]
                if is_first:
                    self.evidence.fetch(number, country)
                    self.origins.fetch(number)
                else:
                    self.evidence.fetch_hashes(number)
                    self.origins.fetch_hashes(number)

    def read(self, at) -> int:
        """Return the code of the answer to a name of the block, whose words find() has found.

        given_name() and the evidence_ functions are about this person from then on.
        """
        self.reader.read(at)
        return self._answer(self.reader.custom_at(at))

    # -- people as texts

    def put(self, at, name: Any, given: Any, family: Any, country: str | None) -> None:
        """Put a person into a slot of the block; country is an alpha-2 code or None."""
        custom: cython.int = self.reader.customs.number_of(country or "")
        if name is not None:
            self.reader.put_name(at, as_str(name), custom)
        else:
            self.reader.put_parts(at, as_str(given or ""), as_str(family or ""), custom)

    def estimate(self, name: Any, given: Any, family: Any, country: str | None) -> int:
        """Return the code of the answer to one person."""
        self.reader.begin()
        self.put(0, name, given, family, country)
        self.find(1)
        return self.read(0)

    def given_name(self):
        """Return the given names of the last person, as written; None for none."""
        return " ".join(self.reader.given_words()) or None

    def evidence_count(self) -> int:
        """Return the bearers of the name that the last answer is based on, 0 for no name."""
        return cython.cast(cython.longlong, rint(self.known.words[self.basis_word].count))

    def evidence_sources(self) -> int:
        """Return how many sources have the name that the last answer is based on, 0 for none."""
        return self.known.words[self.basis_word].sources

    def matched(self):
        """Return the key whose evidence the last answer is based on, None for none."""
        return self.known.key_of(self.basis_word) if self.basis_word else None

    def correction_hash(self):
        """Return the hash under which a correction of the last name is found (CorrectionRules)."""
        return self.own.hash_of(self.name, self.reader.custom_at(0).code)

    # -- the estimate

    def _answer(self, custom) -> int:
        """Return the code of the answer to the name that was read last."""
        self.basis_word, self.p_other = 0, 0.0
        if self._is_open():
            self.p_other = self.order.settle(self.name, custom)
        if self.own.are_any:
            steps: cython.int = self._corrected(custom)
            if steps:
                return _CORRECTED + steps
        if self.name.gender != 0 and not self._is_no_title(custom):
            female: cython.bint = self.name.gender > 0
            return self._encode(self.p_title if female else 1 - self.p_title, _TITLE)
        if self.name.n_keys == 0:
            return self._answer_without_key(custom)
        p_female: cython.double = self._estimate(custom)
        basis: cython.int = self.basis
        if self.p_other > 0:
            p_female = self._mix(p_female, custom)
        return self._encode(p_female, basis)

    def _corrected(self, custom) -> int:
        """Return the steps of P(female) that a correction gives the last name, 0 for none.

        One of the whole person is preferred to a title. One of given names stands in for the
        evidence on their key: it counts if _choose_key would choose the key.
        """
        at: cython.int
        steps: cython.int = self.own.of_person(self.name, custom)
        if steps or self.name.gender:
            return steps
        for at in range(self.name.n_keys):
            key: cython.int = self.name.keys[at]
            steps = self.own.of_given(key, custom)
            if steps or (
                self.evidence.is_known(key) and self.known.words[key].count >= self.min_count
            ):
                return steps
        return 0

    def _is_no_title(self, custom) -> bool:
        """Return whether what was read as a title is an initial ("M. Louise Martin") or a family
        name ("Graf Anna"): the given name behind it is nearly always of the other gender."""
        word: cython.int = self.name.title_word
        if word == 0 or self.name.n_keys == 0 or not self.evidence.is_known(self.name.keys[0]):
            return False
        if self.known.words[word].letters > 1 and (
            self.known.words[word].classes & kinds.DOTTED
            or self.order.side_of(word) & order_evidence.MOSTLY_FAMILY == 0
        ):
            return False
        key: cython.int = self.name.keys[0]
        p_female: cython.double = self.evidence.anywhere(key, self.evidence.numbers[custom.code])
        p_other: cython.double = 1 - p_female if self.name.gender > 0 else p_female
        return self.known.words[key].count >= self.min_count and p_other > _NEARLY_ALWAYS

    def _is_open(self) -> bool:
        """Return whether the evidence may change which words are the given names."""
        if self.name.order_open and not self.name.doubtful:
            # Most names: the word before is known not to be a family name.
            first: cython.int = self.name.row[self.name.start]
            side: cython.int = self.known.words[first].lookups & order_evidence.SIDE
            return side != order_evidence.NO_FAMILY or self.name.all_classes & kinds.PARTICLE != 0
        if self.name.first_open or self.name.word_open:
            return True
        return self.name.doubtful or self.name.by_capitals

    def _answer_without_key(self, custom) -> int:
        """Return the code of the answer to initials, by the form of the family name if any."""
        alone: cython.bint = self.name.reason == word_row.INITIALS and self.name.form >= 0
        form: cython.int = self._form(custom) if alone else 0
        if form == 0:
            return _BEFORE_REASONS + self.name.reason
        return self._encode(sigmoid(form * self.weight_family), _FAMILY_NAME)

    def _form(self, custom) -> int:
        """Return 1 where an ending or a word beside the name is a woman's, -1 a man's, else 0."""
        plain: cython.bint = custom.n_forms == 0 and self.name.form == 0
        if plain and self.name.family_end > self.name.family_start:
            family: kinds.Classes = self.name.classes(self.name.family_end - 1)
            plain = family & _FORMS == 0 and family & kinds.ASCII != 0
        return 0 if plain else self.forms.form_of(self.name, custom)

    def _mix(self, p_female, custom) -> float:
        """Return P(female) over both orders of a name; p_female is that of the one it is read in.

        P(female) = (1 - p_other) * p_female + p_other * P(female in the other order), the law of
        total probability.
        """
        word: cython.int = self.basis_word
        self.name.put_other_order(custom)
        if self.name.n_keys and self.name.gender == 0:
            p_female += self.p_other * (self._estimate(custom) - p_female)
        else:
            self.p_other = 0.0
        self.name.put_back(custom)
        self.basis_word = word
        return p_female

    def _estimate(self, custom) -> float:
        """Return P(female) of a name that has keys, and set its basis."""
        key: cython.int = self._choose_key()
        has_family: cython.bint = self.name.family_end > self.name.family_start
        country: cython.int = self.evidence.numbers[_JAPAN if self.name.japanese else custom.code]
        p_female: cython.double
        self.basis = _NAME
        if self.known.words[key].lookups & KNOWN:
            self.basis_word = key
            p_female = self.evidence.in_country(key, country)
            if not isnan(p_female):
                self.basis = _COUNTRY
            else:
                p_female = self._p_by_origins(key) if has_family else self.known.words[key].p_female
            if key != self.name.keys[0]:
                p_female = self._combine(p_female, key, country)
        else:
            p_female = sigmoid(self.trust_unseen * logit(self.spelling.p_female(key)))
            self.basis = _PATTERN
        form: cython.int = self._form(custom)
        if form:
            p_female = sigmoid(logit(p_female) + form * self.weight_family)
        return p_female

    def _encode(self, p_female, basis) -> int:
        """Return the code of an estimate, shifted to the caller's share of women."""
        steps: cython.double
        nearest: cython.int
        if self.share != _NO_SHARE:
            p_female = shift_prior(p_female, self.share, self.base_share)
        steps = p_female * _STEPS
        nearest = cython.cast(cython.int, steps + 0.5)
        if fabs(steps - nearest) >= 0.499999:
            # Too near to a half: decide by the decimals, as the product is rounded itself.
            with cython.gil:
                nearest = answers.steps_of(p_female)
        return basis * _STEPS + min(max(nearest, 1), _STEPS - 1)

    def _choose_key(self) -> int:
        """Return the key to base the answer on: the first with min_count bearers, else the first
        known, else the one whose spelling counts."""
        at: cython.int
        known: cython.int = -1
        for at in range(self.name.n_keys):
            key: cython.int = self.name.keys[at]
            if not self.evidence.is_known(key):
                continue
            if self.known.words[key].count >= self.min_count:
                return key
            if known < 0:
                known = at
        if known < 0:
            # That of the first word; the spelling in another script says nothing.
            known = 1 if self.name.n_keys > 1 else 0
            while known + 1 < self.name.n_keys and self.known.is_native(self.name.keys[known]):
                known += 1
        return self.name.keys[known]

    def _p_by_origins(self, key) -> float:
        """Return P(female) of a known key, weighted by the origins of the family name."""
        family: cython.int = self.origins.family_of(self.name)
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
            country: cython.int = self.evidence.numbers[self.origins.countries[at]]
            if places < 0:
                # Without evidence, abs() is P(female) in the world: no branch is needed.
                there = fabs(self.evidence.matrix[-1 - places, country])
            else:
                there = self.evidence.in_country(key, country)
                if isnan(there):
                    continue
            p_female += self.origins.shares[at] * (there - p_world)
        return p_female

    def _combine(self, p_female, chosen, country) -> float:
        """Return P(female) of a person with several given names, from p_female of the chosen one.

        Log-odds are added as if names were chosen independently (naive Bayes; Duda, Hart, Stork
        2001, 2.12). The weights of the parameters correct for names not being independent, and
        names with few bearers count less.
        """
        at: cython.int
        whole: cython.double = 0.0
        native: cython.bint = self.known.is_native(chosen)
        if not (
            self.evidence.is_known(self.name.keys[0]) or self.known.is_native(self.name.keys[0])
        ):
            whole = logit(self.spelling.p_female(self.name.keys[0]))
            whole = min(max(whole, -_MAX_WHOLE), _MAX_WHOLE)
        odds: cython.double = logit(p_female) + self.weight_whole * whole
        for at in range(1, self.name.n_keys):
            other: cython.int = self.name.keys[at]
            if native and not self.known.is_native(other):
                continue  # the same word in Latin letters
            if other != chosen and self.evidence.is_known(other):
                p_other: cython.double = self.evidence.anywhere(other, country)
                bearers: cython.double = self.known.words[other].count
                trust: cython.double = bearers / (bearers + self.strength_others)
                character: cython.bint = native and self.known.words[other].letters == _CHARACTER
                weight: cython.double = _WEIGHT_CHARACTER if character else self.weight_others
                odds += weight * trust * logit(p_other)
        return sigmoid(odds)
