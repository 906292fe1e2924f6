"""The model: predictions for people, and its artifact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..countries import code_of
from ..errors import ArtifactError, InvalidInput
from ..evidence import ByCountry, Evidence, Table
from ..origins import Origins
from ..pattern import PatternModel
from . import artifact
from .answers import (
    NO_EVIDENCE,
    Codes,
    EvidenceSummary,
    Person,
    Prediction,
    decode,
    full_name,
    least_steps,
)
from .baselines import Baseline
from .corrections import Correction, Corrections, corrections_of
from .estimation import Estimator
from .explanation import ExplainedPrediction
from .inspection import explained
from .json_writer import JsonWriter
from .name_orders import name_orders
from .parameters import Manifest, Parameters, PatternFacts
from .people import People

# Distinct words that each thread keeps, of about a hundred bytes each.
MOST_WORDS = 1 << 18
Orders = npt.NDArray[np.int8]
# The arrays of each part in the artifact, in the order of its class's parameters.
WORLD = ("hashes", "p_female", "count", "sources")
BY_COUNTRY = ("countries", "matrix", "first", "sizes", "pair_countries", "pair_p_female")
ORIGINS = ("hashes", "offsets", "countries", "shares", "bearers")


@dataclass(frozen=True)
class Model:
    """Evidence and pattern model with their parameters; immutable, and safe to share by threads.

    baselines are the mixes of names that it was made for (gender_detection.drift), by source.
    trained is when it was trained, in Unix time, None if unknown (artifact.Registration).
    documents are the texts in its artifact, such as its card, by file name. corrections are the
    user's own, which are not part of the artifact.
    """

    evidence: Evidence
    pattern: PatternModel
    parameters: Parameters
    origins: Origins = field(default_factory=Origins)
    name: str = "gender-detection"
    version: str = "unregistered"
    trained: float | None = None
    data_version: str = ""
    metrics: Mapping[str, Any] | None = None
    baselines: Mapping[str, Baseline] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    corrections: Corrections = field(default_factory=Corrections)

    @property
    def threshold(self) -> float:
        """The threshold that applies unless a caller gives another."""
        return self.parameters.threshold

    def predict(
        self,
        people: Sequence[Person],
        *,
        threshold: float | None = None,
        female_share: float | None = None,
        family_name_first: bool = False,
    ) -> list[Prediction]:
        """Return one prediction for each person, in order.

        threshold is from 0.5 to 1, female_share between 0 and 1. Raise InvalidInput otherwise.
        family_name_first: whether full names without a comma have the family name first, unless
        they show another order themselves (docs/names.md).
        """
        least = least_steps(self.checked(threshold, female_share))
        estimator = self._estimator(female_share, family_name_first)
        predictions = [_predicted(estimator, person, least) for person in people]
        # Not in a finally: an estimator that raised is not used again.
        self._estimators.append(estimator)
        return predictions

    def explain(
        self,
        people: Sequence[Person],
        *,
        threshold: float | None = None,
        female_share: float | None = None,
        family_name_first: bool = False,
    ) -> list[ExplainedPrediction]:
        """Return what predict() returns, each prediction with its explanation.

        This takes several times as long. Raise what predict() raises.
        """
        least = least_steps(self.checked(threshold, female_share))
        estimator = self._estimator(female_share, family_name_first)
        predictions = [
            explained(estimator, _predicted(estimator, person, least)) for person in people
        ]
        self._estimators.append(estimator)
        return predictions

    def checked(self, threshold: float | None, female_share: float | None) -> float:
        """Return the threshold that applies; raise InvalidInput where a value is out of range."""
        threshold = self.threshold if threshold is None else threshold
        if not 0.5 <= threshold <= 1:
            raise InvalidInput(f"threshold {threshold}: give one from 0.5 to 1")
        if female_share is not None and not 0 < female_share < 1:
            raise InvalidInput(f"female_share {female_share}: give a share between 0 and 1")
        return threshold

    def answer(
        self, people: People, *, female_share: float | None = None, family_name_first: bool = False
    ) -> Codes:
        """Return the answers to people in columns as codes (model.answers), int32 (n,).

        The answers are those of predict(), many times faster.
        """
        estimator = self._estimator(female_share, family_name_first)
        codes: Codes = estimator.codes(people.parts, people.country or "")
        self._estimators.append(estimator)
        return codes

    def with_corrections(
        self, entries: Sequence[Correction], *, family_name_first: bool = False
    ) -> "Model":
        """Return this model with a user's own corrections, which come before its evidence.

        family_name_first is that of the people to answer. Raise InvalidInput, as corrections_of.
        """
        estimator = self._estimator(None, family_name_first)

        def hash_of(person: Person) -> tuple[int, bool]:
            names = person.name, person.given_name, person.family_name
            estimator.estimate(*names, person.country)
            found: tuple[int, bool] = estimator.correction_hash()
            return found

        corrections = corrections_of(entries, hash_of)
        self._estimators.append(estimator)
        return replace(self, corrections=corrections)

    def name_orders(self, people: People) -> Orders:
        """Return which part of each full name is first, int8 (n,): FAMILY_FIRST, GIVEN_FIRST
        (order_evidence), or 0 where neither its capitals nor the bearers of its words tell it."""
        estimator = self._estimator(None, False)
        orders: Orders = name_orders(estimator, people.parts, people.country or "")
        self._estimators.append(estimator)
        return orders

    def answer_with_keys(
        self, people: People, *, female_share: float | None = None, family_name_first: bool = False
    ) -> tuple[Codes, pa.StringArray]:
        """Return what answer() returns, and Prediction.matched of each person, (n,), null for none.

        This takes longer than answer().
        """
        estimator = self._estimator(female_share, family_name_first)
        keys: list[str | None] = []
        codes: Codes = estimator.codes(people.parts, people.country or "", keys)
        self._estimators.append(estimator)
        return codes, pa.array(keys, pa.string())

    def json_answers(
        self,
        people: Sequence[str | Person],
        *,
        country: str | None = None,
        threshold: float | None = None,
        female_share: float | None = None,
        family_name_first: bool = False,
    ) -> tuple[memoryview, Codes]:
        """Return the JSON of what predict() answers, and the answers as codes, int32 (n,).

        Each prediction has a comma after it. A string is a full name in the country, which does
        not apply to a Person. Raise what predict() raises.
        """
        writer = JsonWriter(least_steps(self.checked(threshold, female_share)))
        estimator = self._estimator(female_share, family_name_first)
        answers = writer.write(estimator, people, country)
        self._estimators.append(estimator)
        return answers

    def _estimator(self, female_share: float | None, family_name_first: bool) -> Estimator:
        """Return an estimator that no other thread uses, set to these options."""
        try:
            estimator = self._estimators.pop()
        except IndexError:
            estimator = Estimator(
                self.evidence,
                self.origins,
                self.pattern,
                self.parameters,
                self.corrections,
                MOST_WORDS,
            )
        estimator.set_options(female_share, family_name_first)
        return estimator

    @cached_property
    def _estimators(self) -> list[Estimator]:
        # Of each model: a new version starts without what an older one has kept.
        return []

    def __getstate__(self) -> dict[str, Any]:
        """Leave the estimators out: a copy in another process makes its own."""
        return {name: value for name, value in self.__dict__.items() if name != "_estimators"}

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays that the artifact holds, by name."""
        parts = {
            "evidence_world": (self.evidence.world, WORLD),
            "evidence_country": (self.evidence.by_country, BY_COUNTRY),
            "origins": (self.origins, ORIGINS),
        }
        arrays = {
            f"{name}_{column}": getattr(part, column)
            for name, (part, columns) in parts.items()
            for column in columns
        }
        return {**arrays, "pattern_weights": self.pattern.weights}

    def described(self) -> dict[str, Any]:
        """Return the manifest's facts about the model, without files, as plain JSON values."""
        pattern = self.pattern
        facts = PatternFacts(pattern.ngrams, pattern.bias, pattern.slope, pattern.intercept)
        metrics, baselines = dict(self.metrics or {}), dict(self.baselines)
        own = Manifest(self.name, self.data_version, self.parameters, facts, metrics, baselines)
        return own.as_json()

    def save(
        self,
        folder: Path,
        facts: Mapping[str, Any] | None = None,
        documents: Mapping[str, str] | None = None,
    ) -> None:
        """Write the artifact into an empty folder.

        facts are added to the manifest; documents are texts by file name, such as card.md.
        """
        manifest = {**(facts or {}), **self.described()}
        artifact.save(folder, self.arrays(), manifest, documents)

    @classmethod
    def load(cls, folder: Path, sha256: str = "") -> "Model":
        """Return the model in folder, its arrays memory-mapped.

        sha256 is the digest that it must have (artifact.digest), "" for any. Raise ModelNotFound
        where there is no model, ArtifactError where it is damaged or has another digest.
        """
        manifest = artifact.read_manifest(folder, sha256)
        arrays = artifact.load_arrays(folder, manifest)
        documents = artifact.load_documents(folder, manifest)
        version, trained = artifact.registration(folder)
        try:
            facts = msgspec.convert(manifest, Manifest)
            return cls(
                Evidence(
                    Table(*(arrays[f"evidence_world_{column}"] for column in WORLD)),
                    ByCountry(*(arrays[f"evidence_country_{column}"] for column in BY_COUNTRY)),
                ),
                PatternModel(weights=arrays["pattern_weights"], **facts.pattern.as_arguments()),
                facts.parameters,
                Origins(*(arrays[f"origins_{column}"] for column in ORIGINS)),
                name=facts.name,
                version=version,
                trained=trained,
                data_version=facts.data_version,
                metrics=facts.metrics,
                baselines=facts.drift,
                documents=documents,
            )
        except (KeyError, TypeError, ValueError, OverflowError) as err:
            raise ArtifactError(
                f"{folder / artifact.MANIFEST}: missing or invalid entry: {err}; run 'make train'"
            ) from err


def _predicted(estimator: Estimator, person: Person, least: int) -> Prediction:
    """Return the prediction for a person, under the threshold in steps."""
    name, given, family, country = (
        person.name, person.given_name, person.family_name, person.country
    )  # fmt: skip
    if country is not None:
        country = code_of(str(country))
    code = estimator.estimate(name, given, family, country)
    if name is None:
        name = full_name(person)
    first = estimator.given_name()
    sources = estimator.evidence_sources()
    known = EvidenceSummary(estimator.evidence_count(), sources) if sources else NO_EVIDENCE
    answer, matched = decode(code, least), estimator.matched()
    return Prediction(person.id, name, first, country, *answer, known, matched)
