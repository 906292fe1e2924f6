"""The key under which an entry of a source, which is often dirty, is kept as evidence."""

import re

from ..missing import is_missing
from . import lexicon
from .reader import is_no_name, parse_parts, plain_family_key, plain_key
from .text import clean, key

_MARKUP = re.compile(r"[<>{}\[\]|=]|^''|''$|\w\(c\)|\(c\)\w")
_UNVOCALISED_NAME = re.compile(r"[a-z'`@~,]{2,8}")
_UNVOCALISED = frozenset("bgdhvztyklmnspqrfw")


def statement_key(name: str) -> tuple[str, str | None]:
    """Return (key, None) for one given name of a source, or ("", the reason for refusing it).

    Reasons: "empty", "markup", "initials", "title", "not_a_name".
    """
    if plain := plain_key(name):
        return plain, None
    text = clean(name)
    if not text.strip():
        return "", "empty"
    if _MARKUP.search(text):
        return "", "markup"
    if any(char.isdigit() for char in text):
        return "", "not_a_name"
    return _key_of_unusual(text)


def family_key(name: str) -> tuple[str, str | None]:
    """Return (key, None) for one whole family name, or ("", the reason for refusing it).

    Reasons: "empty", "markup", "initials", "not_a_name".
    """
    if plain := plain_family_key(name):
        return plain, None
    text = clean(name)
    if _MARKUP.search(text):
        return "", "markup"
    folded = key(name)
    if any(char.isdigit() for char in text) or is_no_name(folded):
        return "", "not_a_name"
    if len(folded) < 2:
        return "", "initials" if folded else "empty"
    return folded, None


def _key_of_unusual(text: str) -> tuple[str, str | None]:
    # A list of names has no missing values: its "nan" is the name Nan in lower case.
    parsed = parse_parts(text.capitalize() if is_missing(text) else text, None)
    if parsed.keys:
        return parsed.keys[0], None
    folded = key(text)
    if folded in lexicon.TITLES or parsed.reason == "empty":
        return "", "title"
    # Sources have Hebrew and Arabic names without vowels: two consonants may be a whole name.
    unvocalised = _UNVOCALISED_NAME.fullmatch(text) and _UNVOCALISED.issuperset(folded)
    if parsed.reason == "initials" and len(folded) == 2 and unvocalised:
        return folded, None
    return "", parsed.reason
