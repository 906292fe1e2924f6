"""A training: its data, and its steps."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .. import card as cards
from .. import drift, evaluation, training
from ..config import Settings
from ..dataset_files import CLEAN, ORIGINS, TRANSFORMED, VECTORS, DatasetFiles, DatasetVersion
from ..errors import DatasetError
from ..evaluation import held_out
from ..features import NGrams
from ..model import Model, Parameters, Person
from ..model.artifact import read_manifest
from ..pattern import PatternModel
from .choices import Choices
from .workspace import BEGUN, FILES, Workspace, folder_of

TRAININGS = "training"
# Of the names in the sources, so many are drawn as the baseline of drift.
DRAWN = 20_000

Pairs = tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]


@dataclass(frozen=True)
class Fitted:
    """The pattern model, not yet calibrated, and its loss after each iteration, nats."""

    pattern: PatternModel
    losses: list[float]


class Training:
    """A training with a name in the folder of the settings.

    Each method named like a step returns its result; a step that is not done is run, after those
    that it needs. kept is where results are kept. Raise DatasetError if the data are not there, and
    what the steps raise.
    """

    def __init__(self, settings: Settings, name: str = "", choices: Choices | None = None) -> None:
        """Begin a training, or go on with the one of this name.

        By default the name has the time. choices are those of a training that begins; one that has
        begun with others begins again.
        """
        name = name or f"by-hand-{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}"
        self.settings = settings
        self.kept = Workspace(settings.home / TRAININGS, name)
        self._files = DatasetFiles(settings.data_uri)
        begun = self.kept.json(BEGUN) if self.kept.has(BEGUN) else None
        if begun is None or (choices and asdict(choices) != begun["choices"]):
            begun = self._begin(choices or Choices(settings.data_version))
        self.choices = Choices(**begun["choices"])
        self.versions: Mapping[str, DatasetVersion] = {
            stage: self._files.version(stage, named) for stage, named in begun["versions"].items()
        }

    @classmethod
    def of(cls, settings: Settings) -> "Training":
        """Return the training that the settings name or, if they name none, one that begins.

        Raise DatasetError if the one that is named has not begun here, or is no longer kept: going
        on with other data and choices would be another training under its name.
        """
        name = settings.training_run
        if name and not (folder_of(settings.home / TRAININGS, name) / BEGUN).exists():
            raise DatasetError(
                f"the training {name} is not in {settings.home / TRAININGS}: start it again from "
                "its first step; only the last ones are kept, and on several machines "
                "GENDER_DETECTION_HOME must be a folder that they share"
            )
        return cls(settings, name)

    def _begin(self, choices: Choices) -> dict[str, Any]:
        found = self._files.chain(choices.data_version)
        begun = {
            "choices": asdict(choices),
            "versions": {stage: each.name for stage, each in found.items()},
        }
        self.kept.forget("fit")
        self.kept.write_json(BEGUN, begun)
        return begun

    # ---- the data ----

    @property
    def manifests(self) -> dict[str, Mapping[str, Any]]:
        """The manifests of the stages of the pipeline, without that of origins."""
        return {s: each.manifest for s, each in self.versions.items() if s != ORIGINS}

    @property
    def sample(self) -> float:
        """The share of the names that the data were built with."""
        return float(self.manifests["raw"].get("sample", 1.0))

    def read(self, stage: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return columns of the rows of a stage, by default all."""
        return self._files.read(self.versions[stage], columns)

    @cached_property
    def transformed(self) -> pa.Table:
        """The rows of the stage transformed."""
        return self.read(TRANSFORMED)

    @cached_property
    def _vectors(self) -> pa.Table:
        return self.read(VECTORS)

    def rows(self, split: str) -> training.Vectors:
        """Return the training rows of a split: train, valid or test."""
        return training.Vectors.of_split(self._vectors, split)

    def people_drawn(self, number: int, seed: int) -> list[Person]:
        """Return people drawn from the sources (training.sample_people)."""
        clean = self.read(CLEAN, training.DRAWN_FROM)
        return training.sample_people(clean, number, seed=seed)

    # ---- the steps ----

    def fit(self, progress: Callable[[int, float], None] | None = None) -> Fitted:
        """Fit the pattern model on the split train; progress gets each iteration and its loss."""
        features = self.manifests[VECTORS]["features"]
        ngrams = NGrams(**{name: value for name, value in features.items() if name != "version"})
        if not self.kept.has(FILES["fit"]):
            losses: list[float] = []

            def note(step: int, loss: float) -> None:
                losses.append(loss)
                if progress:
                    progress(step, loss)

            l2, iterations = self.choices.l2, self.choices.iterations
            pattern = training.fit_pattern(
                self.rows("train"), ngrams, l2=l2, iterations=iterations, progress=note
            )
            self.kept.write_arrays(
                FILES["fit"], weights=pattern.weights, bias=pattern.bias, losses=losses
            )
        kept = self.kept.arrays(FILES["fit"])
        pattern = PatternModel(ngrams, kept["weights"], float(kept["bias"]))
        return Fitted(pattern, kept["losses"].tolist())

    def calibrate(self) -> PatternModel:
        """Calibrate the pattern model, and choose the threshold, on the split valid."""
        pattern = self.fit().pattern
        if not self.kept.has(FILES["calibrate"]):
            rows = self.rows("valid")
            pattern = training.calibrate(pattern, rows)
            pairs = training.evaluation_pairs(pattern, rows, min_count=held_out.MIN_COUNT)
            error = self.choices.error_allowed
            found = {
                "slope": pattern.slope,
                "intercept": pattern.intercept,
                "threshold": evaluation.threshold_for_error(*pairs, error=error),
            }
            self.kept.write_json(FILES["calibrate"], found)
        kept = self.kept.json(FILES["calibrate"])
        return replace(pattern, slope=kept["slope"], intercept=kept["intercept"])

    @property
    def threshold(self) -> float:
        """The threshold that calibrate() has chosen."""
        self.calibrate()
        return float(self.kept.json(FILES["calibrate"])["threshold"])

    def unseen(self, split: str) -> Pairs:
        """Return the spelling's P(female) of held-out names, and whether they are women's, (n,)."""
        return training.evaluation_pairs(
            self.calibrate(), self.rows(split), min_count=held_out.MIN_COUNT
        )

    def assemble(self) -> Model:
        """Assemble the model from the evidence and the pattern model."""
        if not self.kept.has(FILES["assemble"]):
            model = training.assemble(
                self.transformed,
                self.calibrate(),
                Parameters(threshold=self.threshold),
                data_version=self.versions[VECTORS].name,
                origins=self.read(ORIGINS),
            )
            self.kept.write_folder(FILES["assemble"], model.save)
        return Model.load(self.kept.folder / FILES["assemble"])

    def evaluate(self) -> dict[str, Any]:
        """Evaluate the model: unseen, known and, if the settings have labelled people, people."""
        if not self.kept.has(FILES["evaluate"]):
            model, threshold = self.assemble(), self.threshold
            unseen = evaluation.metrics(*self.unseen("test"), threshold)
            unseen |= held_out.unseen(model.pattern, self.transformed, threshold)
            metrics: dict[str, Any] = {
                "unseen": unseen,
                "error_allowed": self.choices.error_allowed,
                "known": held_out.known(model.evidence, self.transformed, threshold),
            }
            if self.settings.people:
                report = evaluation.evaluate(model, evaluation.read_people(self.settings.people))
                metrics["people"] = cards.people_facts(report)
            self.kept.write_json(FILES["evaluate"], metrics)
        found: dict[str, Any] = self.kept.json(FILES["evaluate"])
        return found

    def card(self) -> Model:
        """Add the figures, the baselines of drift and the model card; return the whole model."""
        if not self.kept.has(FILES["card"]):
            model = replace(self.assemble(), metrics=self.evaluate())
            model = replace(model, baselines=self._baselines(model))
            facts = {"data": cards.data_facts(self.manifests)}
            documents = {cards.FILE: cards.render({**facts, **model.described()})}
            self.kept.write_folder(
                FILES["card"], lambda folder: model.save(folder, facts, documents)
            )
        return Model.load(self.artifact)

    @property
    def artifact(self) -> Path:
        """The folder of the model that card() has saved."""
        return self.kept.folder / FILES["card"]

    @property
    def described(self) -> dict[str, Any]:
        """The manifest of the model, of which the card is made."""
        self.card()
        return read_manifest(self.artifact)

    def _baselines(self, model: Model) -> dict[Any, Any]:
        drawn = self.people_drawn(DRAWN, seed=0)
        baselines = {"training": drift.baseline(model, drawn, "training")}
        if self.settings.people:
            own = evaluation.read_people(self.settings.people)
            labelled = (row.person for row in own if not row.is_bad)
            baselines["evaluation"] = drift.baseline(model, labelled, "evaluation")
        return baselines
