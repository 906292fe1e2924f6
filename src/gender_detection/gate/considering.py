"""A version considered as champion: fetched, compared, marked, and promoted if it passes."""

import logging
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from ..config import Settings
from ..dataset_retention import pin_data
from ..errors import DatasetError, GateRefusal
from ..evaluation import LabelledPerson, read_people
from ..evaluation.registered import RegisteredFigures, in_tags
from ..registry import CHALLENGER, CHAMPION, Registry
from ..whole_files import sha256_of
from . import registered
from .comparison import Candidate, compare
from .references import Reference, read_reference
from .rules import load_rules
from .verdict import Finding, Verdict, as_json, headline, render, summary

LOGGER = logging.getLogger(__name__)
# Reasons of a refusal that are logged; the verdict in the registry has all.
SHOWN = 5
CHALLENGERS, CHAMPIONS = "the challenger's data", "the champion's data"


def consider(registry: Registry, settings: Settings, version: str) -> Verdict:
    """Make a version challenger, compare it with the champion, and promote it if it passes.

    With the setting AUTO_PROMOTE off, one that passes stays challenger if there is a champion.

    The data that it was made from are kept from now on (dataset_retention). Its verdict is kept
    with it in the registry (Registry.mark). A version that is refused stays challenger, and
    warnings say why. Raise GateRefusal if it was rolled back by itself before, and leave all as it
    is; or if it is refused and there is no champion to stay in service. Raise what check() raises.
    """
    if (told := registry.rolled_back(version)) is not None:
        raise GateRefusal(
            f"{told} It is not considered again: see 'gender-detection model show {version}', or "
            f"promote it all the same with 'gender-detection model promote {version} --force'"
        )
    registry.promote(version, CHALLENGER)
    _keep_data(registry, settings, version)
    verdict = _against_the_champion(registry, settings, version)
    _mark(registry, version, verdict)
    champion = registry.holder(CHAMPION)
    if verdict.passed and champion and not settings.auto_promote:
        LOGGER.warning(
            "version %s passed the gate and stays challenger: 'gender-detection model promote %s' "
            "makes it champion",
            version, version,
        )  # fmt: skip
        return verdict
    if verdict.passed:
        registry.promote(version)
        if registry.holder(CHALLENGER) == version:
            registry.drop(CHALLENGER)
        return verdict
    for finding in verdict.refusals[:SHOWN]:
        LOGGER.warning("%s", finding.words)
    told = f"{headline(verdict)} 'gender-detection model check {version}' has all reasons"
    if champion is None:
        raise GateRefusal(f"{told}. There is no other version to serve")
    LOGGER.warning("%s; version %s stays champion", told, champion)
    return verdict


def _mark(registry: Registry, version: str, verdict: Verdict) -> None:
    registry.mark(
        version,
        passed=verdict.passed,
        against=verdict.champion,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        summary=summary(verdict),
        files={"gate.json": as_json(verdict), "gate.md": render(verdict)},
    )


def _against_the_champion(registry: Registry, settings: Settings, version: str) -> Verdict:
    """Return what check() says; again if another version became champion meanwhile."""
    while True:
        before = registry.holder(CHAMPION)
        verdict = check(registry, settings, version)
        if registry.holder(CHAMPION) == before:
            return verdict


def _keep_data(registry: Registry, settings: Settings, version: str) -> None:
    """Pin the data that a version was made from, so that the pipeline does not remove them."""
    data_version = registry.lineage(registry.find(version=version), of_run=False).data_version
    try:
        pin_data(settings.data_uri, data_version, registry.model_name)
    except DatasetError as err:
        LOGGER.warning("%s", err)


def check(registry: Registry, settings: Settings, version: str) -> Verdict:
    """Compare a version with the champion; nothing is changed.

    A version whose sources were chosen by other licences than the champion's (SOURCES=permissive)
    is judged as a first version: which licences are wanted is no question of errors. The rules are
    those of the setting GATE_RULES. Files of people whose figures are registered with both are
    compared by their counts. Names are drawn from the data that each of the
    two was made from. Raise ConfigError for invalid rules, ModelNotFound or ArtifactError for a
    version that cannot be loaded, DatasetError if the data of neither are kept, InvalidInput for
    labelled people that cannot be read.
    """
    rules = load_rules(settings.gate_rules)
    champion = registry.holder(CHAMPION)
    with tempfile.TemporaryDirectory() as folder:
        mine = _fetched(registry, version, Path(folder) / "challenger")
        other = _fetched(registry, champion, Path(folder) / "champion") if champion else None
        notes = []
        if other and other.choice != mine.choice:
            notes.append(_chosen_otherwise(mine, other))
            champion = other = None
        references, missing = _references(settings, mine, other)
        figures = [_registered(registry, settings, of) for of in (version, champion) if of]
        both = figures[0], figures[1] if champion else None
        people = [*registered.counted(*both)]
        verdict = compare(mine, other, rules, references, _labelled(settings), counted=people)
        notes += registered.not_compared(*both)
    return Verdict(version, champion, (*verdict.findings, *missing, *notes), verdict.rules)


def _registered(registry: Registry, settings: Settings, version: str) -> list[RegisteredFigures]:
    """Return the figures registered with a version, but those of the file that is asked itself."""
    found = in_tags(registry.tags(version))
    path = Path(settings.people)
    if not settings.people or not path.is_file():
        return found
    digest = sha256_of(path)
    return [figures for figures in found if figures.file != digest]


def _fetched(registry: Registry, version: str, into: Path) -> Candidate:
    return Candidate.load(registry.download(registry.find(version=version), into))


def _references(
    settings: Settings, challenger: Candidate, champion: Candidate | None
) -> tuple[dict[str, Reference], list[Finding]]:
    """Return the data of each version that are asked, and a finding for those that are not."""
    versions = {challenger.model.data_version: CHALLENGERS}
    if champion:
        both = champion.model.data_version in versions
        versions[champion.model.data_version] = "the data of both" if both else CHAMPIONS
    found: dict[str, Reference] = {}
    missing: list[Finding] = []
    error: DatasetError | None = None
    for version, whose in versions.items():
        if whose == CHAMPIONS and champion and champion.is_smaller_than(challenger):
            # The statements that a sample leaves out may say otherwise; it says nothing more.
            missing.append(_not_drawn(whose, "it was built with a smaller share of the names"))
            continue
        try:
            found[whose] = read_reference(settings.data_uri, version)
        except DatasetError as err:
            error = err
            missing.append(_not_drawn(whose, str(err)))
    if error and not found:
        raise error
    return found, missing


def _chosen_otherwise(challenger: Candidate, champion: Candidate) -> Finding:
    words = (
        f"The sources of the champion, version {champion.model.version}, were chosen by "
        f"another rule: {champion.choice or 'unknown'}, here {challenger.choice or 'unknown'}. "
        "The version is judged on its own."
    )
    reason = "Which licences are wanted is no question of errors."
    return Finding("choice", "", "", "", "", None, None, words, reason)


def _not_drawn(whose: str, why: str) -> Finding:
    words = f"Nothing was drawn from {whose}: {why}."
    reason = "Each version knows the names of its own data best."
    return Finding("data", whose, "", "", "", None, None, words, reason)


def _labelled(settings: Settings) -> Callable[[], Iterator[LabelledPerson]] | None:
    if not settings.people:
        return None
    people = read_people(settings.people)
    return lambda: iter(people)
