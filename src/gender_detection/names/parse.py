"""A person's name, full or in fields, to its given-name words and the keys to look them up by."""

import re

import msgspec

from ..missing import is_missing
from . import families, tables
from .keys import name_keys
from .order import (
    EAST_ASIA,
    ORDERED_COUNTRIES,
    patronymic_gender,
    split_full_name,
    split_unspaced,
)
from .text import MAX_CHARACTERS, MAX_KEY_LETTERS, clean, key, script
from .titles import FEMALE, is_initials, is_not_a_name
from .words import (
    MAX_WORDS,
    MISSING_KEYS,
    Words,
    address_to_name,
    is_nothing,
    is_ordinary,
    read_words,
    set_aside,
    split_at_comma,
    without_missing_parts,
)

_SPACELESS = frozenset({"han", "kana", "hangul"})


class ParsedName(msgspec.Struct, frozen=True, gc=False):
    """What a name says.

    title_gender  "female" or "male" where a gendered title decides by itself
    given         given-name words as written, in order, without initials
    family        the family name as written, where there is one
    reason        None, or why no given name is left: "empty", "initials", "not_a_name"
    keys          up to four keys, most specific first
    script        "latin", "cyrillic", "greek", "arabic", "hebrew", "devanagari", "thai",
                  "hangul", "kana", "han", "other" or "none"
    """

    title_gender: str | None
    given: tuple[str, ...]
    family: str | None
    reason: str | None
    keys: tuple[str, ...]
    script: str


# Words that mean something else than a name somewhere: these never take the short way.
SPECIAL = frozenset().union(
    tables.FEMALE_TITLES, tables.MALE_TITLES, tables.NEUTRAL_TITLES, tables.COUNTRY_TITLES,
    tables.TITLES_BEFORE_TWO, tables.TITLES_AFTER, tables.SUFFIXES, tables.PARTICLES,
    tables.SERVANT_OF, tables.MOHAMMED, tables.COMPANY_WORDS, tables.TEST_WORDS, MISSING_KEYS,
)  # fmt: skip
SPECIAL_IN_FULL = SPECIAL.union(
    families.CHINESE, families.KOREAN, families.VIETNAMESE, families.HUNGARIAN
)
# Last words that may belong to the given name: Mary Ann, Jean Claude.
SPECIAL_LAST = SPECIAL | tables.COMMON_GIVEN | tables.SPANISH_SECOND | tables.SECOND_GIVEN
# Words that need no cleaning: one case pattern in ASCII (others may join two names), or Latin
# letters with accents, composed.
ACCENTED_LETTERS = "A-Za-zÀ-ÖØ-öø-ıĴ-ľŁ-ňŊ-žƠơƯưȘ-țẠ-ỹ"
ASCII_WORD = "[A-Z][a-z]{2,20}|[a-z]{3,21}|[A-Z]{3,21}"
_ACCENTED = f"(?=[A-Za-z]*[^\\x00-\\x7f])[{ACCENTED_LETTERS}]{{3,21}}"
_WORD = f"({ASCII_WORD}|{_ACCENTED})"
_PLAIN = re.compile(f"{_WORD}(?: {_WORD})?")


def parse(name: str | None, country: str | None = None) -> ParsedName:
    """Return the reading of a full name or a bare given name; never raises on any text.

    country is an ISO 3166-1 alpha-2 code in any case; it settles order and some titles.
    """
    plain = _PLAIN.fullmatch(name) if name else None
    if plain:
        given, family = plain.groups()
        folded = _folded(given)
        if folded not in SPECIAL_IN_FULL and _is_plain(folded):
            if family is None:
                return ParsedName(None, (given,), None, None, (folded,), "latin")
            ordered = country and _code(country) in ORDERED_COUNTRIES
            if not ordered and _folded(family) not in SPECIAL_LAST:
                return ParsedName(None, (given,), family, None, (folded,), "latin")
    return _parse_full(clean(name or ""), _code(country))


