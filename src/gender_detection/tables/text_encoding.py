"""Find out how text is encoded: by its marks, as the caller says, or by what its letters show."""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from ..errors import InvalidInput
from .csv_table import BOM, is_utf8
from .headers import languages_of

UTF8 = "utf-8"
OPTION = "--encoding "
# Encodings by their marks; that of UTF-32 begins with that of UTF-16.
MARKS = (
    (BOM, UTF8),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Names that people know, by the codec of Python. Of those that read a text alike, the first counts.
# The less usual ones are here because a text in one of them may look like another encoding.
CANDIDATES = {
    "cp1252": "windows-1252", "iso8859-15": "iso-8859-15", "latin-1": "iso-8859-1",
    "cp1250": "windows-1250", "iso8859-2": "iso-8859-2", "cp1251": "windows-1251",
    "koi8-r": "koi8-r", "koi8-u": "koi8-u", "iso8859-5": "iso-8859-5", "cp866": "cp866",
    "cp1253": "windows-1253", "cp1254": "windows-1254", "cp1257": "windows-1257",
    "cp1255": "windows-1255", "cp1256": "windows-1256", "mac-roman": "macintosh",
    "cp850": "cp850", "cp852": "cp852", "cp932": "shift-jis",
    "euc_jis_2004": "euc-jp",
    "gb18030": "gb18030", "cp949": "euc-kr", "big5hkscs": "big5",
}  # fmt: skip
USUAL = ("utf-8", "utf-16", "windows-1252", "windows-1250", "windows-1251", "iso-8859-15", "koi8-r",
         "shift-jis", "gb18030", "euc-kr", "big5")  # fmt: skip
# Codecs of Python that are no encodings of files.
_NO_ENCODINGS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})
# Names may have these inside; other signs before letters show a wrong encoding.
_JOINING = frozenset("'’‘ʼ`´-‐·.\N{MIDDLE DOT}\N{KATAKANA MIDDLE DOT}")
_CASED = frozenset({"LATIN", "CYRILLIC", "GREEK"})
_JAPANESE = frozenset({"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"})
# Of the words that are not ASCII, so many may be odd; and so many lines are looked at.
_ODD = 0.04
_MOST_LINES = 2000
# The encodings in which programs save texts in some languages.
_WESTERN = frozenset(
    "german french spanish portuguese italian catalan galician basque dutch swedish danish "
    "norwegian icelandic finnish irish".split()
)
_CENTRAL = frozenset("polish czech slovak hungarian croatian slovene bosnian romanian".split())
_CYRILLIC = frozenset("russian ukrainian bulgarian macedonian serbian belarusian".split())
_CHINESE, _HAN_AND_KANA = frozenset({"chinese"}), frozenset({"japanese", "chinese"})
_LANGUAGES = {
    "cp1252": _WESTERN, "iso8859-15": _WESTERN, "cp1250": _CENTRAL, "iso8859-2": _CENTRAL,
    "cp1251": _CYRILLIC, "iso8859-5": _CYRILLIC, "koi8-r": _CYRILLIC, "koi8-u": _CYRILLIC,
    "cp866": _CYRILLIC, "cp1253": frozenset({"greek"}), "cp1254": frozenset({"turkish"}),
    "cp1255": frozenset({"hebrew"}), "cp1256": frozenset("arabic persian urdu".split()),
    "cp1257": frozenset("lithuanian latvian estonian".split()), "cp932": _HAN_AND_KANA,
    "euc_jis_2004": _HAN_AND_KANA, "gb18030": _CHINESE, "big5hkscs": _CHINESE,
    "cp949": frozenset({"korean"}),
}  # fmt: skip
# How many times likelier than the next a reading must be: with many words, and more with few.
_MARGIN, _FEW = 1.08, 0.4
_HEADER_WITHIN = 10  # lines
# The letters beyond ASCII of names in languages with Latin letters: a name has those of one.
_ALPHABETS = tuple(
    map(
        frozenset,
        (
            "äöüßé", "àâæçéèêëîïôœùûüÿñ", "áéíñóúüç", "àçèéíïòóúüñ", "àáâãçéêíóôõúü", "àèéìíîòóùú",
            "áàâéèêëïíóöúüç", "æøåéäöüô", "åäöéüèáæø", "åäöšžé", "áæéíðóöúýþ", "áæíðóøúý",
            "âêîôûŵŷ",
            "ąćęłńóśźż", "áčďéěíňóřšťúůýžöü", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţáé",
            "ćčđšž", "çğıi̇öşüâîû", "ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž", "çëáé", "ċġħżàèìòù",
        ),
    )
)  # fmt: skip


