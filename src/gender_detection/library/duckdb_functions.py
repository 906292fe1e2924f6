"""Functions of DuckDB's SQL that answer for names: gender, p_female and gender_of.

DuckDB is not part of the runtime.
"""

import contextlib
import functools
from typing import Any

import duckdb
import pyarrow as pa

from ..countries.report import HOW
from ..errors import InvalidInput
from ..scoring import ANSWERS
from ..tables import Columns
from .finding import shared
from .frames import decoded
from .namer import Namer, country_report, options_of, warn

NAME, COUNTRY = "name", "country"
STRUCT = (
    "STRUCT(gender VARCHAR, probability DOUBLE, p_female DOUBLE, basis VARCHAR, reason VARCHAR)"
)
FUNCTIONS = {"gender": "VARCHAR", "p_female": "DOUBLE", "gender_of": STRUCT}


def register_in_duckdb(
    connection: Any,
    model: Namer | None = None,
    *,
    country: str | None = None,
    threshold: float | None = None,
    female_share: float | None = None,
    family_name_first: bool = False,
) -> None:
    """Make functions for names available to SQL, in the database of a connection until it closes.

        gender(name), gender(name, country)         'female', 'male' or 'unknown'
        p_female(name), p_female(name, country)     the probability, NULL without an answer
        gender_of(name), gender_of(name, country)   a STRUCT: gender, probability, p_female, basis
                                                    and reason; unnest() makes five columns of it

    connection is duckdb.connect(), or duckdb for its default one; cursors have the functions, too.
    model is what gd.load returns; without it, that of the process. Options are those of gd.score,
    country that of rows whose own is NULL. A name that is NULL is unknown, for the reason empty. A
    warning names countries that are not understood, once. Functions of these names that the
    connection has made are replaced. Raise InvalidInput for what is no connection, for options out
    of range, and if another connection has made such functions. SQL with names that are not text
    fails with duckdb.InvalidInputException.
    """
    if connection is not duckdb and not isinstance(connection, duckdb.DuckDBPyConnection):
        raise InvalidInput(
            f"{type(connection).__name__} is no connection to DuckDB: give that of duckdb.connect()"
        )
    options = options_of(threshold, female_share, family_name_first) | {"country": country}
    answers = functools.partial(_answers, model or shared(), options, [])
    # So options that cannot be used are found now.
    answers(pa.nulls(1, pa.string()))
    for name, kind in FUNCTIONS.items():
        _replace(connection, name, functools.partial(_function, answers, name), kind)


def _replace(connection: Any, name: str, function: Any, kind: str) -> None:
    options = {"type": "arrow", "null_handling": "special"}
    # The connection has none yet.
    with contextlib.suppress(duckdb.InvalidInputException):
        connection.remove_function(name)
    try:
        connection.create_function(name, function, None, kind, **options)
    except duckdb.CatalogException as err:
        raise InvalidInput(
            f"the database has a function {name} that another connection has made: use that one, "
            "or register before other connections do"
        ) from err


def _function(answers: Any, name: str, *columns: pa.ChunkedArray) -> pa.Array:
    """Return what a function of SQL returns for a block of rows."""
    table = answers(*columns)
    if name != "gender_of":
        return decoded(table[name])
    return pa.StructArray.from_arrays(
        [decoded(table[name]).combine_chunks() for name in ANSWERS], ANSWERS
    )


def _answers(
    namer: Namer, options: dict[str, Any], told: list[str], *columns: pa.ChunkedArray
) -> pa.Table:
    """Return ANSWERS for a block of names, and countries if they are given.

    told is what was said of countries: once, as a table has many blocks.
    """
    if len(columns) > 2:
        raise InvalidInput(f"{len(columns)} arguments: give a name, or a name and its country")
    roles = Columns(name=NAME, country=COUNTRY if len(columns) == 2 else None)
    cells = pa.table(list(columns), names=roles.used())
    if not told and (odd := country_report(cells, roles).examples()):
        told.append(
            f"countries that are not understood, such as {', '.join(map(repr, odd))}, count as no "
            f"country: {HOW}; this is said once"
        )
        warn(told)
    return namer.answers(cells, roles, options)
