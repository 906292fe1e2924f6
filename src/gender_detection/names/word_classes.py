# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False
"""The classes of words: a title, a particle, an initial, a family name of Korea, and so on.

A word has some classes by its key, which the lexicon lists, and others by its form or by how it is
written. Each class is a bit of a 64-bit number, so that the classes of several words can be tested
in one step. The Vocabulary has the rest of the lexicon: the gender of a title, the rank of a family
name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from itertools import count
from typing import Any

import cython
import numpy as np
import numpy.typing as npt
from anyascii import anyascii

from ..features.hashing import hash_key
from . import lexicon
from .text import script

if not cython.compiled:
    Classes = int

_BY_KEY: dict[str, int] = {}
_BITS = count()


def _class(keys: Iterable[str] = ()) -> int:
    """Return the next class, and give it to these keys."""
    position = next(_BITS)
    if position >= 64:
        raise OverflowError("more than 64 classes of words: remove one, a number has 64 bits")
    bit = 1 << position
    for folded in keys:
        _BY_KEY[folded] = _BY_KEY.get(folded, 0) | bit
    return bit


_NAMES_TOO = lexicon.TITLES_NEVER_ALONE.union(
    lexicon.DOTTED_TITLES, lexicon.TITLES_BEFORE_TWO, lexicon.COUNTRY_TITLES
)

TITLE_WORD = _class(
    lexicon.TITLES.union(
        lexicon.COUNTRY_TITLES, lexicon.TITLES_BEFORE_TWO, lexicon.TITLES_AFTER, ["sr"]
    )
)
ANY_TITLE = _class(lexicon.TITLES)
SURE_TITLE = _class(lexicon.TITLES - lexicon.TITLES_NEVER_ALONE)
LOCAL_TITLE = _class(lexicon.COUNTRY_TITLES)
TITLE_AFTER = _class(lexicon.TITLES_AFTER)
BEFORE_TWO = _class(lexicon.TITLES_BEFORE_TWO)
SENIOR = _class(["sr"])
NEEDS_DOT = _class(lexicon.DOTTED_TITLES)
NEVER_ALONE = _class(lexicon.TITLES_NEVER_ALONE)
ANYWHERE = _class(lexicon.TITLES_ANYWHERE)
OF_GIVEN = _class(lexicon.TITLES_OF_GIVEN)
SUFFIX = _class(lexicon.SUFFIXES)
TAIL = _class(lexicon.SUFFIXES | lexicon.SUFFIXES_AFTER_COMMA)
DAUGHTER_OF = _class(lexicon.DAUGHTER_OF)
SERVANT_OF = _class(lexicon.SERVANT_OF)
ARTICLE = _class(lexicon.ARTICLES)
MOHAMMED = _class(lexicon.MOHAMMAD)
MA = _class(lexicon.MARIA)
COMPANY = _class(lexicon.COMPANY_WORDS)
NO_NAME = _class(lexicon.COMPANY_WORDS | lexicon.TEST_WORDS)
NEVER_KEY = _class(lexicon.TITLES - _NAMES_TOO)
PARTICLE = _class(lexicon.PARTICLES)
WEAK = _class(lexicon.WEAK_PARTICLES)
TRAILING = _class(lexicon.TRAILING_PARTICLES)
CUTTING = _class(lexicon.CUTTING_PARTICLES)
DEVOTIONAL = _class(lexicon.DEVOTIONAL)
COMMON = _class(lexicon.COMMON_GIVEN)
SECOND_GIVEN = _class(lexicon.SECOND_GIVEN)
FIRST_OF_TWO = _class(lexicon.FIRST_OF_TWO)
SECOND_OF_TWO = _class(lexicon.COMMON_GIVEN | lexicon.SPANISH_SECOND)
SPANISH_SECOND = _class(lexicon.SPANISH_SECOND)
CHINESE = _class(lexicon.CHINESE_FAMILIES)
KOREAN = _class(lexicon.KOREAN_FAMILIES)
VIETNAMESE = _class(lexicon.VIETNAMESE_FAMILIES)
HUNGARIAN = _class(lexicon.HUNGARIAN_FAMILIES)
HUNGARIAN_GIVEN = _class(lexicon.HUNGARIAN_GIVEN)
WESTERN_GIVEN = _class(lexicon.WESTERN_GIVEN)
THI = _class(["thi"])
NGUYEN = _class(["nguyen"])
CONSONANT_NAME = _class(lexicon.CONSONANT_NAMES)
MISSING_WORD = _class(lexicon.MISSING_WORDS)
NO_FORM = _class(lexicon.NO_FORMS)

AND, OF, BORN, MALE_SUFFIX, FAMILY_TOO, ABBREVIATION, AND_TITLE = (1 << b for b in range(7))
AND_ANY_CASE, SON_BEHIND, DAUGHTER_BEHIND = (1 << b for b in range(7, 10))
_ROLES = (
    (AND, lexicon.CONJUNCTIONS),
    (OF, lexicon.OF_WORDS),
    (BORN, lexicon.BORN_WORDS),
    (MALE_SUFFIX, lexicon.MALE_SUFFIXES),
    (FAMILY_TOO, lexicon.COMPANIES_OR_FAMILIES),
    (ABBREVIATION, lexicon.ABBREVIATIONS),
    (AND_TITLE, lexicon.CONJUNCTIONS_OF_TITLES),
    (AND_ANY_CASE, lexicon.CONJUNCTIONS_IN_ANY_CASE),
    (SON_BEHIND, lexicon.SONS_BEHIND),
    (DAUGHTER_BEHIND, lexicon.DAUGHTERS_BEHIND),
)
# Has a role, or several: Vocabulary.roles.
SPECIAL = _class({word for _, words in _ROLES for word in words})

FEMALE_FORM = _class(lexicon.FEMALE_WORDS)  # a family name that women have, as Ivanova
MALE_FORM = _class()
DAUGHTER = _class()  # a patronymic, as Petrovna
SON = _class()
LOOKUP = _class()  # can be looked up by itself
# A text with such a word is split by Python: "www." may begin a web address.
UNCLEAN = _class(["www"])
ASCII = _class()
DOTTED = _class()  # ends in a dot
INITIAL = _class()
HYPHENED = _class()
PARTED = _class()  # has hyphens or spaces
COMPOUND = _class()  # consists of several names: Anna-Maria, AnnaMaria
CAPITALS = _class()  # two capitals or more, no small letter
WRITTEN_TITLE = _class()
UNCASED = _class()  # in a script without capitals
REWRITTEN = _class()  # has digits or an attached title, which are removed
SOUND_CLASSIFIED = _class()  # the next four are set
PINYIN = _class()
KOREAN_NAME = _class()
KOREAN_SYLLABLE = _class()
CHINESE_SOUND = _class()

UNUSUAL = (
    TITLE_WORD | SUFFIX | DAUGHTER_OF | SERVANT_OF | MOHAMMED | MA | NO_NAME | INITIAL | DOTTED
    | WRITTEN_TITLE | REWRITTEN | SPECIAL
)  # fmt: skip

FEMALE, MALE, NEUTRAL = 1, -1, 2
BEHIND = 8  # added to the gender of a written title that stands only behind a name
GENDERS = {"female": FEMALE, "male": MALE, "neutral": NEUTRAL}
LOCAL_TITLES = tuple(
    (word, gender) for word, by_gender in lexicon.COUNTRY_TITLES.items() for gender in by_gender
)
"""(word, gender), where "" is the gender of a word that is no title there. Each has a bit of
customs.Custom.local_titles, in this order."""
RANKED = (
    lexicon.CHINESE_FAMILIES,
    lexicon.KOREAN_FAMILIES,
    lexicon.VIETNAMESE_FAMILIES,
    lexicon.JAPANESE_FAMILIES,
)
_LOCAL_MASKS = {title: 1 << bit for bit, title in enumerate(LOCAL_TITLES)}
# The columns of Vocabulary.local_masks.
LOCAL_GENDERS = ("female", "male", "neutral", "")
UNRANKED = -1
# Letters of Latin, Greek and Cyrillic, which have cases, are below this code point.
CASED = 0x2000
MOST_LATIN = 3  # ASCII letters for one letter; ß has two
_FIRST_LETTER = cython.declare(cython.int, ord("a"))
LEAST_BEFORE = 2  # letters before the ending of a form
NOT_SIMPLE, LATIN, OTHER_CASED = 0, 1, 2


class Vocabulary:
    """The lexicon in arrays that compiled code reads; it never changes.

    entries    the number of each key in the lexicon; 0 for all other keys
    classes, titles, other_titles, ranks, roles, full_names  by these numbers; genders are 1, -1, 2
               for neutral and 0 for no title
    local_masks  by these numbers, the bits in Custom.local_titles of a title of each gender in
               LOCAL_GENDERS
    latin      for each code point below CASED the number of its ASCII letters, and the letters
    simple     for each code point below CASED: LATIN or OTHER_CASED for a letter that cleaning does
               not change, NOT_SIMPLE for all others
    small      for each code point below CASED: whether it is a small letter
    ends       the last letters of forms as numbers; end_masks: which letters of a key count;
               least_letters: how many letters a key of the form has at least; first_end: where
               those with each last letter begin
    """

    def __init__(self) -> None:
        keys = sorted({*_BY_KEY, *(folded for ranked in RANKED for folded in ranked)})
        self.entries = {folded: number for number, folded in enumerate(keys, 1)}
        self.classes = _numbers([0, *(_BY_KEY.get(folded, 0) for folded in keys)])
        self.titles = _column(keys, _plain_title)
        self.other_titles = _column(keys, _other_title)
        self.local_masks = np.array([[0] * len(LOCAL_GENDERS), *map(_local_masks, keys)], np.uint64)
        roles = [sum(role for role, of in _ROLES if folded in of) for folded in keys]
        self.roles = _numbers([0, *roles], np.uint16)
        self.full_names = ["", *(lexicon.ABBREVIATIONS.get(folded, "") for folded in keys)]
        self.ranks = np.array(
            [[UNRANKED, *(ranked.get(one, UNRANKED) for one in keys)] for ranked in RANKED],
            np.int16,
        )
        self._fill_hash_table(keys)
        self.latin, self.simple = _letters()
        self.small = np.array([chr(code).islower() for code in range(CASED)], np.uint8)
        self._add_forms()

    def _fill_hash_table(self, keys: list[str]) -> None:
        """Put the hash of each key into the first free slot from that of its last bits on."""
        size = 1 << (4 * len(keys)).bit_length()
        hashes, entry_at = [0] * size, [0] * size
        for number, folded in enumerate(keys, 1):
            hashed = hash_key(folded)
            at = hashed & (size - 1)
            while entry_at[at]:
                at = (at + 1) & (size - 1)
            hashes[at], entry_at[at] = hashed, number
        self.hashes, self.entry_at = _numbers(hashes), _numbers(entry_at, np.uint16)
        self.mask = size - 1

    def _add_forms(self) -> None:
        forms = [
            *((end, FEMALE_FORM) for end in sorted(lexicon.FEMALE_ENDINGS)),
            *((end, MALE_FORM) for end in sorted(lexicon.MALE_ENDINGS)),
            *((end, DAUGHTER) for end in sorted(lexicon.DAUGHTER_ENDINGS)),
            *((end, SON) for end in sorted(lexicon.SON_ENDINGS)),
        ]
        forms.sort(key=lambda form: form[0][-1])
        last = [end[-1] for end, _ in forms]
        self.first_end = _numbers(
            [sum(one < chr(_FIRST_LETTER + at) for one in last) for at in range(27)], np.int32
        )
        self.ends = _numbers([int.from_bytes(end.encode(), "big") for end, _ in forms])
        self.end_masks = _numbers([int.from_bytes(b"\xff" * len(end), "big") for end, _ in forms])
        self.least_letters = _numbers([len(end) + LEAST_BEFORE for end, _ in forms], np.int32)
        self.end_classes = _numbers([kind for _, kind in forms])

    def entry_of(self, hashed) -> int:
        """Return the number of a key by its hash, 0 if the lexicon does not have it."""
        at: cython.ulonglong = hashed & self.mask
        while self.entry_at[at] != 0:
            if self.hashes[at] == hashed:
                return self.entry_at[at]
            at = (at + 1) & self.mask
        return 0

    def form_of(self, last, size) -> int:
        """Return the forms of a key of `size` letters; last has its last eight letters."""
        found: Classes = 0
        at: cython.int
        letter: cython.int = (last & 0xFF) - _FIRST_LETTER
        if letter < 0:
            return 0
        for at in range(self.first_end[letter], self.first_end[letter + 1]):
            if size >= self.least_letters[at] and (last & self.end_masks[at]) == self.ends[at]:
                found |= self.end_classes[at]
        return found


def _numbers(values: list[int], kind: npt.DTypeLike = np.uint64) -> Any:
    # Uncompiled, these are Python numbers: those of NumPy would be as narrow as the array.
    return np.array(values, kind) if cython.compiled else values


def _column(keys: list[str], value_of: Callable[[str], int]) -> Any:
    return _numbers([0, *map(value_of, keys)], np.int8)


def _local_masks(folded: str) -> list[int]:
    return [_LOCAL_MASKS.get((folded, gender), 0) for gender in LOCAL_GENDERS]


def _plain_title(folded: str) -> int:
    if folded in lexicon.FEMALE_TITLES:
        return FEMALE
    if folded in lexicon.MALE_TITLES:
        return MALE
    return NEUTRAL if folded in lexicon.NEUTRAL_TITLES else 0


def _other_title(folded: str) -> int:
    """Return the gender of a title that counts only behind a name or before two words."""
    gender = lexicon.TITLES_AFTER.get(folded) or lexicon.TITLES_BEFORE_TWO.get(folded)
    return GENDERS[gender] if gender else 0


def _letters() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return the arrays latin and simple of a Vocabulary."""
    latin = np.zeros((CASED, 1 + MOST_LATIN), np.uint8)
    simple = np.zeros(CASED, np.uint8)
    for code in range(CASED):
        char = chr(code)
        written = script(char)
        if not char.isalpha() or written not in ("latin", "greek", "cyrillic"):
            continue
        if unicodedata.normalize("NFKC", char) != char or not char.isprintable():
            continue
        folded = [ord(one) for one in anyascii(char).lower() if "a" <= one <= "z"]
        if written == "latin" and len(folded) <= MOST_LATIN:
            simple[code] = LATIN
            latin[code, 0] = len(folded)
            latin[code, 1 : 1 + len(folded)] = folded
        else:
            simple[code] = OTHER_CASED
    return latin, simple