def parse_parts(
    given_name: str | None, family_name: str | None, country: str | None = None
) -> ParsedName:
    """Return the reading of a name whose given and family names stand in fields of their own."""
    plain = _PLAIN.fullmatch(given_name) if given_name else None
    if plain and plain[2] is None:
        folded = _folded(plain[1])
        family = family_name or ""
        if folded not in SPECIAL and _is_plain(folded) and (not family or _is_one_word(family)):
            return ParsedName(None, (plain[1],), family or None, None, (folded,), "latin")
    return _parse_fields(clean(given_name or ""), clean(family_name or ""), _code(country))


def _folded(word: str) -> str:
    """Return the key of a word of letters."""
    return word.lower() if word.isascii() else key(word)


def _is_plain(folded: str) -> bool:
    """Return whether this is not one letter over and over."""
    return folded[0] != folded[1] or folded.count(folded[0]) < len(folded)


def _is_one_word(family: str) -> bool:
    short = len(family) <= MAX_CHARACTERS
    return short and family.isascii() and family.isalpha() and family.lower() not in SPECIAL


def _code(country: str | None) -> str:
    return country.strip().upper() if country else ""


def _parse_full(text: str, country: str) -> ParsedName:
    written = script(text)
    words = text.split() if len(text) <= MAX_KEY_LETTERS else []
    if 0 < len(words) <= MAX_WORDS and all(map(is_ordinary, words)):
        given, family = _divide(words, text, country, written)
        return _answer(Words(words), given, family, True, country, written)
    if is_missing(text):
        return ParsedName(None, (), None, "empty", (), written)
    text, only_family = without_missing_parts(text)
    if only_family:
        return ParsedName(None, (), text, "empty", (), written)
    text, aside = set_aside(address_to_name(text))
    if is_nothing(text):
        return _unnamed(None, None, text, written)
    family_text, text = split_at_comma(text)
    found = read_words(text, country, written)
    _take_titles(found, aside, country, written)
    if family_text is not None:
        return _with_family(found, family_text, country, written)
    words = _spell_out(found.words, country)
    names = [word for word in words if not is_initials(word, written)]
    if len(names) < len(words) and _only_family_left(words, names, written):
        family = " ".join(names) or None
        return ParsedName(found.gender, (), family, "initials", (), written)
    if names and _refuses(names):
        return ParsedName(found.gender, (), None, "not_a_name", (), written)
    if found.before_family and len(names) == 1 and key(names[0]) not in tables.COMMON_GIVEN:
        return ParsedName(found.gender, (), names[0], "empty", (), written)
    given, family = _divide(_compound(names), text, country, written)
    return _answer(found, given, family, bool(words), country, written)


def _parse_fields(text: str, family_text: str, country: str) -> ParsedName:
    text, family_text = ("" if is_missing(part) else part for part in (text, family_text))
    written = script(text if text.strip() else family_text)
    text, aside = set_aside(address_to_name(text))
    before_comma, text = split_at_comma(text)
    found = read_words(text, country, written)
    _take_titles(found, aside, country, written)
    if not family_text.strip() and before_comma:
        family_text = before_comma
    if is_nothing(text) and not found.titled:
        answer = _with_family(found, family_text, country, written)
        reason = "not_a_name" if text.strip() else "empty"
        return ParsedName(answer.title_gender, (), answer.family, reason, (), written)
    return _with_family(found, family_text, country, written)


def _with_family(found: Words, family_text: str, country: str, written: str) -> ParsedName:
    """Read a field of given names beside a known family name, which may hold a title."""
    family_words = read_words(family_text, country, script(family_text))
    if family_words.gender and family_words.words and _is_family_title(family_text):
        found.add_title(family_words.gender)
    family = " ".join(family_words.words) or family_text.strip() or None
    words = _spell_out(found.words, country)
    names = [word for word in words if not is_initials(word, written)]
    if names and _refuses(names):
        return ParsedName(found.gender, (), family, "not_a_name", (), written)
    if country not in EAST_ASIA:
        while len(words) > 1 and names and key(names[-1]) in tables.TRAILING_PARTICLES:
            names.pop()
    given = _compound(names)
    return _answer(found, tuple(given), family, bool(words), country, written)


def _is_family_title(family_text: str) -> bool:
    """Return whether a family field starts with a title that is no family name (as Graf is)."""
    first = key(family_text.split()[0])
    return first not in tables.TITLES_NEVER_ALONE and first not in tables.COUNTRY_TITLES


