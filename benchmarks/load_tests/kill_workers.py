"""Kill a worker by SIGKILL again and again under a steady load of requests for single names.

    python benchmarks/drills/kill_workers.py --rate 200 --seconds 60 --every 10

Every answer is compared with what the model says in this process. What may fail is what was inside
the killed worker: sent on a connection to it, and not answered. Connections are renewed after 50
answers, so that all workers have some; the oldest worker is killed each time. Throughput is back
with the fifth of a second from which on nine tenths of what is due are answered in each.
"""

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from load import Load, Outcome, post, run
from people import one_body, people
from processor import Shares
from report import Report, median, ms, percentile
from running_server import Server, client_ports, running

from gender_detection.config import Settings
from gender_detection.model import Model, Person, store

SLOT_SECONDS = 0.2
LOOK_SECONDS = 4.0
ENOUGH = 0.9
# A dying process's sockets are closed within this time.
SHOWN_SECONDS = 0.2
NAMES = 3000
CONNECTIONS = 16
RENEW_AFTER = 50


@dataclass
class Kill:
    """A worker killed at a time (perf_counter); ports are those of its clients."""

    at: float
    pid: int
    ports: set[int]
    replaced_seconds: float = float("nan")


def expected(model: Model, asked: Sequence[Person]) -> list[object]:
    """Return the answers that the API must give to each of them alone."""
    shown = {
        "name": model.name,
        "version": model.version,
        "data_version": model.data_version,
        "threshold": model.threshold,
    }
    # By way of JSON: floats as they come back from it.
    return [
        msgspec.json.decode(msgspec.json.encode({**msgspec.to_builtins(answer), "model": shown}))
        for answer in (model.predict([person])[0] for person in asked)
    ]


async def drill(
    server: Server, requests: Sequence[bytes], answers: Sequence[object], asked: argparse.Namespace
) -> tuple[list[Outcome], list[Kill]]:
    """Run load and kills beside each other."""

    def is_right(index: int, _: bytes, body: bytes) -> bool:
        return bool(msgspec.json.decode(body) == answers[index % len(answers)])

    async with Load(server.port, requests, CONNECTIONS, is_right, RENEW_AFTER) as load:
        kills = asyncio.create_task(_kill(server, asked.seconds, asked.every))
        outcomes = await load.open_loop(asked.rate, asked.seconds)
        return outcomes, await kills


async def _kill(server: Server, seconds: float, every: float) -> list[Kill]:
    kills: list[Kill] = []
    start = time.perf_counter()
    while (at := start + (len(kills) + 1) * every) < start + seconds:
        await asyncio.sleep(at - time.perf_counter())
        before = server.workers()
        kill = Kill(0.0, before[0], client_ports(before[0], server.port))
        kill.at = time.perf_counter()
        os.kill(kill.pid, signal.SIGKILL)
        kills.append(kill)
        while time.perf_counter() < kill.at + every / 2:
            now = server.workers()
            if kill.pid not in now and len(now) == len(before):
                kill.replaced_seconds = time.perf_counter() - kill.at
                break
            await asyncio.sleep(0.005)
    return kills


def recovery_seconds(outcomes: Sequence[Outcome], kill: Kill, next_at: float, rate: float) -> float:
    """Return how long after a kill the last slot with too few answers ended, before the next."""
    look = min(LOOK_SECONDS, next_at - kill.at)
    slots = [0] * int(look / SLOT_SECONDS)
    for outcome in outcomes:
        after = outcome.done - kill.at
        if outcome.status == 200 and 0 <= after < len(slots) * SLOT_SECONDS:
            slots[int(after / SLOT_SECONDS)] += 1
    short = [n for n, count in enumerate(slots) if count < ENOUGH * rate * SLOT_SECONDS]
    return (short[-1] + 1) * SLOT_SECONDS if short else 0.0


def failed_by(outcomes: Sequence[Outcome], kill: Kill) -> list[Outcome]:
    """Return what failed on connections to the killed worker, under way when it was killed or
    sent before its end was known here."""
    return [
        outcome for outcome in outcomes
        if outcome.status == 0 and outcome.port in kill.ports
        and kill.at - LOOK_SECONDS < outcome.sent < kill.at + SHOWN_SECONDS
    ]  # fmt: skip


def report(outcomes: Sequence[Outcome], kills: Sequence[Kill], rate: float) -> Report:
    """Say how it went."""
    told = Report("A worker killed again and again under a steady load")
    answered = [outcome for outcome in outcomes if outcome.status == 200]
    lost = [outcome for outcome in outcomes if outcome.status == 0]
    by_kill = [failed_by(outcomes, kill) for kill in kills]
    inside = {outcome.index for failed in by_kill for outcome in failed}
    latencies = [outcome.latency for outcome in answered]
    told.tell("requests sent", f"{len(outcomes):,} ({rate:g}/s)")
    told.tell("workers killed", len(kills))
    told.tell("median, p99 latency", f"{ms(median(latencies))}, {ms(percentile(latencies, 0.99))}")
    wrong = sum(not outcome.verdict for outcome in answered)
    told.judge("wrong answers", wrong, "0", wrong == 0)
    other = len(outcomes) - len(answered) - len(lost)
    told.judge("answers other than 200", other, "0", other == 0)
    told.tell("failed inside a killed worker, by kill", [len(failed) for failed in by_kill])
    late = [sum(o.sent > k.at for o in f) for f, k in zip(by_kill, kills, strict=True)]
    told.tell("of them sent after the kill, before it showed", late)
    outside = sum(outcome.index not in inside for outcome in lost)
    told.judge("failed outside killed workers", outside, "0", outside == 0)
    told.tell("connections to the killed workers", [len(kill.ports) for kill in kills])
    replaced = [kill.replaced_seconds for kill in kills]
    shown = ", ".join(f"{seconds:.3f}" for seconds in replaced)
    told.judge("new worker there after, s", shown, "each", all(s == s for s in replaced))
    ends = [*(kill.at for kill in kills), outcomes[-1].due][1:]
    back = [
        recovery_seconds(outcomes, kill, end, rate) for kill, end in zip(kills, ends, strict=True)
    ]
    shown = ", ".join(f"{seconds:.1f}" for seconds in back)
    told.judge("throughput back after, s", shown, "< 1", max(back, default=0.0) < 1)
    return told


def main(arguments: list[str] | None = None) -> int:
    """Run the drill and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--model-dir", type=Path, default=Path(Settings.from_env().model_dir))
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--every", type=float, default=10.0, help="seconds from kill to kill")
    parser.add_argument("--workers", type=int, default=Settings.workers)
    asked = parser.parse_args(arguments)
    persons = people(NAMES)
    answers = expected(Model.load(store.current(asked.model_dir)), persons)
    requests = [post("/predict", one_body(person)) for person in persons]
    with running(asked.model_dir, workers=asked.workers) as server:
        shares = Shares(server)
        outcomes, kills = run(drill(server, requests, answers, asked))
        shares.stop()
    told = report(outcomes, kills, asked.rate)
    shares.tell(told)
    return told.show()


if __name__ == "__main__":
    sys.exit(main())
