"""From cleaned text to words: nicknames set aside, separators, dots, digits, titles found."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from ..missing import is_missing
from . import tables
from .text import key
from .titles import (
    FEMALE,
    MALE,
    NEUTRAL,
    TITLE_WORDS,
    is_initials,
    is_not_a_name,
    is_suffix,
    title_of,
)

MAX_WORDS = 16

_ASIDE = re.compile(
    r"\(([^()]*)\)|\[([^\[\]]*)\]|\{([^{}]*)\}|<([^<>]*)>|“([^“”]*)”|«([^«»]*)»|„([^„“”]*)[“”]"
    r"|(?<!\S)\"([^\"]*)\"(?!\S)|(?<!\S)['‘’`]([^'‘’`]+)['’](?!\S)"
)
_OPENING = re.compile("[(\\[{<“«„\"'‘’`]")
_SEPARATORS = re.compile(r"[\s_/\\&+|・·•‧;:]+")
_EDGES = "-'\"`’‘´,!?*#~^@()[]{}<>=$%“”„«».…"
_EDGES_BUT_DOTS = _EDGES.replace(".", "")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|e|er|eme)", re.IGNORECASE)
_NUMBERED = re.compile(r"(\D{2,}?)[\d.\-]*\d")

# Written without a space: before the name in Thai, after it in Chinese, Japanese and Korean.
_PREFIX_TITLES = (("นางสาว", FEMALE), ("เด็กหญิง", FEMALE), ("เด็กชาย", MALE), ("นาง", FEMALE),
                  ("นาย", MALE), ("คุณ", NEUTRAL))  # fmt: skip
_SUFFIX_TITLES = (("先生", MALE), ("女士", FEMALE), ("小姐", FEMALE), ("太太", FEMALE),
                  ("さん", NEUTRAL), ("さま", NEUTRAL), ("様", NEUTRAL), ("씨", NEUTRAL),
                  ("님", NEUTRAL))  # fmt: skip


@dataclass
class Words:
    """Name words without titles and suffixes, and what was found around them.

    abbreviated    a neutral title that could as well be initials ("Dr", "Lt")
    before_family  the title is one that goes with family names ("Mrs", "Herr")
    """

    words: list[str] = field(default_factory=list)
    gender: str | None = None
    titled: bool = False
    abbreviated: bool = False
    before_family: bool = False

    def add_title(self, title: str) -> None:
        """Note a title; the first gendered one decides."""
        self.titled = True
        if self.gender is None and title != NEUTRAL:
            self.gender = title


def set_aside(text: str) -> tuple[str, str]:
    """Return text without nicknames in quotes or brackets, and those; all text if no more."""
    if not _OPENING.search(text):
        return text, ""
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        found.append(next((group for group in match.groups() if group), ""))
        return " "

    rest = _ASIDE.sub(take, text)
    if not found:
        return text, ""
    return (rest, " ".join(found)) if key(rest) else (" ".join(found), "")


def read_words(text: str, country: str, script: str) -> Words:
    """Return the words of one field, titles and suffixes taken out."""
    result = Words()
    raw = [piece for word in _SEPARATORS.split(text)[: MAX_WORDS * 4] for piece in _pieces(word)]
    raw = raw[:MAX_WORDS]
    title = None
    for index, piece in enumerate(raw):
        if len(piece) < _LONG_WORD and is_ordinary(piece):
            title = None
            result.words.append(piece)
            continue
        following = len(raw) - index - 1
        after_title = title is not None
        title = title_of(piece, country, len(result.words), following, after_title)
        if title is not None:
            result.add_title(title)
            if title != NEUTRAL and not result.words and script != "thai":
                result.before_family |= key(piece) not in tables.TITLES_OF_GIVEN
            result.abbreviated |= title == NEUTRAL and is_initials(piece, script)
        elif not is_suffix(piece, len(result.words)):
            if result.words and following and key(piece) in tables.DAUGHTER_OF:
                result.add_title(FEMALE)
            _add_word(result, piece, script)
    return result


# Keys of words that are a missing value in one spelling ("nan", "NaT") and a name in others.
MISSING_KEYS = frozenset({"nan", "nat"})
# Keys that one of the steps from a text to names looks for, the order of words aside.
LOOKED_FOR = TITLE_WORDS.union(
    tables.SUFFIXES,
    tables.DAUGHTER_OF,
    tables.SERVANT_OF,
    tables.MOHAMMED,
    MISSING_KEYS,
    {"ma", ""},
)
_LONG_WORD = 64
# Latin, Greek and Cyrillic: titles are not attached to words there.
_FIRST_UNCASED = "\u0530"


@lru_cache(maxsize=16_384)
def is_ordinary(word: str) -> bool:
    """Return whether word is one of a name wherever it stands, as it stands: letters, with single
    hyphens between them, that are no title, suffix, initials or word that names are not.

    Words recur among names: ask for short ones only, since answers are kept.
    """
    if not all(part.isalpha() for part in word.split("-")) or max(word) >= _FIRST_UNCASED:
        return False
    folded = key(word)
    return (
        folded not in LOOKED_FOR
        and word.lower() not in tables.WRITTEN_TITLES
        and not is_not_a_name(folded)
        and not is_initials(word, "latin")
    )


def _pieces(word: str) -> list[str]:
    """Split at dots between words ("Dr.Anna"), not within initials ("J.M.") or titles ("Ph.D.")."""
    if word.isalpha():
        return [word]
    word = word.lstrip(_EDGES)
    dotted = word.rstrip(_EDGES_BUT_DOTS)
    stem = dotted.rstrip(_EDGES)
    if not stem:
        return []
    if stem != dotted:
        stem += "."
    inner = stem.rstrip(".")
    if "." not in inner or key(stem) in _WHOLE or all(len(p) <= 1 for p in re.split("[.-]", inner)):
        return [stem]
    *first, last = [part.strip(_EDGES) for part in inner.split(".")]
    pieces = [part + "." for part in first if part]
    return [*pieces, last + "." * stem.endswith(".")] if last else pieces


_TITLES = tables.FEMALE_TITLES | tables.MALE_TITLES | tables.NEUTRAL_TITLES
_SURE_TITLES = _TITLES - tables.TITLES_NEVER_ALONE
_WHOLE = _SURE_TITLES | (tables.SUFFIXES - tables.TITLES_NEVER_ALONE)


def _add_word(result: Words, piece: str, script: str) -> None:
    if not piece.rstrip(".").isalpha():
        if any(char.isdigit() for char in piece):
            if _ORDINAL.fullmatch(piece):
                return
            numbered = _NUMBERED.fullmatch(piece)
            piece = numbered[1].strip(_EDGES) if numbered else ""
        if not any(char.isalpha() for char in piece):
            return
    if script in ("thai", "han", "kana", "hangul"):
        piece = _without_attached_title(result, piece)
    if piece:
        result.words.append(piece)


def _without_attached_title(result: Words, piece: str) -> str:
    for prefix, title in _PREFIX_TITLES:
        if piece.startswith(prefix) and (not piece[len(prefix) :] or len(piece) > len(prefix) + 1):
            result.add_title(title)
            return piece[len(prefix) :]
    for suffix, title in _SUFFIX_TITLES:
        if piece.endswith(suffix) and (piece != suffix or result.words):
            result.add_title(title)
            result.before_family |= title != NEUTRAL and len(piece) <= len(suffix) + 1
            return piece[: -len(suffix)]
    return piece


# Words that a program writes for a missing part of a name; in capitals, Null is a family name.
_MISSING_PARTS = frozenset({"nan", "NaN", "NaT", "<NA>", "None", "null", "undefined"})


def is_nothing(text: str) -> bool:
    """Return whether text says that a value is missing, or is a web address."""
    if is_missing(text):
        return True
    text = text.strip().lower()
    return "://" in text or text.startswith("www.")


def without_missing_parts(text: str) -> tuple[str, bool]:
    """Return text without what stands for missing parts ("nan Smith"), and whether the first was
    one. In lower case throughout, "nan smith" may be a name."""
    words = text.split()
    if _MISSING_PARTS.isdisjoint(words) or text == text.lower():
        return text, False
    kept = [word for word in words if word not in _MISSING_PARTS]
    return " ".join(kept), words[0] in _MISSING_PARTS


_ADDRESS = re.compile(r"\s*([^\s@]{1,64})@[^\s@]+\.[^\s@.]+\s*")


def address_to_name(text: str) -> str:
    """Return the words of an e-mail address's local part; other text unchanged."""
    address = _ADDRESS.fullmatch(text) if "@" in text else None
    if address is None:
        return text
    return re.sub(r"[._+\-\d]+", " ", address[1].split("+")[0])


