"""What workers count together, and what is left of those that die."""

import os
import time

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from gender_detection import drift
from gender_detection.api.metrics.definitions import EXITED_WORKERS_CPU, LAYOUT
from gender_detection.api.metrics.model_metrics import ModelMetrics
from gender_detection.api.metrics.recorder import Metrics
from gender_detection.api.metrics.shared_state import SharedState
from gender_detection.model import Baseline, EvidenceSummary, Person, Prediction
from gender_detection.telemetry.processes import usage


@pytest.fixture
def numbers(clock) -> SharedState:
    return SharedState(workers=3, drift_seconds=300.0, clock=clock)


def read(metrics: Metrics, name: str) -> dict[tuple, float]:
    """Return the values of a metric by sorted label pairs."""
    text = metrics.exposition("")[0].decode()
    return {
        tuple(sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "gender_detection_" + name
    }


def workers_of(numbers: SharedState) -> list[Metrics]:
    return [Metrics(CollectorRegistry(), numbers, place) for place in range(numbers.workers)]


def predict_on(worker: Metrics, script: str = "Maria", count: int = 1, country: str = "IT") -> None:
    """Let a worker count so many predictions."""
    evidence = EvidenceSummary(1, 1)
    one = Prediction(
        None, script, script, country, "female", 0.99, 0.99, "name", None, evidence, script
    )
    worker.count_predictions("/predict", [one] * count, 0.001)


def test_any_worker_reports_the_metrics_of_all(numbers):
    workers = workers_of(numbers)
    for worker in workers:
        worker.count_request("/model", "GET", 200, 0.001)

    for worker in workers:
        shown = read(worker, "http_requests_total")
        assert shown[("method", "GET"), ("route", "/model"), ("status", "200")] == 3


def test_counts_of_a_process_are_shared_and_survive_it(numbers):
    pid = os.fork()
    if not pid:
        worker = Metrics(CollectorRegistry(), numbers, 1)
        worker.count_request("/model", "GET", 503, 0.001)
        os._exit(0)
    os.waitpid(pid, 0)
    [first, *_] = workers_of(numbers)
    numbers.record_exit(1, by_signal=True, cpu_seconds=0.5)

    shown = read(first, "http_requests_total")
    assert shown[("method", "GET"), ("route", "/model"), ("status", "503")] == 1
    assert read(first, "worker_deaths_total") == {
        (("cause", "exit"),): 0,
        (("cause", "signal"),): 1,
    }


def test_gauges_of_a_dead_worker_vanish_and_its_successor_continues_the_counts(numbers):
    first, second, _ = workers_of(numbers)
    second.count_in_flight(1)
    second.count_not_rate_limited()
    assert read(first, "http_requests_in_flight") == {(): 1}
    assert len(read(first, "worker_start_time_seconds")) == 3

    numbers.record_exit(1, by_signal=True, cpu_seconds=0.0)
    assert read(first, "http_requests_in_flight") == {(): 0}
    assert (("worker", "1"),) not in read(first, "worker_resident_memory_bytes")
    assert read(first, "workers") == {(): 2}

    Metrics(CollectorRegistry(), numbers, 1).count_not_rate_limited()
    assert read(first, "requests_not_rate_limited_total") == {(): 2}
    assert read(first, "workers") == {(): 3}


def test_cpu_time_never_goes_backwards(numbers):
    [first, *_] = workers_of(numbers)
    before = read(first, "workers_cpu_seconds_total")[()]
    # Dead, its time not yet recorded.
    numbers.metrics.write_worker_info(0, b"")
    numbers.metrics.write_worker_info(1, b"")
    numbers.metrics.write_worker_info(2, b"")
    assert read(first, "workers_cpu_seconds_total")[()] == before > 0

    numbers.parent_row.add(LAYOUT.at(EXITED_WORKERS_CPU), before + 5)
    assert read(first, "workers_cpu_seconds_total")[()] == before + 5


def test_models_in_service_are_reported_with_their_workers(numbers, model):
    workers = workers_of(numbers)
    for worker in workers[:2]:
        worker.show_model(model, loaded=50.0, load_seconds=0.25)
    model.version = "8"
    workers[2].show_model(model, loaded=70.0, load_seconds=0.125)

    shown = read(workers[0], "model_workers")
    assert shown == {(("version", "7"),): 2, (("version", "8"),): 1}
    assert read(workers[0], "workers_ready") == {(): 3}
    assert read(workers[0], "model_loaded_timestamp_seconds") == {(): 70}
    assert read(workers[0], "model_load_seconds") == {(): 0.25}

    workers[0].show_model(model, loaded=80.0, load_seconds=0.125)
    workers[1].show_model(model, loaded=80.0, load_seconds=0.125)
    versions = [dict(labels)["version"] for labels in read(workers[0], "model_info")]
    assert versions == ["8"]


def test_worker_without_a_model_is_not_ready(numbers):
    [first, *_] = workers_of(numbers)

    assert read(first, "workers_ready") == {(): 0}
    assert read(first, "workers_wanted") == {(): 3}
    assert read(first, "model_info") == {}


def test_memory_and_open_files_match_those_of_the_system(numbers):
    [first, *_] = workers_of(numbers)

    memory = read(first, "worker_resident_memory_bytes")[("worker", "0"),]
    used = usage(os.getpid())
    assert used is not None
    assert memory == pytest.approx(used.resident_bytes, rel=0.2)
    assert read(first, "worker_open_fds")[("worker", "0"),] > 2
    assert read(first, "server_start_time_seconds")[()] == pytest.approx(time.time(), abs=60)


@pytest.fixture
def watched(numbers, model) -> list[Metrics]:
    """Workers whose model expects names like those that predict_on() makes by default."""
    usual = [Person(name="Maria", country="IT")]
    model.baselines = {"training": drift.baseline(model, usual, "training")}
    workers = workers_of(numbers)
    for worker in workers:
        worker.expose(ModelMetrics(numbers, lambda: model))
    return workers


def test_drift_covers_the_names_of_all_workers_within_the_window(watched, numbers, clock):
    for worker in watched:
        predict_on(worker, count=100)
    assert set(read(watched[0], "drift_divergence").values()) == {0}
    assert len(read(watched[0], "drift_divergence")) == len(drift.FEATURES)

    for step in range(25):
        clock.now += 15
        numbers.tick()
        predict_on(watched[step % 3], "Мария", count=20, country="RU")
    shown = read(watched[1], "drift_divergence")
    assert shown[("feature", "script"),] == pytest.approx(1)
    assert shown[("feature", "country"),] == pytest.approx(1)
    assert shown[("feature", "basis"),] == 0
    assert 380 <= read(watched[1], "drift_window_names")[()] <= 420


def test_too_few_names_give_no_drift(watched):
    predict_on(watched[0], "Мария", count=199)

    assert read(watched[0], "drift_divergence") == {}
    assert read(watched[0], "drift_window_names") == {(): 199}


def test_old_names_are_forgotten_without_traffic(watched, numbers, clock):
    predict_on(watched[0], count=1000)
    for _ in range(25):
        clock.now += 15
        numbers.tick()

    assert read(watched[0], "drift_window_names") == {(): 0}
    assert read(watched[0], "drift_divergence") == {}


def test_baseline_of_labelled_people_is_preferred(watched, model):
    model.baselines["evaluation"] = Baseline("evaluation", 10, {"unknown": [0.0, 1.0]})
    predict_on(watched[0], count=300)

    assert read(watched[0], "drift_divergence") == {(("feature", "unknown"),): 1}
