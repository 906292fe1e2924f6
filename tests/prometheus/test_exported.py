"""Each metric is declared once: what is shown, and what rules and dashboards read, is that."""

import re
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from gender_detection import drift
from gender_detection.api.metrics.definitions import LAYOUT, MODEL, SERVICE
from gender_detection.api.metrics.model_metrics import ModelMetrics
from gender_detection.api.metrics.recorder import Metrics
from gender_detection.api.metrics.sync_metrics import ChallengerMetrics, SyncMetrics
from gender_detection.gate import Finding, Verdict
from gender_detection.model import Person
from gender_detection.model_sync import STATUS
from gender_detection.release.__main__ import metrics_of
from gender_detection.telemetry.described import Described
from gender_detection.telemetry.layout import Family
from gender_detection.telemetry.pipeline_metrics import PIPELINE
from gender_detection.telemetry.reports import attempt, report
from gender_detection.telemetry.textfiles import TextFiles
from gender_detection.upkeep import Outcome, Plan
from tests.prometheus import exported
from tests.prometheus.rule_files import ROOT

P = "gender_detection_"
DECLARED: tuple[Family | Described, ...] = (*SERVICE, *MODEL, *PIPELINE)
RAW = {"stage": "raw", "rows_in": 3, "rows_out": 2, "rejected": {"no_name": 1}}


@pytest.fixture(scope="module")
def service(tiny_model, tmp_path_factory) -> str:
    """All that the API shows, once each metric has a series."""
    people = [Person(name="Maria", country="IT")] * 300
    object.__setattr__(tiny_model, "trained", 1.0)
    tiny_model.baselines["training"] = drift.baseline(tiny_model, people, "training")
    folder = tmp_path_factory.mktemp("model")
    (folder / STATUS).write_text('{"model": "models:/m@champion"}')
    metrics = Metrics(CollectorRegistry())
    metrics.expose(ModelMetrics(metrics.shared, lambda: tiny_model))
    metrics.expose(SyncMetrics(folder, rolls_back=True))
    metrics.expose(ChallengerMetrics(folder))
    metrics.show_model(tiny_model, 2.0, 0.1)
    metrics.show_challenger("2")
    metrics.count_predictions("/predict", tiny_model.predict(people), 0.001)
    metrics.count_request("/predict", "POST", 200, 0.001, 20)
    return metrics.exposition("")[0].decode()


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory) -> str:
    """All that the pipeline shows after a job, a run of the DAG and an upkeep."""
    folder = tmp_path_factory.mktemp("metrics")
    with attempt(str(folder), "data_acquisition", pytest.fail) as current:
        current.manifests = [RAW]
    with attempt(str(folder), "upkeep", pytest.fail) as current:
        current.made = Outcome().metrics(Plan((), ()))
    with attempt(str(folder), "gate", pytest.fail) as current:
        worse = Finding("size", "", "2", "1", "", None, False, "It is too large.", "Disk.")
        current.made = [*metrics_of(Verdict("2", "1", (worse,)))]
    report(str(folder), "dag", "data_pipeline", 1.0, failed=False, warn=pytest.fail)
    return generate_latest(TextFiles(folder)).decode()


def labels_shown(family: Metric) -> set[str]:
    return set().union(*(sample.labels for sample in family.samples)) - {"le"}


def test_declared_metrics_are_those_that_rules_and_dashboards_may_read():
    listed = {**exported.SERVICE, **exported.HISTOGRAMS, **exported.STAGES}
    declared = {
        f"{metric.name.removeprefix(P)}{'_total' * (metric.type == 'counter')}": set(metric.labels)
        for metric in DECLARED
    }
    assert len(declared) == len(DECLARED)
    assert declared == {name: set(labels.split()) for name, labels in listed.items()}, (
        "list each metric in tests/prometheus/exported.py"
    )
    histograms = {metric.name for metric in DECLARED if metric.type == "histogram"}
    assert histograms == {P + name for name in exported.HISTOGRAMS}


def test_shown_metrics_are_those_declared(service, pipeline):
    shown = {
        family.name: (family.type, labels_shown(family), family.documentation)
        for family in families(service, pipeline)
        if family.samples
    }
    assert shown == {
        metric.name: (metric.type, set(metric.labels), metric.help) for metric in DECLARED
    }


def families(*texts: str) -> Iterator[Metric]:
    for text in texts:
        yield from text_string_to_metric_families(text)


def test_names_and_help_texts_are_good_in_promtools_eyes(promtool, service, pipeline):
    promtool("check", "metrics", given=service)
    promtool("check", "metrics", given=pipeline)


def test_help_texts_are_sentences_and_names_begin_alike():
    for metric in DECLARED:
        assert metric.name.startswith(P)
        assert re.fullmatch(r"[A-Z1].*\.", metric.help), metric.name
        # A cell of a table on the page.
        assert not set("|<`") & set(metric.help), metric.name


def test_page_says_how_many_series_there_may_be():
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert f"about {round(LAYOUT.most_series(), -2):,} series" in page
