"""Splits texts that need more than spaces, commas and slashes: brackets, quotes, other separators,
dots, web and e-mail addresses, missing values, titles attached to a name.

Few texts come here; all others are split in their bytes (word_row.split_bytes).
"""

import re
from dataclasses import dataclass, field

from ..missing import is_missing
from . import lexicon
from .text import key, script

MAX_WORDS = 16
MOST_WORDS = 2 * MAX_WORDS
"""Words of a text that are read: MAX_WORDS before a comma, and MAX_WORDS behind it."""

_ASIDE = re.compile(
    r"\(([^()]*)\)|\[([^\[\]]*)\]|\{([^{}]*)\}|<([^<>]*)>|“([^“”]*)”|«([^«»]*)»|„([^„“”]*)[“”]"
    r"|(?<!\S)\"([^\"]*)\"(?!\S)|(?<!\S)['‘’`]([^'‘’`]+)['’](?!\S)"
)
_OPENING = re.compile("[(\\[{<“«„\"'‘’`]")
_COMMA = re.compile("[,،]")
_SEPARATORS = re.compile(r"[\s_/\\&+|・·•‧;:]+")
# Signs for "and" between two words, and a semicolon between two people: each has a comma or two
# words.
_AND_SIGN = re.compile(r"(?<=[^\W\d_]|[.)])\s*[&+]\s*(?=[^\W\d_])")
_PERSON_AND_PERSON = re.compile(
    r"\s*[^;]*\w[^;]*[\s,][^;]*\w[^;]*;\s*[^;]*\w[^;]*[\s,][^;]*\w[^;]*"
)
_MIDDLE_DOTS = "・·"
_EDGES = "-'\"`’‘´,!?*#~^@()[]{}<>=$%“”„«».…"
_EDGES_BUT_DOTS = _EDGES.replace(".", "")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|e|er|eme)", re.IGNORECASE)
_NUMBERED = re.compile(r"(\D{2,}?)[\d.\-]*\d")

_PREFIXES = tuple(lexicon.TITLES_ATTACHED_BEFORE)
_SUFFIXES = tuple(lexicon.TITLES_ATTACHED_AFTER)
_WITH_TITLES = frozenset({"thai", "han", "kana", "hangul"})
SPACELESS = frozenset({"han", "kana", "hangul"})

# One word even with dots inside: Ph.D.
_WHOLE = (lexicon.TITLES | lexicon.SUFFIXES) - lexicon.TITLES_NEVER_ALONE


@dataclass
class Split:
    """The words of a text.

    words   as written, at most MOST_WORDS
    ends    the number of words up to each comma, and up to the end
    aside   the words of nicknames in quotes or brackets
    family  the words of a field of family names
    script  the script of the text; family_script: that of a field of family names, or of the text
            before a comma
    doubtful  may be a user name: an underscore joins its words
    dotted  middle dots separate its words, as in foreign names in Japanese
    reason  why the text is not the name of one person: "empty", "not_a_name" or "several_people";
            None if it may be
    """

    words: list[str] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    family: list[str] = field(default_factory=list)
    script: str = "none"
    family_script: str = "none"
    dotted: bool = False
    doubtful: bool = False
    reason: str | None = None


def split_full(text: str) -> Split:
    """Return the words of a cleaned full name, or a given name alone."""
    written = script(text)
    if is_missing(text):
        return Split(script=written, reason="empty")
    text, only_family = _without_missing_parts(text)
    if only_family:
        return Split(family=[text], script=written, reason="empty")
    text, aside = _set_aside(_address_to_name(text))
    if _is_missing_or_address(text):
        return Split(script=written, reason="not_a_name" if text.strip() else "empty")
    if ";" in text and _PERSON_AND_PERSON.match(text):
        return Split(script=written, reason="several_people")
    text = _AND_SIGN.sub(" and ", text)
    return _in_parts(Split(script=written, aside=_pieces_of(aside)), text)


def split_fields(text: str, family: str) -> Split:
    """Return the words of cleaned names in fields."""
    text, family = ("" if is_missing(part) else part for part in (text, family))
    written = script(text if text.strip() else family)
    text, aside = _set_aside(_address_to_name(text))
    found = Split(script=written, aside=_pieces_of(aside), family_script=script(family))
    found.family = _pieces_of(family) or family.split()[:MAX_WORDS]
    parts = [part for part in _COMMA.split(text) if part.strip()]
    rest = " ".join(parts[1:] or parts)
    if _is_missing_or_address(rest):
        found.reason = "not_a_name" if rest.strip() else "empty"
    return _in_parts(found, text)


