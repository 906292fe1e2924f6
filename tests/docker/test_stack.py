"""The running services of docker-compose.yml, scraped by Prometheus."""

import json
import re
import urllib.parse
from collections.abc import Iterator

import pytest

from tests.docker import engine
from tests.docker.engine import STARTED, Stack, ask, docker, status, wait_for
from tests.grafana.queries import queries

UP_SECONDS = 60.0
REMEMBERED = "up{job='prometheus'}[1d]"


def _text(stack: Stack) -> str:
    return (stack.folder / "docker-compose.yml").read_text()


def _query(stack, expression: str) -> list[dict]:
    asked = urllib.parse.urlencode({"query": expression})
    answer = ask(f"{stack.url('prometheus')}/api/v1/query?{asked}")
    assert answer["status"] == "success", answer
    return list(answer["data"]["result"])


def _up(stack) -> dict[str, str]:
    return {one["metric"]["job"]: one["value"][1] for one in _query(stack, "up")}


def test_stack_answers_and_is_scraped_within_a_minute(stack):
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


def _addresses(container: engine.Container) -> dict[str, str]:
    networks = json.loads(container.inspect("{{json .NetworkSettings.Networks}}"))
    return {name.partition("_")[2]: one["IPAddress"] for name, one in networks.items()}


def test_api_cannot_reach_prometheus_which_reaches_the_api(stack):
    api, prometheus = stack.container("api"), _addresses(stack.container("prometheus"))
    assert set(prometheus) == {"scrape", "view"}
    assert engine.connects(api, "pipeline", 5002)
    # Neither by name nor by its address in a network that they do not share.
    for host in ("prometheus", "prometheus.view", *prometheus.values()):
        assert not engine.connects(api, host, 9090), host


def test_pipeline_metrics_cannot_be_reached_from_outside(stack):
    published = docker("port", stack.container("pipeline").name)
    assert published == ""


@pytest.mark.parametrize("service", ["api", "pipeline", "prometheus"])
def test_containers_run_as_the_compose_file_says(stack, service: str):
    host = json.loads(stack.container(service).inspect("{{json .HostConfig}}"))
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Memory"] > 0
    assert host["RestartPolicy"]["Name"] == "always"


def test_documented_command_prints_the_password_and_no_log_has_it(stack):
    command = re.search(r"docker-compose (run --rm secrets .*)", _text(stack))
    assert command is not None
    first, second = (stack.compose(*command[1].split()).splitlines()[-1] for _ in range(2))
    assert re.fullmatch(r"[\w-]{24}", first)
    assert first == second
    assert first not in stack.compose("logs")


def test_crashed_api_restarts(stack):
    api = stack.container("api")
    started = api.inspect("{{.State.StartedAt}}")
    api.crash()
    wait_for(lambda: api.inspect("{{.State.StartedAt}}") != started, "the engine to restart it")
    wait_for(lambda: status(f"{stack.url('api')}/readyz") == 200, "the API to be back")


@pytest.fixture
def keys_on(stack) -> Iterator[Stack]:
    """The stack with the line in .env from docker-compose.yml, and a key for alice."""
    line = re.search(r"#\s+(GENDER_DETECTION_API_KEYS=\S+)", _text(stack))
    assert line is not None
    env_file = stack.folder / ".env"
    env_file.write_text(f"{line[1]}\n")
    yield stack
    env_file.unlink()
    stack.compose("up", "-d", "api")


def _asks(stack, key: str | None) -> int | None:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return status(f"{stack.url('api')}/model", headers)


def test_documented_line_makes_keys_required(keys_on):
    create = re.search(r"docker-compose (run --rm keys create \w+)", _text(keys_on))
    assert create is not None
    (key,) = re.findall(r"^gdk_[\w-]{43}$", keys_on.compose(*create[1].split()), re.MULTILINE)
    keys_on.compose("up", "-d", "api")
    wait_for(lambda: status(f"{keys_on.url('api')}/readyz") == 200, "the API", UP_SECONDS)
    assert _asks(keys_on, None) == 401
    assert _asks(keys_on, key) == 200
    keys_on.compose("run", "--rm", "keys", "revoke", "alice")
    wait_for(lambda: _asks(keys_on, key) == 401, "the revoked key to be refused")
    # When a key was last used is kept beside the file.
    api = keys_on.container("api")
    folder = "/var/lib/gender-detection/secrets"
    assert api.exec("python", "-c", f"import os; print(os.access({folder!r}, os.W_OK))") == "True"


def test_volumes_survive_down_and_up(stack):
    wait_for(lambda: bool(_query(stack, REMEMBERED)), "something to remember")
    began = _query(stack, REMEMBERED)[0]["values"][0]
    password = ("run", "--rm", "secrets", "cat", "/run/secrets/admin/grafana")
    before = stack.compose(*password).splitlines()[-1]
    stack.compose("down")
    stack.compose("up", "-d", *STARTED)
    ready = f"{stack.url('prometheus')}/-/ready"
    wait_for(lambda: status(ready) == 200, "Prometheus", UP_SECONDS)
    assert _query(stack, REMEMBERED)[0]["values"][0] == began
    assert stack.compose(*password).splitlines()[-1] == before


def test_memory_of_the_api_is_within_its_limit(stack):
    assert (
        engine.docker("inspect", "-f", "{{.State.OOMKilled}}", stack.container("api").name)
        == "false"
    )
