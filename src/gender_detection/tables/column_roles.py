"""Find the columns of names and countries in a table by their names."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

from ..errors import InvalidInput
from ..model.people import ROLES
from .csv_table import check_names, shown

# Other accepted names of columns, in any case, with spaces or hyphens instead of underscores.
SYNONYMS = {
    "full_name": "name",
    "fullname": "name",
    "author": "name",
    "first_name": "given_name",
    "firstname": "given_name",
    "forename": "given_name",
    "last_name": "family_name",
    "lastname": "family_name",
    "surname": "family_name",
    "country_code": "country",
}


@dataclass(frozen=True)
class Columns:
    """The names of the columns to read, by role; None for a role without a column.

    A row's given and family names are used if its name is blank.
    """

    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    country: str | None = None

    def used(self) -> list[str]:
        """Return the names of the columns that are set."""
        return [column for column in astuple(self) if column is not None]


def find_columns(names: Sequence[str], chosen: Columns | None = None) -> Columns:
    """Return the columns to read among those of a table.

    Those chosen are used; if one of them holds names, no other column of names is looked for. A
    column called name, given_name, family_name or country, in any case, is preferred to one with a
    synonym. Raise InvalidInput, which names the columns, if two columns match a role, a name
    appears twice, a chosen column does not exist, or no column holds names.
    """
    check_names(names)
    chosen = chosen or Columns()
    if missing := [name for name in chosen.used() if name not in names]:
        raise InvalidInput(f"no column {shown(missing)}: use one of these: {shown(names)}")
    named = chosen.name or chosen.given_name or chosen.family_name
    sought = [role for role in (("country",) if named else ROLES) if getattr(chosen, role) is None]
    found = replace(chosen, **{role: _column(role, names) for role in sought})
    if found.name is None and found.given_name is None:
        raise InvalidInput(
            "no column holds names: rename one to name, or two to given_name and family_name "
            f"(columns found: {shown(names)})"
        )
    return found


def _column(role: str, names: Sequence[str]) -> str | None:
    exact = [name for name in names if _folded(name) == role]
    candidates = exact or [name for name in names if role_of(name) == role]
    if len(candidates) > 1:
        raise InvalidInput(
            f"{shown(candidates)} could each be the column {role}: rename all but one of them"
        )
    return candidates[0] if candidates else None


def role_of(name: str) -> str | None:
    """Return the one of ROLES that a column or member has by its name, or None."""
    folded = _folded(name)
    return folded if folded in ROLES else SYNONYMS.get(folded)


def _folded(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")
