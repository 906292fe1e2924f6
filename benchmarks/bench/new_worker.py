"""A worker that takes the place of one that died, what it holds of its own, and the artifact.

One server has one worker: killed, it leaves requests waiting until the next one answers, and so the
time is seen from outside. Another has two, which share what they have not changed; what is private
to each is looked at when it is new, when it has just answered, and a moment later: free memory goes
back when no long request has come for a second.
"""

import os
import signal
import time
from collections.abc import Sequence

import msgspec

from benchmarks.load_tests.report import Report, spread
from benchmarks.load_tests.running_server import Server, running
from gender_detection.model import store
from gender_detection.serving.memory import CALM_SECONDS

from .names_drawn import Pool
from .plan import MeasurementFailed, Plan, at_most, say
from .processes import MB, private_mb

READY_SECONDS, PRIVATE_MB, ARTIFACT_MB = 1.0, 60.0, 40.0
KILLS = 10
# A worker that dies younger than a second is replaced later on purpose.
OLD_SECONDS, DEADLINE_SECONDS, POLL_SECONDS = 1.5, 30.0, 0.002
ASKED, BATCH = 5_000, 10_000
# Two may reach the same worker; twice as many hardly do.
BATCHES = 4


def figures(report: Report, plan: Plan) -> None:
    """Measure and tell."""
    artifact = store.current(plan.model_dir)
    size = sum(file.stat().st_size for file in artifact.rglob("*") if file.is_file()) / MB
    at_most(report, "artifact", [size], ARTIFACT_MB, " MB")
    people = Pool.read(plan.small).people(ASKED + BATCH, seed=6).select(["name", "country"])
    asked = people.to_pylist()
    kills = 2 if plan.small else KILLS
    say(f"killing the only worker {kills} times")
    with running(plan.model_dir, workers=1, access_log=False) as server:
        ready = [_seconds_to_answer(server, asked[at]) for at in range(kills)]
    at_most(report, "from a kill to the new worker's first answer", ready, READY_SECONDS, " s")
    say("looking at new workers' memory")
    with running(plan.model_dir, workers=2, access_log=False) as server:
        for _ in range(2):
            _replaced(server)
        new = [private_mb(pid) for pid in server.workers()]
        _ask(server, asked[: 200 if plan.small else ASKED], asked[-BATCH:])
        busy = [private_mb(pid) for pid in server.workers()]
        time.sleep(CALM_SECONDS + 1)
        used = [private_mb(pid) for pid in server.workers()]
    at_most(report, "private memory of a new worker", new, PRIVATE_MB, " MB")
    what = f"private memory after {ASKED:,} requests and {BATCHES} of {BATCH:,} names"
    report.add(f"{what}, at once", spread(busy, " MB"))
    at_most(report, f"{what}, at rest", used, PRIVATE_MB, " MB")


def _seconds_to_answer(server: Server, person: dict[str, str | None]) -> float:
    body = msgspec.json.encode(person)
    time.sleep(OLD_SECONDS)
    [pid] = server.workers()
    start = time.perf_counter()
    os.kill(pid, signal.SIGKILL)
    while time.perf_counter() < start + DEADLINE_SECONDS:
        try:
            status, _ = server.ask("POST", "/predict", body)
        except OSError:
            continue  # It was taken by the worker that died.
        took = time.perf_counter() - start
        if status == 200 and server.workers() != [pid]:
            return took
    raise MeasurementFailed("no new worker answered within 30 s")


def _replaced(server: Server) -> None:
    """Kill the oldest worker and wait for another one."""
    time.sleep(OLD_SECONDS)
    before = server.workers()
    os.kill(before[0], signal.SIGKILL)
    deadline = time.perf_counter() + DEADLINE_SECONDS
    while len(now := server.workers()) < len(before) or before[0] in now:
        if time.perf_counter() > deadline:
            raise MeasurementFailed("no new worker came within 30 s")
        time.sleep(POLL_SECONDS)
    time.sleep(OLD_SECONDS)


def _ask(server: Server, ones: Sequence[object], batch: Sequence[object]) -> None:
    for person in ones:
        server.ask("POST", "/predict", msgspec.json.encode(person))
    for _ in range(BATCHES):
        server.ask("POST", "/predict", msgspec.json.encode({"instances": batch}))
