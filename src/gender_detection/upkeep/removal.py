"""Removing what a plan says, one thing after the other, each looked at again just before."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
from prometheus_client.core import Metric

from .. import dataset_retention
from ..dataset_retention import StoredFiles
from ..errors import DatasetError, ModelNotFound, RegistryError
from ..model import store
from ..registry.stock import KnownRun, KnownVersion
from ..telemetry.pipeline_metrics import (
    KINDS,
    UPKEEP_KEPT_BYTES,
    UPKEEP_REMOVED,
    UPKEEP_REMOVED_BYTES,
)
from .plan import OF_OTHERS, Item, Plan, Upkeep

NEEDED_NOW = "it is needed now"


@dataclass
class Outcome:
    """What was removed, what is kept after all, each with the reason, and what could not be."""

    removed: list[Item] = field(default_factory=list)
    spared: list[tuple[Item, str]] = field(default_factory=list)
    failed: list[tuple[Item, str]] = field(default_factory=list)

    def metrics(self, plan: Plan) -> list[Metric]:
        """Return the metrics of an upkeep by this plan."""
        stay = [*plan.kept, *(item for item, _ in (*self.spared, *self.failed))]
        count, removed, kept = Counter[str](), Counter[str](), Counter[str]()
        for item in self.removed:
            count[item.kind] += 1
            removed[item.kind] += item.size
        for item in stay:
            kept[item.kind] += item.size
        return [
            metric.metric(((kind,), float(by_kind[kind])) for kind in KINDS)
            for metric, by_kind in (
                (UPKEEP_REMOVED, count),
                (UPKEEP_REMOVED_BYTES, removed),
                (UPKEEP_KEPT_BYTES, kept),
            )
        ]


def remove(upkeep: Upkeep, plan: Plan, tell: Callable[[str], None]) -> Outcome:
    """Remove what a plan says, and return what became of it; tell is called with each.

    Before each removal it is asked again whether the thing may be removed. What cannot be removed
    is left for the next upkeep, as are the rest of an interrupted one. Raise RegistryError if the
    registry does not answer.
    """
    outcome = Outcome()
    for item in plan.kept:
        # An interrupted upkeep may have marked what is kept now; it could not be promoted.
        if isinstance(item.of, KnownVersion) and item.of.is_marked:
            upkeep.stock.unmark(item.of)
    if plan.needed is not None:
        _set_pins(upkeep, plan)
    for place, item in enumerate(plan.removed, start=1):
        try:
            spared = _REMOVERS[item.kind](upkeep, item)
        except (OSError, DatasetError, RegistryError, pa.ArrowException) as err:
            shown = str(err) if str(err) else type(err).__name__
            outcome.failed.append((item, shown))
            spared, verb = "", f"could not be removed: {shown}"
        else:
            (outcome.spared.append((item, spared)) if spared else outcome.removed.append(item))
            verb = f"stays: {spared}" if spared else "removed"
        tell(f"[{place}/{len(plan.removed)}] {item.name}: {verb}")
    return outcome


def _set_pins(upkeep: Upkeep, plan: Plan) -> None:
    """Pin the data that kept versions were made from, and take all other pins of the model away."""
    files, name = StoredFiles(upkeep.settings.data_uri), upkeep.registry.model_name
    for stage in dataset_retention.STAGES:
        needed = (plan.needed or {}).get(stage, set())
        for version in sorted(needed):
            dataset_retention.pin(files, stage, version, name)
        for version in dataset_retention.pinned(files, stage) - needed:
            dataset_retention.unpin(files, stage, version, name)


def _version(upkeep: Upkeep, item: Item) -> str:
    """Remove a version of the model; return why it is not, "" if it is.

    It is marked first, and then looked at again: a version with the mark is not promoted.
    """
    version = item.of
    assert isinstance(version, KnownVersion)  # noqa: S101 - by its kind
    try:
        upkeep.stock.mark(version)
    except ModelNotFound:
        return ""
    kept = upkeep.kept_versions(upkeep.stock.versions())
    if version.number in kept:
        upkeep.stock.unmark(version)
        return kept[version.number]
    upkeep.stock.remove_version(version)
    return ""


def _run(upkeep: Upkeep, item: Item) -> str:
    run = item.of
    assert isinstance(run, KnownRun)  # noqa: S101 - by its kind
    versions = upkeep.stock.versions()
    if any(version.run_id == run.run_id for version in versions):
        return "a version that it made is still there"
    now = {each.run_id: each for each in upkeep.stock.runs(versions)}.get(run.run_id)
    if now is None:
        return ""
    if now.of_others:
        return OF_OTHERS
    if why := upkeep.run_kept(now, versions, {}):
        return why
    upkeep.stock.remove_run(now)
    return ""


def _copy(upkeep: Upkeep, item: Item) -> str:
    assert isinstance(item.of, Path)  # noqa: S101 - by its kind
    return "" if store.remove(item.of) else "is served now"


def _data(upkeep: Upkeep, item: Item) -> str:
    assert isinstance(item.of, tuple)  # noqa: S101 - by its kind
    stage, version = item.of
    gone = dataset_retention.remove(StoredFiles(upkeep.settings.data_uri), stage, version)
    return "" if gone else NEEDED_NOW


_REMOVERS: dict[str, Callable[[Upkeep, Item], str]] = {
    "version": _version,
    "run": _run,
    "copy": _copy,
    "data": _data,
}
