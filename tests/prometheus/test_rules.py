"""The committed rules: sound in promtool's eyes, on metrics there are, tested and explained."""

import re

import pytest

from grafana.generator import recording_rules
from tests.prometheus.exported import exported
from tests.prometheus.promql import grouped_by, labels_of, metrics_of
from tests.prometheus.rule_files import (
    CONFIGURATION,
    ROOT,
    RULES,
    RUNBOOK,
    TESTS,
    recorded,
    rule_tests,
    rules,
    seconds,
)
from tests.prometheus.rule_files import alerts as alerting_rules

ALERTS = alerting_rules()
NAMES = sorted(ALERTS)
READ_WHERE_NOTHING_ELSE_READS_IT = (
    "requests:rate5m",
    "error_budget_left:ratio30d",
    "latency_budget_left:ratio30d",
)


def test_configuration_and_all_its_rules_are_valid(promtool):
    output = promtool("check", "config", "--lint=all", "--lint-fatal", CONFIGURATION)
    assert f"{len(RULES)} rule files found" in output


def test_rules_are_valid_and_unique(promtool):
    output = promtool("check", "rules", "--lint=all", "--lint-fatal", *RULES)
    assert len(rules()) == sum(int(n) for n in re.findall(r"(\d+) rules found", output))


def test_committed_recording_rules_are_what_the_generator_writes():
    committed = (ROOT / "prometheus" / "rules" / "recording.yml").read_text(encoding="utf-8")
    assert committed == recording_rules.text(), "run: make dashboards"


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_alerts_fire_and_resolve_as_expected(promtool, path):
    promtool("test", "rules", path)


@pytest.mark.parametrize("name", NAMES)
def test_each_alert_is_tested_firing_resolved_and_silent(name):
    resolved = quiet = False
    for test in rule_tests():
        seen = [c for c in test.get("alert_rule_test", []) if c["alertname"] == name]
        firing = [seconds(c["eval_time"]) for c in seen if c.get("exp_alerts")]
        silent = [seconds(c["eval_time"]) for c in seen if not c.get("exp_alerts")]
        resolved |= bool(firing and silent) and min(firing) < max(silent)
        quiet |= bool(silent) and not firing
    assert (resolved, quiet) == (True, True)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.get("alert") or rule["record"])
def test_rule_reads_exported_or_recorded_metrics_by_existing_labels(rule):
    known = exported()
    for metric in metrics_of(rule["expr"]):
        assert metric in known or metric in recorded()
    for metric, label in labels_of(rule["expr"]):
        assert label in known[metric]
    kept = set().union(*(known.get(metric, ()) for metric in metrics_of(rule["expr"])))
    assert grouped_by(rule["expr"]) <= kept


def test_rule_tests_use_exported_series():
    known = exported()
    for test in rule_tests():
        for series in test["input_series"]:
            (metric,) = metrics_of(series["series"])
            assert metric in known
            assert {label for _, label in labels_of(series["series"])} <= known[metric]


def test_every_recorded_share_is_read_by_another_rule_or_a_dashboard():
    read = set().union(*(metrics_of(rule["expr"]) for rule in rules()))
    unread = {name.removeprefix("gender_detection:") for name in set(recorded()) - read}
    assert unread == set(READ_WHERE_NOTHING_ELSE_READS_IT)


@pytest.mark.parametrize("name", NAMES)
def test_alert_has_a_severity_a_description_and_a_runbook(name):
    alert = ALERTS[name]
    assert alert["labels"]["severity"] in ("page", "ticket")
    assert set(alert["annotations"]) == {"summary", "description", "runbook"}
    assert alert["annotations"]["runbook"] == f"docs/runbook.md#{name.lower()}"


def test_only_outages_page_somebody():
    paging = {name for name in NAMES if ALERTS[name]["labels"]["severity"] == "page"}
    assert paging == {"ErrorBudgetBurnsFast", "LatencyBudgetBurnsFast", "ApiDown", "NoWorkerReady"}


def test_runbook_has_exactly_one_section_per_alert():
    sections = re.findall(r"^### (\w+)$", RUNBOOK.read_text(), re.MULTILINE)
    assert sorted(sections) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_runbook_section_explains_meaning_remedy_and_end(name):
    section = re.split(rf"^### {name}$", RUNBOOK.read_text(), flags=re.MULTILINE)[1]
    section = re.split(r"^##", section, maxsplit=1, flags=re.MULTILINE)[0]
    for part in ("**Means.**", "**First.**", "**Ends**"):
        assert section.count(part) == 1
    assert f"({ALERTS[name]['labels']['severity']})" in section
    assert "`" in section.partition("**First.**")[2]


def test_queries_of_the_runbook_read_exported_or_recorded_metrics():
    queries = re.findall(r"```promql\n(.*?)```", RUNBOOK.read_text(), re.DOTALL)
    known = {*exported(), *recorded()}
    assert queries
    assert set().union(*map(metrics_of, queries)) <= known
