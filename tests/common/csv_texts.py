"""CSV as other programs read it."""

import csv
import io
import re


def delimiter_of(text: str) -> str:
    """Return the sign before an answer's column in a header."""
    found = re.search(r"(.)(?:predicted_)?p_female", text)
    assert found is not None, text[:200]
    return found[1]


def csv_rows(text: str, delimiter: str) -> list[list[str]]:
    # The limit is that of the process, and other tests rely on it.
    before = csv.field_size_limit(1 << 30)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    finally:
        csv.field_size_limit(before)
