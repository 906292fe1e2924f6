"""What is known of a version of the model: its artifact, and the run that trained it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..evaluation.registered import RegisteredFigures, in_tags
from ..model import artifact

Facts = Mapping[str, Any]

# The datasets from which a model is trained, in the order of the pipeline.
DATASETS = ("raw", "clean", "transformed", "vectors")
# The dataset of family names; runs of older versions did not log it.
ORIGINS = "origins"


@dataclass(frozen=True)
class TrainingRun:
    """The run in MLflow that trained a version. started is in milliseconds of Unix time.

    dirty says whether the code had changes that are not in the commit; None if that is unknown.
    datasets has the manifest of each dataset, by its stage.
    """

    run_id: str
    name: str = ""
    experiment: str = ""
    experiment_id: str = ""
    user: str = ""
    started: int | None = None
    commit: str = ""
    dirty: bool | None = None
    notebook: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    datasets: Mapping[str, Facts] = field(default_factory=dict)


@dataclass(frozen=True)
class Lineage:
    """A version and where it comes from.

    manifest is that of the artifact, empty if it could not be read; digest is its SHA-256. created
    is in milliseconds of Unix time. run is None if the registry does not name it, or if the record
    is made without the registry; tags and aliases are then empty too. registry is the address of
    the registry, without a password.
    """

    model_name: str
    version: str
    created: int | None = None
    manifest: Facts = field(default_factory=dict)
    digest: str = ""
    aliases: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    run: TrainingRun | None = None
    registry: str = ""

    @property
    def data_version(self) -> str:
        """The version of the dataset vectors, "" if it is unknown."""
        trained_on = self.run.parameters.get("data_version", "") if self.run else ""
        return str(self.manifest.get("data_version") or trained_on)

    @property
    def manifests(self) -> Mapping[str, Facts]:
        """The manifests of the datasets by stage, in the pipeline's order; empty without a run."""
        known = self.run.datasets if self.run else {}
        return {stage: known[stage] for stage in (*DATASETS, ORIGINS) if stage in known}

    @property
    def dataset_versions(self) -> dict[str, str]:
        """The version of each dataset that is known, by stage."""
        found = {stage: str(m.get("version", "")) for stage, m in self.manifests.items()}
        return found or ({"vectors": self.data_version} if self.data_version else {})

    @property
    def rows(self) -> dict[str, int]:
        """The rows of each dataset that is known, by stage."""
        known = dict(_part(self.manifest, "data", "rows"))
        logged = {stage: m["rows_out"] for stage, m in self.manifests.items() if "rows_out" in m}
        rows = {**known, **logged}
        return {stage: rows[stage] for stage in (*DATASETS, ORIGINS) if stage in rows}

    @property
    def sources(self) -> dict[str, dict[str, Any]]:
        """What the dataset raw and the artifact say of each source, by its name."""
        kept = _part(self.manifest, "data", "sources")
        read = _part(self.manifests.get("raw", {}), "sources")
        return {
            name: {**read.get(name, {}), **kept.get(name, {})} for name in sorted({*kept, *read})
        }

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters that answers depend on, those of the pattern model with their prefix."""
        pattern = flattened({"pattern": self.manifest.get("pattern", {})})
        return {**self.manifest.get("parameters", {}), **pattern}

    @property
    def training(self) -> dict[str, str]:
        """The parameters of the run that are no parameters of the model, such as l2."""
        logged = dict(self.run.parameters) if self.run else {}
        ngrams = _part(self.manifest, "pattern", "ngrams")
        known = {*self.manifest.get("parameters", {}), *ngrams, "data_version"}
        return {name: value for name, value in logged.items() if name not in known}

    @property
    def figures(self) -> dict[str, float]:
        """All figures that are single numbers, named as in MLflow: unseen.forced.errorCoded."""
        return flattened(self.manifest.get("metrics") or {})

    @property
    def own_people(self) -> list[RegisteredFigures]:
        """The figures of a user's own people that are registered with it, the newest first."""
        return in_tags(self.tags)

    @property
    def is_refused(self) -> bool:
        """Whether the gate has refused this version."""
        return self.tags.get("gate.passed") == "false"

    @property
    def is_rolled_back(self) -> bool:
        """Whether this version was rolled back by itself."""
        return "rollback.at" in self.tags


def of_artifact(folder: Path) -> Lineage:
    """Return what an artifact says of itself; no registry is asked.

    Raise ModelNotFound where there is none, ArtifactError where it is damaged.
    """
    manifest = artifact.read_manifest(folder)
    version, trained = artifact.registration(folder)
    return Lineage(
        str(manifest.get("name", "")),
        version,
        None if trained is None else round(trained * 1000),
        manifest,
        artifact.digest(folder),
    )


def flattened(values: Facts, prefix: str = "") -> dict[str, float]:
    """Return the numbers in nested dictionaries, with names joined by dots; lists are left out."""
    flat: dict[str, float] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= flattened(value, f"{prefix}{name}.")
        elif isinstance(value, int | float):
            flat[f"{prefix}{name}"] = value
    return flat


def _part(facts: Facts, *path: str) -> Facts:
    """Return the mapping at a path of names, empty where there is none."""
    found: Any = facts
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}