class _Reading(NamedTuple):
    """The codecs that read a text alike, the usual one first, and its words beyond ASCII.

    foreign is the number of words with letters of several languages.
    """

    codecs: list[str]
    words: int
    foreign: int

    @property
    def name(self) -> str:
        """The name to tell the user."""
        return CANDIDATES[self.codecs[0]]


class UncertainEncoding(InvalidInput):
    """A text could be in several encodings, or in none that is known."""


class Encoding(NamedTuple):
    """A codec of Python, and the name to tell the user."""

    codec: str
    name: str

    @property
    def is_utf8(self) -> bool:
        """Whether text needs no conversion."""
        return self.codec == UTF8


def declared_encoding(name: str) -> Encoding:
    """Return the encoding with a name; raise InvalidInput if it is none of text."""
    try:
        codec = codecs.lookup(name).name.replace("_", "-")
        codecs.getincrementaldecoder(name)
        known = "name,country".encode(name).decode(name) == "name,country"
    except (LookupError, TypeError, ValueError):
        known = False
    if not known or codecs.lookup(name).name.replace("-", "_") in _NO_ENCODINGS:
        raise InvalidInput(
            f"unknown encoding {name[:40]!r}: name the one that the table is saved in, such as "
            f"{', '.join(USUAL)}"
        )
    return Encoding(UTF8 if codec in ("utf-8", "utf-8-sig") else codec, name)


def marked_encoding(text: bytes) -> Encoding | None:
    """Return the encoding that the beginning of a text shows for certain, None if there is none."""
    for mark, codec in MARKS:
        if text.startswith(mark):
            return Encoding(codec, codec)
    zeros = _zeros(text[:4096])
    return Encoding(zeros, zeros) if zeros else None


def _zeros(text: bytes) -> str | None:
    """Return which UTF-16 has so many zeros in every other byte, and none in the others."""
    even, odd = text[::2].count(0), text[1::2].count(0)
    if bool(even) == bool(odd) or (even + odd) * 20 < len(text):
        return None
    codec = "utf-16-be" if even else "utf-16-le"
    try:
        decoded = codecs.getincrementaldecoder(codec)().decode(text)
    except UnicodeDecodeError:
        return None
    words = _words_beyond_ascii(decoded)
    return codec if sum(map(_is_odd, words)) <= _ODD * len(words) else None


def detected_encoding(sample: bytes, option: str = OPTION) -> Encoding:
    """Return the encoding of a sample, which is whole lines or a whole text, without a mark.

    It is UTF-8 if the sample is, or contains words in UTF-8 and few other bytes. Raise InvalidInput
    with the candidates if the sample does not show which of them it is. option is how the caller
    names an encoding, for the message.
    """
    if b"\0" in sample or is_utf8(sample) or _is_damaged_utf8(sample):
        return Encoding(UTF8, UTF8)
    readings = _readings(sample)
    if len(readings) > 1:
        # The language of the header counts for more than letters of which all look like names.
        named = _of_the_header(sample, readings)
        plain = len(named) == 1 and named[0].foreign == min(one.foreign for one in readings)
        readings = named if plain else _likeliest(sample, readings)
    if len(readings) > 1:
        readings = _of_the_header(sample, readings)
    if len(readings) == 1:
        return Encoding(readings[0].codecs[0], readings[0].name)
    if not readings:
        raise UncertainEncoding(
            "the table is not UTF-8, and its letters fit no other encoding: name the one that it "
            f"is saved in, for example {option}windows-1252, or {option}utf-8 if few bytes are "
            "damaged"
        )
    names = [reading.name for reading in readings]
    raise UncertainEncoding(
        f"the table is not UTF-8, and may be {' or '.join(names)}: name the encoding that it is "
        f"saved in, for example {option}{names[0]}"
    )


def _is_damaged_utf8(sample: bytes) -> bool:
    """Return whether more characters beyond ASCII are UTF-8 than are not."""
    text = sample.decode(errors="replace")
    beyond = sum(map(len, _beyond_ascii(text)))
    wrong = text.count("\ufffd")
    return beyond - wrong > wrong


def _beyond_ascii(text: str) -> Iterator[str]:
    return (
        "".join(c for c in line if c > "\x7f") for line in text.split("\n") if not line.isascii()
    )


def _readings(sample: bytes) -> list[_Reading]:
    """Return the ways to read the sample as plausible words."""
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    part = b"\n".join(list(dict.fromkeys(lines))[:_MOST_LINES])
    readings: dict[str, _Reading | None] = {}
    for codec in CANDIDATES:
        try:
            sample.decode(codec)
            text = part.decode(codec)
        except UnicodeDecodeError:
            continue
        if text not in readings:
            words = _words_beyond_ascii(text)
            is_odd = sum(map(_is_odd, words)) > _ODD * len(words)
            reading = _Reading([codec], len(words), sum(map(_is_foreign, words)))
            readings[text] = None if is_odd else reading
        elif (same := readings[text]) is not None:
            same.codecs.append(codec)
    return [reading for reading in readings.values() if reading is not None]


