"""What the upkeep would remove, and why it keeps the rest."""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pyarrow as pa

from .. import dataset_retention
from ..config import Settings, registered_model
from ..dataset_retention import StoredFiles
from ..errors import ArtifactError, ConfigError, DatasetError, ModelNotFound
from ..model import artifact, store
from ..model_sync import read_status
from ..registry import CHAMPION, Registry
from ..registry.stock import KnownRun, KnownVersion, Stock
from . import rules

OF_OTHERS = "made a version of another model"
Kind = Literal["version", "run", "copy", "data"]


@dataclass(frozen=True)
class Item:
    """Something that is kept or removed: its kind, its name in words, its bytes, and why.

    of is the version, the run, the folder or (stage, version) that it is.
    """

    kind: Kind
    name: str
    size: int
    why: str
    of: KnownVersion | KnownRun | Path | tuple[str, str]


@dataclass(frozen=True)
class Plan:
    """What is removed, in this order, and what is kept; notes say what was not looked at, and why.

    needed has the versions of each stage that kept versions of the model were made from; None if
    the datasets are left alone.
    """

    removed: tuple[Item, ...]
    kept: tuple[Item, ...]
    notes: tuple[str, ...] = ()
    needed: Mapping[str, set[str]] | None = None


@dataclass
class _Draft:
    removed: list[Item] = field(default_factory=list)
    kept: list[Item] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, item: Item, *, kept: bool) -> None:
        (self.kept if kept else self.removed).append(item)


