"""Undoes what programs have made of names: LaTeX, percent codes, and UTF-8 read as CP1252."""

import re
import unicodedata
from urllib.parse import unquote

# LaTeX's accents, as combining characters, and its letters (LaTeX2e manual, "Accents" and "Special
# Symbols").
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323",
    "c": "\u0327", "k": "\u0328", "b": "\u0331",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø",
    "l": "ł", "L": "Ł", "i": "i", "j": "j", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ",
    "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip
_ACCENTED = re.compile(
    r"""\{?\\(?:([`'^~="\.])\s*|([uvHckdbr])(?=[{\s\\]))\s*\{?\s*\\?([A-Za-z])\s*\}?\}?"""
)
_LETTER = re.compile(r"\{?\\([A-Za-z]{1,2})(?![A-Za-z])\s*(?:\{\})?\}?")
_BRACED = re.compile(r"\{([^{}]*)\}")
_PERCENT = re.compile("%[0-9A-Fa-f]{2}")
_MOJIBAKE = re.compile("[Â-ôŠŒœŸ][\u0080-¿‚-›€™ŒœšŠžŽŸƒˆ˜]{1,3}")
ENCODED = re.compile(rf"\\|{_PERCENT.pattern}|{_MOJIBAKE.pattern}")
"""What a text has that undo_encodings may change."""
# CP1252 leaves these bytes undefined; programs read them as the control characters.
_UNDEFINED = {code: bytes([code]) for code in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_MOST_LAYERS = 2


def undo_encodings(text: str) -> str:
    """Return text as it was before a program encoded it; other text unchanged."""
    if _PERCENT.search(text):
        decoded = unquote(text)
        text = unquote(text, encoding="cp1252") if "\ufffd" in decoded else decoded
    if "\\" in text:
        text = _without_latex(text)
    for _ in range(_MOST_LAYERS):
        text = _MOJIBAKE.sub(_as_utf8, text)
    return text


def _without_latex(text: str) -> str:
    text = _ACCENTED.sub(_accented, text)
    text = _LETTER.sub(lambda match: _LETTERS.get(match[1], match[0]), text)
    return _BRACED.sub(r"\1", text) if "{" in text else text


def _accented(match: re.Match[str]) -> str:
    accent = _ACCENTS[match[1] or match[2]]
    letter = unicodedata.normalize("NFC", match[3] + accent)
    # "O\\'Brien" has an escaped apostrophe, no accent.
    return letter if len(letter) == 1 else (match[1] or "") + match[3]


def _as_utf8(match: re.Match[str]) -> str:
    """Return what the characters are as bytes of UTF-8, unchanged where they are none."""
    raw = bytearray()
    for char in match[0]:
        try:
            raw += _UNDEFINED.get(ord(char)) or char.encode("cp1252")
        except UnicodeEncodeError:
            if ord(char) > 0xFF:
                return match[0]
            raw.append(ord(char))
    return _decoded(bytes(raw)) or match[0]


def _decoded(raw: bytes) -> str:
    """Return the longest beginning that is UTF-8 with the rest as CP1252; "" if there is none."""
    for end in range(len(raw), 1, -1):
        try:
            return raw[:end].decode("utf-8") + raw[end:].decode("cp1252")
        except UnicodeDecodeError:
            continue
    return ""
