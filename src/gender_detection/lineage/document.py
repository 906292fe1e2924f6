"""A version's lineage as a document for JSON, and how the version is made again."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ..card.document import OUTSIDE_SAMPLE, PERMISSIVE
from ..config import PREFIX
from .record import Lineage, TrainingRun

# What a version is compared by in a list: the names that it knows, and its figures on names that
# were held out, as a share: errors if every answer is forced, and unknown at its threshold.
ERROR, UNKNOWN = "unseen.forced.errorCoded", "unseen.at_threshold.naCoded"


def as_document(lineage: Lineage, page: str = "") -> dict[str, Any]:
    """Return all that is known of a version; page is the address of its run.

    A value is null, "" or empty where it is not known.
    """
    run = lineage.run
    return {
        "model": lineage.model_name,
        "version": lineage.version,
        "registry": lineage.registry,
        "created": timestamp(lineage.created),
        "aliases": list(lineage.aliases),
        "tags": dict(lineage.tags),
        "digest": lineage.digest,
        "data_version": lineage.data_version,
        "datasets": _datasets(lineage),
        "sources": lineage.sources,
        "code": {
            "package": lineage.manifest.get("data", {}).get("package", ""),
            "commit": run.commit if run else "",
            "dirty": run.dirty if run else None,
            "notebook": run.notebook if run else "",
        },
        "run": _run(run, page),
        "parameters": lineage.parameters,
        "training": lineage.training,
        "figures": lineage.figures,
        "metrics": lineage.manifest.get("metrics"),
        "own_people": msgspec.to_builtins(lineage.own_people),
        "make_again": steps(lineage),
    }


def in_list(lineage: Lineage) -> dict[str, Any]:
    """Return the facts of a version by which versions are compared in a list."""
    figures = lineage.figures
    return {
        "version": lineage.version,
        "created": timestamp(lineage.created),
        "aliases": list(lineage.aliases),
        "data_version": lineage.data_version,
        "names": lineage.rows.get("vectors"),
        "error_unseen": figures.get(ERROR),
        "unknown_unseen": figures.get(UNKNOWN),
        "threshold": lineage.manifest.get("parameters", {}).get("threshold"),
        "is_sample": is_sample(lineage),
        "refused": lineage.is_refused,
        "rolled_back": lineage.is_rolled_back,
        "own_people": {f.people: f.everybody.error / f.everybody.n for f in lineage.own_people},
        "digest": lineage.digest,
    }


def is_sample(lineage: Lineage) -> bool:
    """Whether a version was trained on a sample of the names."""
    return bool(lineage.manifest.get("data", {}).get(OUTSIDE_SAMPLE))


def steps(lineage: Lineage) -> list[dict[str, str]]:
    """Return the commands that make a version again, each with what it does or needs.

    Empty if its data version is not known.
    """
    if not lineage.data_version:
        return []
    run, data = lineage.run, lineage.manifest.get("data", {})
    found = []
    if run and run.commit:
        meaning = "the code"
        if run.dirty:
            meaning += "; it had changes that are not in the commit, so the bytes may differ"
        found.append({"command": f"git checkout {run.commit}", "meaning": meaning})
    variables = []
    if data.get("choice") == PERMISSIVE:
        variables.append(f"{PREFIX}SOURCES={PERMISSIVE}")
    if run and run.parameters.get("sample", "1.0") != "1.0":
        variables.append(f"{PREFIX}SAMPLE={run.parameters['sample']}")
    found.append(
        {
            "command": " ".join([*variables, "make data"]),
            "meaning": f"only if the data version {lineage.data_version} is no longer kept: the "
            "same sources give it again",
        }
    )
    # A changed setting of the sources or the sample would build the data anew.
    variables.append(f"{PREFIX}DATA_VERSION={lineage.data_version}")
    judged = "people" in (lineage.manifest.get("metrics") or {})
    if judged:
        variables.append(f"{PREFIX}PEOPLE=FILE")
    found.append(
        {
            "command": " ".join([*variables, "make train"]),
            "meaning": f"registers a version with the SHA-256 {lineage.digest or 'of this one'}"
            + ("; FILE: the same labelled people" if judged else ""),
        }
    )
    return found


def timestamp(milliseconds: int | None) -> str | None:
    """Return a time in milliseconds of Unix time as 2025-01-31T08:00:00Z, None for None."""
    if milliseconds is None:
        return None
    when = datetime.datetime.fromtimestamp(milliseconds // 1000, datetime.UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _run(run: TrainingRun | None, page: str) -> dict[str, Any] | None:
    """Return the facts about a run, None without one."""
    if run is None:
        return None
    return {
        "id": run.run_id,
        "name": run.name,
        "experiment": run.experiment,
        "user": run.user,
        "started": timestamp(run.started),
        "page": page,
    }


def _datasets(lineage: Lineage) -> dict[str, dict[str, Any]]:
    """Return version, rows, inputs, and the manifest if it is known, by stage."""
    versions, rows, manifests = lineage.dataset_versions, lineage.rows, lineage.manifests
    return {
        stage: {
            "version": versions.get(stage, ""),
            "rows": rows.get(stage),
            "input": dict(_mapping(manifests.get(stage, {}).get("input"))),
            "manifest": manifests.get(stage),
        }
        for stage in dict.fromkeys([*rows, *versions])
    }


def own_file(lineages: Iterable[Lineage]) -> str:
    """Return the name of the people of whom figures were registered last, "" if there are none."""
    every = [figures for lineage in lineages for figures in lineage.own_people]
    return max(every, key=lambda figures: figures.at).people if every else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