def _answer(
    found: Words,
    given: tuple[str, ...],
    family: str | None,
    had_words: bool,
    country: str,
    written: str,
) -> ParsedName:
    gender = patronymic_gender(given)
    if gender is not None:
        found.add_title(gender)
        keys = name_keys(given[:-1], vietnamese=False)
    else:
        if len(given) > 1 and key(given[0]) == "thi" and _is_vietnamese(family, country):
            # Thi, the middle name of women, says what a title would.
            found.add_title(FEMALE)
        keys = name_keys(given, _is_vietnamese(family, country))
    if keys:
        return ParsedName(found.gender, given, family, None, keys, written)
    if given:
        reason = "not_a_name"
    elif had_words or (found.abbreviated and not found.gender):
        reason = "initials"
    else:
        reason = "empty" if found.titled else "not_a_name"
    return ParsedName(found.gender, (), family, reason, (), written)


def _unnamed(gender: str | None, family: str | None, text: str, written: str) -> ParsedName:
    return ParsedName(gender, (), family, "not_a_name" if text.strip() else "empty", (), written)


def _take_titles(found: Words, aside: str, country: str, written: str) -> None:
    if aside:
        beside = read_words(aside, country, written)
        if beside.titled and not beside.words and beside.gender:
            found.add_title(beside.gender)


_ABBREVIATED = tables.MOHAMMED | {"ma"}


def _spell_out(words: list[str], country: str) -> list[str]:
    """Write Md and Ma. out as Mohammad and Maria where they are given names."""
    out = []
    for index, word in enumerate(words):
        folded = key(word) if len(word) < 8 else ""
        if word.isalpha() and folded not in _ABBREVIATED:
            out.append(word)
            continue
        if folded in tables.MOHAMMED and (len(words) > 1 or len(folded) > 3 or country in _MUSLIM):
            word = "Mohammad" if index == 0 or index < len(words) - 1 else word
        elif folded == "ma" and index < len(words) - 1:
            word = "Maria" if word.endswith(".") or country in tables.MARIA_COUNTRIES else word
        bare = word.rstrip(".")
        out.append(word if "." in bare else bare)
    return out


_MUSLIM = frozenset("BD IN PK MY SG BN ID LK".split())


def _only_family_left(words: list[str], names: list[str], written: str) -> bool:
    """Return whether, initials taken away, a full name keeps no given name."""
    if not names:
        return True
    if key(names[0]) in tables.PARTICLES and names[0] != words[0]:
        return True
    if len(names) > 1 or key(names[0]) in tables.COMMON_GIVEN:
        return False
    letters = sum(len(key(word)) for word in words if word is not names[0])
    return words[0] is not names[0] or letters > 1


def _refuses(names: list[str]) -> bool:
    keys = [key(name) for name in names]
    return is_not_a_name(keys[0]) or not tables.COMPANY_WORDS.isdisjoint(keys)


def _compound(words: list[str]) -> list[str]:
    """Join Abd al-Rahman, Abdul Karim, Abu Bakr into one word each."""
    if tables.SERVANT_OF.isdisjoint(map(key, words)):
        return words
    out: list[str] = []
    index = 0
    while index < len(words):
        end = index + 1
        if key(words[index]) in tables.SERVANT_OF and end < len(words):
            end += 1
            if key(words[end - 1]) in tables.ARTICLES and end < len(words):
                end += 1
        out.append(" ".join(words[index:end]))
        index = end
    return out


def _divide(
    words: list[str], text: str, country: str, written: str
) -> tuple[tuple[str, ...], str | None]:
    if len(words) < 2:
        if words and written in _SPACELESS:
            return split_unspaced(words[0], written, country)
        return tuple(words), None
    if written in _SPACELESS:
        if any(dot in text for dot in "・·"):
            return tuple(words[:-1]), words[-1]
        return tuple(words[1:]), words[0]
    return split_full_name(words, country)


def _is_vietnamese(family: str | None, country: str) -> bool:
    return country == "VN" or (family is not None and key(family) == "nguyen")
