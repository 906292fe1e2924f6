"""Keys by consonants: Arabic letters and Latin ones, as far as they sound the same.

Arabic does not write short vowels, and sources mostly have Arabic names in Latin letters. So هيفاء
and Haifa have one key: their consonants, and whether they end in an a, as most women's names do.
"""

import re

# Not a letter of any native key, so no spelling is taken for consonants.
MARK = "\u0640"
ARABIC_COUNTRIES = frozenset(
    "AE BH DZ EG IQ IR JO KW LB LY MA OM PS QA SA SD SY TN YE".split()
)  # fmt: skip
"""The countries whose names in Latin letters are transcribed from Arabic letters."""

_ENDS_IN_A = "ا"
# One consonant says too little: معاوية, a man, would be Maya.
_FEWEST = 2
# Of letters that transcriptions do not tell apart, the first stands for all; vowels are left out.
_LETTERS = (
    "بپ",
    "تطث",
    "جچ",
    "حه",
    "خ",
    "دذض",
    "ر",
    "زظژ",
    "سص",
    "ش",
    "غ",
    "فڤ",
    "قكک",
    "ل",
    "م",
    "ن",
)
_OF_ARABIC = {letter: group[0] for group in _LETTERS for letter in group}
_OF_LATIN = dict(zip("bptjghdrzscfvkqlmnx", "ببتججحدرزسقففققلمنق", strict=True))
_DIGRAPHS = {"kh": "خ", "sh": "ش", "ch": "ش", "gh": "غ", "th": "ت", "dh": "د", "dj": "ج", "ph": "ف"}
_DIGRAPH = re.compile("|".join(_DIGRAPHS))
_ARABIC_A = re.compile("(?:ة|ه|ى|ا|اء)$")
_LATIN_A = re.compile("(?:a|e)h?$")
_TWICE = re.compile(r"(.)\1+")


def without_article(word: str) -> str:
    """Return a word in Arabic letters without the article attached to it, if it may have one."""
    return word[2:] if word.startswith("ال") and len(word) >= 5 else word


def of_arabic(word: str) -> str:
    """Return the key of a word in Arabic letters without vowel signs, "" for one with
    less than two consonants."""
    stem, found = _ARABIC_A.subn("", without_article(word))
    return _key("".join(_OF_ARABIC.get(letter, "") for letter in stem), found > 0)


def of_latin(key: str) -> str:
    """Return the key of a word in Latin letters (names.key), "" for one with less than two
    consonants."""
    stem, found = _LATIN_A.subn("", key)
    stem = _DIGRAPH.sub(lambda pair: _DIGRAPHS[pair[0]], stem)
    found_letters = (_OF_LATIN.get(letter, "" if letter.isascii() else letter) for letter in stem)
    return _key("".join(found_letters), found > 0)


def _key(letters: str, ends_in_a: bool) -> str:
    # Transcriptions double consonants now and then.
    once = _TWICE.sub(r"\1", letters)
    return MARK + once + _ENDS_IN_A * ends_in_a if len(once) >= _FEWEST else ""
