"""What changed in a source between two runs, by its profiles, and which changes a rule stops.

A profile describes the statements of a source as JSON: {"fingerprint": text, "cells": {part:
{country: cell}}}, where part is given or family, country an alpha-2 code or WORLD, and cell has the
numbers rows, women, men and bearers. The same rows give the same fingerprint, in any order.

The people of a cell are its bearers. How many of them changed name or gender is half of what the
shares of each name's women and men differ by, added up: the total variation distance.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from .data_rules import DataRules

WORLD = "world"
PARTS_IN_WORDS = {"given": "given names", "family": "family names"}

# The rules on single names: their texts say what moved.
_NAMES = ("one_name", "all_names")

Profile = Mapping[str, Any]
Cell = Mapping[str, float]


class CellKey(NamedTuple):
    """A part of a source: its given or its family names of a country."""

    source: str
    part: str
    country: str

    def __str__(self) -> str:
        """Return the cell in words."""
        where = "of the world" if self.country == WORLD else f"in {self.country}"
        return f"{self.source}: {PARTS_IN_WORDS[self.part]} {where}"


class NameMove(NamedTuple):
    """A name, its bearers before and now, and the share of its cell's people that it moved.

    A family name has 0 women: its bearers have no stated gender.
    """

    name: str
    women_before: float
    women_now: float
    bearers_before: float
    bearers_now: float
    moved: float


@dataclass(frozen=True)
class CellMoves:
    """How far the names of a cell moved: all together, how many beyond the rule, the largest."""

    together: float
    beyond: int
    largest: Sequence[NameMove]


@dataclass(frozen=True)
class Change:
    """A change that is larger than its rule allows; text says it in words, without a name.

    rows are those of the source or of its cell, before or now, whichever are more.
    """

    rule: str
    source: str
    part: str | None
    country: str | None
    rows: float
    moved: float
    allowed: float
    text: str
    reason: str
    names: Sequence[NameMove] = ()

    @property
    def order(self) -> tuple[float, str]:
        """What changes are sorted by: those of the most rows first."""
        return -self.rows * self.moved, self.text

    def facts(self) -> dict[str, Any]:
        """Return the change for a JSON file, with the names that moved most."""
        return {**asdict(self), "names": [name._asdict() for name in self.names]}


def cells_of(source: str, profile: Profile) -> dict[CellKey, Cell]:
    """Return the cells of a profile by their keys."""
    return {
        CellKey(source, part, country): cell
        for part, countries in profile["cells"].items()
        for country, cell in countries.items()
    }


def rows_of(profile: Profile) -> int:
    """Return the rows of a source."""
    return int(sum(cell["rows"] for cell in cells_of("", profile).values()))


def in_both(source: str, before: Profile, now: Profile) -> Iterator[tuple[CellKey, Cell, Cell]]:
    """Yield the cells that both profiles have, with their figures before and now."""
    old = cells_of(source, before)
    for key, cell in cells_of(source, now).items():
        if key in old:
            yield key, old[key], cell


def compare(
    source: str,
    before: Profile,
    now: Profile,
    moves: Mapping[CellKey, CellMoves],
    rules: DataRules,
    *,
    new_release: bool,
) -> list[Change]:
    """Return the changes of a source beyond its rules, those of the most rows first.

    moves has the cells whose names were compared; new_release says that the source's package is
    another release than before, for which the rules are wider.
    """
    judge = _Judge(source, rules, new_release)
    judge.rows(rows_of(before), rows_of(now))
    old, new = cells_of(source, before), cells_of(source, now)
    judge.countries({key: cell for key, cell in old.items() if key not in new})
    for key, was, cell in in_both(source, before, now):
        judge.cell(key, was, cell)
        if key in moves:
            judge.names(key, moves[key], max(was["rows"], cell["rows"]))
    return sorted(judge.changes, key=lambda change: change.order)


def digest_of(changes: Sequence[Change], before: Mapping[str, str]) -> str:
    """Return the short name of a list of changes since the versions before, by source."""
    content = json.dumps([[change.text for change in changes], before], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def relative(before: float, now: float) -> float:
    """Return the difference of two counts as a share of the larger one, 0 if both are 0."""
    larger = max(before, now)
    return abs(now - before) / larger if larger else 0.0


class _Judge:
    """Collects the changes of one source that are beyond its rules."""

    def __init__(self, source: str, rules: DataRules, new_release: bool):
        self.changes: list[Change] = []
        self._source = source
        self._rules = rules
        self._new_release = new_release

    def rows(self, before: int, now: int) -> None:
        text = f"{self._source}: {before:,} rows before, {now:,} now"
        self._judge("rows", None, max(before, now), relative(before, now), text)

    def countries(self, gone: Mapping[CellKey, Cell]) -> None:
        for key, cell in gone.items():
            text = f"{key}: all {cell['rows']:,.0f} rows are gone"
            self._judge("countries", key, cell["rows"], 1.0, text)

    def cell(self, key: CellKey, before: Cell, now: Cell) -> None:
        rows = max(before["rows"], now["rows"])
        text = f"{key}: {before['rows']:,.0f} rows before, {now['rows']:,.0f} now"
        self._judge("country_rows", key, rows, relative(before["rows"], now["rows"]), text)
        text = f"{key}: {before['bearers']:,.0f} bearers before, {now['bearers']:,.0f} now"
        self._judge("bearers", key, rows, relative(before["bearers"], now["bearers"]), text)
        if key.part == "given":
            old, new = (_share_of_women(cell) for cell in (before, now))
            text = f"{key}: {old:.1%} women before, {new:.1%} now"
            self._judge("women", key, rows, abs(new - old), text)

    def names(self, key: CellKey, moves: CellMoves, rows: float) -> None:
        text = f"{key}: {moves.together:.1%} of the people have another name or gender"
        self._judge("all_names", key, rows, moves.together, text, moves.largest)
        if moves.largest:
            most = moves.largest[0].moved
            count = f"{moves.beyond:,} single names changed too much"
            text = f"{key}: {count}, the largest for {most:.1%} of the people"
            self._judge("one_name", key, rows, most, text, moves.largest)

    def _judge(
        self,
        name: str,
        key: CellKey | None,
        rows: float,
        moved: float,
        text: str,
        names: Sequence[NameMove] = (),
    ) -> None:
        rule = self._rules.of(self._source, name)
        allowed = rule.limit(self._new_release)
        if rows < rule.smallest or moved <= allowed:
            return
        part, country = (key.part, key.country) if key else (None, None)
        by = "" if name in _NAMES else f"changed by {moved:.1%}, "
        text = f"{text} ({by}{allowed:.1%} allowed)"
        self.changes.append(
            Change(
                name, self._source, part, country, rows, moved, allowed, text, rule.reason, names
            )
        )


def _share_of_women(cell: Cell) -> float:
    gendered = cell["women"] + cell["men"]
    return cell["women"] / gendered if gendered else 0.0
