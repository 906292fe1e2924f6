"""The rules on how much a source may change between two runs: data_rules.toml and a user's file."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from .. import os_errors
from ..errors import ConfigError

BUILT_IN = Path(__file__).with_name("data_rules.toml")


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The limits of one rule; most and most_new_release are shares, smallest is in rows."""

    most: float
    most_new_release: float
    smallest: int
    reason: str

    def limit(self, new_release: bool) -> float:
        """Return the largest change that is allowed."""
        return self.most_new_release if new_release else self.most


class DataRules:
    """The rules of all sources, and what differs for single ones."""

    def __init__(
        self, rules: Mapping[str, Mapping[str, Any]], own: Mapping[str, Mapping[str, Any]]
    ):
        """Take rule name -> keys, and source -> rule name -> keys that override them."""
        self._rules = rules
        self._own = own

    def of(self, source: str, name: str) -> Rule:
        """Return the rule of a name for a source."""
        given = self._own.get(source, {}).get(name, {})
        return msgspec.convert({**self._rules[name], **given}, Rule)


def load_rules(own: Path | None = None) -> DataRules:
    """Return the built-in rules with the changes in the user's file own.

    Raise ConfigError with file, rule and key if own cannot be read or has an invalid entry.
    """
    rules = _document(BUILT_IN)["rules"]
    if own is None:
        return DataRules(rules, {})
    document = _document(own)
    if unknown := sorted(set(document) - {"rules", "sources"}):
        raise ConfigError(
            f"rules {own}: unknown key {unknown[0]}: give [rules.NAME] or [sources.SOURCE.NAME]"
        )
    given = _tables(own, "rules", document.get("rules", {}))
    merged = {name: {**keys, **given.get(name, {})} for name, keys in rules.items()}
    _check(own, "rules", given, merged)
    sources = _tables(own, "sources", document.get("sources", {}))
    for source, tables in sources.items():
        _check(own, f"sources.{source}", _tables(own, f"sources.{source}", tables), merged)
    return DataRules(merged, sources)


def _document(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except OSError as err:
        raise ConfigError(
            f"rules {os_errors.describe_for(f'{file}:', 'cannot be read', err)}"
        ) from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise ConfigError(f"rules {file}: not valid TOML: {err}") from err


def _tables(file: Path, where: str, found: Any) -> Mapping[str, dict[str, Any]]:
    if not isinstance(found, dict) or not all(isinstance(keys, dict) for keys in found.values()):
        raise ConfigError(f"rules {file}: {where} must be tables named [{where}.NAME]")
    return found


def _check(
    file: Path,
    where: str,
    given: Mapping[str, dict[str, Any]],
    rules: Mapping[str, Mapping[str, Any]],
) -> None:
    for name, keys in given.items():
        if name not in rules:
            raise ConfigError(
                f"rules {file}: {where}.{name} is unknown: the rules are {', '.join(rules)}"
            )
        try:
            rule = msgspec.convert({**rules[name], **keys}, Rule)
        except msgspec.ValidationError as err:
            message = str(err).replace("Object contains unknown field", "unknown key")
            raise ConfigError(f"rules {file}: {where}.{name}: {message.replace('$.', '')}") from err
        for key in ("most", "most_new_release", "smallest"):
            if not getattr(rule, key) >= 0:
                raise ConfigError(f"rules {file}: {where}.{name}.{key} must be 0 or more")
