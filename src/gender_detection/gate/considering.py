"""A version considered as champion: fetched, compared, marked, and promoted if it passes."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from ..config import Settings
from ..errors import DatasetError
from ..evaluation import LabelledPerson, read_people
from ..registry import CHALLENGER, CHAMPION, Registry
from .comparison import Candidate, compare
from .references import Reference, read_reference
from .rules import load_rules
from .verdict import Finding, Verdict, as_json, render, summary


def consider(registry: Registry, settings: Settings, version: str) -> Verdict:
    """Make a version challenger, compare it with the champion, and promote it if it passes.

    Its verdict is kept with it in the registry (Registry.mark). A version that is refused stays
    challenger. Raise what check() raises.
    """
    registry.promote(version, CHALLENGER)
    verdict = check(registry, settings, version)
    registry.mark(
        version,
        passed=verdict.passed,
        against=verdict.champion,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        summary=summary(verdict),
        files={"gate.json": as_json(verdict), "gate.md": render(verdict)},
    )
    if verdict.passed:
        registry.promote(version)
        registry.drop(CHALLENGER)
    return verdict


def check(registry: Registry, settings: Settings, version: str) -> Verdict:
    """Compare a version with the champion; nothing is changed.

    The rules are those of the setting GATE_RULES. Names are drawn from the data that each of the
    two was made from. Raise ConfigError for invalid rules, ModelNotFound or ArtifactError for a
    version that cannot be loaded, DatasetError if the data of neither are kept, InvalidInput for
    labelled people that cannot be read.
    """
    rules = load_rules(settings.gate_rules)
    champion = registry.holder(CHAMPION)
    with tempfile.TemporaryDirectory() as folder:
        mine = _fetched(registry, version, Path(folder) / "challenger")
        other = _fetched(registry, champion, Path(folder) / "champion") if champion else None
        references, missing = _references(settings, mine, other)
        verdict = compare(mine, other, rules, references, _labelled(settings))
    return Verdict(version, champion, (*verdict.findings, *missing), verdict.rules)


def _fetched(registry: Registry, version: str, into: Path) -> Candidate:
    return Candidate.load(registry.download(registry.find(version=version), into))


def _references(
    settings: Settings, challenger: Candidate, champion: Candidate | None
) -> tuple[dict[str, Reference], list[Finding]]:
    """Return the data of each version that are kept, and a finding for those that are not."""
    versions = {challenger.model.data_version: "the challenger's data"}
    if champion:
        versions.setdefault(champion.model.data_version, "the champion's data")
    if champion and len(versions) == 1:
        versions = dict.fromkeys(versions, "the data of both")
    found: dict[str, Reference] = {}
    missing: list[Finding] = []
    for version, whose in versions.items():
        try:
            found[whose] = read_reference(settings.data_uri, version)
        except DatasetError as err:
            if len(missing) + 1 == len(versions):
                raise
            words = f"Nothing was drawn from {whose}: {err}."
            reason = "Each version knows the names of its own data best."
            missing.append(Finding("data", whose, "", "", "", None, None, words, reason))
    return found, missing


def _labelled(settings: Settings) -> Callable[[], Iterator[LabelledPerson]] | None:
    if not settings.people:
        return None
    people = read_people(settings.people)
    return lambda: iter(people)
