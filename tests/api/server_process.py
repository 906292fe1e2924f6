"""The real server, in a process of its own."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.api.names_sent import ALWAYS_SOUGHT, names_in, names_shown

DEADLINE_SECONDS = 30.0
RUN_SERVER = """
import sys
from gender_detection.config import Settings
from gender_detection.api import wsgi
from gender_detection.serving.server import serve
sys.exit(serve(Settings.from_env(), wsgi))
"""


@dataclass
class ServedApi:
    """The real server, in a process of its own, answering on port; names are what was sent."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    names: set[str] = field(default_factory=lambda: set(ALWAYS_SOUGHT))

    def request(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Return status, headers and body; an iterable body is sent chunked."""
        self.names |= names_in(body)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_SECONDS)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def predict(self, document: object) -> tuple[int, dict]:
        headers = {"Content-Type": "application/json"}
        status, _, body = self.request("POST", "/predict", json.dumps(document).encode(), headers)
        return status, json.loads(body)

    def output(self) -> str:
        """Return what was written so far, to standard output and error."""
        return self.log.read_text()

    def assert_no_name_in_output(self) -> None:
        """Fail where the output holds a name that was sent; write down which those were.

        benchmarks/search_logs.py looks for them in all logs that a run of the tests leaves.
        """
        self.log.with_suffix(".names").write_text("\n".join(sorted(self.names)) + "\n")
        shown = names_shown(self.output(), self.names)
        assert not shown, f"names in the server's output: {shown}"

    def stop(self, how: signal.Signals = signal.SIGINT, by_terminal: bool = False) -> int:
        """Send the signal, as a terminal does to all processes, or to one; return the exit code."""
        (os.killpg if by_terminal else os.kill)(self.process.pid, how)
        return self.process.wait(timeout=DEADLINE_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(model_dir: Path, folder: Path, **settings: object) -> ServedApi:
    """Start a server on the artifacts of model_dir, in a session and a folder of its own.

    settings are those of Settings, by name.
    """
    given = {"HOST": "127.0.0.1", "PORT": free_port(), "MODEL_DIR": model_dir, "WORKERS": 2}
    given |= {name.upper(): value for name, value in settings.items()}
    port = int(str(given["PORT"]))
    variables = {f"GENDER_DETECTION_{name}": str(value) for name, value in given.items()}
    log = folder / f"server-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", RUN_SERVER],
            cwd=folder,
            env={**os.environ, **variables, "TMPDIR": str(folder)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return ServedApi(process, port, log)


def connect(served: ServedApi) -> socket.socket:
    return socket.create_connection(("127.0.0.1", served.port), timeout=20)


def read_all(client: socket.socket) -> bytes:
    received = b""
    while part := client.recv(65536):
        received += part
    return received


def answers(served: ServedApi) -> bool:
    assert served.process.poll() is None, served.output()
    try:
        return served.request("GET", "/healthz")[0] == 200
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Poll a condition up to a deadline."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited {DEADLINE_SECONDS} s for {what}"
        time.sleep(0.01)
