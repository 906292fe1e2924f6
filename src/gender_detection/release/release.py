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
from ..lineage import Lineage
from ..model import store
from ..registry import CHAMPION, Registry
from ..registry.versions import CHECKED_AT
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

        Each is done once: the verdict on a version that is champion already would be on itself.
        Raise GateRefusal if the version is refused and no other can be served.
        """
        if not self._kept.has(FILES["gate"]):
            verdict = consider(self.registry, self._settings, self.register().version)
            self._kept.write_json(FILES["gate"], asdict(verdict))
        if not self._kept.has(FILES["publish"]):
            self._kept.write_json(FILES["publish"], {"version": self._publish_champion()})
        return msgspec.convert(self._kept.json(FILES["gate"]), Verdict)

    def _publish_champion(self) -> str:
        """Publish the champion for serving, and return its number."""
        with tempfile.TemporaryDirectory() as folder:
            fetched, number = self.registry.fetch(Path(folder))
            store.publish(Path(self._settings.model_dir), fetched, number)
        return number

    def trained_before(self) -> str | None:
        """Return a version that was trained so before; None without one.

        That is by the same release, on the same data and with the same choices, and the gate has
        judged it. Only the newest version and the champion are looked at.
        """
        try:
            newest, *others = self.registry.versions()
        except ModelNotFound:
            return None
        mine = (self._training.versions[VECTORS].name, version("gender-detection"))
        for found in (newest, *(each for each in others if CHAMPION in each.aliases)):
            lineage = self.registry.lineage(found)
            data = lineage.manifest.get("data", {})
            same = (lineage.manifest.get("data_version"), data.get("package")) == mine
            if same and CHECKED_AT in lineage.tags and self._was_chosen(lineage):
                return found.number
        return None

    def _was_chosen(self, lineage: Lineage) -> bool:
        """Return whether a version was trained with the choices of this training."""
        chosen = asdict(self._training.choices)
        del chosen["data_version"]
        told = lineage.run.parameters if lineage.run else {}
        return all(told.get(name) == str(value) for name, value in chosen.items())