def split_at_comma(text: str) -> tuple[str | None, str]:
    """Return the family name before a comma (None without one) and the rest, suffixes cut.

    Titles alone after a whole name ("Anna Schmidt, Dr. med.") are put before it.
    """
    if "," not in text and "،" not in text:
        return None, text
    parts = [part.strip() for part in re.split("[,،]", text)]
    parts = [part for index, part in enumerate(parts) if part and not (index and _is_tail(part))]
    if len(parts) < 2:
        return None, parts[0] if parts else ""
    if len(parts) == 2 and _are_titles(parts[1]) and _is_full_name(parts[0]):
        return None, f"{parts[1]} {parts[0]}"
    return parts[0], " ".join(parts[1:])


TAILS = tables.SUFFIXES | tables.SUFFIXES_AFTER_COMMA


def _is_tail(part: str) -> bool:
    """Return whether what follows a comma is only suffixes and degrees."""
    return TAILS.issuperset(map(key, part.split()))


def _are_titles(part: str) -> bool:
    return all(
        key(word) in (_TITLES if word.endswith(".") else _SURE_TITLES) for word in part.split()
    )


def _is_full_name(part: str) -> bool:
    """Return whether a part of several words is more than a family name with its particle."""
    first, *others = part.split()
    return bool(others) and key(first) not in tables.PARTICLES
