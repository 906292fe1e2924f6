"""A training registered as a version, judged by the gate, and published."""

import tempfile
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import msgspec

from .. import card
from ..dataset_files import VECTORS
from ..errors import ModelNotFound
from ..gate import Verdict, consider
from ..model import store
from ..registry import CHAMPION, Registry
from ..trainer import Training
from ..trainer.workspace import FILES

NOTEBOOK = "notebooks/exploratory_analysis.ipynb"


@dataclass(frozen=True)
class Registered:
    """The version that a training has registered, and the ID of its run in MLflow."""

    version: str
    run: str


class Release:
    """The last steps of a training; as there, a step that is done is not run again.

    Methods raise RegistryError if the registry does not answer.
    """

    def __init__(self, training: Training) -> None:
        """Release a training."""
        self._training = training
        self._settings = training.settings
        self._kept = training.kept

    @cached_property
    def registry(self) -> Registry:
        """The registry of the settings."""
        settings = self._settings
        return Registry(settings.tracking_uri, settings.model_name, settings.artifacts_uri)

    def register(self) -> Registered:
        """Log the training as a run, and register the model as a new version."""
        if not self._kept.has(FILES["register"]):
            model, described = self._training.card(), self._training.described
            with self.registry.run(
                self._settings.experiment,
                name=card.run_name(described, date.today()),
                note=card.run_note(described, f"{Path(NOTEBOOK).stem}.html"),
                source=NOTEBOOK,
            ) as run:
                parameters = {**vars(model.pattern.ngrams), **vars(model.parameters)}
                chosen = {**asdict(self._training.choices), "data_version": model.data_version}
                run.log_params({**chosen, "sample": self._training.sample, **parameters})
                run.log_metrics(self._training.evaluate())
                for stage, each in self._training.versions.items():
                    uri = f"{self._settings.data_uri}/{stage}"
                    run.log_dataset(stage, uri, each.manifest)
                headlines = card.headlines(self._training.evaluate())
                number = run.register_artifact(self._training.artifact, model.documents, headlines)
            self._kept.write_json(FILES["register"], asdict(Registered(number, run.run_id)))
        return Registered(**self._kept.json(FILES["register"]))

    def gate(self) -> Verdict:
        """Ask the gate, which promotes the version if it passes, and publish the champion.

        Raise GateRefusal if the version is refused and no other can be served.
        """
        if not self._kept.has(FILES["gate"]):
            verdict = consider(self.registry, self._settings, self.register().version)
            self._publish_champion()
            self._kept.write_json(FILES["gate"], asdict(verdict))
        return msgspec.convert(self._kept.json(FILES["gate"]), Verdict)

    def _publish_champion(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            fetched, number = self.registry.fetch(Path(folder))
            store.publish(Path(self._settings.model_dir), fetched, number)

    def trained_before(self) -> str | None:
        """Return a version that was trained on the same data by the same release; None without one.

        Only the newest version and the champion are looked at.
        """
        try:
            newest, *others = self.registry.versions()
        except ModelNotFound:
            return None
        mine = (self._training.versions[VECTORS].name, version("gender-detection"))
        for found in (newest, *(each for each in others if CHAMPION in each.aliases)):
            manifest = self.registry.lineage(found, of_run=False).manifest
            if (manifest.get("data_version"), manifest.get("data", {}).get("package")) == mine:
                return found.number
        return None
