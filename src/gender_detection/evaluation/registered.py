"""The figures of a user's own labelled people that are registered with a version of the model.

They are counts of people, and of none of fewer than LEAST: a smaller group could be somebody whom
readers know. The file is named by its SHA-256, so that two versions are compared on the same file.
"""

from collections.abc import Mapping

import msgspec
import numpy as np

from ..errors import InvalidInput
from .inference import Judged
from .measures import Bools, expected_calibration_error, faults

# No figure is of fewer people.
LEAST = 20
# The people of all countries that have fewer each, and of those without one.
OTHERS = "others"
# A version's tag with the figures of a file is this and the name of the people.
TAG = "evaluated."
DIGITS = 12


class Cell(msgspec.Struct, frozen=True):
    """Counts of people: all, wrong if every answer is forced, and wrong or unknown at the threshold
    of the version."""

    n: int
    error: int
    wrong: int
    unknown: int


class RegisteredFigures(msgspec.Struct, frozen=True):
    """The figures of a version on a file.

    file is its SHA-256; options is a digest of how it was read, "" if it needed none. at is when
    this was registered (ISO 8601). women and men are missing if there are too few of either.
    """

    file: str
    options: str
    at: str
    threshold: float
    everybody: Cell
    ece: float | None = None
    women: Cell | None = None
    men: Cell | None = None
    countries: dict[str, Cell] = {}

    @property
    def people(self) -> str:
        """The name of these people: the same for two versions only if both had the same people."""
        return f"{self.file[:DIGITS]}.{self.options}" if self.options else self.file[:DIGITS]


def figures_of(judged: Judged, file: str, options: str, at: str) -> RegisteredFigures:
    """Return the figures to register; raise InvalidInput for fewer than LEAST people."""
    n = len(judged.is_female)
    if n < LEAST:
        raise InvalidInput(
            f"{n} people are too few to register figures of: at least {LEAST} are needed, so that "
            "no figure is of somebody whom readers know"
        )
    women, men = _cell(judged, judged.is_female), _cell(judged, ~judged.is_female)
    both = min(women.n, men.n) >= LEAST
    return RegisteredFigures(
        file,
        options,
        at,
        judged.threshold,
        _cell(judged, np.ones(n, bool)),
        expected_calibration_error(judged.p_female, judged.is_female),
        women if both else None,
        men if both else None,
        _by_country(judged),
    )


def as_tag(figures: RegisteredFigures) -> tuple[str, str]:
    """Return the name and the value of the tag with these figures, without the countries."""
    short = msgspec.structs.replace(figures, countries={})
    return f"{TAG}{figures.people}", msgspec.json.encode(short).decode()


def as_file(figures: RegisteredFigures) -> tuple[str, str]:
    """Return the name and the content of a JSON file with all of these figures."""
    text = msgspec.json.format(msgspec.json.encode(figures), indent=2).decode()
    return f"evaluations/{figures.people}.json", f"{text}\n"


def as_metrics(figures: RegisteredFigures) -> dict[str, float]:
    """Return the main figures by the names under which MLflow shows them: shares of the people."""
    everybody = figures.everybody
    shares = {
        "error": everybody.error / everybody.n,
        "wrong": everybody.wrong / everybody.n,
        "unknown": everybody.unknown / everybody.n,
    }
    return {f"{TAG}{figures.people}.{name}": share for name, share in shares.items()}


def in_tags(tags: Mapping[str, str]) -> list[RegisteredFigures]:
    """Return the figures in the tags of a version, the newest first.

    A tag that somebody changed, so that it has none, is left out.
    """
    found = []
    for name, value in tags.items():
        if name.startswith(TAG):
            try:
                found.append(msgspec.json.decode(value, type=RegisteredFigures))
            except msgspec.MsgspecError:
                continue
    return sorted(found, key=lambda figures: figures.at, reverse=True)


def _cell(judged: Judged, among: Bools) -> Cell:
    found = faults(judged.p_female[among], judged.is_female[among], judged.threshold)
    return Cell(int(among.sum()), *(int(has.sum()) for has in found.values()))


def _by_country(judged: Judged) -> dict[str, Cell]:
    """Return the cells of countries, those of too few people together.

    If the others are too few as well, the smallest of the rest joins them: the difference to
    everybody would tell their figures.
    """
    coded = judged.labels["country"]
    counts = np.bincount(coded.codes, minlength=len(coded.labels))
    order = sorted(range(len(coded.labels)), key=lambda at: (-counts[at], coded.labels[at]))
    shown = [at for at in order if counts[at] >= LEAST and coded.labels[at]]
    others = [at for at in order if counts[at] and at not in shown]
    while shown and others and sum(counts[at] for at in others) < LEAST:
        others.append(shown.pop())
    cells = {coded.labels[at]: _cell(judged, coded.codes == at) for at in shown}
    if others and shown:
        cells[OTHERS] = _cell(judged, np.isin(coded.codes, others))
    return cells