def script_of_fields(text: str, family: str) -> str:
    """Return the script of given names, or of family names if there are no given names."""
    text, family = ("" if is_missing(part) else part for part in (text, family))
    return script(text if text.strip() else family)


def _in_parts(found: Split, text: str) -> Split:
    found.dotted = any(dot in text for dot in _MIDDLE_DOTS)
    found.doubtful = "_" in text.strip("_")
    for part in _COMMA.split(text):
        if found.family_script == "none":
            found.family_script = script(part)
        # A part of signs alone counts too: in "- , ?" there is no name before the comma.
        words = _pieces_of(part) or [part.strip()] * bool(part.strip())
        found.words += words[: MOST_WORDS - len(found.words)]
        found.ends.append(len(found.words))
    return found


def _pieces_of(text: str) -> list[str]:
    raw = [piece for word in _SEPARATORS.split(text)[: MAX_WORDS * 4] for piece in _pieces(word)]
    return raw[:MAX_WORDS]


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


def _set_aside(text: str) -> tuple[str, str]:
    """Return text without nicknames in quotes or brackets, and those; without other text, they are
    the text."""
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


def has_attached_title(piece: str) -> bool:
    """Return whether a word may have a title attached, or be one."""
    return piece.startswith(_PREFIXES) or piece.rstrip(".").endswith(_SUFFIXES)


def rewritten(piece: str, written: str, is_first: bool) -> tuple[str, str | None, bool]:
    """Return a word without digits and attached titles ("" if nothing is left), the title's gender,
    and whether that title goes with family names; `written` is the script of the text."""
    if any(char.isdigit() for char in piece):
        numbered = None if _ORDINAL.fullmatch(piece) else _NUMBERED.fullmatch(piece)
        piece = numbered[1].strip(_EDGES) if numbered else ""
    if not any(char.isalpha() for char in piece):
        return "", None, False
    if written in _WITH_TITLES:
        return _without_attached_title(piece, is_first)
    return piece, None, False


def _without_attached_title(piece: str, is_first: bool) -> tuple[str, str | None, bool]:
    for prefix, title in lexicon.TITLES_ATTACHED_BEFORE.items():
        if piece.startswith(prefix) and (not piece[len(prefix) :] or len(piece) > len(prefix) + 1):
            return piece[len(prefix) :], title, False
    for suffix, title in lexicon.TITLES_ATTACHED_AFTER.items():
        if piece == suffix + ".":
            piece = suffix
        if piece.endswith(suffix) and (piece != suffix or not is_first):
            of_family = title != "neutral" and len(piece) <= len(suffix) + 1
            return piece[: -len(suffix)], title, of_family
    return piece, None, False


# Words that a program writes for a missing part of a name; in capitals, Null is a family name.
_MISSING_PARTS = frozenset({"nan", "NaN", "NaT", "<NA>", "None", "null", "undefined"})


def _is_missing_or_address(text: str) -> bool:
    """Return whether text is a missing value or a web address."""
    if is_missing(text):
        return True
    text = text.strip().lower()
    return "://" in text or text.startswith("www.")


def _without_missing_parts(text: str) -> tuple[str, bool]:
    """Return text without words for missing parts ("nan Smith"), and whether the first was one.

    All in lower case, "nan smith" may be a name.
    """
    words = text.split()
    if _MISSING_PARTS.isdisjoint(words) or text == text.lower():
        return text, False
    kept = [word for word in words if word not in _MISSING_PARTS]
    return " ".join(kept), words[0] in _MISSING_PARTS


_ADDRESS = re.compile(r"\s*([^\s@]{1,64})@[^\s@]+\.[^\s@.]+\s*")


def _address_to_name(text: str) -> str:
    """Return the words of an e-mail address's local part; other text unchanged."""
    address = _ADDRESS.fullmatch(text) if "@" in text else None
    if address is None:
        return text
    return re.sub(r"[._+\-\d]+", " ", address[1].split("+")[0])
