"""Where the time of one request goes: the server's bridge, run in this process without a socket.

    python benchmarks/drills/profile_request.py --requests 20000
    python benchmarks/drills/profile_request.py --profile predict | head -60

Four applications are asked in turn with the same bodies: the empty route, POST /predict with a
model that has its answers ready, POST /predict with the real one, and that with metrics that count
nothing. Shown is the least processor time of the rounds, in microseconds a request: other programs
do not count.
"""

import argparse
import asyncio
import cProfile
import pstats
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import uvloop
from empty_route import application as empty_application
from people import one_body, people
from report import Report
from uncounted_api import NothingCounted

import api.app
from api import served
from api.app import create_app
from gender_detection.config import Settings
from gender_detection.model import Model, Person, Prediction, store
from gender_detection.serving.access_log import AccessLog
from gender_detection.serving.application import Application
from gender_detection.serving.clients import Clients
from gender_detection.serving.connection import STATE
from gender_detection.serving.door import Door
from gender_detection.serving.guard import Guard
from gender_detection.serving.worker import limits_of

ROUND = 1000
HEADERS = [(b"host", b"drill"), (b"content-type", b"application/json")]


class ReadyModel:
    """A model that has the answer to each person ready, by id."""

    def __init__(self, model: Model, asked: Sequence[Person]) -> None:
        self._answers = model.predict(asked)
        for name in ("name", "version", "data_version", "threshold"):
            setattr(self, name, getattr(model, name))

    def predict(self, asked: Sequence[Person], **_: Any) -> list[Prediction]:
        """Return the answers."""
        return [self._answers[person.id] for person in asked]  # type: ignore[index]


def predict_application(settings: Settings, model: Any) -> Application:
    """Return the API around a model, as the server runs it."""
    numbers = served.numbers(settings)
    plain = served.application(settings, numbers, 0)
    app = create_app(settings, model, numbers=numbers)
    return Application(**{**vars(plain), "wsgi": app.wsgi_app})


def uncounted_application(settings: Settings, model: Any) -> Application:
    """Return the same with metrics that count nothing."""
    counting = api.app.Metrics
    api.app.Metrics = NothingCounted  # type: ignore[misc]
    try:
        return predict_application(settings, model)
    finally:
        api.app.Metrics = counting  # type: ignore[misc]


def asking(application: Application, bodies: Sequence[bytes]) -> Callable[[int, int], Any]:
    """Return what asks for some bodies, from first to last."""
    guard = Guard(application, limits_of(Settings()))
    door = Door(guard, AccessLog(True, lambda _: None), Clients([]))
    heard = dict.fromkeys(("asked", "answering", "done"), lambda: None)
    state = {STATE: SimpleNamespace(is_closing=False, **heard)}

    async def send(_: dict[str, Any]) -> None:
        return None

    async def ask(first: int, last: int) -> None:
        for body in bodies[first:last]:
            message = {"type": "http.request", "body": body, "more_body": False}

            async def receive(message: dict[str, Any] = message) -> dict[str, Any]:
                return message

            scope = {
                "type": "http", "http_version": "1.1", "method": "POST", "path": "/predict",
                "query_string": b"", "scheme": "http", "server": ("127.0.0.1", 1),
                "client": ("127.0.0.1", 2),
                "headers": [*HEADERS, (b"content-length", b"%d" % len(body))],
                "state": state,
            }  # fmt: skip
            await door(scope, receive, send)

    return ask


def measure(ways: dict[str, Callable[[int, int], Any]], requests: int) -> dict[str, float]:
    """Return the least processor time of a request by each way, in microseconds."""
    least = dict.fromkeys(ways, float("inf"))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for first in range(0, requests, ROUND):
            for name, ask in ways.items():
                start = time.process_time()
                runner.run(ask(first, first + ROUND))
                took = (time.process_time() - start) / ROUND * 1e6
                least[name] = min(least[name], took)
    return least


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--model-dir", type=Path, default=Path(Settings.from_env().model_dir))
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--profile", choices=["empty", "ready", "predict"], help="print a profile")
    asked = parser.parse_args(arguments)
    persons = people(asked.requests // ROUND * ROUND)
    bodies = [one_body(person) for person in persons]
    settings = Settings(model_dir=str(asked.model_dir))
    folder = store.current(asked.model_dir)
    model = Model.load(folder)
    ways = {
        "empty": asking(empty_application(settings, None, 0), bodies),
        "ready": asking(predict_application(settings, ReadyModel(model, persons)), bodies),
        "predict": asking(predict_application(settings, model), bodies),
        # A model of its own: it remembers names that were asked for of late.
        "uncounted": asking(uncounted_application(settings, Model.load(folder)), bodies),
    }
    if asked.profile:
        profile = cProfile.Profile()
        profile.enable()
        asyncio.run(ways[asked.profile](0, len(bodies)))
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(60)
        return 0
    least = measure(ways, len(bodies))
    report = Report("Processor time of one request, without a socket")
    report.tell("empty route, µs", f"{least['empty']:.1f}")
    report.tell("the API without its model, more, µs", f"{least['ready'] - least['empty']:.1f}")
    report.tell("the model, more, µs", f"{least['predict'] - least['ready']:.1f}")
    report.tell("all of /predict, µs", f"{least['predict']:.1f}")
    counting = least["predict"] - least["uncounted"]
    report.tell("of it the metrics, µs", f"{counting:.1f} ({counting / least['predict']:.1%})")
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
