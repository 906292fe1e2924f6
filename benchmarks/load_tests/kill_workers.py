"""Kill a worker with SIGKILL at intervals, under a steady load of requests for single names.

    python -m benchmarks.load_tests.kill_workers --rate 200 --seconds 60 --every 10

Every answer is compared with that of the same model in this process. The only requests that may
fail are those sent on a connection to the killed worker and not yet answered. The oldest worker is
killed each time. Connections are renewed after 50 answers, so that all workers have some. The
throughput has recovered when each slot of 0.2 s has at least nine tenths of the answers due.
"""

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from gender_detection.config import Settings
from gender_detection.model import Model, Person, store

from .load import Load, Outcome, post, run
from .people import one_body, people
from .processor import ProcessorShares
from .report import Report, median, ms, percentile
from .running_server import Server, client_ports, parser_of, running

SLOT_SECONDS = 0.2
# After a kill: how long slots are compared with the rate.
RECOVERY_SECONDS = 4.0
ENOUGH = 0.9
# A dying process's sockets are closed within this time.
CLOSING_SECONDS = 0.2
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


def expected(model: Model, persons: Sequence[Person]) -> list[object]:
    """Return the answer that the API must give to each person alone."""
    shown = {
        "name": model.name,
        "version": model.version,
        "data_version": model.data_version,
        "threshold": model.threshold,
    }
    # Through JSON, so that floats are equal to those of an answer.
    return [
        msgspec.json.decode(msgspec.json.encode({**msgspec.to_builtins(answer), "model": shown}))
        for answer in (model.predict([person])[0] for person in persons)
    ]


async def load_test(
    server: Server, requests: Sequence[bytes], answers: Sequence[object],
    options: argparse.Namespace,
) -> tuple[list[Outcome], list[Kill]]:  # fmt: skip
    """Run the load and the kills at the same time."""

    def is_right(index: int, _: bytes, body: bytes) -> bool:
        return bool(msgspec.json.decode(body) == answers[index % len(answers)])

    async with Load(server.port, requests, CONNECTIONS, is_right, RENEW_AFTER) as load:
        kills = asyncio.create_task(_kill(server, options.seconds, options.every))
        outcomes = await load.open_loop(options.rate, options.seconds)
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
    """Return the time from a kill to the end of the last slot with too few answers.

    Slots after next_at, the time of the next kill, are ignored.
    """
    seconds = min(RECOVERY_SECONDS, next_at - kill.at)
    slots = [0] * int(seconds / SLOT_SECONDS)
    for outcome in outcomes:
        after = outcome.done - kill.at
        if outcome.status == 200 and 0 <= after < len(slots) * SLOT_SECONDS:
            slots[int(after / SLOT_SECONDS)] += 1
    short = [n for n, count in enumerate(slots) if count < ENOUGH * rate * SLOT_SECONDS]
    return (short[-1] + 1) * SLOT_SECONDS if short else 0.0


def failed_by(outcomes: Sequence[Outcome], kill: Kill) -> list[Outcome]:
    """Return the failed requests on connections to a killed worker, sent before they closed."""
    return [
        outcome for outcome in outcomes
        if outcome.status == 0 and outcome.port in kill.ports
        and kill.at - RECOVERY_SECONDS < outcome.sent < kill.at + CLOSING_SECONDS
    ]  # fmt: skip


def make_report(outcomes: Sequence[Outcome], kills: Sequence[Kill], rate: float) -> Report:
    """Return the figures, those with an aim checked."""
    report = Report("A worker killed again and again under a steady load")
    answered = [outcome for outcome in outcomes if outcome.status == 200]
    lost = [outcome for outcome in outcomes if outcome.status == 0]
    by_kill = [failed_by(outcomes, kill) for kill in kills]
    inside = {outcome.index for failed in by_kill for outcome in failed}
    latencies = [outcome.latency for outcome in answered]
    report.add("requests sent", f"{len(outcomes):,} ({rate:g}/s)")
    report.add("workers killed", len(kills))
    report.add("median, p99 latency", f"{ms(median(latencies))}, {ms(percentile(latencies, 0.99))}")
    wrong = sum(not outcome.verdict for outcome in answered)
    report.check("wrong answers", wrong, "0", wrong == 0)
    other = len(outcomes) - len(answered) - len(lost)
    report.check("answers other than 200", other, "0", other == 0)
    report.add("failed inside a killed worker, by kill", [len(failed) for failed in by_kill])
    late = [sum(o.sent > k.at for o in f) for f, k in zip(by_kill, kills, strict=True)]
    report.add("of these, sent after the kill, before the connection closed", late)
    outside = sum(outcome.index not in inside for outcome in lost)
    report.check("failed outside killed workers", outside, "0", outside == 0)
    report.add("connections to the killed workers", [len(kill.ports) for kill in kills])
    _check_recovery(report, outcomes, kills, rate)
    return report


def _check_recovery(
    report: Report, outcomes: Sequence[Outcome], kills: Sequence[Kill], rate: float
) -> None:
    replaced = [kill.replaced_seconds for kill in kills]
    shown = ", ".join(f"{seconds:.3f}" for seconds in replaced)
    report.check("worker replaced after, s", shown, "each", all(s == s for s in replaced))
    ends = [*(kill.at for kill in kills), outcomes[-1].due][1:]
    recovered = [
        recovery_seconds(outcomes, kill, end, rate) for kill, end in zip(kills, ends, strict=True)
    ]
    shown = ", ".join(f"{seconds:.1f}" for seconds in recovered)
    report.check("throughput recovered after, s", shown, "< 1", max(recovered, default=0.0) < 1)


def main(arguments: list[str] | None = None) -> int:
    """Run the load test and return its exit code."""
    parser = parser_of(__doc__)
    parser.add_argument("--rate", type=float, default=200.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--every", type=float, default=10.0, help="seconds between kills")
    parser.add_argument("--workers", type=int, default=Settings.workers)
    options = parser.parse_args(arguments)
    persons = people(NAMES)
    answers = expected(Model.load(store.current(options.model_dir)), persons)
    requests = [post("/predict", one_body(person)) for person in persons]
    with running(options.model_dir, workers=options.workers) as server:
        shares = ProcessorShares(server)
        outcomes, kills = run(load_test(server, requests, answers, options))
        shares.stop()
    report = make_report(outcomes, kills, options.rate)
    shares.add_to(report)
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
