"""Which words are given names and which the family name, by country, family name and shape."""

import re

from . import families, tables
from .text import key

_ROMANISED = {
    "CN": families.CHINESE, "TW": families.CHINESE, "HK": families.CHINESE, "MO": families.CHINESE,
    "SG": families.CHINESE, "KR": families.KOREAN, "KP": families.KOREAN,
    "VN": families.VIETNAMESE, "JP": families.JAPANESE,
}  # fmt: skip
# Where a romanised name of two unknown words is more often family name first.
_FIRST_BY_DEFAULT = frozenset("CN TW KR KP VN".split())
EAST_ASIA = frozenset(_ROMANISED)
ORDERED_COUNTRIES = EAST_ASIA | {"HU"}
_SPANISH = tables.MARIA_COUNTRIES - {"PH"}

_SECOND_OF_TWO = tables.COMMON_GIVEN | tables.SPANISH_SECOND

_SYLLABLE = (
    "(?:[zcs]h?|[bpmfdtnlgkhjqxrwy])?"
    "(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui"
    "|un|uo|a|e|i|o|u)"
)
PINYIN = f"(?:{_SYLLABLE}){{1,3}}"
_PINYIN = re.compile(PINYIN)
_KOREAN_SYLLABLE = (
    "(?:kk|tt|pp|ss|jj|ch|[gkndtrlmbpshjy])?"
    "(?:yeo|yae|wae|eui|eo|eu|ae|oe|oo|ou|ya|ye|yo|yu|wa|wi|wo|ui|ee|a|e|i|o|u)(?:ng|ck|[nmlkpt])?"
)
KOREAN = f"(?:{_KOREAN_SYLLABLE}){{2}}"
_KOREAN = re.compile(KOREAN)

# Family names that are given names in the West: what follows must sound Chinese.
_ALSO_GIVEN = frozenset("lee han lin mo lei long sun dan ma chad kim jo".split())
_CHINESE_SOUND = re.compile("x|zh|q(?!u)|ang|ong|eng|ing|iao|uan|ian")

Split = tuple[tuple[str, ...], str | None]
"""Given-name words and the family name."""

# Letters that are a title before other words in some countries, and one of these.
LETTER_TITLES = {"m": "FR", "u": "MM"}
# A country of each custom: all countries of one custom order names alike, and have the same titles
# of one letter.
CUSTOMS = ("", "ES", "RU", *LETTER_TITLES.values(), *sorted(ORDERED_COUNTRIES))
ORDERED = tuple(custom in ORDERED_COUNTRIES for custom in CUSTOMS)
# First words that may be a family name, whatever the country.
FAMILIES_FIRST = frozenset().union(
    families.CHINESE, families.KOREAN, families.VIETNAMESE, families.HUNGARIAN
)
# What given_span asks of a word besides in ORDERED_COUNTRIES: which of these its key is, and
# whether that is PINYIN or KOREAN.
FAMILIES_APART = FAMILIES_FIRST.union(families.JAPANESE, families.HUNGARIAN_GIVEN)
# All that given_span asks of a word, where neither the first nor the country is such: of which of
# these sets its key is, whether that is a patronymic, and whether the word is ASCII.
ORDER_SETS = (
    tables.SECOND_GIVEN, tables.FIRST_OF_TWO, _SECOND_OF_TWO, tables.PARTICLES,
    tables.WEAK_PARTICLES, tables.SPANISH_SECOND, tables.DEVOTIONAL,
)  # fmt: skip


def custom_of(country: str) -> str:
    """Return the one of CUSTOMS that is a country's, "" for those without a custom of their own."""
    if country in ORDERED_COUNTRIES:
        return country
    if country in _SPANISH:
        return "ES"
    if country in _PATRONYMIC_COUNTRIES:
        return "RU"
    for letter, custom in LETTER_TITLES.items():
        if country in tables.COUNTRY_TITLES[letter][1]:
            return custom
    return ""


def split_full_name(words: list[str], country: str) -> Split:
    """Return given words and family name of a full name of two or more spaced words."""
    start, end = given_span(words, country)
    family = words[:start] or words[end:]
    return tuple(words[start:end]), " ".join(family) or None


def given_span(words: list[str], country: str) -> tuple[int, int]:
    """Return where the given words of a full name of two or more spaced words begin and end; all
    others are the family name, which stands before them or behind."""
    keys = [key(word) for word in words]
    if _is_bare_given(keys, country):
        return 0, len(words)
    if _ends_in_patronymic(words, country) or _family_comes_first(keys, words, country):
        return 1, len(words)
    return 0, _family_start(keys, country)


def _family_comes_first(keys: list[str], words: list[str], country: str) -> bool:
    if country == "HU":
        return _hungarian_family_first(keys[0], keys[-1])
    known = _ROMANISED.get(country)
    if known is None:
        return _shape_is_family_first(keys, words)
    first, last = known.get(keys[0]), known.get(keys[-1])
    if first is not None and last is not None:
        return first < last and country != "JP"
    if first is None and last is None:
        looks_local = all(_PINYIN.fullmatch(k) or _KOREAN.fullmatch(k) for k in keys)
        return country in _FIRST_BY_DEFAULT and looks_local
    return first is not None


