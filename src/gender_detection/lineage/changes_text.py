"""What changed from one version to another, as text for a terminal."""

from collections.abc import Mapping
from typing import Any

from .answers import KINDS, MEANINGS
from .changes import Change
from .layout import NOTHING, count, figure, printable, section, table
from .text import day

# Figures that are shown; --json has all.
SHOWN = (
    "unseen.n",
    "unseen.forced.errorCoded",
    "unseen.forced.errorGenderBias",
    "unseen.at_threshold.errorCodedWithoutNA",
    "unseen.at_threshold.naCoded",
    "unseen.ece",
    "known.world.entries",
    "known.world.error",
    "known.world.women_error",
    "known.world.men_error",
    "people.n",
    "people.forced.errorCoded",
)
SAME = "nothing"


def as_text(changes: Mapping[str, Any]) -> str:
    """Return the result of changes.between() with that of answers.compare() in "answers"."""
    before, after = changes["before"], changes["after"]
    data = changes["data"]
    figures = {name: change for name, change in changes["figures"].items() if name in SHOWN}
    more = len(changes["figures"]) - len(figures)
    others = f"\n{more} other figures changed: --json has them" if more else ""
    own = changes["own_people"]
    parts = [
        printable(
            f"from version {before['version']} ({day(before['created'])}) to version "
            f"{after['version']} ({day(after['created'])})"
        ),
        section("Data", _values({**_prefixed("version", data["versions"]),
                                 **_prefixed("rows", data["rows"])})),
        section("Sources", _sources(data["sources"])),
        section("Code", _values(changes["code"])),
        section("Parameters", _values({**changes["training"], **changes["parameters"]})),
        section("Figures", _values(figures) + others),
        *([section("Registered people", _values(own))] if own else []),
        section(f"Answers on {changes['answers']['names']} fixed names",
                _answers(changes["answers"])),
    ]  # fmt: skip
    if changes["same_bytes"]:
        parts.insert(1, f"Both are the same model, byte for byte: SHA-256 {after['digest']}")
    return "\n\n".join(parts)


def _prefixed(prefix: str, changes: Mapping[str, Change]) -> dict[str, Change]:
    return {f"{prefix} of {name}": change for name, change in changes.items()}


def _values(changes: Mapping[str, Change]) -> str:
    if not changes:
        return SAME
    rows = [(name, *map(_shown, change), _moved(*change)) for name, change in changes.items()]
    return table(("", "before", "after", "change"), rows, text=(0,))


def _sources(sources: Mapping[str, Mapping[str, Change]]) -> str:
    if not sources:
        return SAME
    rows: list[tuple[str, ...]] = []
    for name, changes in sources.items():
        checksum = changes.get("sha256", ["", ""])
        if checksum[0] is None or checksum[1] is None:
            added = checksum[0] is None
            rows.append((name, "is new" if added else "is gone", "", "", ""))
            continue
        rows += [
            (name, what, *(_digits(value) if what == "sha256" else _shown(value)
             for value in change), _moved(*change))
            for what, change in changes.items()
        ]  # fmt: skip
    return table(("source", "what", "before", "after", "change"), rows, text=(0, 1))


def _answers(answers: Mapping[str, Any]) -> str:
    if not answers["largest"]:
        return SAME
    counts = [(MEANINGS[kind], count(answers[kind])) for kind in KINDS]
    moves = [
        (
            str(row["name"]),
            row["country"] or "",
            *(_answer(row, at) for at in (0, 1)),
            f"{row['move']:+.3f}",
        )
        for row in answers["largest"]
    ]
    return "\n".join(
        [
            table(("changed", "answers"), counts, text=(0,)),
            "",
            table(("largest moves", "", "before", "after", "P(female)"), moves, text=(0, 1, 2, 3)),
        ]
    )


def _answer(row: Mapping[str, Any], at: int) -> str:
    p_female = row["p_female"][at]
    return str(row["gender"][at]) + (f" ({p_female:.3f})" if p_female is not None else "")


def _shown(value: object) -> str:
    return NOTHING if value is None else figure(value)


def _digits(checksum: object) -> str:
    return str(checksum)[:12]


def _moved(before: object, after: object) -> str:
    """Return the difference of two numbers, "" for anything else."""
    numbers = [v for v in (before, after) if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) != 2:
        return ""
    move = numbers[1] - numbers[0]
    return f"{move:+,}" if isinstance(move, int) else f"{move:+.4g}"
