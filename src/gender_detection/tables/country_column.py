"""Read the column of countries of a table as codes."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..countries import NAMIBIA, code_of
from ..countries.report import CountryReport, is_na, na_is_missing
from ..missing import is_missing


def read_countries(column: pa.Array, na_missing: bool) -> tuple[pa.DictionaryArray, CountryReport]:
    """Return a column of strings as alpha-2 codes, null if missing, and a report.

    A text that is not understood is kept, so that its row does not get the default country.
    na_missing: whether NA is a missing country instead of Namibia.
    """
    encoded = column.dictionary_encode(null_encoding="encode")
    values = encoded.dictionary.to_pylist()
    codes = [code_of(value) if value else None for value in values]
    report = CountryReport()
    odd = [
        at
        for at, (value, code) in enumerate(zip(values, codes, strict=True))
        if value and (code == NAMIBIA or (code is None and not is_missing(value)))
    ]
    if odd:
        counts = np.bincount(_indices(encoded), minlength=len(values))
        for at in odd:
            codes[at] = _odd(report, values[at], codes[at], int(counts[at]), na_missing)
    if codes != values:
        encoded = pa.DictionaryArray.from_arrays(encoded.indices, pa.array(codes, pa.string()))
    return encoded, report


def _odd(
    report: CountryReport, value: str, code: str | None, rows: int, na_missing: bool
) -> str | None:
    """Count rows whose country is NA or not understood, and return the value to use for it."""
    if code is None:
        report.count(value.strip(), rows)
        return value
    if is_na(value) and na_missing:
        report.na_missing += rows
        return None
    if is_na(value):
        report.namibia += rows
    return code


def _indices(encoded: pa.DictionaryArray) -> npt.NDArray[np.int32]:
    indices: npt.NDArray[np.int32] = encoded.indices.to_numpy(zero_copy_only=False)
    return indices


def na_missing_in(rows: pa.RecordBatch, country: str | None) -> bool:
    """Return whether NA is a missing country in a table of text that begins with these rows.

    country is the column of countries, or None.
    """
    if country is None:
        return False
    return na_is_missing(rows.column(country).unique().to_pylist())
