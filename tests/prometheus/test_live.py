"""The real API and a real Prometheus on the committed configuration, under mixed traffic."""

import os
import signal
import subprocess
import time
import urllib.request
from functools import partial
from pathlib import Path

import pytest
from grafana.queries import queries

from grafana.generator.may_be_empty import MAY_BE_EMPTY
from tests.prometheus.running import Prometheus, Traffic, mixed, wait_for

WORKER_GAUGES = ("start_time_seconds", "resident_memory_bytes", "open_fds")
KILLS = 6


@pytest.fixture(scope="module")
def traffic(stack):
    with Traffic(stack.api, mixed) as running:
        yield running


def test_every_target_is_up(stack, traffic):
    def up() -> bool:
        targets = stack.prometheus.get("targets")["activeTargets"]
        found = {target["labels"]["job"]: target["health"] for target in targets}
        return found == {"prometheus": "up", "api": "up", "pipeline": "up"}

    wait_for(up, "every target to be up")


def test_every_rule_is_loaded_and_evaluated_without_error(stack, traffic):
    def evaluated() -> bool:
        groups = stack.prometheus.get("rules")["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        assert not [rule for rule in rules if rule.get("lastError")]
        return len(rules) > 30 and all(rule["health"] == "ok" for rule in rules)

    wait_for(evaluated, "every rule to be evaluated")


def test_every_query_of_every_dashboard_returns_data(stack, traffic):
    waiting = list(queries(rate_interval="10s", interval="1s", shown="1m"))
    assert len(waiting) > 60
    deadline = time.monotonic() + 60
    while waiting and time.monotonic() < deadline:
        waiting = [query for query in waiting if not empty_rightly(stack, query)]

    assert not [(query.where, query.expr) for query in waiting]


def empty_rightly(stack, query) -> bool:
    """Return whether a query shows something, or may be empty."""
    # All are sent: none may be wrong, empty or not.
    return stack.prometheus.shows(query.expr, query.kind) or query.where in MAY_BE_EMPTY


def test_metrics_follow_the_prometheus_recommendations(stack, traffic):
    targets = stack.prometheus.get("targets")["activeTargets"]
    for url in (t["scrapeUrl"] for t in targets if t["labels"]["job"] != "prometheus"):
        with urllib.request.urlopen(url, timeout=30) as answer:
            text = answer.read()
        done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
        assert done.returncode == 0, (url, done.stdout, done.stderr)
        assert b"gender_detection_" in text


def has_values(prometheus: Prometheus, expression: str) -> bool:
    return bool(prometheus.values(expression))


def test_killed_workers_make_no_counter_go_down_and_leave_no_series(stack, traffic):
    prometheus = stack.prometheus
    before = traffic.asked
    dead = prometheus.values("gender_detection_worker_deaths_total{cause='signal'}")[0]
    for kill in range(KILLS):
        workers = workers_of(stack.api.process.pid)
        os.kill(workers[kill % len(workers)], signal.SIGKILL)
        deaths = f"gender_detection_worker_deaths_total{{cause='signal'}} >= {dead + kill + 1}"
        wait_for(partial(has_values, prometheus, deaths), "the exit to be reported")
    wait_for(lambda: prometheus.values("gender_detection_workers_ready") == [3], "three workers")
    wait_for(lambda: traffic.asked > before + 40, "more traffic")

    names = prometheus.get("label/__name__/values")
    counters = [n for n in names if n.startswith("gender_detection_")
                and n.endswith(("_total", "_count", "_sum", "_bucket"))]  # fmt: skip
    assert len(counters) > 25
    resets = {name: prometheus.values(f"sum(resets({name}[5m]))") for name in counters}
    assert {name: found for name, found in resets.items() if found != [0]} == {}
    for gauge in WORKER_GAUGES:
        assert prometheus.values(f"count(gender_detection_worker_{gauge})") == [3]
    assert prometheus.values("gender_detection_workers") == [3]
    assert prometheus.values("count(gender_detection_model_info)") == [1]


def test_dead_workers_leave_nothing_on_disk(stack):
    [folder] = stack.folder.glob("gender-detection-*")

    assert list(folder.iterdir()) == []


def test_requests_of_dead_workers_do_not_stay_in_flight(stack):
    # Other than that of the traffic, which goes on, and the scrape itself.
    def settled() -> bool:
        return bool(stack.prometheus.values("gender_detection_http_requests_in_flight <= 2"))

    wait_for(settled, "no request in flight")


def workers_of(pid: int) -> list[int]:
    """Return the process numbers of a server's workers; the follower is not one."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    commands = {int(n): Path(f"/proc/{n}/cmdline").read_bytes() for n in children}
    return [child for child, command in commands.items() if b"model_sync" not in command]
