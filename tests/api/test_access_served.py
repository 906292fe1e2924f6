"""Keys and limits in the real server: workers agree and restart, and logs show no secret."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gender_detection.config import PREFIX
from gender_detection.model import store
from tests.api.server_process import ServedApi, free_port, wait_until

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def keys(tmp_path: Path):
    """Run gender-detection keys on the file of keys, and return what it prints."""

    def keys(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "gender_detection.cli", "keys", *arguments],
            env={**os.environ, f"{PREFIX}API_KEYS": str(tmp_path / "api-keys.json")},
            check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip

    return keys


def ask(served: ServedApi, key: str = "", path: str = "/predict") -> tuple[int, dict]:
    headers = {**JSON, **({"Authorization": f"Bearer {key}"} if key else {})}
    status, _, body = served.request("POST", path, b'{"name": "Maria"}', headers)
    return status, json.loads(body)


def workers_of(served: ServedApi) -> set[int]:
    children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children")
    return {int(pid) for pid in children.read_text().split()}


def kill_all_workers(served: ServedApi) -> None:
    """Kill the workers, and wait until others have taken their places."""
    before = workers_of(served)
    for pid in before:
        os.kill(pid, signal.SIGKILL)

    def replaced() -> bool:
        try:
            return not workers_of(served) & before and served.request("GET", "/healthz")[0] == 200
        except OSError:
            return False

    wait_until(replaced, "other workers")


def test_workers_share_one_limit_that_survives_them(start_server, tmp_path, tiny_artifact):
    store.publish(tmp_path / "model", tiny_artifact, "1")
    # By the year, which will not turn within a test.
    served = start_server(tmp_path / "model", rate_limit="5/year", workers=3)

    assert sorted(ask(served)[0] for _ in range(12)) == [200] * 5 + [429] * 7
    kill_all_workers(served)
    assert {ask(served)[0] for _ in range(12)} == {429}
    assert "uncounted" not in served.output()


def test_keys_change_without_a_restart_and_no_log_has_a_secret_or_a_name(
    start_server, tmp_path, tiny_artifact, keys
):
    store.publish(tmp_path / "model", tiny_artifact, "1")
    first = keys("create", "laboratory")
    served = start_server(tmp_path / "model", api_keys=tmp_path / "api-keys.json")
    assert (ask(served)[0], ask(served, first)[0], ask(served, first + "x")[0]) == (401, 200, 401)

    second = keys("create", "library")
    wait_until(lambda: ask(served, second)[0] == 200, "the new key to be good")
    keys("revoke", "laboratory")
    # Each worker looks for itself, once a second.
    wait_until(lambda: {ask(served, first)[0] for _ in range(20)} == {401}, "the key's end")
    assert ask(served, second)[0] == 200
    assert ask(served, path=f"/predict?access_token={second}")[0] == 401

    def is_recorded() -> bool:
        (line,) = (line for line in keys("list").splitlines() if line.endswith("library"))
        return re.search(r" 2\d{3}-\d\d-\d\d \d\d:\d\d ", line) is not None

    wait_until(is_recorded, "the use of the key to be recorded")
    assert served.stop() == 0
    output = served.output()
    assert '"status":401' in output
    assert '"key":"laboratory"' in output
    assert '"key":"library"' in output
    for private in (first, second, "gdk_", "Maria"):
        assert private not in output


def test_worker_started_without_its_key_file_refuses_everybody(
    start_server, tmp_path, tiny_artifact, keys
):
    store.publish(tmp_path / "model", tiny_artifact, "1")
    key = keys("create", "laboratory")
    served = start_server(tmp_path / "model", api_keys=tmp_path / "api-keys.json")
    assert ask(served, key)[0] == 200

    (tmp_path / "api-keys.json").unlink()
    kill_all_workers(served)

    assert ask(served, key)[0] == 401
    assert served.request("GET", "/readyz")[0] == 200
    key = keys("create", "laboratory")
    wait_until(lambda: ask(served, key)[0] == 200, "the new key to be good")


def test_no_answer_over_the_socket_names_the_software_behind_it(start_server, tmp_path):
    served = start_server(tmp_path / "model", rate_limit="1/year")
    for path in ("/", "/healthz", "/nope", "/model", "/model"):
        _, headers, _ = served.request("GET", path)
        assert not {"Server", "X-Powered-By", "Via"} & set(headers)
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("setting", "remedy"),
    [
        ("RATE_LIMIT=lots", "RATE_LIMIT=lots is not a rate limit: use for example 100/second"),
        ("CORS_ORIGINS=names.example", "names.example: use scheme, host and port"),
        ("API_KEYS=nowhere.json", "create one with 'gender-detection keys create NAME'"),
        ("TRUSTED_PROXIES=proxy.example", "TRUSTED_PROXIES: invalid network proxy.example"),
    ],
)
def test_malformed_setting_ends_the_server_before_it_starts_in_one_line(
    tmp_path, setting: str, remedy: str
):
    name, _, value = setting.partition("=")
    given = {"HOME": str(tmp_path), "HOST": "127.0.0.1", "PORT": str(free_port()), name: value}
    variables = {PREFIX + variable: text for variable, text in given.items()}
    done = subprocess.run(
        [sys.executable, "-m", "gender_detection.cli", "serve"],
        env={**os.environ, **variables}, cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert remedy in done.stderr
