"""A million distinct spellings that no source has, on one core: beside scikit-learn's
HashingVectorizer with a logistic model, over n-grams of the same lengths in as many columns.

The spellings are given names with a letter changed or added, or with the end of another name.
scikit-learn fits its model on known names before the time begins. It uses n-grams of letters only,
the pattern model also those of sounds. The time of score() is for information: it also reads the
names and looks them up in the evidence.
"""

import time
from itertools import compress
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.load_tests.report import Report, spread
from gender_detection.model import Model, store
from gender_detection.names import key

from .in_memory import load, save
from .names_drawn import Pool
from .plan import Plan, at_least, in_turn, progress, rates, ratios
from .processes import cores, measured

ROWS = 1_000_000
OF_SKLEARN = 15.0
FITTED_ON = 20_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def figures(report: Report, plan: Plan) -> None:
    """Measure, and add the figures to a report."""
    rows, core = plan.rows(ROWS), cores()[-1]
    progress(f"making {rows:,} spellings that no source has")
    model = Model.load(store.current(plan.model_dir))
    keys = sorted({key(name) for name in Pool.read(plan.small).given.names.to_pylist()} - {""})
    path, known = plan.work / "spellings.arrow", plan.work / "known.arrow"
    save(pa.table({"key": unknown(model, keys, rows)}), path)
    save(_known(model, keys), known)
    ngrams = model.pattern.ngrams
    sizes: dict[str, Any] = {
        "lowest": ngrams.lowest,
        "highest": ngrams.highest,
        "bits": ngrams.bits,
    }
    progress("the pattern model, scoring, and scikit-learn")
    given: dict[str, Any] = {"path": str(path), "model": str(plan.model_dir)}
    pattern, score, sklearn = in_turn(
        plan.few(),
        lambda: measured(by_pattern, core=core, **given),
        lambda: measured(by_score, core=core, **given),
        lambda: measured(by_sklearn, core=core, path=str(path), known=str(known), **sizes),
    )
    scored = [seconds for seconds, _ in score]
    report.add("answered by the pattern model", f"{min(share for _, share in score):.1%}")
    for what, took in (("pattern", pattern), ("score", scored), ("scikit-learn", sklearn)):
        report.add(f"{what}: names/s", rates(took, rows))
    at_least(report, "pattern: rate of scikit-learn, times", ratios(sklearn, pattern), OF_SKLEARN)
    report.add("score: rate of scikit-learn, times", spread(ratios(sklearn, scored)))


def unknown(model: Model, keys: list[str], count: int) -> list[str]:
    """Return count distinct spellings that are not in the evidence."""
    random = Random(2)
    found: dict[str, None] = {}
    while len(found) < count:
        made = [_misspelt(random, random.choice(keys), random.choice(keys)) for _ in range(count)]
        found.update(dict.fromkeys(compress(made, ~model.evidence.find(made).found)))
    return list(found)[:count]


def _misspelt(random: Random, name: str, other: str) -> str:
    at, letter = random.randrange(len(name)), random.choice(LETTERS)
    way = random.randrange(3)
    if way == 0:
        return name[:at] + letter + name[at + 1 :]
    if way == 1:
        return name[:at] + letter + name[at:]
    return name[: len(name) // 2 + 1] + other[len(other) // 2 :]


def _known(model: Model, keys: list[str]) -> pa.Table:
    """Return some keys, and whether each is female."""
    some = Random(3).sample(keys, min(FITTED_ON, len(keys)))
    found = model.evidence.find(some)
    return pa.table({"key": some, "female": found.p_female > 0.5})


def by_pattern(path: str, model: str) -> float:
    """Return the seconds that the pattern model takes for keys."""
    pattern = Model.load(store.current(Path(model))).pattern
    keys = load(path)["key"].to_pylist()
    pattern.p_female(["zz"] * 100)
    start = time.perf_counter()
    answers = pattern.p_female(keys)
    took = time.perf_counter() - start
    assert np.isfinite(answers).sum() == len(keys)
    return took


def by_score(path: str, model: str) -> tuple[float, float]:
    """Return the seconds that score() takes, and the share that the pattern model answered."""
    from gender_detection.scoring import score
    from gender_detection.tables import Columns

    loaded, read = Model.load(store.current(Path(model))), Columns(name="key")
    table = load(path)
    score(pa.table({"key": ["zz", "zz zz"]}), loaded, read)
    start = time.perf_counter()
    answered = score(table, loaded, read)
    took = time.perf_counter() - start
    return took, answered["basis"].to_pylist().count("pattern") / len(table)


def by_sklearn(path: str, known: str, lowest: int, highest: int, bits: int) -> float:
    """Return the seconds that scikit-learn takes for the probabilities."""
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    vectorizer = HashingVectorizer(
        analyzer="char_wb", ngram_range=(lowest, highest), n_features=2**bits
    )
    fitted = load(known)
    names = make_pipeline(vectorizer, LogisticRegression(solver="liblinear"))
    names.fit(fitted["key"].to_pylist(), fitted["female"].to_pylist())
    keys = load(path)["key"].to_pylist()
    start = time.perf_counter()
    answers = names.predict_proba(keys)
    took = time.perf_counter() - start
    assert len(answers) == len(keys)
    return took
