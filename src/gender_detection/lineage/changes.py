"""What changed from one version to another: data, code, parameters and figures."""

from collections.abc import Mapping
from typing import Any

from .document import timestamp
from .record import Lineage

Change = list[Any]  # the value before, and the value after; None where there is none

# What is compared of a source. Texts about it, such as its citation, are not.
OF_SOURCE = ("title", "licence", "weight", "lines_in", "statements", "kept", "sha256")


def between(before: Lineage, after: Lineage) -> dict[str, Any]:
    """Return what differs, each as [before, after]; parts in which nothing differs are empty.

    data has the versions and rows of the datasets, and what changed of each source; a source that
    only one version has is there with its checksum. figures has all that are single numbers,
    own_people those of files that are registered with both.
    """
    return {
        "before": _named(before),
        "after": _named(after),
        "same_bytes": bool(before.digest) and before.digest == after.digest,
        "data": {
            "versions": _of_both(before.dataset_versions, after.dataset_versions),
            "rows": _of_both(before.rows, after.rows),
            "sources": _sources(before.sources, after.sources),
        },
        "code": differing(_code(before), _code(after)),
        "parameters": differing(before.parameters, after.parameters),
        "training": differing(before.training, after.training),
        "figures": differing(before.figures, after.figures),
        "own_people": _of_both(_own_people(before), _own_people(after)),
    }


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Change]:
    """Return the entries that are not equal in both, as [before, after]."""
    return {
        name: [before.get(name), after.get(name)]
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    }


def _of_both(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Change]:
    """Return the entries that differ; one that only one record knows is no change."""
    return {name: change for name, change in differing(before, after).items() if None not in change}


def _sources(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Change]]:
    found = {}
    for name in sorted({*before, *after}):
        old, new = before.get(name, {}), after.get(name, {})
        known = [key for key in OF_SOURCE if key in old or key in new]
        # A run that is not known has no weight, say: that is no change of the source.
        both = [key for key in known if not (old and new) or (key in old and key in new)]
        changed = differing({k: old.get(k) for k in both}, {k: new.get(k) for k in both})
        if changed:
            found[name] = changed
    return found


def _own_people(lineage: Lineage) -> dict[str, float]:
    """Return shares of the people of each registered file, by its name and the figure."""
    return {
        f"{figures.people} {name}": round(getattr(figures.everybody, name) / figures.everybody.n, 5)
        for figures in lineage.own_people
        for name in ("error", "wrong", "unknown")
    }


def _code(lineage: Lineage) -> dict[str, Any]:
    package = lineage.manifest.get("data", {}).get("package")
    run = lineage.run
    commit = {"commit": run.commit, "dirty": run.dirty} if run else {}
    return {"package": package, **commit}


def _named(lineage: Lineage) -> dict[str, Any]:
    return {
        "version": lineage.version,
        "created": timestamp(lineage.created),
        "data_version": lineage.data_version,
        "digest": lineage.digest,
    }
