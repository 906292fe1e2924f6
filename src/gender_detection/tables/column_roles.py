"""Find the columns of names, countries and other facts about people in a table by their headers."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

from ..errors import ColumnNotFound, InvalidInput
from ..model.people import ROLES
from .csv_table import check_names, shown
from .headers import key_of, roles_of


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


class NoNames(InvalidInput):
    """A table has no column of names."""


def find_columns(names: Sequence[str], chosen: Columns | None = None) -> Columns:
    """Return the columns to read among those of a table.

    Those chosen are used; if one of them holds names, no other column of names is looked for. A
    column called name, given_name, family_name or country, in any case, is preferred to one with
    another header of headers.tsv. Raise InvalidInput, which names the columns, if two columns match
    a role, a name appears twice, a chosen column does not exist, or no column holds names.
    """
    check_names(names)
    chosen = chosen or Columns()
    _check_chosen(chosen.used(), names)
    named = chosen.name or chosen.given_name or chosen.family_name
    sought = [role for role in (("country",) if named else ROLES) if getattr(chosen, role) is None]
    roles = roles_of(names)
    found = replace(chosen, **{role: _column(role, names, roles) for role in sought})
    if found.name is None and found.given_name is None:
        raise NoNames(
            "no column holds names: rename one to name, or two to given_name and family_name "
            f"(columns found: {shown(names)}), or say which does: {_ways_to_choose('name')}"
        )
    return found


def find_column(role: str, names: Sequence[str], chosen: str | None = None) -> str | None:
    """Return the column of a table with one role of headers.ALL_ROLES, None if there is none.

    The chosen column is used. Raise InvalidInput if it does not exist, or two columns match the
    role.
    """
    if chosen is not None:
        _check_chosen([chosen], names)
        return chosen
    return _column(role, names, roles_of(names))


def described(columns: Columns) -> str:
    """Return which columns are read for what, as text to show."""
    found = {
        "names": columns.name,
        "given names": columns.given_name,
        "family names": columns.family_name,
        "countries": columns.country,
    }
    return ", ".join(f"{what} from {name!r}" for what, name in found.items() if name is not None)


def are_plain(columns: Columns) -> bool:
    """Return whether all columns are called as what is read from them, such as Given Name."""
    return all(
        name is None or key_of(name) == key_of(role)
        for role, name in zip(ROLES, astuple(columns), strict=True)
    )


def _check_chosen(chosen: Sequence[str], names: Sequence[str]) -> None:
    if missing := [name for name in chosen if name not in names]:
        raise ColumnNotFound(f"no column {shown(missing)}: use one of these: {shown(names)}")


def _column(role: str, names: Sequence[str], roles: dict[str, str]) -> str | None:
    candidates = [name for name in names if roles.get(name) == role]
    candidates = [name for name in candidates if key_of(name) == key_of(role)] or candidates
    if len(candidates) > 1:
        choice = f", or say which it is: {_ways_to_choose(role)}" if role in ROLES else ""
        raise InvalidInput(
            f"{shown(candidates)} could each be the column {role}: rename all but one of them"
            f"{choice}"
        )
    return candidates[0] if candidates else None


def _ways_to_choose(role: str) -> str:
    option = role.replace("_", "-")
    argument = "country_column" if role == "country" else role
    return (
        f"--{option}-column with gender-detection, {role}_column=… in a request, "
        f"{argument}=… in Python and Spark"
    )
