"""Reports on the countries in a table or a request: those not understood, and "NA"."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from ..missing import is_missing
from . import ISO_ALPHA_2, NAMIBIA, code_of

# Values that are counted one by one: a column without countries may have a new value in each row.
MOST_VALUES = 1_000
SHOWN_VALUES = 3
SHOWN_CHARACTERS = 40
HOW = "write it as IT, ITA, 380 or Italy"


WarningCode = Literal["country_not_understood", "na_is_namibia", "na_is_missing"]


class CountryWarning(msgspec.Struct, frozen=True):
    """A problem with countries: the number of its rows or persons, and some of the values."""

    code: WarningCode
    count: int
    examples: list[str]
    detail: str


class CountryReport(msgspec.Struct):
    """Counts of rows whose country is not understood or is NA; reports can be added up.

    values        rows by country not understood (shortened), at most MOST_VALUES countries
    others        rows with other countries not understood
    namibia       rows in which NA is read as Namibia
    na_missing    rows in which NA is read as a missing country
    """

    values: dict[str, int] = msgspec.field(default_factory=dict)
    others: int = 0
    namibia: int = 0
    na_missing: int = 0

    @property
    def unknown(self) -> int:
        """Rows with a country that is not understood; it counts as no country."""
        return sum(self.values.values()) + self.others

    def count(self, country: str, rows: int = 1) -> None:
        """Count rows with a country that is not understood."""
        country = shortened(country)
        if country in self.values or len(self.values) < MOST_VALUES:
            self.values[country] = self.values.get(country, 0) + rows
        else:
            self.others += rows

    def add(self, other: "CountryReport") -> None:
        """Add the report on another part of the same table."""
        for country, rows in other.values.items():
            self.count(country, rows)
        self.others += other.others
        self.namibia += other.namibia
        self.na_missing += other.na_missing

    def examples(self) -> list[str]:
        """Return the most frequent countries not understood, shortened."""
        commonest = sorted(self.values.items(), key=lambda pair: (-pair[1], pair[0]))
        return [country for country, _ in commonest[:SHOWN_VALUES]]

    def warnings(self, one: str = "row", several: str = "rows") -> list[CountryWarning]:
        """Return the warnings for a user, none if all countries are understood.

        one and several are the words for rows: row and rows, or person and people.
        """
        problems: tuple[tuple[WarningCode, int, list[str]], ...] = (
            ("country_not_understood", self.unknown, self.examples()),
            ("na_is_namibia", self.namibia, [NAMIBIA]),
            ("na_is_missing", self.na_missing, [NAMIBIA]),
        )
        return [
            CountryWarning(code, rows, examples, self._sentence(code, rows, one, several))
            for code, rows, examples in problems
            if rows
        ]

    def sentences(self, one: str = "row", several: str = "rows") -> list[str]:
        """Return the details of the warnings."""
        return [warning.detail for warning in self.warnings(one, several)]

    def _sentence(self, code: WarningCode, rows: int, one: str, several: str) -> str:
        them = f"{rows:,} {one if rows == 1 else several}"
        if code == "na_is_namibia":
            return (
                f"'NA' is read as Namibia in {them}, because other {several} have a country: leave "
                "the cell empty if the country is missing"
            )
        if code == "na_is_missing":
            return (
                f"'NA' is read as a missing country in {them}, because none of the first {several} "
                "has another country: write NAM for Namibia"
            )
        named = ", ".join(f"{example!r}" for example in self.examples())
        more = ", …" if len(self.values) > SHOWN_VALUES or self.others else ""
        has = "has" if rows == 1 else "have"
        return (
            f"{them} {has} a country that is not understood ({named}{more}), which counts as no "
            f"country: {HOW}"
        )


def report_on(countries: Iterable[str | None]) -> CountryReport:
    """Return the report on countries that were written one by one, where NA is Namibia."""
    report = CountryReport()
    for country in countries:
        if country and country not in ISO_ALPHA_2 and not understood(country):
            report.count(country.strip())
    return report


def understood(country: str) -> bool:
    """Return whether a text names a country or is a missing value."""
    return code_of(country) is not None or is_missing(country)


def na_is_missing(countries: Iterable[str | None]) -> bool:
    """Return whether NA, among these values of one column, is a missing country.

    It is Namibia only if other rows have countries: R and pandas write NA for missing values.
    """
    codes = (code_of(country) for country in countries if country and not is_na(country))
    return not any(codes)


def is_na(country: str) -> bool:
    """Return whether a text is NA itself."""
    return country.strip().upper() == NAMIBIA


def shortened(country: str) -> str:
    """Return a value for a message: printable, at most SHOWN_CHARACTERS long."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in country[: SHOWN_CHARACTERS + 1])
    return shown if len(shown) <= SHOWN_CHARACTERS else shown[: SHOWN_CHARACTERS - 1] + "…"
