"""Names like those that the model was made from leave it quiet; quite other names do not.

The model is the one that `make run` trained on a slice of the real data, with its own baseline.
"""

from itertools import cycle, islice
from pathlib import Path

import pyarrow as pa
import pytest

from gender_detection import drift, training
from gender_detection.model import Baseline, Model, Person, store
from tests.behaviour.drift_cases import OTHERS
from tests.spark.pipeline_fixtures import published

THRESHOLD = 0.1
WINDOWS = 40


@pytest.fixture(scope="module")
def served(made) -> Model:
    return Model.load(store.current(Path(made.settings.model_dir)))


@pytest.fixture(scope="module")
def baseline(served: Model) -> Baseline:
    found = drift.compared_with(served.baselines)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def clean(made) -> pa.Table:
    return published(made, "clean", training.DRAWN_FROM)


def test_baseline_is_that_of_the_training_mix(baseline: Baseline):
    assert (baseline.source, baseline.names) == ("training", 20_000)
    assert set(baseline.shares) == set(drift.FEATURES)


@pytest.mark.parametrize("names", [200, 1000])
def test_replay_of_the_training_mix_shows_no_drift(
    served: Model, baseline: Baseline, clean: pa.Table, names: int
):
    # Another seed than the notebook's: other persons, drawn alike.
    people = training.sample_people(clean, WINDOWS * names, seed=7)
    answers = served.predict(people)

    windows = [answers[at : at + names] for at in range(0, len(answers), names)]
    apart = [drift.distances(baseline, drift.count(window)) for window in windows]

    largest = {feature: max(window[feature] for window in apart) for feature in drift.FEATURES}
    assert len(windows) == WINDOWS
    assert max(largest.values()) < THRESHOLD, largest


@pytest.mark.parametrize("names", [200, 1000])
@pytest.mark.parametrize("kind", OTHERS)
def test_only_other_names_exceed_the_threshold_clearly(
    served: Model, baseline: Baseline, kind: str, names: int
):
    assert len(set(OTHERS[kind])) >= 60
    people = [Person(name=name) for name in islice(cycle(OTHERS[kind]), names)]

    apart = drift.distances(baseline, drift.count(served.predict(people)))

    # Country and basis differ for anybody who is sent without a country.
    features = {name: apart[name] for name in ("length", "probability", "unknown")}
    assert max(features.values()) > 2 * THRESHOLD, features
