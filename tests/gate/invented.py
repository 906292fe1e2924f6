"""Two countries with invented names, and models of them, some of them spoilt."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gender_detection import training
from gender_detection.evaluation import LabelledPerson
from gender_detection.features import split_of
from gender_detection.gate import Candidate, Rules, compare, load_rules
from gender_detection.gate.references import Reference, reference
from gender_detection.gate.verdict import Verdict
from gender_detection.model import Model, Person

STARTS = "bal cor dul fen gar hil jor kel lum mir nov pel ras sil tor vel".split()
MIDDLES = "ab ed im on ur al er is".split()
# The first half of the names is of women in both countries, the other of men.
NAMES = ["".join(parts) + "k" for parts in product(STARTS, MIDDLES)]
WOMEN = frozenset(NAMES[: len(NAMES) // 2])
COUNTRIES = ("IT", "DE")
FULL = {"data": {"rows": {"raw": 1000}, "outside_sample": 0}}
SAMPLED = {"data": {"rows": {"raw": 20}, "outside_sample": 980}}


def rows(swapped: Sequence[str] = (), known: Sequence[str] = NAMES) -> list[dict[str, Any]]:
    """Return what sources say of the names: countries in swapped have women and men exchanged."""
    made = []
    for name, country in product(known, (None, *COUNTRIES)):
        is_woman = (name in WOMEN) != (country in swapped)
        counts = (900.0, 10.0) if is_woman else (10.0, 900.0)
        made.append({"name": name, "country": country, "female": counts[0], "male": counts[1]})
    return made


def transformed(given: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return rows as the dataset transformed."""
    facts = {"sources": 3, "script": "latin", "tokens": 1}
    made = [
        {"key": row["name"], **row, **facts, "length": 6, "split": split_of(row["name"])}
        for row in given
    ]
    return pa.Table.from_pylist(made).drop_columns(["name"])


def clean(given: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return rows as the dataset clean."""
    return pa.Table.from_pylist([{**row, "part": "given"} for row in given])


def data(given: Sequence[Mapping[str, Any]], version: str = "made") -> Reference:
    """Return the names to ask from rows."""
    return reference(version, clean(given), transformed(given))


def candidate(
    tiny_model: Model,
    given: Sequence[Mapping[str, Any]],
    *,
    version: str = "2",
    manifest: Mapping[str, Any] = FULL,
) -> Candidate:
    """Return a version made of rows, with the pattern model of the tiny model."""
    model = training.assemble(
        transformed(given), tiny_model.pattern, tiny_model.parameters, data_version="made"
    )
    return Candidate(replace(model, version=version), manifest, 1_000_000)


def judged(
    challenger: Candidate,
    champion: Candidate | None,
    *references: Reference,
    rules: Rules | None = None,
    labelled: Sequence[LabelledPerson] = (),
) -> Verdict:
    """Return the verdict; every name takes both models the same time."""
    whose = ("the challenger's data", "the champion's data")
    return compare(
        challenger,
        champion,
        rules or load_rules(),
        dict(zip(whose, references, strict=False)),
        (lambda: iter(labelled)) if labelled else None,
        seconds=lambda models, _: [1e-6 for _ in models],
    )


def people() -> Iterator[LabelledPerson]:
    """Yield a labelled person for each name and country."""
    for name, country in product(NAMES, COUNTRIES):
        person = Person(given_name=name, country=country)
        yield LabelledPerson(person, "female" if name in WOMEN else "male")


def refusing(verdict: Verdict) -> set[str]:
    """Return the names of the rules that refuse."""
    return {finding.rule for finding in verdict.refusals}


def written(folder: Path, given: Sequence[Mapping[str, Any]], version: str = "made") -> Path:
    """Write rows as the datasets of a version of the data, and return the folder."""
    tables = {"clean": clean(given), "transformed": transformed(given), "vectors": None}
    below = {"vectors": "transformed", "transformed": "clean"}
    for stage, table in tables.items():
        home = folder / stage / "versions" / version
        home.mkdir(parents=True)
        files = []
        if table is not None:
            path = home / "part-00000.parquet"
            pq.write_table(table, path)
            files = [{"name": path.name, "bytes": path.stat().st_size}]
        made_of = {below[stage]: version} if stage in below else {}
        manifest = {"stage": stage, "version": version, "input": made_of, "files": files}
        (home / "manifest.json").write_text(json.dumps(manifest))
    return folder
