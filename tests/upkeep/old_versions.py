"""A registry with six versions, each made from data of its own, and two runs that failed."""

import json
import os
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import mlflow

from gender_detection.config import Settings
from gender_detection.dataset_retention import STAGES
from gender_detection.model import Model, store
from gender_detection.registry import CHALLENGER, Registry
from gender_detection.upkeep import Item, Plan, Upkeep, remove

NAME = "tiny-names"
# No version was registered within the last hour, and no run may be under way any more.
LATER = 25 * 3600.0


@dataclass(frozen=True)
class Home:
    """A folder with the registry, the datasets and the published models."""

    folder: Path

    @property
    def settings(self) -> Settings:
        """Keep one version, and one rollback from each alias."""
        return Settings(
            home=self.folder,
            data_uri=str(self.folder / "data"),
            tracking_uri=f"sqlite:///{self.folder}/mlflow/mlflow.db",
            experiment="trial",
            model_name=NAME,
            model_dir=str(self.folder / "model"),
            metrics_uri=str(self.folder / "metrics"),
            model_uri=None,
            keep_versions=1,
            keep_rollbacks=1,
            failed_run_days=0.0,
        )

    @property
    def registry(self) -> Registry:
        return Registry(self.settings.tracking_uri, NAME)

    @property
    def client(self) -> mlflow.MlflowClient:
        return mlflow.MlflowClient(tracking_uri=self.settings.tracking_uri)

    def upkeep(self, **changed: object) -> Upkeep:
        settings = replace(self.settings, **changed)  # type: ignore[arg-type]
        return Upkeep(self.registry, settings, time.time() + LATER)

    def clean(self, **changed: object) -> Plan:
        """Remove what is planned, and return the plan."""
        upkeep = self.upkeep(**changed)
        plan = upkeep.plan()
        outcome = remove(upkeep, plan, lambda line: None)
        assert not outcome.failed
        return plan

    def numbers(self) -> set[str]:
        return {version.number for version in self.registry.versions()}

    def data(self, stage: str) -> set[str]:
        """Return the complete versions of a stage."""
        found = (self.folder / "data" / stage / "versions").glob("*/manifest.json")
        return {path.parent.name for path in found}

    def files(self) -> dict[str, int]:
        """Return the size of every file but those of the database, by path."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.folder)): path.stat().st_size
            for path in found
            if "mlflow.db" not in path.name
        }

    def files_of(self, number: str) -> list[Path]:
        """Return the manifests of all copies of a version's artifact in the registry."""
        manifests = (self.folder / "mlflow" / "artifacts").rglob("manifest.json")
        return [
            p for p in manifests if json.loads(p.read_text()).get("data_version") == f"v{number}"
        ]

    def publish(self, number: str, into: Path) -> Path:
        """Publish a version as the one that is served here."""
        registry = self.registry
        fetched = registry.download(registry.find(version=number), into)
        return store.publish(Path(self.settings.model_dir), fetched, number)


def made_in(folder: Path, model: Model) -> Home:
    """Register versions 1 to 6: 4 is champion after 2 and 1, and 5 is challenger."""
    home = Home(folder)
    registry = home.registry
    for number in range(1, 7):
        publish_data(folder / "data", str(number))
        with registry.run("trial") as run:
            run.log_params({"data_version": f"v{number}"})
            run.register(replace(model, data_version=f"v{number}"))
    for version in ("1", "2", "4"):
        registry.promote(version)
    registry.promote("5", CHALLENGER)
    for status in ("FAILED", "RUNNING"):
        experiment = home.client.get_experiment_by_name("trial")
        assert experiment is not None
        run_id = home.client.create_run(experiment.experiment_id, run_name=status).info.run_id
        home.client.log_text(run_id, "unfinished", "log.txt")
        if status == "FAILED":
            home.client.set_terminated(run_id, status)
    return home


def copied(home: Home, into: Path) -> Home:
    """Return a copy, which uses only its own files."""
    return Home(Path(shutil.copytree(home.folder, into)))


def publish_data(data: Path, number: str) -> None:
    """Publish a version of each dataset, made from the one before: r1, c1, t1, v1 and o1."""
    inputs = {
        "raw": {},
        "clean": {"raw": f"r{number}"},
        "transformed": {"clean": f"c{number}"},
        "vectors": {"transformed": f"t{number}"},
        "origins": {"clean": f"c{number}"},
    }
    for stage in STAGES:
        name = f"{stage[0]}{number}"
        folder = data / stage / "versions" / name
        folder.mkdir(parents=True)
        (folder / "part-00000.parquet").write_bytes(b"x" * 1000)
        manifest = {"stage": stage, "version": name, "input": inputs[stage]}
        (folder / "manifest.json").write_text(json.dumps(manifest))
        pointer = data / stage / "published" / f"{int(number):08d}.json"
        pointer.parent.mkdir(exist_ok=True)
        pointer.write_text(json.dumps({"version": name}))


def named(items: Iterable[Item], kind: str) -> set[str]:
    """Return the last words of the names of a kind's items."""
    return {item.name.split(" of ")[0].split()[-1] for item in items if item.kind == kind}


def age(folder: Path, seconds: float) -> None:
    """Make a folder older."""
    then = time.time() - seconds
    os.utime(folder, (then, then))
