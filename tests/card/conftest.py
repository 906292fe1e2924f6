"""The manifest that a card is made from: a tiny model's, with every kind of figure."""

import copy
from typing import Any, Literal

import pyarrow as pa
import pytest

from gender_detection import card, evaluation, training
from gender_detection.evaluation import LabelledPerson, held_out
from gender_detection.model import Model, Person


def _stage(rows_out: int, **facts: Any) -> dict[str, Any]:
    return {"rows_out": rows_out, "rejected": {}, "code": {"package": "1.2.3"}, **facts}


@pytest.fixture
def manifests() -> dict[str, dict[str, Any]]:
    """The manifests of the four stages, as far as a card is about them."""
    source = {"citation": "A. Author: Names", "homepage": "https://example.org", "sha256": "0"}
    sources = {
        "registry": {**source, "title": "A registry", "licence": "CC0-1.0", "lines_in": 50,
                     "statements": 1000},
        "lexicon": {**source, "title": "A lexicon", "licence": "GFDL-1.2-or-later",
                    "lines_in": 2000, "statements": 3000},
    }  # fmt: skip
    return {
        "raw": _stage(4000, sources=sources),
        "clean": _stage(3990, rejected={"registry": {"initials": 7, "title": 3}}),
        "transformed": _stage(2500),
        "vectors": _stage(2400, splits={"train": 2000, "valid": 190, "test": 210}),
    }


@pytest.fixture(scope="session")
def tiny_figures(tiny_model: Model, tiny_transformed: pa.Table, tiny_vectors: pa.Table) -> Any:
    """What a training run measures of the tiny model."""
    rows = training.Vectors.of_split(tiny_vectors, "test")
    pairs = training.evaluation_pairs(tiny_model.pattern, rows, min_count=held_out.MIN_COUNT)
    unseen = evaluation.metrics(*pairs, 0.8)
    unseen |= held_out.unseen(tiny_model.pattern, tiny_transformed, 0.8)
    known = held_out.known(tiny_model.evidence, tiny_transformed, 0.8)
    return {"unseen": unseen, "known": known, "error_allowed": 0.05}


@pytest.fixture(scope="session")
def tiny_report(tiny_model: Model) -> Any:
    """A report on 120 people in Italy and three in France."""
    people: list[tuple[str, str, Literal["female", "male"]]]
    people = [("Maria", "IT", "female"), ("John", "IT", "male"), ("Andrea", "IT", "female")] * 40
    people += [("Maria", "FR", "female"), ("J. R.", "FR", "male"), ("John", "FR", "male")]
    labelled = [LabelledPerson(Person(name=n, country=c), g) for n, c, g in people]
    return evaluation.evaluate(tiny_model, labelled)


@pytest.fixture
def manifest(
    tiny_model: Model, tiny_figures: Any, tiny_report: Any, manifests: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """A manifest with every kind of figure, to be changed."""
    described = {**tiny_model.described(), "data": card.data_facts(manifests)}
    figures = {**tiny_figures, "people": card.people_facts(tiny_report)}
    changeable = copy.deepcopy({**described, "metrics": figures})
    # None of the few names with a country falls into the split test.
    kinds = ("women", "men", "both", "short", "other")
    counts = {name: n for kind in kinds for name, n in ((kind, 60), (f"{kind}_wrong", 3))}
    changeable["metrics"]["unseen"]["by_country"] = [{"country": "IT", "even": 0, **counts}]
    return changeable
