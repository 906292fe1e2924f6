import re
from typing import Any

import prometheus_here
import pytest

COMMITTED = (prometheus_here.COMMITTED / "prometheus.yml").read_text()
RULES = {path.name: path.read_text() for path in (prometheus_here.COMMITTED / "rules").iterdir()}


def targets(text):
    return re.findall(r'targets: \["(.*)"\]', text)


def test_committed_targets_are_replaced_and_nothing_else():
    text = prometheus_here.with_targets(COMMITTED, api="localhost:5050", pipeline="localhost:5052")
    assert targets(text) == ["localhost:9090", "localhost:5050", "localhost:5052"]
    back = text.replace("localhost:5050", "api:5000").replace("localhost:5052", "pipeline:5002")
    assert back.replace("localhost:9090", "prometheus.view:9090") == COMMITTED


def test_interval_applies_to_scrapes_and_rules():
    text = prometheus_here.with_targets(COMMITTED, api="a:1", pipeline="b:2", interval="1s")
    assert re.findall(r"^  (\w+_interval): (\w+)$", text, re.MULTILINE) == [
        ("scrape_interval", "1s"),
        ("evaluation_interval", "1s"),
    ]


@pytest.mark.parametrize(
    "lost", ["api:5000", "pipeline:5002", "prometheus.view:9090", "rules/*.yml"]
)
def test_configuration_without_a_committed_target_is_refused(lost):
    with pytest.raises(ValueError, match=re.escape(lost)):
        prometheus_here.with_targets(COMMITTED.replace(lost, "other"), api="a:1", pipeline="b:2")


def test_waits_become_shorter_and_ranges_only_if_asked_for():
    rules = "interval: 2m\n  - expr: rate(a[5m]) # for: 5m\n    for: 1h30m\n  keep_firing_for: 2s\n"
    faster = prometheus_here.speed_up(rules, times=60)
    assert faster.splitlines() == [
        "interval: 2000ms",
        "  - expr: rate(a[5m]) # for: 5m",
        "    for: 90000ms",
        "  keep_firing_for: 1000ms",
    ]
    assert "rate(a[10000ms])" in prometheus_here.speed_up(rules, times=30, windows=True)


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_wait_of_the_committed_rules_becomes_shorter(name):
    faster = prometheus_here.speed_up(RULES[name], times=60)
    waits = re.findall(r"^ *(?:for|keep_firing_for|interval): (\S+)", faster, re.MULTILINE)
    assert len(waits) == len(re.findall(r"^ *(?:\w*for|interval): ", RULES[name], re.MULTILINE))
    assert all(wait.endswith("ms") for wait in waits)


def test_rules_are_those_of_the_repository_unless_made_faster(tmp_path):
    here: dict[str, Any] = {"api": "localhost:5000", "pipeline": "localhost:5002"}
    plain = prometheus_here.write_configuration(tmp_path / "plain", **here)
    assert f"- {prometheus_here.COMMITTED}/rules/*.yml" in plain.read_text()
    faster = prometheus_here.write_configuration(tmp_path / "faster", **here, times=60)
    assert f"- {tmp_path}/faster/rules/*.yml" in faster.read_text()
    assert {path.name for path in (tmp_path / "faster/rules").iterdir()} == set(RULES)


def test_data_are_kept_for_the_period_of_the_error_budget(tmp_path):
    command = prometheus_here.prometheus_command(tmp_path / "c", tmp_path / "d", "127.0.0.1:9090")
    (kept,) = [part for part in command if "retention" in part]
    (days,) = map(int, re.findall(r"=(\d+)d$", kept))
    longest = max(map(int, re.findall(r"\[(\d+)d\]", RULES["recording.yml"])))
    assert days > longest
