"""The model: from a person to a prediction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import numpy.typing as npt

from ..countries import code_of
from ..errors import ArtifactError, InvalidInput
from ..evidence import ByCountry, Evidence, Table
from ..names import ParsedName, parse, parse_parts
from ..origins import Origins
from ..pattern import PatternModel
from . import artifact
from .baselines import Baseline
from .beliefs import NOTHING_KNOWN, Belief, believe
from .codes import BASES, STEPS, Codes, reason_code, steps_of
from .combination import shift_prior
from .lookups import Lookups
from .parameters import Manifest, Parameters, PatternFacts
from .prediction import Gender, Person, Prediction, Reason

if TYPE_CHECKING:
    from .columns import PlainAnswers
    from .people import People

# The arrays of each part in the artifact, in the order in which its class takes them.
WORLD = ("hashes", "p_female", "count", "sources")
BY_COUNTRY = ("countries", "matrix", "first", "sizes", "pair_countries", "pair_p_female")
ORIGINS = ("hashes", "offsets", "countries", "shares")


@dataclass(frozen=True)
class Model:
    """Evidence and pattern model with their parameters; immutable, safe to share by threads.

    baselines are the mixes of names that it was made for (gender_detection.drift), by source;
    trained is when, in Unix time, None where its artifact does not know (artifact.Registration);
    documents are the texts that lie beside it, such as its card, by file name.
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

    @property
    def threshold(self) -> float:
        """The threshold in force unless a caller gives another."""
        return self.parameters.threshold

    def predict(
        self,
        people: Sequence[Person],
        *,
        threshold: float | None = None,
        female_share: float | None = None,
    ) -> list[Prediction]:
        """Return one prediction for each person, in order.

        threshold is in [0.5, 1], female_share strictly between 0 and 1; InvalidInput otherwise.
        """
        threshold = self.checked(threshold, female_share)
        countries = [code_of(person.country) if person.country else None for person in people]
        parsed = list(map(_parse, people, countries))
        beliefs = believe(self._lookups, self.parameters, parsed, countries)
        return [
            self._answer(person, name, country, belief, threshold, female_share)
            for person, name, country, belief in zip(
                people, parsed, countries, beliefs, strict=True
            )
        ]

    def checked(self, threshold: float | None, female_share: float | None) -> float:
        """Return the threshold in force; raise InvalidInput where one of them is out of range."""
        threshold = self.threshold if threshold is None else threshold
        if not 0.5 <= threshold <= 1:
            raise InvalidInput(f"threshold {threshold}: give one from 0.5 to 1")
        if female_share is not None and not 0 < female_share < 1:
            raise InvalidInput(f"female_share {female_share}: give a share between 0 and 1")
        return threshold

    def codes(self, people: Sequence[Person], *, female_share: float | None = None) -> Codes:
        """Return what predict answers to each person as a code (model.codes), int32 (n,)."""
        countries = [code_of(person.country) if person.country else None for person in people]
        parsed = list(map(_parse, people, countries))
        beliefs = believe(self._lookups, self.parameters, parsed, countries)
        base = self.parameters.base_share
        codes = np.empty(len(people), np.int32)
        for at, (name, belief) in enumerate(zip(parsed, beliefs, strict=True)):
            if belief is None:
                codes[at] = reason_code(name.reason or "not_a_name")
                continue
            p_female, basis, _ = belief
            if female_share is not None:
                p_female = shift_prior(p_female, female_share, base)
            codes[at] = BASES.index(basis) * STEPS + steps_of(p_female)
        return codes

    def answer(self, people: "People", *, female_share: float | None = None) -> Codes:
        """Return the answers to people in columns as codes (model.codes), int32 (n,).

        They are those of predict, at a fraction of its price.
        """
        # Imported by those who have columns: pyarrow takes a while.
        from .columns import answer

        return answer(self, people, female_share)

    def plain(
        self, people: "People", *, female_share: float | None = None
    ) -> "Iterator[PlainAnswers]":
        """Yield the answers, and what predict tells beside them, to names read in columns."""
        from .columns import plain_answers

        return plain_answers(self, people, female_share)

    def _answer(
        self,
        person: Person,
        name: ParsedName,
        country: str | None,
        belief: Belief | None,
        threshold: float,
        female_share: float | None,
    ) -> Prediction:
        given = " ".join(name.given) or None
        shown = person.name if person.name is not None else _full_name(person)
        if belief is None:
            reason: Reason = name.reason or "not_a_name"  # type: ignore[assignment]
            return Prediction(
                person.id, shown, given, country, "unknown", None, None, None, reason, NOTHING_KNOWN
            )
        p_female, basis, summary = belief
        if female_share is not None:
            p_female = shift_prior(p_female, female_share, self.parameters.base_share)
        steps = steps_of(p_female)
        p_female, likelier = steps / STEPS, max(steps, STEPS - steps)
        probability = likelier / STEPS
        gender: Gender = "unknown"
        why: Reason | None = "unseen" if basis == "pattern" else "ambiguous"
        if probability >= threshold and likelier > STEPS - likelier:
            gender, why = ("female" if steps == likelier else "male"), None
        return Prediction(
            person.id, shown, given, country, gender, probability, p_female, basis, why, summary
        )

    @cached_property
    def _lookups(self) -> Lookups:
        # The model's own: what an older version answered is gone with it.
        return Lookups(self.evidence, self.origins, self.pattern)

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
        """Return what the manifest says of the model besides its files, as plain JSON values."""
        pattern = self.pattern
        spelled = PatternFacts(pattern.ngrams, pattern.bias, pattern.slope, pattern.intercept)
        metrics, baselines = dict(self.metrics or {}), dict(self.baselines)
        own = Manifest(self.name, self.data_version, self.parameters, spelled, metrics, baselines)
        return own.as_json()

    def save(
        self,
        folder: Path,
        facts: Mapping[str, Any] | None = None,
        documents: Mapping[str, str] | None = None,
    ) -> None:
        """Write the artifact into an empty folder.

        facts are added to the manifest; documents, such as card.md, are texts to lie beside it.
        """
        manifest = {**(facts or {}), **self.described()}
        artifact.save(folder, self.arrays(), manifest, documents)

    @classmethod
    def load(cls, folder: Path, sha256: str = "") -> "Model":
        """Return the model in folder, its arrays memory-mapped.

        sha256 is the digest that it must have (artifact.digest), "" for any. Raise ModelNotFound
        where there is none, ArtifactError where it is damaged or of another digest.
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
                f"{folder / artifact.MANIFEST} lacks or mistypes {err}; train the model again"
            ) from err


def _parse(person: Person, country: str | None) -> ParsedName:
    if person.name is not None:
        return parse(person.name, country)
    return parse_parts(person.given_name, person.family_name, country)


def _full_name(person: Person) -> str | None:
    parts = [part for part in (person.given_name, person.family_name) if part]
    return " ".join(parts) or None
