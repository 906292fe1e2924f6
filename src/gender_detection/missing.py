"""Recognising missing values: the texts that programs write for them."""

import re

# As pandas, NumPy, Python, JavaScript, SQL and dumps of MySQL write them. Case matters: Nan, Na and
# Null are names.
_WORDS = frozenset("nan NaN NaT <NA> None null NULL undefined (null) (NULL) \\N".split())
_FIRST = frozenset(word[0] for word in _WORDS)
_NOT_AVAILABLE = frozenset({"n/a", "n.a.", "n.a", "n / a"})
# Error values of Excel and LibreOffice in their languages: #REF!, #BEZUG!, #¿NOMBRE?, #NV.
_SHEET_ERROR = re.compile(r"#(?:[¡¿]?[A-ZÀ-Þ][A-ZÀ-Þ0-9/_]{1,20}[!?]|N/A|N/D|N/B|N/P|NV|ND|I/T)")


def is_missing(text: str) -> bool:
    """Return whether the text of a cell stands for a missing value; a blank one does."""
    text = text.strip()
    if not text or text in _WORDS or text.lower() in _NOT_AVAILABLE:
        return True
    if text[0] == "#":
        return _SHEET_ERROR.fullmatch(text) is not None
    # Joined fields: "nan nan".
    return text[0] in _FIRST and " " in text and _WORDS.issuperset(text.split())
