"""Cleaning of text, its script, and the keys: the spellings under which evidence is kept."""

import html
import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache

from .consonants import of_arabic
from .encodings import ENCODED, undo_encodings
from .transliteration import transliterate

NORMALISATION_VERSION = 3
"""Changes whenever key() or native_key() may return something else; manifests record it."""

MAX_CHARACTERS = 512
"""Characters of any input that are read; the rest is cut off first."""

MAX_KEY_LETTERS = 64
"""Letters of a key; of a native key, bytes in UTF-8."""

CASED = frozenset({"latin", "cyrillic", "greek"})
"""The scripts with capitals, as far as they matter here."""

NATIVE = frozenset({"han", "hebrew", "arabic", "hangul", "thai"})
"""The scripts whose names Latin letters do not tell apart. Only these have native keys."""

_NOT_LETTERS = str.maketrans(
    "",
    "",
    "".join(map(chr, range(128))).translate(str.maketrans("", "", "abcdefghijklmnopqrstuvwxyz")),
)
_WORD = re.compile(
    r"[^\W\d_]+(?:[^\W\d_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e31-\u0e4e])*"
)

# The first code point of each run of one script.
_SCRIPT_STARTS = (
    (0x0000, "latin"), (0x0370, "greek"), (0x0400, "cyrillic"), (0x0530, "other"),
    (0x0590, "hebrew"), (0x0600, "arabic"), (0x0700, "other"), (0x0750, "arabic"),
    (0x0780, "other"), (0x08A0, "arabic"), (0x0900, "devanagari"), (0x0980, "indic"),
    (0x0D80, "other"), (0x0E00, "thai"), (0x0E80, "other"), (0x1100, "hangul"),
    (0x1200, "other"), (0x1C80, "cyrillic"), (0x1C90, "other"), (0x1D00, "latin"),
    (0x1DC0, "other"), (0x1E00, "latin"), (0x1F00, "greek"), (0x2000, "other"),
    (0x2C60, "latin"), (0x2C80, "other"), (0x2DE0, "cyrillic"), (0x2E00, "other"),
    (0x2E80, "han"), (0x3000, "other"), (0x3005, "han"), (0x3008, "other"), (0x3041, "kana"),
    (0x3100, "other"), (0x3130, "hangul"), (0x3190, "other"), (0x31F0, "kana"), (0x3200, "other"),
    (0x3400, "han"), (0xA000, "other"), (0xA640, "cyrillic"), (0xA6A0, "other"), (0xA720, "latin"),
    (0xA800, "other"), (0xA8E0, "devanagari"), (0xA900, "other"), (0xA960, "hangul"),
    (0xA980, "other"), (0xAB30, "latin"), (0xAB70, "other"), (0xAC00, "hangul"), (0xD800, "other"),
    (0xF900, "han"), (0xFB00, "latin"), (0xFB13, "other"), (0xFB1D, "hebrew"), (0xFB50, "arabic"),
    (0xFE00, "other"), (0xFE70, "arabic"), (0xFEFF, "other"), (0xFF21, "latin"), (0xFF5B, "other"),
    (0xFF66, "kana"), (0xFFA0, "hangul"), (0xFFE0, "other"), (0x20000, "han"), (0x32000, "other"),
)  # fmt: skip
_STARTS = [start for start, _ in _SCRIPT_STARTS]
_SCRIPTS = [name for _, name in _SCRIPT_STARTS]
_FIRST_OTHER_THAN_LATIN = chr(_STARTS[1])

