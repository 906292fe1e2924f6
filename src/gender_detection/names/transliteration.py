"""Transliterates words from other scripts to Latin letters, as sources of names spell them.

anyascii transliterates each character alone. That is right for most scripts; the corrections here
are for scripts in which the sound of a letter depends on its neighbours.
"""

import re
import unicodedata

from anyascii import anyascii

from . import lexicon
from .consonants import without_article


def transliterate(word: str, script: str) -> str:
    """Return one word in lower-case ASCII, not only letters; script is that of text.script()."""
    listed = lexicon.TRANSLITERATIONS.get(word.casefold())
    if listed is not None:
        return listed
    special = _BY_SCRIPT.get(script)
    return anyascii(special(word) if special else word).lower()


# --- Cyrillic: some letters sound different in Serbian and Ukrainian than in Russian.
_SERBIAN = str.maketrans(
    {"ж": "z", "ц": "c", "ч": "c", "ш": "s", "х": "h", "ђ": "dj", "ћ": "c", "џ": "dz", "ј": "j"}
    | {"љ": "lj", "њ": "nj"}
)
_UKRAINIAN = str.maketrans({"и": "y", "г": "h", "й": "i", "є": "ye"})


def _cyrillic(word: str) -> str:
    word = word.casefold()
    if any(c in word for c in "ђћџјљњ"):
        return word.translate(_SERBIAN)
    if any(c in word for c in "іїєґ"):
        word = re.sub("[иі]й$", "iy", word)
        return word.translate(_UKRAINIAN)
    return word.replace("ъ", "a") if re.search("ъ[^еёюя]", word) else word


# --- Greek: letter pairs (ELOT 743, with initial stops as names are usually spelt).
_GREEK_START = (("μπ", "b"), ("ντ", "d"), ("γκ", "g"), ("τζ", "tz"))
_GREEK_PAIR = (("ου", "ou"), ("γγ", "ng"), ("γξ", "nx"), ("γχ", "nch"))
_GREEK_VOICED = re.compile("([αε])υ(?=[αεηιουωβγδζλμνρ])")
_GREEK_VOICELESS = re.compile("([αε])υ")


def _greek(word: str) -> str:
    word = "".join(
        c for c in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(c)
    )
    for pair, latin in _GREEK_START:
        if word.startswith(pair):
            word = latin + word[len(pair) :]
    for pair, latin in _GREEK_PAIR:
        word = word.replace(pair, latin)
    return _GREEK_VOICELESS.sub(r"\1f", _GREEK_VOICED.sub(r"\1v", word))


# --- Hebrew and Arabic: consonants only, as in the sources with such spellings.
_HEBREW = str.maketrans(
    dict(zip("בגדהוזחטיכךלמםנןסעפףצץקרשתא", "bgdhvz\0tykklmmnns\1pp\2\2qr\3t\1", strict=True))
)
_HEBREW_LONG = str.maketrans({"\0": "kh", "\1": "", "\2": "ts", "\3": "sh"})
_ARABIC = str.maketrans({"ة": "", "ى": "", "ا": "", "آ": "a", "غ": "g", "ظ": "z", "ۀ": "h"})


def _hebrew(word: str) -> str:
    return word.translate(_HEBREW).translate(_HEBREW_LONG)


def _arabic(word: str) -> str:
    # The article is attached to its word; sources mostly omit or separate it.
    bare = without_article(word)
    if bare != word and (listed := lexicon.TRANSLITERATIONS.get(bare)) is not None:
        return listed
    return bare.translate(_ARABIC)


# --- Scripts of India: one table, since their Unicode blocks have one layout (ISCII).
_INDIC_CONSONANTS = (
    "k kh g gh n ch chh j jh n t th d dh n t th d dh n n p ph b bh m y r r l l l v sh sh s h"
).split()
_INDIC_VOWELS = {0x05: "a", 0x06: "a", 0x07: "i", 0x08: "i", 0x09: "u", 0x0A: "u", 0x0B: "ri"}
_INDIC_VOWELS |= {0x0E: "e", 0x0F: "e", 0x10: "ai", 0x12: "o", 0x13: "o", 0x14: "au", 0x0D: "e"}
_INDIC_SIGNS = {0x3E: "a", 0x3F: "i", 0x40: "i", 0x41: "u", 0x42: "u", 0x43: "ri", 0x45: "e"}
_INDIC_SIGNS |= {0x46: "e", 0x47: "e", 0x48: "ai", 0x4A: "o", 0x4B: "o", 0x4C: "au", 0x4D: ""}
_SCHWA = "\0"
_DROPPED_SCHWA = re.compile(
    "([aeiou]\0?(?:[kgcjtdpbn]h|chh|sh|[a-z])|[aeiou\0][a-z])\0(?=[b-df-hj-np-tv-z]h?[aeiou])"
)


def _indic(word: str) -> str:
    out: list[str] = []
    for char in word:
        code = ord(char)
        offset = code & 0x7F
        if not 0x0900 <= code < 0x0D80 or offset in (0x3C, 0x70):
            out.append("" if 0x0900 <= code < 0x0D80 else char)
        elif 0x15 <= offset <= 0x39:
            out.append(_INDIC_CONSONANTS[offset - 0x15] + _SCHWA)
        elif offset in _INDIC_SIGNS:
            if out and out[-1].endswith(_SCHWA):
                out[-1] = out[-1][:-1]
            out.append(_INDIC_SIGNS[offset])
        elif offset in (0x01, 0x02):
            out.append("n")
        elif offset == 0x03:
            out.append("h")
        else:
            out.append(_INDIC_VOWELS.get(offset, ""))
    latin = "".join(out)
    # The last inherent vowel is silent in Hindi, Bengali, Punjabi and Gujarati, not in the South.
    if word and ord(word[-1]) < 0x0B00 and len(out) > 1 and out[-1].endswith(_SCHWA):
        latin = latin.removesuffix(_SCHWA)
    return _DROPPED_SCHWA.sub(r"\1", latin).replace(_SCHWA, "a")


# --- Kana: small ya, yu, yo join the syllable before them; long vowels are not marked.
_KANA_SMALL = dict(zip("ャュョァィゥェォ", "auoaiueo", strict=True))
_KANA_NO_Y = ("sh", "ch", "j", "f", "v", "w")


def _kana(word: str) -> str:
    syllables: list[str] = []
    double = False
    for char in word:
        if "ぁ" <= char <= "ゖ":
            char = chr(ord(char) + 0x60)
        if char == "ッ":
            double = True
            continue
        if char in _KANA_SMALL and syllables and syllables[-1][-1:] in "aiueo":
            syllables[-1] = _join_small(syllables[-1], char)
            continue
        latin = "" if char == "ー" else anyascii(char).lower()
        syllables.append(latin[:1] + latin if double and latin else latin)
        double = False
    return re.sub("([ou])u|oo", lambda m: m[1] or "o", "".join(syllables))


def _join_small(syllable: str, small: str) -> str:
    stem = syllable[:-1]
    glide = "y" if small in "ャュョ" and stem and not stem.startswith(_KANA_NO_Y) else ""
    return stem + glide + _KANA_SMALL[small]


_BY_SCRIPT = {
    "cyrillic": _cyrillic,
    "greek": _greek,
    "hebrew": _hebrew,
    "arabic": _arabic,
    "devanagari": _indic,
    "indic": _indic,
    "kana": _kana,
}
