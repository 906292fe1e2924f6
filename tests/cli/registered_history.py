"""A registry in which two versions were trained on different data, as the notebook does it."""

from dataclasses import dataclass, replace
from typing import Any

from gender_detection.model import Model
from gender_detection.registry import Registry

OLD_DATA, NEW_DATA = "0a1b2c3d4e5f6071", "9988776655443322"
OLD_SUM, NEW_SUM = "ab" * 32, "cd" * 32
NOTEBOOK = "notebooks/training.ipynb"


@dataclass(frozen=True)
class History:
    """The registry, and the run that trained its first version."""

    registry: Registry
    first_run: str


def manifests(data_version: str, checksum: str, lines: int) -> dict[str, dict[str, Any]]:
    """Return the manifests of the four datasets, each made from the one before."""
    source = {
        "title": "Names 1.2", "licence": "MIT", "sha256": checksum, "lines_in": lines,
        "statements": lines, "weight": 1.0,
    }  # fmt: skip
    return {
        "raw": {"version": f"r{data_version[1:]}", "rows_out": lines, "sources": {"names": source}},
        "clean": {
            "version": f"c{data_version[1:]}",
            "rows_out": lines - 1,
            "input": {"raw": f"r{data_version[1:]}"},
        },
        "transformed": {
            "version": f"t{data_version[1:]}",
            "rows_out": lines - 2,
            "input": {"clean": f"c{data_version[1:]}"},
        },
        "vectors": {
            "version": data_version,
            "rows_out": lines - 3,
            "input": {"transformed": f"t{data_version[1:]}"},
        },
    }


def train(
    registry: Registry, model: Model, data_version: str, checksum: str, lines: int
) -> tuple[str, str]:
    """Register a version of the model as trained on this data; return its run and its number."""
    stages = manifests(data_version, checksum, lines)
    kept = {**stages["raw"]["sources"]["names"], "kept": lines - 1}
    del kept["weight"]
    data = {
        "package": "0.1.0",
        "choice": "permissive",
        "sources": {"names": kept},
        "rows": {stage: manifest["rows_out"] for stage, manifest in stages.items()},
        "outside_sample": 0 if lines > 1000 else 5000,
    }
    with registry.run("trial", name=f"data {data_version[:8]}", source=NOTEBOOK) as run:
        run.log_params({"l2": 5.0, "threshold": model.threshold})
        run.log_params({"data_version": data_version, "sample": 1.0 if lines > 1000 else 0.1})
        for stage, manifest in stages.items():
            run.log_dataset(stage, f"/data/{stage}", manifest)
        version = run.register(replace(model, data_version=data_version), {"data": data})
    return run.run_id, version


def history_in(tracking_uri: str, model: Model, artifacts_uri: str = "") -> History:
    """Register version 1, of all names, and version 2, of a sample and with a higher threshold."""
    registry = Registry(tracking_uri, "tiny-names", artifacts_uri)
    figures = {"errorCoded": 0.0685}, {"naCoded": 0.114}
    first = replace(
        model, metrics={"unseen": {"n": 40, "forced": figures[0], "at_threshold": figures[1]}}
    )
    run_id, _ = train(registry, first, OLD_DATA, OLD_SUM, 2000)
    worse = replace(
        model,
        parameters=replace(model.parameters, threshold=0.997),
        metrics={"unseen": {"n": 40, "forced": {"errorCoded": 0.135}}},
    )
    train(registry, worse, NEW_DATA, NEW_SUM, 500)
    return History(registry, run_id)