def _words_beyond_ascii(text: str) -> list[str]:
    """Return the different words that are not ASCII."""
    for sign in ',;|"()[]/&':
        text = text.replace(sign, " ")
    return list(dict.fromkeys(word for word in text.split() if not word.isascii()))


def _is_foreign(word: str) -> bool:
    """Return whether letters of a word are Latin, but of no single language."""
    for part in word.lower().split("-"):
        letters = {c for c in part if not c.isascii() and c.isalpha()}
        if any(_script(c) != "LATIN" for c in letters):
            return False
        if not any(letters <= alphabet for alphabet in _ALPHABETS):
            return True
    return False


def _is_odd(word: str) -> bool:
    """Return whether nobody would write a word."""
    if any(unicodedata.category(c) in ("Cc", "Cn", "Co", "Cs", "Cf") for c in word):
        return True
    if "\N{CURRENCY SIGN}" in word:  # Latin-9 has the euro in its place
        return True
    letters = [c for c in word if c.isalpha() and c not in _JOINING]
    if not letters:
        return not all(c.isascii() or unicodedata.category(c)[0] in "PZS" for c in word)
    if any(unicodedata.category(c) in ("No", "So", "Sc", "Sm", "Sk", "Po") for c in _inside(word)):
        return True
    scripts = {_script(c) for c in letters if c not in "ªº"}
    if len(scripts) > 1 or "HALFWIDTH" in scripts:
        return True
    return bool(scripts & _CASED) and _is_odd_in_case(word, letters)


def _inside(word: str) -> str:
    """Return what is before the end of a word, except ASCII and the signs that names may have."""
    return "".join(c for c in word[:-1] if not c.isascii() and c not in _JOINING)


def _is_odd_in_case(word: str, letters: list[str]) -> bool:
    """Return whether capitals follow small letters, or a Latin word has hardly any ASCII."""
    if any(a.islower() and b.isupper() and not (a + b).isascii() for a, b in pairwise(word)):
        return True
    raised = word[1:]
    if any(
        not b.isascii() and a.isupper() and b.isupper() and c.islower()
        for a, b, c in zip(word, raised, raised[1:], strict=False)
    ):
        return True
    beyond = sum(not c.isascii() for c in letters)
    return _script(letters[0]) == "LATIN" and len(letters) >= 3 and beyond > 0.8 * len(letters)


def _script(letter: str) -> str:
    script = unicodedata.name(letter, "?").partition(" ")[0]
    return "CJK" if script in _JAPANESE else script


def _of_the_header(sample: bytes, readings: list[_Reading]) -> list[_Reading]:
    """Return the reading in an encoding of the languages of the header, all if it is not one."""
    # There may be lines above the header.
    lines = sample.split(b"\n", _HEADER_WITHIN)[:_HEADER_WITHIN]
    fitting = []
    for reading in readings:
        languages = next(filter(None, (_languages(line, reading) for line in lines)), frozenset())
        used = [codec for codec in reading.codecs if codec in _LANGUAGES]
        if languages and any(languages <= _LANGUAGES[codec] for codec in used):
            fitting.append(reading)
    return fitting if len(fitting) == 1 else readings


def _languages(line: bytes, reading: _Reading) -> frozenset[str]:
    """Return the languages of a header, none if a line is no header."""
    cells = re.split(r"[,;\t|]", line.decode(reading.codecs[0], errors="replace"))
    return languages_of([cell.strip(' "\r') for cell in cells])


def _likeliest(sample: bytes, readings: list[_Reading]) -> list[_Reading]:
    """Return the likeliest readings, in their order: one, if it is far likelier than the next."""
    import chardet  # its models are only loaded for tables that are not UTF-8

    names = [codec for reading in readings for codec in reading.codecs]
    found = chardet.detect_all(
        sample,
        ignore_threshold=True,
        compat_names=False,
        include_encodings=names,
        no_match_encoding=names[0],
    )
    # It names no encoding for what it takes for no text.
    scores = {
        codecs.lookup(one["encoding"]).name: one["confidence"] for one in found if one["encoding"]
    }

    def score(reading: _Reading) -> float:
        found = (scores.get(codecs.lookup(codec).name, 0.0) for codec in reading.codecs)
        return float(max(found)) / (1 + reading.foreign)

    likeliest = max(readings, key=score)
    margin = _MARGIN + _FEW / max(likeliest.words, 1)
    return [one for one in readings if score(one) * margin >= score(likeliest)]
