"""What changed in the answers of two models on a fixed set of names.

fixed_names.csv has 309 names with countries: for each of the 56 countries of which the data have
the most bearers, the most common name of women, of men, of both, and one that is of the other
gender in most of the world; then common names of both without a country; then full names, titles,
initials, other scripts, and spellings that no source has. A name that is easy in every version says
little of what changed, so most of these are not.
"""

import csv
import functools
from pathlib import Path
from typing import Any

from ..model import Model, Person, Prediction

NAMES = Path(__file__).with_name("fixed_names.csv")
# A move of P(female) above this is counted.
MOVED = 0.05
# The kinds of change, each counted once for an answer, the first that applies.
KINDS = ("flipped", "became_unknown", "became_known", "moved")
MEANINGS = {
    "flipped": "female became male, or male female",
    "became_unknown": "had a gender, and has none",
    "became_known": "had none, and has a gender",
    "moved": f"P(female) moved by more than {MOVED:g}, or is there in one version only",
}


@functools.cache
def fixed_names() -> tuple[Person, ...]:
    """Return the people of fixed_names.csv."""
    with NAMES.open(encoding="utf-8", newline="") as file:
        return tuple(
            Person(name=row["name"], country=row["country"] or None) for row in csv.DictReader(file)
        )


def compare(before: Model, after: Model, *, largest: int = 10) -> dict[str, Any]:
    """Return how many answers changed, by kind, and the largest moves of P(female).

    The answers are those of each model with its own threshold. Moves are sorted by their size.
    """
    people = list(fixed_names())
    pairs = list(zip(before.predict(people), after.predict(people), strict=True))
    kinds = dict.fromkeys(KINDS, 0)
    changed = []
    for old, new in pairs:
        kind = kind_of(old, new)
        if kind:
            kinds[kind] += 1
        if kind or _move(old, new):
            changed.append((_move(old, new), kind, old, new))
    changed.sort(key=lambda row: (-abs(row[0]), str(row[2].name), str(row[2].country)))
    return {
        "names": len(pairs),
        "changed": sum(kinds.values()),
        **kinds,
        "largest": [_described(*row) for row in changed[:largest]],
    }


def kind_of(before: Prediction, after: Prediction) -> str:
    """Return the kind of change from one answer to another, "" if there is none."""
    return kind_between(before.gender, before.p_female, after.gender, after.p_female)


def kind_between(
    gender: str, p_female: float | None, new_gender: str, new_p_female: float | None
) -> str:
    """Return the kind of change from a gender and P(female) to new ones, "" if there is none."""
    if gender != new_gender:
        if new_gender == "unknown":
            return "became_unknown"
        return "became_known" if gender == "unknown" else "flipped"
    only_one = (p_female is None) != (new_p_female is None)
    return "moved" if only_one or abs(_moved(p_female, new_p_female)) > MOVED else ""


def _move(before: Prediction, after: Prediction) -> float:
    return _moved(before.p_female, after.p_female)


def _moved(before: float | None, after: float | None) -> float:
    """Return by how much P(female) moved; without a probability, it counts as even odds."""
    return round((0.5 if after is None else after) - (0.5 if before is None else before), 4)


def _described(move: float, kind: str, before: Prediction, after: Prediction) -> dict[str, Any]:
    return {
        "name": before.name,
        "country": before.country,
        "gender": [before.gender, after.gender],
        "p_female": [before.p_female, after.p_female],
        "move": move,
        "kind": kind,
    }
