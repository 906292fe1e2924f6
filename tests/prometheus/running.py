"""A real Prometheus on the committed configuration, and people who ask the API meanwhile."""

import contextlib
import json
import math
import random
import re
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

from prometheus_here import prometheus_command, write_configuration

from tests.api.server_process import ServedApi, free_port

DEADLINE_SECONDS = 120.0
JSON, CSV = {"Content-Type": "application/json"}, {"Content-Type": "text/csv"}
# Rules wait as long as this many times what they wait here.
HURRY = 180
GIVEN = """
Maria Andrea Giovanni Sophie Jürgen Olga Dmitri Fatima Ahmed Priya Rajesh Yuki Hiroshi Wei Ji-hoon
Carlos Ana Robin Kim Camille Zsófia László Björn Ingrid Chinedu Ngozi Linh Thabo Zanele Mehmet Ayşe
""".split()
FAMILY = "Rossi Müller Ivanova Khan Sato Kim Silva Nagy Okafor Nguyen Yılmaz Dubois Smith".split()
COUNTRIES = ["IT", "DE", "RU", "IN", "JP", "BR", "FR", "US", None, None, None]


class Prometheus:
    """Answers queries about an API and the pipeline's metrics, which it scrapes every second."""

    def __init__(self, folder: Path, api_port: int, pipeline_port: int) -> None:
        self.port = free_port()
        here = f"127.0.0.1:{self.port}"
        configuration = write_configuration(
            folder / "configuration",
            api=f"127.0.0.1:{api_port}",
            pipeline=f"127.0.0.1:{pipeline_port}",
            prometheus=here,
            interval="1s",
            times=HURRY,
        )
        # A refusal is seen for two minutes, in which the next one comes: here for a quarter of one,
        # so that the test need not wait for the end.
        for path in (folder / "configuration" / "rules").glob("model.yml"):
            path.write_text(re.sub(r"\[2m\]", "[15s]", path.read_text()))
        self.log = folder / "prometheus.log"
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                prometheus_command(configuration, folder / "data", here),
                stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)

    def get(self, path: str, **parameters: object) -> Any:
        """Return the data of an answer of Prometheus' HTTP API."""
        query = urllib.parse.urlencode(parameters)
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.port}/api/v1/{path}?{query}"
        ) as answer:
            document = json.load(answer)
        assert document["status"] == "success", document
        return document["data"]

    def values(self, expression: str) -> list[float]:
        """Return the values of an instant vector."""
        return [float(one["value"][1]) for one in self.get("query", query=expression)["result"]]

    def shows(self, expression: str, kind: str) -> bool:
        """Return whether a query, "instant" or "range" (the last minute), has numbers to show."""
        if kind == "instant":
            found = self.values(expression)
        else:
            now = time.time()
            asked = {"query": expression, "start": now - 60, "end": now, "step": 1}
            result = self.get("query_range", **asked)["result"]
            found = [float(value) for series in result for _, value in series["values"]]
        return any(not math.isnan(value) for value in found)

    def firing(self) -> set[str]:
        """Return the alerts that fire."""
        alerts = self.get("alerts")["alerts"]
        return {one["labels"]["alertname"] for one in alerts if one["state"] == "firing"}


def wait_for(condition: Callable[[], bool], what: str, seconds: float = DEADLINE_SECONDS) -> None:
    """Poll a condition up to a deadline; what cannot be reached yet is not there yet."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError):
            if condition():
                return
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.2)


def usual(draw: random.Random) -> dict[str, Any]:
    """Return a person like those that people ask about."""
    name = f"{draw.choice(GIVEN)} {draw.choice(FAMILY)}" if draw.random() < 0.9 else "J. R."
    return {"name": name, "country": draw.choice(COUNTRIES)}


class Traffic:
    """Asks again and again, a few times a second, until the block ends; counts what failed."""

    def __init__(self, api: ServedApi, ask: Callable[[ServedApi, random.Random], None]) -> None:
        self._api, self._ask = api, ask
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.asked = self.failed = 0

    def __enter__(self) -> "Traffic":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        draw = random.Random(5)
        while not self._stop.wait(0.05):
            self.asked += 1
            try:
                self._ask(self._api, draw)
            # A worker that is killed may leave half a response.
            except (OSError, HTTPException):
                self.failed += 1


def mixed(api: ServedApi, draw: random.Random) -> None:
    """Ask what users ask, and what they ask by mistake."""
    people = [usual(draw) for _ in range(20)]
    table = "name,country\n" + "".join(f"{p['name']},{p['country'] or ''}\n" for p in people)
    for method, path, body, headers in (
        ("POST", "/predict", json.dumps(people[0]), JSON),
        ("POST", "/predict", json.dumps({"instances": people}), JSON),
        ("POST", "/predict", table, CSV),
        ("POST", "/aggregate", json.dumps({"instances": people}), JSON),
        draw.choice(
            [
                ("POST", "/predict", "{", JSON),
                ("POST", "/predict", '{"name": 3}', JSON),
                ("GET", "/nowhere", None, {}),
                ("GET", "/model", None, {}),
                ("GET", "/readyz", None, {}),
            ]
        ),
    ):
        api.request(method, path, body and body.encode(), headers)


@contextlib.contextmanager
def pipeline_metrics(folder: Path, port: int, log: Path) -> Iterator[None]:
    """Run `gender-detection metrics` on the files of a folder."""
    settings = {"METRICS_URI": folder, "METRICS_PORT": port, "HOST": "127.0.0.1"}
    variables = {f"GENDER_DETECTION_{name}": str(value) for name, value in settings.items()}
    command = [str(Path(sys.executable).with_name("gender-detection")), "metrics"]
    with log.open("wb") as output:
        environment = {"PATH": "", **variables}
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(30) == 0, log.read_text()
