"""The metrics that rules, dashboards and docs/metrics.md speak of are those that there are."""

import re
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.parser import text_string_to_metric_families

from gender_detection import drift
from gender_detection.api.metrics.definitions import SHOWN
from gender_detection.api.metrics.model_metrics import ModelMetrics
from gender_detection.api.metrics.recorder import Metrics
from gender_detection.api.metrics.sync_metrics import SyncMetrics
from gender_detection.model import Person
from gender_detection.model_sync import STATUS
from gender_detection.telemetry.layout import Counter
from tests.prometheus.exported import HISTOGRAMS, SERVICE, STAGES
from tests.prometheus.rule_files import ROOT

P = "gender_detection_"


@pytest.fixture(scope="module")
def families(tiny_model, tmp_path_factory) -> dict[str, Metric]:
    """All that the API shows, by name, once each series has been counted in."""
    people = [Person(name="Maria", country="IT")] * 300
    object.__setattr__(tiny_model, "trained", 1.0)
    tiny_model.baselines["training"] = drift.baseline(tiny_model, people, "training")
    folder = tmp_path_factory.mktemp("model")
    (folder / STATUS).write_text('{"model": "models:/m@champion"}')
    metrics = Metrics(CollectorRegistry())
    metrics.expose(ModelMetrics(metrics.shared, lambda: tiny_model))
    metrics.expose(SyncMetrics(folder))
    metrics.show_model(tiny_model, 2.0, 0.1)
    metrics.count_predictions("/predict", tiny_model.predict(people), 0.001)
    metrics.count_request("/predict", "POST", 200, 0.001, 20)
    text = metrics.exposition("")[0].decode()
    return {family.name: family for family in text_string_to_metric_families(text)}


def labels_shown(family: Metric) -> set[str]:
    return set().union(*(sample.labels for sample in family.samples)) - {"le"}


def test_metrics_of_the_service_are_those_listed(families):
    shown = {
        (name.removeprefix(P) + ("_total" if family.type == "counter" else "")): family
        for name, family in families.items()
    }
    listed = {**SERVICE, **HISTOGRAMS}
    assert shown.keys() == listed.keys(), "list each metric in tests/prometheus/exported.py"
    for name, family in shown.items():
        assert family.samples, name
        assert labels_shown(family) == set(listed[name].split()), name


def test_shown_metrics_match_the_shared_ones(families):
    for family in SHOWN:
        assert families[family.name].type == type(family).__name__.lower()
        assert set(family.labels) == labels_shown(families[family.name])


def test_metric_names_have_units_and_counter_suffixes(families):
    for family in SHOWN:
        assert family.name.startswith(P)
        assert not family.name.endswith("_total")
        assert family.help.endswith(".")
        assert isinstance(family, Counter) or "_seconds" in family.name or family.labels is not None


def test_page_of_metrics_lists_each_of_them_with_its_labels():
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    documented: dict[str, set[str]] = {}
    for row in re.findall(r"^\| `.*", page, re.MULTILINE):
        _, names, labels, *_ = row.split("|")
        for name in re.findall(r"`(\w+)`", names):
            documented[name] = {label.strip() for label in labels.split(",") if label.strip()}
    listed = {**SERVICE, **HISTOGRAMS, **STAGES}
    assert documented.keys() == listed.keys(), "docs/metrics.md and exported.py must list the same"
    for name, labels in listed.items():
        # A row may be about several metrics.
        assert set(labels.split()) <= documented[name], name


def test_files_that_the_page_links_to_exist():
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)", page):
        assert (Path(ROOT / "docs") / target).exists(), target
