"""The queries of the dashboards: of metrics that there are, and in PromQL that Prometheus knows."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from prometheus.exported import TARGET, exported
from prometheus.programs import program
from prometheus.promql import grouped_by, labels_of, metrics_of

from tests.grafana import queries

WINDOW = re.compile(r"\[([^\]]+)\]")
ASKED = list(queries.queries())
RECORDING = queries.ROOT / "prometheus" / "rules" / "recording.yml"


def recorded() -> set[str]:
    groups = yaml.safe_load(RECORDING.read_text(encoding="utf-8"))["groups"]
    return {rule["record"] for group in groups for rule in group["rules"]}


@pytest.fixture
def complaints(tmp_path: Path) -> Callable[[list[str]], str]:
    """What promtool has to say against expressions, which it reads as rules."""
    promtool = program("promtool")

    def check(expressions: list[str]) -> str:
        rules = [{"record": f"query:{n}", "expr": expr} for n, expr in enumerate(expressions)]
        path = tmp_path / "rules.yml"
        path.write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}))
        done = subprocess.run([promtool, "check", "rules", path], capture_output=True, text=True)
        return done.stderr if done.returncode else ""

    return check


def test_prometheus_can_parse_every_query(complaints):
    assert len(ASKED) > 80
    assert complaints([query.expr for query in ASKED]) == ""


def test_prometheus_reports_a_query_that_it_cannot_parse(complaints):
    assert "parse error" in complaints(["up", "sum(rate(up[$__rate_interval]))"])


@pytest.mark.parametrize("name", queries.NAMES)
def test_every_queried_metric_is_exported_or_recorded(name: str):
    known = exported().keys() | recorded()
    unknown = {
        (query.title, metric)
        for query in ASKED
        if query.dashboard == name
        for metric in metrics_of(query.expr)
        if metric not in known
    }

    assert not unknown


@pytest.mark.parametrize("query", ASKED, ids=lambda query: f"{query.dashboard}, {query.title}")
def test_labels_are_those_of_the_metrics(query: queries.Query):
    known = exported()

    for metric, label in labels_of(query.expr):
        assert label in known[metric], metric
    of_all = TARGET.union(*(known.get(metric, set()) for metric in metrics_of(query.expr)))
    assert grouped_by(query.expr) <= of_all


def test_every_metric_of_the_service_is_on_a_dashboard():
    shown = set().union(*(metrics_of(query.expr) for query in ASKED))
    families = {re.sub(r"_(bucket|sum|count)$", "", metric) for metric in shown}
    wanted = {name for name in exported() if name.startswith("gender_detection_")}

    hidden = {
        metric
        for metric in wanted
        if metric not in shown and re.sub(r"_(bucket|sum|count)$", "", metric) not in families
    }
    assert not hidden


def test_every_variable_in_a_query_is_replaced():
    assert not [query for query in ASKED if "$" in query.expr]


def test_variables_are_replaced_by_the_given_values():
    asked = list(queries.queries(rate_interval="37s", interval="7s", shown="11m"))
    windows = {window for query in asked for window in WINDOW.findall(query.expr)}

    assert windows == {"37s", "11m", "1d"}
    assert any("offset 7s" in query.expr for query in asked)


def test_windows_of_graphs_follow_the_displayed_range():
    for name in queries.NAMES:
        for panel in queries.panels(name):
            for target in panel["targets"]:
                fixed = set(WINDOW.findall(target["expr"])) - {"$__rate_interval"}
                assert target["instant"] or not fixed, panel["title"]


def test_queries_come_from_panels_annotations_and_variables():
    asked = {query.where for query in ASKED}

    assert {("service", "Failed by route"), ("service", "route")} <= asked
    assert ("model", "Version came into service") in asked
