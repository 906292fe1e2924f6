"""Stops the pipeline where a source changed more than a rule allows since the last run.

Each source is compared with the newest kept version of the dataset raw that has it and was made
with the same SAMPLE. Its profile stands in the manifests, so a source that did not change costs
nothing; only the names of a changed one are read again. See docs/decisions/0047-data-watch.md.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from ..errors import QualityError
from ..jobs import say
from .data_rules import DataRules
from .datasets import Dataset, Version
from .profiles import Compared, moves_of
from .source_changes import CellKey, CellMoves, Change, compare, digest_of, in_both

# The list of changes that stopped the last run, beside the versions of raw.
REPORT = "refused_changes.json"
# Changes that the terminal shows; the report has all.
SHOWN = 10
SETTING = "GENDER_DETECTION_ACCEPT_DATA_CHANGES"
_EMPTY: Mapping[str, Any] = {"fingerprint": "", "cells": {}}


class Watch:
    """Compares the statements of a run with the versions of raw that are kept."""

    def __init__(self, spark: SparkSession, raw: Dataset, rules: DataRules):
        """Watch the dataset raw by rules."""
        self._spark = spark
        self._raw = raw
        self._rules = rules

    def check(self, df: DataFrame, facts: Mapping[str, Any], *, accepted: str) -> dict[str, Any]:
        """Return notes for the manifest: the changes beyond the rules that were accepted, if any.

        df has the statements and facts what their manifest will say: sample, sources, profiles.
        accepted is the name of a list of changes that may pass. Raise QualityError for any other.
        """
        before = baselines(self._raw.kept(), facts)
        _say_what_is_compared(before, facts)
        changed = {
            name: version
            for name, version in before.items()
            if _profile(version.manifest, name) != _profile(facts, name)
        }
        changes = self._changes(df, facts, changed) if changed else []
        if not changes:
            self._raw.delete_report(REPORT)
            return {}
        versions = {name: version.name for name, version in changed.items()}
        return self._judged(changes, versions, accepted)

    def _changes(
        self, df: DataFrame, facts: Mapping[str, Any], before: Mapping[str, Version]
    ) -> list[Change]:
        moves = self._moves(df, facts, before)
        changes = []
        for name, version in before.items():
            old, new = _profile(version.manifest, name), _profile(facts, name)
            released = is_new_release(name, version, facts)
            changes += compare(name, old, new, moves, self._rules, new_release=released)
        return sorted(changes, key=lambda change: change.order)

    def _moves(
        self, df: DataFrame, facts: Mapping[str, Any], before: Mapping[str, Version]
    ) -> dict[CellKey, CellMoves]:
        """Return how far the names of changed sources moved: one comparison for each version."""
        moves: dict[CellKey, CellMoves] = {}
        for version, names in _by_version(before):
            cells: dict[CellKey, Compared] = {}
            for name in names:
                cells |= self._cells(name, version, facts)
            moves |= moves_of(self._spark, self._raw.read(version), df, cells)
        return moves

    def _cells(
        self, name: str, before: Version, facts: Mapping[str, Any]
    ) -> dict[CellKey, Compared]:
        """Return the cells of a source that are large enough to compare their names."""
        one_name = self._rules.of(name, "one_name")
        limit = one_name.limit(is_new_release(name, before, facts))
        smallest = min(one_name.smallest, self._rules.of(name, "all_names").smallest)
        profiles = (_profile(manifest, name) for manifest in (before.manifest, facts))
        return {
            key: Compared(was, cell, limit)
            for key, was, cell in in_both(name, *profiles)
            if max(was["rows"], cell["rows"]) >= smallest
        }

    def _judged(
        self, changes: Sequence[Change], versions: Mapping[str, str], accepted: str
    ) -> dict[str, Any]:
        digest = digest_of(changes, versions)
        for change in changes[:SHOWN]:
            say(f"changed: {change.text}")
        if len(changes) > SHOWN:
            say(f"changed: and {len(changes) - SHOWN} more")
        if accepted == digest:
            say(f"these changes were accepted as the list {digest}")
            self._raw.delete_report(REPORT)
            texts = [change.text for change in changes]
            return {"accepted_changes": {"list": digest, "since": versions, "changes": texts}}
        facts = [change.facts() for change in changes]
        report = {"list": digest, "since": versions, "changes": facts}
        uri = self._raw.write_report(REPORT, report)
        other = f"; {SETTING}={accepted} names another list" if accepted else ""
        raise QualityError(
            f"changes in the sources that are larger than the rules allow: {len(changes)}{other}. "
            f"See above, and {uri} for the whole list with reasons and the names that moved most. "
            "Nothing was published, and the last good version stays current: correct the source, "
            f"or, if these changes are meant, run again with {SETTING}={digest}"
        )


def baselines(kept: Sequence[Version], facts: Mapping[str, Any]) -> dict[str, Version]:
    """Return, for each source of a run, the version to compare it with, if there is one.

    kept has the versions, the newest first; those of another sample, and those made before sources
    were compared, are passed over.
    """
    found: dict[str, Version] = {}
    for version in kept:
        if "profiles" in version.manifest and version.manifest["sample"] == facts["sample"]:
            for name in version.manifest["sources"]:
                found.setdefault(name, version)
    return {name: found[name] for name in facts["sources"] if name in found}


def is_new_release(name: str, before: Version, facts: Mapping[str, Any]) -> bool:
    """Return whether a source's package is another release than in the version before."""
    return bool(before.manifest["sources"][name]["release"] != facts["sources"][name]["release"])


def _profile(manifest: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    # A source none of whose statements was kept has no profile.
    profile: Mapping[str, Any] = manifest["profiles"].get(name, _EMPTY)
    return profile


def _by_version(before: Mapping[str, Version]) -> list[tuple[Version, list[str]]]:
    """Return each version once, with the names of the sources to compare with it."""
    versions = {version.name: version for version in before.values()}
    return [
        (version, sorted(name for name, at in before.items() if at.name == version.name))
        for version in versions.values()
    ]


def _say_what_is_compared(before: Mapping[str, Version], facts: Mapping[str, Any]) -> None:
    if not before:
        say("sources: no earlier version to compare them with")
        return
    for version, names in _by_version(before):
        say(f"sources compared with version {version.name}: {', '.join(names)}")
        for name in names:
            if is_new_release(name, version, facts):
                old, new = (
                    m["sources"][name]["release"] or "none" for m in (version.manifest, facts)
                )
                say(f"{name}: release {old} before, {new} now: wider rules apply")
    if new := sorted(set(facts["sources"]) - set(before)):
        say(f"sources with no earlier version to compare with: {', '.join(new)}")
    had = {name for version in before.values() for name in version.manifest["sources"]}
    if gone := sorted(had - set(facts["sources"])):
        say(f"sources that are no longer read: {', '.join(gone)}")
