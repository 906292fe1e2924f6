"""The services of docker-compose.yml, up and running, and seen by Prometheus."""

import json
import re
import sys
import urllib.parse
from pathlib import Path

import engine
import pytest
from engine import ask, docker, status, wait_for

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "grafana"))

from queries import queries

UP_SECONDS = 60.0
REMEMBERED = "up{job='prometheus'}[1d]"


def _query(stack, expression: str) -> list[dict]:
    asked = urllib.parse.urlencode({"query": expression})
    answer = ask(f"{stack.url('prometheus')}/api/v1/query?{asked}")
    assert answer["status"] == "success", answer
    return answer["data"]["result"]


def _up(stack) -> dict[str, str]:
    return {one["metric"]["job"]: one["value"][1] for one in _query(stack, "up")}


def test_stack_answers_and_is_watched_within_a_minute(stack):
    wait_for(lambda: status(f"{stack.url('api')}/readyz") == 200, "the API", UP_SECONDS)
    answer = ask(f"{stack.url('api')}/predict", {"name": "Andrea Rossi", "country": "IT"})
    assert (answer["gender"], answer["basis"]) == ("male", "country")
    ready = f"{stack.url('prometheus')}/-/ready"
    wait_for(lambda: status(ready) == 200, "Prometheus", UP_SECONDS)
    everything = {"prometheus": "1", "api": "1", "pipeline": "1"}
    wait_for(lambda: _up(stack) == everything, "all targets to be up", UP_SECONDS)


def test_prometheus_answers_every_query_of_the_dashboards(stack):
    asked = {query.expr for query in queries()}
    assert len(asked) > 50
    for expression in asked:
        _query(stack, expression)
    assert _query(stack, "gender_detection_workers_ready")[0]["value"][1] == "2"


def test_nobody_outside_reaches_the_pipelines_metrics(stack):
    published = docker("port", stack.container("pipeline").name)
    assert published == ""


@pytest.mark.parametrize("service", ["api", "pipeline", "prometheus"])
def test_containers_run_as_the_file_says(stack, service: str):
    host = json.loads(stack.container(service).inspect("{{json .HostConfig}}"))
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Memory"] > 0
    assert host["RestartPolicy"]["Name"] == "always"


def test_password_is_printed_by_the_command_in_the_file_and_logged_nowhere(stack):
    text = (stack.folder / "docker-compose.yml").read_text()
    command = re.search(r"docker-compose (run --rm grafana-password .*)", text)
    assert command is not None
    first, second = (stack.compose(*command[1].split()).splitlines()[-1] for _ in range(2))
    assert re.fullmatch(r"[\w-]{24}", first)
    assert first == second
    assert first not in stack.compose("logs")


def test_crashed_api_comes_back(stack):
    api = stack.container("api")
    started = api.inspect("{{.State.StartedAt}}")
    api.crash()
    wait_for(lambda: api.inspect("{{.State.StartedAt}}") != started, "the engine to restart it")
    wait_for(lambda: status(f"{stack.url('api')}/readyz") == 200, "the API to be back")


def test_volumes_outlive_down_and_up(stack):
    wait_for(lambda: bool(_query(stack, REMEMBERED)), "something to remember")
    began = _query(stack, REMEMBERED)[0]["values"][0]
    password = (
        "run",
        "--rm",
        "grafana-password",
        "cat",
        "/var/lib/gender-detection/secrets/grafana",
    )
    before = stack.compose(*password).splitlines()[-1]
    stack.compose("down")
    stack.compose("up", "-d", "api", "pipeline", "prometheus", "grafana-password")
    ready = f"{stack.url('prometheus')}/-/ready"
    wait_for(lambda: status(ready) == 200, "Prometheus", UP_SECONDS)
    assert _query(stack, REMEMBERED)[0]["values"][0] == began
    assert stack.compose(*password).splitlines()[-1] == before


def test_memory_of_the_api_is_within_its_limit(stack):
    assert (
        engine.docker("inspect", "-f", "{{.State.OOMKilled}}", stack.container("api").name)
        == "false"
    )
