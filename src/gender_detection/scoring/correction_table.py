"""Read a user's own corrections from a table.

Its columns are those of tables.find_columns, and at least one of the first and last of:

    gender       female, male or unknown, in the words of tables.genders
    probability  that of the gender, from 0.5 to 1; 1 if it is blank or there is no such column
    p_female     P(female), instead of both

So a row of a scored table, changed, is a correction too. A row with given names alone corrects all
people with these; one with a full name corrects people of this name. A country, if there is one,
limits it to people there.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..errors import InvalidInput, naming
from ..model import Model
from ..model.corrections import Correction
from ..model.people import People
from ..tables.column_roles import find_column
from ..tables.country_column import na_missing_in, read_countries
from ..tables.csv_table import shown
from ..tables.genders import GENDER, gender_of
from ..tables.headers import key_of
from ..tables.people_table import PeopleTable
from .answers import texts_by_role

PROBABILITY, P_FEMALE = "probability", "p_female"
UNKNOWN = "unknown"  # a gender: equal odds


def corrected(model: Model, path: Path | str, *, family_name_first: bool = False) -> Model:
    """Return a model with the corrections in a table.

    family_name_first is as in Model.with_corrections. Raise InvalidInput, which names the file and
    the row, if a correction is not understood.
    """
    entries = read_corrections(Path(path))
    with naming(Path(path)):
        return model.with_corrections(entries, family_name_first=family_name_first)


def read_corrections(path: Path) -> list[Correction]:
    """Return the corrections in a table of any format that PeopleTable reads.

    Raise InvalidInput, which names the file and the row, if one is not understood.
    """
    with naming(path), PeopleTable(path) as table:
        columns = _columns_of(table)
        entries = list(_entries(table, columns))
        if table.skipped_content:
            raise InvalidInput(f"some of the corrections are not read: {table.skipped_content}")
    if not entries:
        raise InvalidInput(f"{path} has columns but no corrections: add a row for each name")
    return entries


def _columns_of(table: PeopleTable) -> dict[str, str]:
    """Return the columns of what is to be answered, by GENDER, PROBABILITY and P_FEMALE."""
    found = {key_of(name): name for name in table.columns}
    named = {key_of(column): column for column in (PROBABILITY, P_FEMALE)}
    columns = {named[key]: found[key] for key in named if key in found}
    if (gender := find_column(GENDER, table.columns)) is not None:
        columns[GENDER] = gender
    if GENDER not in columns and P_FEMALE not in columns:
        raise InvalidInput(
            "the corrections have no column gender or p_female: add one, with female, male or "
            f"unknown, or with a probability (columns found: {shown(table.columns)})"
        )
    return columns


def _entries(table: PeopleTable, columns: dict[str, str]) -> Iterator[Correction]:
    roles = table.roles
    na_missing = False if table.has_nulls else None
    for rows in table.blocks(list(dict.fromkeys([*roles.used(), *columns.values()]))):
        if na_missing is None:
            na_missing = na_missing_in(rows.cells, roles.country)
        numbers = rows.numbers.tolist()
        if rows.bad.true_count:
            raise InvalidInput(f"row {numbers[rows.bad.to_pylist().index(True)]} cannot be read")
        parts = texts_by_role(rows.cells, roles, rows.bad)
        if roles.country is not None:
            parts["country"], report = read_countries(parts["country"], na_missing)
            if report.unknown:
                raise InvalidInput(f"a country is not understood: {'; '.join(report.sentences())}")
        people = People(parts, None).persons(np.arange(len(rows.cells)))
        answers = {what: rows.cells.column(name).to_pylist() for what, name in columns.items()}
        for at, person in enumerate(people):
            cells = {what: (texts[at] or "").strip() for what, texts in answers.items()}
            yield Correction(person, _p_female(cells, numbers[at]), numbers[at])


def _p_female(cells: dict[str, str], row: int) -> float:
    """Return the P(female) of a row; raise InvalidInput if it is not clear."""
    gender, p_female = cells.get(GENDER, ""), cells.get(P_FEMALE, "")
    recorded = UNKNOWN if gender.lower() == UNKNOWN else gender_of(gender)
    if gender and recorded is None:
        raise InvalidInput(
            f"row {row}: the gender is not understood: write female, male or unknown"
        )
    if p_female:
        known = _share(p_female, row, 0)
        if recorded in (None, UNKNOWN) or (known >= 0.5 if recorded == "female" else known <= 0.5):
            return known
        raise InvalidInput(f"row {row}: gender and p_female contradict each other: clear one")
    if recorded is None:
        raise InvalidInput(f"row {row} has no gender: write female, male or unknown")
    if recorded == UNKNOWN:
        return 0.5
    probability = cells.get(PROBABILITY, "")
    known = _share(probability, row, 0.5) if probability else 1.0
    return known if recorded == "female" else 1 - known


def _share(text: str, row: int, least: float) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not least <= share <= 1:
        raise InvalidInput(f"row {row}: {text[:20]!r} is not a probability from {least:g} to 1")
    return share
