"""Names as Python users have them, made into people: texts, mappings, series, missing values."""

from collections.abc import Iterable, Mapping
from itertools import repeat
from typing import Any

from ..errors import InvalidInput
from ..model import Person
from ..model.people import ROLES

One = str | Person | Mapping[str, Any] | None


def is_one(names: Any) -> bool:
    """Return whether names are those of one person, and not several people."""
    return names is None or isinstance(names, str | Person | Mapping) or is_nothing(names)


def persons_of(names: Iterable[Any], country: Any) -> list[Person]:
    """Return a person for each of names, with the country of each or of all.

    A name is a text, a missing value, a Person, or a mapping with members of Person. Raise
    InvalidInput, which says where, if there is another, or there are not as many countries.
    """
    if isinstance(names, bytes):
        raise InvalidInput("names are bytes: decode them to text first")
    try:
        items = list(names)
    except TypeError:
        raise InvalidInput(
            f"{type(names).__name__} is no name and no list of names: give texts"
        ) from None
    countries = _countries(country, len(items))
    pairs = zip(items, countries, strict=False)
    return [_person(item, code, at) for at, (item, code) in enumerate(pairs)]


def is_nothing(value: Any) -> bool:
    """Return whether a value is one that programs use for a missing one: None, NaN, NaT, pd.NA."""
    if value is None:
        return True
    if isinstance(value, str | Person | Mapping):
        return False
    try:
        # A missing value is not equal to itself; the comparison of pd.NA has no truth value.
        return bool(value != value)
    except TypeError:
        return True
    except ValueError:
        return False  # an array


def _countries(country: Any, n: int) -> Iterable[str | None]:
    if country is None or isinstance(country, str):
        return repeat(country, n)
    countries = [None if is_nothing(code) else str(code) for code in country]
    if len(countries) != n:
        raise InvalidInput(
            f"{n} names and {len(countries)} countries: give one country, or one for each name"
        )
    return countries


def _person(item: Any, country: str | None, at: int) -> Person:
    if isinstance(item, str):
        return Person(name=item, country=country)
    if isinstance(item, Person):
        return item if item.country or not country else _with_country(item, country)
    if isinstance(item, Mapping):
        if odd := [key for key in item if key not in (*ROLES, "id")]:
            raise InvalidInput(
                f"name {at}: {str(odd[0])[:40]!r} is no member of a person: use {', '.join(ROLES)}"
            )
        members = {key: None if is_nothing(value) else value for key, value in item.items()}
        return Person(**{"country": country, **members})
    if is_nothing(item):
        return Person(country=country)
    raise InvalidInput(f"name {at} is {type(item).__name__} instead of text: give names as texts")


def _with_country(person: Person, country: str) -> Person:
    return Person(person.name, person.given_name, person.family_name, country, person.id)
