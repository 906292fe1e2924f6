"""The words of a text that plain spaces, commas and slashes do not part: brackets, quotes, other
separators, dots, web and e-mail addresses, missing values, titles written together with a name.

Few texts come here: the words of the others are found in their bytes (taking.split).
"""

import re
from dataclasses import dataclass, field

from ..missing import is_missing
from . import lexicon
from .text import key, script

MAX_WORDS = 16
MOST_WORDS = 2 * MAX_WORDS
"""Words of a text that are looked at: MAX_WORDS before a comma, and behind it."""

_ASIDE = re.compile(
    r"\(([^()]*)\)|\[([^\[\]]*)\]|\{([^{}]*)\}|<([^<>]*)>|“([^“”]*)”|«([^«»]*)»|„([^„“”]*)[“”]"
    r"|(?<!\S)\"([^\"]*)\"(?!\S)|(?<!\S)['‘’`]([^'‘’`]+)['’](?!\S)"
)
_OPENING = re.compile("[(\\[{<“«„\"'‘’`]")
_COMMA = re.compile("[,،]")
_SEPARATORS = re.compile(r"[\s_/\\&+|・·•‧;:]+")
_MIDDLE_DOTS = "・·"
_EDGES = "-'\"`’‘´,!?*#~^@()[]{}<>=$%“”„«».…"
_EDGES_BUT_DOTS = _EDGES.replace(".", "")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|e|er|eme)", re.IGNORECASE)
_NUMBERED = re.compile(r"(\D{2,}?)[\d.\-]*\d")

FEMALE, MALE, NEUTRAL = "female", "male", "neutral"
# Written without a space: before the name in Thai, after it in Chinese, Japanese and Korean.
_PREFIX_TITLES = (("นางสาว", FEMALE), ("เด็กหญิง", FEMALE), ("เด็กชาย", MALE), ("นาง", FEMALE),
                  ("นาย", MALE), ("คุณ", NEUTRAL))  # fmt: skip
_SUFFIX_TITLES = (("先生", MALE), ("女士", FEMALE), ("小姐", FEMALE), ("太太", FEMALE),
                  ("さん", NEUTRAL), ("さま", NEUTRAL), ("様", NEUTRAL), ("씨", NEUTRAL),
                  ("님", NEUTRAL))  # fmt: skip
_PREFIXES = tuple(prefix for prefix, _ in _PREFIX_TITLES)
_SUFFIXES = tuple(suffix for suffix, _ in _SUFFIX_TITLES)
_WITH_TITLES = frozenset({"thai", "han", "kana", "hangul"})
SPACELESS = frozenset({"han", "kana", "hangul"})
CASED = frozenset({"latin", "cyrillic", "greek"})

# Written with dots inside, these are one word: Ph.D.
_WHOLE = (lexicon.TITLES | lexicon.SUFFIXES) - lexicon.TITLES_NEVER_ALONE


@dataclass
class Split:
    """The words of a text.

    words   as they are written, MOST_WORDS at most
    ends    how many words there are up to each comma, and up to the end
    aside   the words of nicknames in quotes or brackets
    family  the words of a field of family names
    script  the script of the text, and family_script that of a field of family names, or of what
            stands before a comma
    dotted  middle dots part its words, as in foreign names in Japanese
    reason  why the text holds no name: "empty" or "not_a_name"; None where it may
    """

    words: list[str] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    family: list[str] = field(default_factory=list)
    script: str = "none"
    family_script: str = "none"
    dotted: bool = False
    reason: str | None = None


def split_full(text: str) -> Split:
    """Return the words of a full name or a bare given name, which is cleaned."""
    written = script(text)
    if is_missing(text):
        return Split(script=written, reason="empty")
    text, only_family = _without_missing_parts(text)
    if only_family:
        return Split(family=[text], script=written, reason="empty")
    text, aside = _set_aside(_address_to_name(text))
    if _is_nothing(text):
        return Split(script=written, reason="not_a_name" if text.strip() else "empty")
    return _in_parts(Split(script=written, aside=_pieces_of(aside)), text)


def split_fields(text: str, family: str) -> Split:
    """Return the words of names in fields, which are cleaned."""
    text, family = ("" if is_missing(part) else part for part in (text, family))
    written = script(text if text.strip() else family)
    text, aside = _set_aside(_address_to_name(text))
    found = Split(script=written, aside=_pieces_of(aside), family_script=script(family))
    found.family = _pieces_of(family) or family.split()[:MAX_WORDS]
    parts = [part for part in _COMMA.split(text) if part.strip()]
    rest = " ".join(parts[1:] or parts)
    if _is_nothing(rest):
        found.reason = "not_a_name" if rest.strip() else "empty"
    return _in_parts(found, text)


def script_of_fields(text: str, family: str) -> str:
    """Return the script of given names, or where there are none of family names."""
    text, family = ("" if is_missing(part) else part for part in (text, family))
    return script(text if text.strip() else family)


def _in_parts(found: Split, text: str) -> Split:
    found.dotted = any(dot in text for dot in _MIDDLE_DOTS)
    for part in _COMMA.split(text):
        if found.family_script == "none":
            found.family_script = script(part)
        # A part of signs alone is one too: nobody is called by what stands before "- , ?".
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


def has_attached_title(piece: str) -> bool:
    """Return whether a title may be written together with a word, or stand for it."""
    return piece.startswith(_PREFIXES) or piece.endswith(_SUFFIXES)


def rewritten(piece: str, written: str, is_first: bool) -> tuple[str, str | None, bool]:
    """Return a word, in a text of a script, without digits and attached titles, "" where nothing is
    left; the title's gender; and whether that goes with family names."""
    if any(char.isdigit() for char in piece):
        numbered = None if _ORDINAL.fullmatch(piece) else _NUMBERED.fullmatch(piece)
        piece = numbered[1].strip(_EDGES) if numbered else ""
    if not any(char.isalpha() for char in piece):
        return "", None, False
    if written in _WITH_TITLES:
        return _without_attached_title(piece, is_first)
    return piece, None, False


def _without_attached_title(piece: str, is_first: bool) -> tuple[str, str | None, bool]:
    for prefix, title in _PREFIX_TITLES:
        if piece.startswith(prefix) and (not piece[len(prefix) :] or len(piece) > len(prefix) + 1):
            return piece[len(prefix) :], title, False
    for suffix, title in _SUFFIX_TITLES:
        if piece.endswith(suffix) and (piece != suffix or not is_first):
            of_family = title != NEUTRAL and len(piece) <= len(suffix) + 1
            return piece[: -len(suffix)], title, of_family
    return piece, None, False


# Words that a program writes for a missing part of a name; in capitals, Null is a family name.
_MISSING_PARTS = frozenset({"nan", "NaN", "NaT", "<NA>", "None", "null", "undefined"})


def _is_nothing(text: str) -> bool:
    """Return whether text says that a value is missing, or is a web address."""
    if is_missing(text):
        return True
    text = text.strip().lower()
    return "://" in text or text.startswith("www.")


def _without_missing_parts(text: str) -> tuple[str, bool]:
    """Return text without what stands for missing parts ("nan Smith"), and whether the first was
    one. In lower case throughout, "nan smith" may be a name."""
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