class Upkeep:
    """The upkeep of one registered model, by the settings.

    Methods raise RegistryError if the registry does not answer: nothing is removed then, as it is
    not known what is needed.
    """

    def __init__(self, registry: Registry, settings: Settings, now: float | None = None) -> None:
        """Look after the model of a registry; now is in Unix time."""
        self.registry, self.settings = registry, settings
        self.stock = Stock(registry, settings.experiment)
        self.limits = rules.Limits(
            settings.keep_versions, settings.keep_rollbacks, settings.failed_run_days
        )
        self._now = now

    @property
    def now(self) -> float:
        """The time, in Unix time."""
        return time.time() if self._now is None else self._now

    def plan(self) -> Plan:
        """Return what would be removed; nothing is changed."""
        versions = self.stock.versions()
        kept = self.kept_versions(versions)
        runs = self.stock.runs(versions)
        draft = _Draft()
        self._plan_versions(draft, versions, kept)
        self._plan_runs(draft, runs, versions, kept)
        self._plan_copies(draft, versions)
        needed = self._plan_data(draft, runs, versions, kept)
        return Plan(tuple(draft.removed), tuple(draft.kept), tuple(draft.notes), needed)

    def kept_versions(self, versions: list[KnownVersion]) -> dict[str, str]:
        """Return why each version is kept that is, by its number."""
        return rules.kept_versions(versions, self.limits, self._served(), self.now)

    def run_kept(self, run: KnownRun, versions: list[KnownVersion], kept: Mapping[str, str]) -> str:
        """Return why a run is kept, "" if it may be removed with its versions."""
        of_run = [version for version in versions if version.run_id == run.run_id]
        return rules.run_kept(run, of_run, kept, self.limits, self.now)

    def _served(self) -> dict[str, str]:
        """Return the versions that are served or published here, by number, each with where."""
        settings, found = self.settings, {}
        model_dir = Path(settings.model_dir)
        if (status := read_status(model_dir)) and status.version:
            found[status.version] = f"followed in {model_dir}"
        named = registered_model(settings.model_uri)
        if named and named.version and named.name == self.registry.model_name:
            found[named.version] = "named by MODEL_URI"
        # Whichever of the two a server here would load.
        for uri in (settings.model_uri, None):
            with suppress(ModelNotFound, ArtifactError, ConfigError):
                folder = store.served(model_dir, uri)
                found[artifact.registered_version(folder)] = f"served from {folder.parent}"
        return found

    def _plan_versions(
        self, draft: _Draft, versions: list[KnownVersion], kept: Mapping[str, str]
    ) -> None:
        name = self.registry.model_name
        for version in sorted(versions, key=lambda each: int(each.number)):
            number = version.number
            newest = self.limits.versions
            old = f"not among the {newest} newest" if newest > 1 else "not the newest"
            why = kept.get(number, f"{old}, and not needed")
            size = self.stock.bytes_of_version(version)
            item = Item("version", f"version {number} of {name}", size, why, version)
            draft.add(item, kept=number in kept)
            if number not in kept and (place := self.stock.left_alone(version)):
                draft.notes.append(f"the files of version {number} stay: {place}")

    def _plan_runs(
        self,
        draft: _Draft,
        runs: list[KnownRun],
        versions: list[KnownVersion],
        kept: Mapping[str, str],
    ) -> None:
        for run in sorted(runs, key=lambda each: each.started):
            why = self.run_kept(run, versions, kept)
            if run.of_others:
                why = OF_OTHERS
            size = self.stock.bytes_of_run(run)
            shown = why or _why_removed(run, versions, self.limits)
            name = f"run {run.run_id} ({run.status.lower()})"
            draft.add(Item("run", name, size, shown, run), kept=bool(why))

    def _plan_copies(self, draft: _Draft, versions: list[KnownVersion]) -> None:
        model_dir = Path(self.settings.model_dir)
        folders = {folder.name: folder for folder in store.versions(model_dir)}
        try:
            served = store.served(model_dir, self.settings.model_uri).name
            served = served if served in folders else store.current(model_dir).name
        except (ModelNotFound, ArtifactError, ConfigError):
            # Which is served is not known: the newest intact one may be.
            served = next(iter(folders), "")
        previous = None
        with suppress(ModelNotFound):
            previous = self.registry.previous(CHAMPION)[1] if versions else None
        kept = rules.published_kept([*folders], served, previous)
        for name, folder in folders.items():
            why = kept.get(name, "neither served nor the one before")
            size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
            draft.add(Item("copy", f"published copy {name}", size, why, folder), kept=name in kept)

    def _plan_data(
        self,
        draft: _Draft,
        runs: list[KnownRun],
        versions: list[KnownVersion],
        kept: Mapping[str, str],
    ) -> dict[str, set[str]] | None:
        if not versions:
            draft.notes.append(
                f"the datasets stay: the registry has no version of {self.registry.model_name}, so "
                "it is not known which are needed"
            )
            return None
        try:
            return self._data_by_stage(draft, self._trained_on(runs, versions, kept))
        except (DatasetError, OSError, pa.ArrowException) as err:
            what = str(err) if isinstance(err, DatasetError) else type(err).__name__
            draft.notes.append(f"the datasets stay: {what}")
            return None

    def _data_by_stage(
        self, draft: _Draft, trained_on: Mapping[str, list[str]]
    ) -> dict[str, set[str]]:
        files, name = StoredFiles(self.settings.data_uri), self.registry.model_name
        needed: dict[str, set[str]] = {}
        users: dict[tuple[str, str], list[str]] = {}
        for data_version, numbers in trained_on.items():
            for stage, names in dataset_retention.made_from(files, data_version).items():
                needed.setdefault(stage, set()).update(names)
                for each in names:
                    users.setdefault((stage, each), []).extend(numbers)
        for stage in dataset_retention.STAGES:
            last = dataset_retention.published_last(files, stage)
            pinned = dataset_retention.pinned(files, stage, but=name)
            for version, size in _versions_of(files, stage):
                reasons = _made_into(users.get((stage, version), []))
                if version in last:
                    reasons.append("among those published last")
                if version in pinned:
                    reasons.append("pinned for another model")
                why = ", ".join(reasons) or "no kept version was made from it"
                item = Item("data", f"{stage} {version}", size, why, (stage, version))
                half = dataset_retention.is_half_removed(files, stage, version)
                complete = dataset_retention.is_complete(files, stage, version)
                # Incomplete without a sign of a removal: the pipeline is writing it.
                if complete or half:
                    draft.add(item, kept=bool(reasons))
        return needed

    def _trained_on(
        self, runs: list[KnownRun], versions: list[KnownVersion], kept: Mapping[str, str]
    ) -> dict[str, list[str]]:
        """Return the numbers of the kept versions by the version of the data they were made of."""
        by_run = {run.run_id: run.data_version for run in runs}
        found: dict[str, list[str]] = {}
        for version in versions:
            if version.number in kept:
                of = by_run.get(version.run_id) or self._data_version(version)
                found.setdefault(of, []).append(version.number)
        return found

    def _data_version(self, version: KnownVersion) -> str:
        """Return what the artifact of a version says, "" if its files are gone."""
        known = self.registry.find(version=version.number)
        return self.registry.lineage(known).data_version


def _why_removed(run: KnownRun, versions: list[KnownVersion], limits: rules.Limits) -> str:
    numbers = [version.number for version in versions if version.run_id == run.run_id]
    if numbers:
        return f"made version {', '.join(numbers)}"
    if run.is_half_removed:
        return "its versions were removed before"
    state = "failed" if run.status in rules.FAILED else "never ended, started"
    return f"{state} more than {limits.failed_days:g} days ago"


def _made_into(numbers: list[str]) -> list[str]:
    if len(numbers) < 2:
        return [f"version {number} was made from it" for number in numbers]
    return [f"versions {', '.join(sorted(numbers, key=int))} were made from it"]


def _versions_of(files: StoredFiles, stage: str) -> Iterator[tuple[str, int]]:
    """Yield each version of a stage with the bytes of its files."""
    for version, _ in files.list(f"{stage}/versions"):
        yield version, sum(size for _, size in files.list(f"{stage}/versions/{version}"))
