"""The key under which a source's own entry, often dirty, is kept as evidence."""

import re

from ..missing import is_missing
from . import lexicon
from .parse import is_no_name, parse_parts, plain_family_key, plain_key
from .text import clean, key

_MARKUP = re.compile(r"[<>{}\[\]|=]|^''|''$|\w\(c\)|\(c\)\w")
_UNVOCALISED_NAME = re.compile(r"[a-z'`@~,]{2,8}")
_UNVOCALISED = frozenset("bgdhvztyklmnspqrfw")


def statement_key(name: str) -> tuple[str, str | None]:
    """Return (key, None) for one given name of a source, or ("", why it was refused).

    Reasons: "empty", "markup", "initials", "title", "not_a_name".
    """
    found = plain_key(name)
    if found:
        return found, None
    text = clean(name)
    if not text.strip():
        return "", "empty"
    if _MARKUP.search(text):
        return "", "markup"
    if any(char.isdigit() for char in text):
        return "", "not_a_name"
    return _statement_of(text)


def family_key(name: str) -> tuple[str, str | None]:
    """Return (key of the whole name, None) for one family name, or ("", why it was refused).

    Reasons: "empty", "markup", "initials", "not_a_name".
    """
    found = plain_family_key(name)
    if found:
        return found, None
    text = clean(name)
    if _MARKUP.search(text):
        return "", "markup"
    folded = key(text)
    if any(char.isdigit() for char in text) or is_no_name(folded):
        return "", "not_a_name"
    if len(folded) < 2:
        return "", "initials" if folded else "empty"
    return folded, None


def _statement_of(text: str) -> tuple[str, str | None]:
    # A source's list of names has no missing ones: its "nan" is Nan in lower case.
    parsed = parse_parts(text.capitalize() if is_missing(text) else text, None)
    if parsed.keys:
        return parsed.keys[0], None
    folded = key(text)
    if folded in lexicon.TITLES or parsed.reason == "empty":
        return "", "title"
    # Hebrew and Arabic names stand unvocalised in sources: two consonants may be all of one.
    unvocalised = _UNVOCALISED_NAME.fullmatch(text) and _UNVOCALISED.issuperset(folded)
    if parsed.reason == "initials" and len(folded) == 2 and unvocalised:
        return folded, None
    return "", parsed.reason
