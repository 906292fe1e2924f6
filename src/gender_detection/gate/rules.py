"""The rules of the gate: rules.toml, overridden by a file of the user."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from .. import os_errors
from ..errors import ConfigError

BUILT_IN = Path(__file__).with_name("rules.toml")
SAMPLE, SIZE, TIME = "sample", "size", "time"
ERROR, WRONG, UNKNOWN, REVERSED, ECE = "error", "wrong", "unknown", "reversed", "ece"
CHANGED, FAILED = "changed", "failed"
# The figures of each set of people. Calibration needs labels of people, or of names that the model
# was not made from: the labels of known names are the most common gender, which is right by 1.
FIGURES: Mapping[str, tuple[str, ...]] = {
    "people": (ERROR, WRONG, UNKNOWN, REVERSED),
    "unseen": (ERROR, WRONG, UNKNOWN, ECE),
    "labelled": (ERROR, WRONG, UNKNOWN, REVERSED, ECE),
    "unmistakable": (ERROR, WRONG, UNKNOWN, REVERSED),
    "notation": (CHANGED,),
    "direction": (FAILED,),
}
SLICES: Mapping[str, tuple[str, ...]] = {
    "people": ("country", "gender"),
    "unseen": ("gender",),
    "labelled": ("country", "gender"),
}
COMPARED = (
    *(f"{group}.{figure}" for group, figures in FIGURES.items() for figure in figures),
    SAMPLE,
    SIZE,
    TIME,
)


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule, as rules.toml describes it; of worse, most and times it has one, or none."""

    name: str
    compares: str
    reason: str
    worse: float | None = None
    most: float | None = None
    times: float | None = None
    certainty: float = 0.99
    by: list[Literal["country", "gender"]] = []
    least: int = 50
    enabled: bool = True


class Rules(msgspec.Struct, frozen=True):
    """The rules for a version that would replace a champion, and for a first one."""

    against_champion: tuple[Rule, ...]
    first: tuple[Rule, ...]
    source: str


def load_rules(own: str = "") -> Rules:
    """Return the rules of this package, overridden by those of the file own, if one is named.

    Raise ConfigError with file, rule and key for an invalid entry.
    """
    merged: dict[str, dict[str, dict[str, Any]]] = {"rules": {}, "first": {}}
    made: dict[str, dict[str, Rule]] = {"rules": {}, "first": {}}
    for file in [BUILT_IN, *([Path(own)] if own else [])]:
        for kind, tables in _document(file).items():
            for name, given in tables.items():
                merged[kind][name] = {**merged[kind].get(name, {}), **given}
                made[kind][name] = _rule(file, kind, name, merged[kind][name])
    against, first = (tuple(r for r in made[kind].values() if r.enabled) for kind in made)
    return Rules(against, first, own or "gender_detection/gate/rules.toml")


def _document(file: Path) -> dict[str, dict[str, dict[str, Any]]]:
    try:
        with file.open("rb") as stream:
            document = tomllib.load(stream)
    except OSError as err:
        described = os_errors.describe_for(f"{file}:", "cannot be read", err)
        raise ConfigError(f"rules of the gate {described}") from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise ConfigError(f"rules of the gate {file}: not valid TOML: {err}") from err
    for kind, tables in document.items():
        tables_only = isinstance(tables, dict) and all(
            isinstance(given, dict) for given in tables.values()
        )
        if kind not in ("rules", "first") or not tables_only:
            raise ConfigError(
                f"rules of the gate {file}: {kind}: give tables named [rules.NAME], or "
                "[first.NAME] for a first version"
            )
    return document


def _rule(file: Path, kind: str, name: str, keys: Mapping[str, Any]) -> Rule:
    where = f"rules of the gate {file}: {kind}.{name}"
    if "name" in keys:
        raise ConfigError(f"{where}: unknown key name: the rule has the table's name")
    try:
        rule = msgspec.convert({**keys, "name": name}, Rule)
    except msgspec.ValidationError as err:
        message = str(err).replace("Object contains unknown field", "unknown key")
        message = message.replace("Object missing required field", "missing key").replace("$.", "")
        raise ConfigError(f"{where}: {message}") from err
    _check(where, kind, rule)
    return rule


def _check(where: str, kind: str, rule: Rule) -> None:
    if rule.compares not in COMPARED:
        raise ConfigError(f"{where}: compares = {rule.compares!r}: use {', '.join(COMPARED)}")
    if not rule.reason.strip():
        raise ConfigError(f"{where}: reason is empty: say why there is this rule")
    given = [name for name in ("worse", "most", "times") if getattr(rule, name) is not None]
    allowed = _limits(kind, rule)
    if len(given) != min(1, len(allowed)) or not set(given) <= set(allowed):
        one = f"give {' or '.join(allowed)}, and no other" if allowed else "leave all of them out"
        raise ConfigError(f"{where}: {', '.join(given) or 'no limit'}: {one}")
    if any(not getattr(rule, name) >= 0 for name in given):
        raise ConfigError(f"{where}: {given[0]} must be 0 or more")
    if not 0.5 <= rule.certainty < 1:
        raise ConfigError(f"{where}: certainty = {rule.certainty}: give one from 0.5 to below 1")
    group = rule.compares.partition(".")[0]
    if not set(rule.by) <= set(SLICES.get(group, ())):
        known = " and ".join(SLICES.get(group, ())) or "none"
        raise ConfigError(f"{where}: by: the slices of {group} are {known}")
    if rule.least < 1:
        raise ConfigError(f"{where}: least = {rule.least}: give at least 1")


def _limits(kind: str, rule: Rule) -> list[str]:
    """Return the keys of which a rule must have one."""
    if rule.compares == SAMPLE:
        return []
    if rule.compares in (SIZE, TIME):
        return ["times"] if kind == "rules" else ["most"]
    if kind == "first" or rule.compares.endswith(f".{REVERSED}"):
        return ["most"]
    return ["worse", "most"]
