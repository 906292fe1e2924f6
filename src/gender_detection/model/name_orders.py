# cython: language_level=3, boundscheck=False, wraparound=False
"""Which part of each full name in a column is first, as the names themselves tell it."""

from __future__ import annotations

import cython
import numpy as np

from . import estimation, name_columns


def name_orders(estimator: estimation.Estimator, parts: dict, country: str):
    """Return what each name tells about its order, int8 (n,): order_evidence.GIVEN_FIRST,
    FAMILY_FIRST, or 0 for nothing.

    parts and country are as in Estimator.codes. Names in fields tell nothing.
    """
    size: cython.Py_ssize_t = len(next(iter(parts.values())))
    out = np.empty(size, np.int8)
    orders: cython.schar[::1] = out
    people: name_columns.NameColumns = name_columns.NameColumns(parts, country, estimator.reader)
    row: cython.Py_ssize_t
    for row in range(size):
        estimator.reader.begin()
        people.put(row, 0)
        estimator.reader.find_words(0)
        estimator.reader.read(0)
        orders[row] = estimator.order.told(estimator.name)
    return out