def _is_bare_given(keys: list[str], country: str) -> bool:
    """Return whether two words are both given names, as in Mary Ann, Juan Carlos."""
    if len(keys) != 2 or country in EAST_ASIA:
        return False
    return keys[1] in tables.SECOND_GIVEN or (
        keys[0] in tables.FIRST_OF_TWO and keys[1] in _SECOND_OF_TWO
    )


# Patronymics of East Slavic names; -ovich is a family name elsewhere and counts in the middle only.
DAUGHTER = "[a-z]{2,}(?:[eio]vn|i?ichn|inichn)a"
SON = "[a-z]{2,}[eo]v[iy]ch"
_DAUGHTER, _SON = re.compile(DAUGHTER), re.compile(SON)
_PATRONYMIC_COUNTRIES = frozenset("RU UA BY KZ KG UZ TJ TM MD AM AZ GE".split())


def patronymic_gender(given: tuple[str, ...]) -> str | None:
    """Return the gender of a patronymic after given names (Petrovna, Petrovich), else None."""
    if len(given) < 2:
        return None
    last = key(given[-1])
    if _DAUGHTER.fullmatch(last):
        return "female"
    return "male" if _SON.fullmatch(last) else None


def _ends_in_patronymic(words: list[str], country: str) -> bool:
    """Return whether the order is "Ivanova Maria Petrovna", usual in lists in Cyrillic."""
    local = country in _PATRONYMIC_COUNTRIES or not words[-1].isascii()
    return len(words) == 3 and local and patronymic_gender(tuple(words)) is not None


def _hungarian_family_first(first: str, last: str) -> bool:
    given = families.HUNGARIAN_GIVEN
    family_first = (first in families.HUNGARIAN) + (last in given)
    given_first = (last in families.HUNGARIAN) + (first in given)
    return family_first > given_first or (
        family_first == given_first and first in families.HUNGARIAN and first not in given
    )


def _shape_is_family_first(keys: list[str], words: list[str]) -> bool:
    first, rest, last = keys[0], keys[1:], keys[-1]
    if first in families.VIETNAMESE and ("thi" in rest[:-1] or first == "nguyen"):
        return last != "nguyen"
    if first in families.KOREAN and last not in families.KOREAN and _looks_korean(words, rest):
        return True
    if first in families.CHINESE and last not in families.CHINESE and last not in families.KOREAN:
        joined = "".join(rest)
        sounds = first not in _ALSO_GIVEN or _CHINESE_SOUND.search(joined)
        return bool(
            sounds and len(joined) >= 3 and len(rest) <= 2 and all(map(_PINYIN.fullmatch, rest))
        )
    hungarian = first in families.HUNGARIAN and first not in families.HUNGARIAN_GIVEN
    return hungarian and last in families.HUNGARIAN_GIVEN


def _looks_korean(words: list[str], rest: list[str]) -> bool:
    """Return whether what follows is two Korean syllables: "Jong-un" or "Jong Un"."""
    if len(rest) == 1:
        return "-" in words[1] and _KOREAN.fullmatch(rest[0]) is not None
    return len(rest) == 2 and all(re.fullmatch(_KOREAN_SYLLABLE, part) for part in rest)


def _family_start(keys: list[str], country: str) -> int:
    """Return the index at which the family name begins: at a particle, else the last word."""
    last = len(keys) - 1
    for index in range(1, last):
        word = keys[index]
        if word in tables.PARTICLES and (word not in tables.WEAK_PARTICLES or index == last - 1):
            end = _devotional_end(keys, index)
            return index if end is None else end
    if country in _SPANISH and last >= 2:
        return last - 1 if last >= 3 or keys[1] not in tables.SPANISH_SECOND else last
    return last


def _devotional_end(keys: list[str], start: int) -> int | None:
    """Return where "de los Angeles" from start ends, if a family name is left after it."""
    index = start
    while index < len(keys) and keys[index] in tables.PARTICLES:
        index += 1
    if index < len(keys) - 1 and keys[index] in tables.DEVOTIONAL:
        return index + 1
    return None


def split_unspaced(word: str, script: str, country: str) -> Split:
    """Return given and family name of a full name written without a space, in Han or Hangul."""
    size = 0
    if script == "hangul":
        if len(word) >= 4 and word[:2] in families.HANGUL_DOUBLE:
            size = 2
        elif len(word) == 3 and word[0] in families.HANGUL:
            size = 1
    elif script in ("han", "kana"):
        size = _han_family_length(word, country)
    return ((word[size:],), word[:size] or None)


def _han_family_length(word: str, country: str) -> int:
    for size in (3, 2):
        if len(word) > size and word[:size] in families.HAN_JAPANESE:
            return size
    if word in families.HAN_JAPANESE:
        return 0
    if country == "JP":
        return 2 if len(word) == 4 else 0
    if len(word) >= 3 and word[:2] in families.HAN_CHINESE_DOUBLE:
        return 2
    if len(word) in (2, 3) and word[0] in families.HAN_CHINESE:
        return 1
    return 0
