"""The time to replace a killed worker, the private memory of a worker, and the artifact's size.

The time is measured on a server with one worker: after a kill, requests wait until the new worker
answers. Memory is measured on a server with two workers, which share the pages that neither has
changed. It is measured when workers are new, right after requests, and at rest: a worker releases
free memory when no long request has come for a second.
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
from .plan import MeasurementFailed, Plan, at_most, progress
from .processes import MB, private_mb

READY_SECONDS, PRIVATE_MB, ARTIFACT_MB = 1.0, 60.0, 40.0
KILLS = 10
# The server delays the replacement of a worker that lived less than a second.
OLD_SECONDS, DEADLINE_SECONDS, POLL_SECONDS = 1.5, 30.0, 0.002
REQUESTS, BATCH = 5_000, 10_000
# Two batches may reach the same worker; four rarely do.
BATCHES = 4


def figures(report: Report, plan: Plan) -> None:
    """Measure, and add the figures to a report."""
    artifact = store.current(plan.model_dir)
    size = sum(file.stat().st_size for file in artifact.rglob("*") if file.is_file()) / MB
    at_most(report, "artifact", [size], ARTIFACT_MB, " MB")
    people = Pool.read(plan.small).people(REQUESTS + BATCH, seed=6).select(["name", "country"])
    persons = people.to_pylist()
    kills = 2 if plan.small else KILLS
    progress(f"killing the only worker {kills} times")
    with running(plan.model_dir, workers=1, access_log=False) as server:
        ready = [_seconds_to_answer(server, persons[at]) for at in range(kills)]
    at_most(report, "from a kill to the new worker's first answer", ready, READY_SECONDS, " s")
    progress("measuring new workers' memory")
    with running(plan.model_dir, workers=2, access_log=False) as server:
        for _ in range(2):
            _replace_oldest(server)
        new = [private_mb(pid) for pid in server.workers()]
        _ask(server, persons[: 200 if plan.small else REQUESTS], persons[-BATCH:])
        busy = [private_mb(pid) for pid in server.workers()]
        time.sleep(CALM_SECONDS + 1)
        used = [private_mb(pid) for pid in server.workers()]
    at_most(report, "private memory of a new worker", new, PRIVATE_MB, " MB")
    what = f"private memory after {REQUESTS:,} requests and {BATCHES} of {BATCH:,} names"
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
            continue  # The killed worker had accepted the connection.
        took = time.perf_counter() - start
        if status == 200 and server.workers() != [pid]:
            return took
    raise MeasurementFailed("no new worker answered within 30 s")


def _replace_oldest(server: Server) -> None:
    """Kill the oldest worker and wait for its replacement."""
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
