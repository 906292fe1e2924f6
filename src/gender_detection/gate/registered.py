"""People of whom only counts are known: the figures that are registered with both versions.

`evaluate --register` keeps with a version how many people of a file have each fault, and not who.
Two versions are compared on the same file as if nobody had a fault with both. That is the pairing
by which a difference is least certain, so a version is refused only where it would be refused by
the people themselves.
"""

from collections.abc import Iterator

import numpy as np

from ..evaluation.measures import Bools
from ..evaluation.registered import RegisteredFigures
from .asked import Asked, Marks
from .rules import ERROR, UNKNOWN, WRONG
from .verdict import Finding

REASON = "Your own labelled people are the nearest to those that you ask about."


def counted(
    challenger: list[RegisteredFigures], champion: list[RegisteredFigures] | None
) -> Iterator[Asked]:
    """Yield the people of each file of which both versions have figures; champion is None without
    one."""
    others = {figures.people: figures for figures in champion or ()}
    for mine in challenger:
        other = others.get(mine.people)
        if champion is None or (other and _are_same_people(mine, other)):
            yield _asked(mine, other)


def not_compared(
    challenger: list[RegisteredFigures], champion: list[RegisteredFigures] | None
) -> Iterator[Finding]:
    """Yield a finding for each file of which only one of two versions has figures."""
    if champion is None:
        return
    mine = {figures.people: figures for figures in challenger}
    others = {figures.people: figures for figures in champion}
    for people in sorted({*mine, *others}):
        if people in mine and people in others:
            if _are_same_people(mine[people], others[people]):
                continue
            why = "another number of its people was read for the other version"
        else:
            has = "this version" if people in mine else "the champion"
            why = f"only {has} has figures of it"
        words = (
            f"The file {people} is not compared: {why}. 'gender-detection evaluate FILE --register "
            "--model VERSION' adds them."
        )
        yield Finding("registered", _of(people), "", "", "", None, None, words, REASON)


def _are_same_people(mine: RegisteredFigures, other: RegisteredFigures) -> bool:
    return mine.file == other.file and mine.everybody.n == other.everybody.n


def _of(people: str) -> str:
    return f"people of the registered file {people}"


def _asked(mine: RegisteredFigures, other: RegisteredFigures | None) -> Asked:
    n, faults, before = mine.everybody.n, {}, {}
    for figure in (ERROR, WRONG, UNKNOWN):
        faults[figure] = _first(getattr(mine.everybody, figure), n)
        if other:
            before[figure] = _last(getattr(other.everybody, figure), n)
    champion = Marks(before) if other else None
    return Asked("labelled", _of(mine.people), Marks(faults), champion, is_counted=True)


def _first(count: int, n: int) -> Bools:
    return np.arange(n) < count


def _last(count: int, n: int) -> Bools:
    return np.arange(n) >= n - count