# Spellings of one name: hamza is often left out, and final ya and ta marbuta lose their dots.
# Persian has its own kaf and ya. The vowel signs of Arabic and Hebrew are mostly not written.
_SAME_LETTERS = str.maketrans(
    dict.fromkeys("أإآٱ", "ا")
    | {"ى": "ي", "ی": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ۀ": "ه", "ک": "ك"}
    | dict.fromkeys("ءـ", "")
    | {katakana: katakana - 0x60 for katakana in range(ord("ァ"), ord("ヶ") + 1)}
)
_VOWEL_SIGNS = re.compile("[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")

# Letters that sources in plain ASCII write as <l/>, <c^>, <s,>, <edeg> for ł, č, ş, ė.
_LETTER_NOTATION = re.compile(r"<([A-Za-z]|ij|ae|oe|ss)(?:deg|[^\w<>\s])?>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ENTITY_WITHOUT_END = re.compile(r"&([A-Za-z]{2,8}|#\d{1,6})(?![\w;])")
_FEMALE_ORDINAL = re.compile(r"\b([Mm])\.?ª")


def script(text: str) -> str:
    """Return the script of most letters of text (see ParsedName.script), "none" without letters."""
    if text.isascii():
        return "latin" if any(map(str.isalpha, text[:MAX_CHARACTERS])) else "none"
    text = text[:MAX_CHARACTERS]
    if max(text) < _FIRST_OTHER_THAN_LATIN:
        return "latin" if any(map(str.isalpha, text)) else "none"
    found = _script(text)
    return "other" if found == "indic" else found


def _script(text: str) -> str:
    scripts = list(map(_script_of_letter, filter(str.isalpha, text)))
    if not scripts:
        return "none"
    # Usually there is one. Of several with as many letters, the first counts.
    if scripts.count(scripts[0]) == len(scripts):
        return scripts[0]
    return max(dict.fromkeys(scripts), key=scripts.count)


@lru_cache(maxsize=4096)
def _script_of_letter(letter: str) -> str:
    return _SCRIPTS[bisect_right(_STARTS, ord(letter)) - 1]


def clean(text: str) -> str:
    """Return text HTML-unescaped, NFKC, without control and invisible characters.

    It is cut to MAX_CHARACTERS before and after that.
    """
    text = text[:MAX_CHARACTERS]
    if ENCODED.search(text):
        text = undo_encodings(text)[:MAX_CHARACTERS]
    if text.isascii() and text.isprintable() and "&" not in text and "<" not in text:
        return text
    if "&" in text or "ª" in text:
        text = _FEMALE_ORDINAL.sub(r"\1aria", _unescape(text))[:MAX_CHARACTERS]
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)[:MAX_CHARACTERS]
    if not text.isprintable():
        text = "".join(map(_visible, text))
    if "<" not in text:
        return text
    if "</" in text:
        text = _TAG.sub(" ", text)
    return _LETTER_NOTATION.sub(r"\1", text)


def _unescape(text: str) -> str:
    # Twice-escaped text is common in scraped lists; a third layer is not.
    for _ in range(2):
        if "&" not in text:
            break
        text = html.unescape(_ENTITY_WITHOUT_END.sub(r"&\1;", text))
    return text


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    # Line breaks and tabs separate words; zero-width joiners, marks and lone surrogates do not.
    return " " if char.isspace() or unicodedata.category(char) == "Cc" else ""


def key(text: str) -> str:
    """Return the normalised spelling: only a-z, at most 64 letters, "" if nothing is left.

    Latin accents are dropped, other scripts are transliterated; key(key(text)) == key(text).
    """
    if text.isascii() and text.isalpha():
        return text[:MAX_KEY_LETTERS].lower()
    text = clean(text)
    if not text.isascii():
        one_word = text.isalpha() and max(text) < _FIRST_OTHER_THAN_LATIN
        text = transliterate(text, "latin") if one_word else _transliterated(text)
    return text.lower().translate(_NOT_LETTERS)[:MAX_KEY_LETTERS]


def native_key(text: str) -> str:
    """Return the normalised spelling of a word in its own script: letters and their signs.

    It is "" for a word with letters of other scripts than NATIVE, except kana beside Han, and for
    one of more than MAX_KEY_LETTERS bytes; native_key(native_key(text)) == native_key(text).
    """
    if text.isascii():
        return ""
    text = _without_signs(text).translate(_SAME_LETTERS)
    spelled = "".join(char for char in text if char.isalpha() or _is_thai_sign(char))
    # What was left out may have stood between signs that have an order of their own.
    spelled = unicodedata.normalize("NFC", spelled)
    scripts = {_script_of_letter(letter) for letter in spelled if letter.isalpha()}
    if "han" in scripts:
        scripts.discard("kana")
    if not scripts or not scripts <= NATIVE or len(spelled.encode()) > MAX_KEY_LETTERS:
        return ""
    return spelled


def _is_thai_sign(char: str) -> bool:
    """Return whether char is a vowel or a tone of Thai. Other signs, such as accents and variation
    selectors, are not part of the spelling in any script of NATIVE."""
    return unicodedata.category(char)[0] == "M" and _script_of_letter(char) == "thai"


def _without_signs(text: str) -> str:
    """Return cleaned text without the vowel signs of Arabic and Hebrew."""
    return _VOWEL_SIGNS.sub("", clean(text))


def native_keys(word: str) -> list[str]:
    """Return the native key of a word and those of its parts: of several Han characters, the key of
    each (kana among them have none, so that of the word); of Arabic letters, of the consonants."""
    spelled = native_key(word)
    written = script(spelled)
    if written == "arabic":
        consonants = of_arabic(_without_signs(word).rstrip("."))
        return [spelled, consonants] if consonants else [spelled]
    if written == "han" and len(spelled) > 1:
        return [spelled, *(native_key(character) or spelled for character in spelled)]
    return [spelled] if spelled else []


def _transliterated(text: str) -> str:
    """Return the words of text in ASCII, joined, up to the last letter of a key."""
    latin, letters = [], 0
    for word in _WORD.finditer(text):
        latin.append(transliterate(word[0], _script(word[0])))
        letters += sum(map(str.isalpha, latin[-1]))
        if letters >= MAX_KEY_LETTERS:
            break
    return "".join(latin)