_SYLLABLE = (
    "(?:[zcs]h?|[bpmfdtnlgkhjqxrwy])?"
    "(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui"
    "|un|uo|a|e|i|o|u)"
)
_KOREAN_SYLLABLE = (
    "(?:kk|tt|pp|ss|jj|ch|[gkndtrlmbpshjy])?"
    "(?:yeo|yae|wae|eui|eo|eu|ae|oe|oo|ou|ya|ye|yo|yu|wa|wi|wo|ui|ee|a|e|i|o|u)(?:ng|ck|[nmlkpt])?"
)
_SOUNDS = (
    (re.compile(f"(?:{_SYLLABLE}){{1,3}}"), PINYIN),
    (re.compile(f"(?:{_KOREAN_SYLLABLE}){{2}}"), KOREAN_NAME),
    (re.compile(_KOREAN_SYLLABLE), KOREAN_SYLLABLE),
    # Anywhere in the key: sounds that Western names do not have.
    (re.compile(".*?(?:x|zh|q(?!u)|ang|ong|eng|ing|iao|uan|ian).*"), CHINESE_SOUND),
)


def sounds_of(folded: str) -> int:
    """Return the classes of a key by its sound."""
    return sum(kind for pattern, kind in _SOUNDS if pattern.fullmatch(folded))


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary of the lexicon."""
    return Vocabulary()
