# cython: language_level=3, boundscheck=False, wraparound=False
"""The customs of countries for names: the order of their parts, and words that are titles there."""

from __future__ import annotations

from functools import cache

import cython

from ..countries import ISO_ALPHA_2
from . import lexicon
from .family_forms import family_forms
from .word_classes import LOCAL_TITLES

if cython.compiled:
    from cython.cimports.libc.stdlib import calloc, free
else:
    from types import SimpleNamespace as Custom

NOWHERE, ELSEWHERE = 0, 1
"""The numbers of the customs without a country, and for a code that is not in ISO 3166-1."""

_RANKS = {"CN": 0, "TW": 0, "HK": 0, "MO": 0, "SG": 0, "KR": 1, "KP": 1, "VN": 2, "JP": 3}
"""The index in word_classes.RANKED of the family names of a country."""
NO_RANKS = -1

_SPANISH_AMERICA = frozenset("MX AR CO CL PE VE EC BO UY PY CR PA GT HN SV NI DO CU".split())

NAMED = 1  # a country is given
EAST_ASIA = 2
HUNGARY = 4
JAPAN = 8
VIETNAM = 16
FIRST_BY_DEFAULT = 32  # in Latin letters, two unknown words are more often family name first
SPANISH = 64  # two family names
PATRONYMICS = 128  # the third word may be one
MUSLIM = 256  # "Md" alone is Mohammad
FATHERS_INITIAL = 1024  # before the given name, without a family name
FATHERS_NAMES = 2048  # the given name is one word, the father's and grandfather's follow
MALAY = 4096  # the father's name begins with the hereditary word that the name begins with
MARIA = 512  # "Ma" is Maria, also without a dot

_FLAGS = (
    (EAST_ASIA, frozenset(_RANKS)),
    (HUNGARY, frozenset({"HU"})),
    (JAPAN, frozenset({"JP"})),
    (VIETNAM, frozenset({"VN"})),
    (FIRST_BY_DEFAULT, frozenset("CN TW KR KP VN".split())),
    (SPANISH, _SPANISH_AMERICA | {"ES"}),
    (PATRONYMICS, frozenset("RU UA BY KZ KG UZ TJ TM MD AM AZ GE".split())),
    (MUSLIM, frozenset("BD IN PK MY SG BN ID LK".split())),
    (FATHERS_INITIAL, frozenset({"IN", "LK"})),
    (FATHERS_NAMES, frozenset("AE BH DJ EG ER ET IQ JO KW LB LY OM PS QA SA SD SO SY YE".split())),
    (MALAY, frozenset({"BN", "MY", "SG"})),
    (MARIA, _SPANISH_AMERICA | {"ES", "PH"}),
)


class Customs:
    """The customs of all countries, by number; they never change.

    The code of a custom is the two letters of the country as one number (features.country_codes),
    0 for none.
    """

    def __init__(self) -> None:
        codes = ["", "", *sorted(ISO_ALPHA_2)]
        if cython.compiled:
            self.customs = cython.cast(
                cython.pointer[Custom], calloc(len(codes), cython.sizeof(Custom))
            )
            if not self.customs:
                raise MemoryError
        else:
            self.customs = [Custom() for _ in codes]
        self.numbers = {code: number for number, code in enumerate(codes) if code}
        for number, code in enumerate(codes):
            self._describe(number, code)
        self.customs[ELSEWHERE].flags = NAMED

    def __dealloc__(self) -> None:
        if cython.compiled:
            free(self.customs)

    def _describe(self, number, code: str):
        flags = NAMED if code else 0
        for flag, countries in _FLAGS:
            if code in countries:
                flags |= flag
        titles = 0
        for bit, (word, gender) in enumerate(LOCAL_TITLES):
            if code in lexicon.COUNTRY_TITLES[word][gender]:
                titles |= 1 << bit
        self.customs[number].flags = flags
        self.customs[number].ranks = _RANKS.get(code, NO_RANKS)
        self.customs[number].local_titles = titles
        forms = family_forms()
        self.customs[number].first_form = forms.first_of.get(code, 0)
        self.customs[number].n_forms = forms.count_of.get(code, 0)
        self.customs[number].code = ord(code[0]) << 8 | ord(code[1]) if code else 0

    def custom(self, number):
        """Return the customs of a country by their number."""
        if cython.compiled:
            return cython.address(self.customs[number])
        return self.customs[number]

    def number_of(self, code: str) -> int:
        """Return the number of a country's customs by its alpha-2 code, "" for none."""
        if not code:
            return NOWHERE
        return self.numbers.get(code, ELSEWHERE)


@cache
def customs() -> Customs:
    """Return the customs of all countries."""
    return Customs()
