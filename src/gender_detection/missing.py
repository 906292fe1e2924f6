"""What programs write where a value is missing: texts that stand for nothing."""

import re

# As pandas, NumPy, Python, JavaScript and SQL write it, in this very case: Nan, Na and Null are
# names.
_WORDS = frozenset("nan NaN NaT <NA> None null NULL undefined (null) (NULL)".split())
_FIRST = frozenset(word[0] for word in _WORDS)
_NOT_AVAILABLE = frozenset({"n/a", "n.a.", "n.a", "n / a"})
# An error of Excel or LibreOffice, in the languages that they speak: #REF!, #BEZUG!,
# #¿NOMBRE?, #NV.
_SHEET_ERROR = re.compile(r"#(?:[¡¿]?[A-ZÀ-Þ][A-ZÀ-Þ0-9/_]{1,20}[!?]|N/A|N/D|N/B|N/P|NV|ND|I/T)")


def is_missing(text: str) -> bool:
    """Return whether a whole cell says that its value is missing; a blank one does."""
    text = text.strip()
    if not text or text in _WORDS or text.lower() in _NOT_AVAILABLE:
        return True
    if text[0] == "#":
        return _SHEET_ERROR.fullmatch(text) is not None
    # Fields joined with a space between: "nan nan".
    return text[0] in _FIRST and " " in text and _WORDS.issuperset(text.split())
