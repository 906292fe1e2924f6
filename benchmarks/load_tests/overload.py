"""Send the server several times the load that it can answer, at a fixed rate.

    python -m benchmarks.load_tests.overload --size 100 --times 4 --seconds 20

First the latency without load is measured (one connection, one request after the other), and the
capacity (connections that are always busy). Then requests are due at even intervals, and their
latencies count from then. --size 0 sends single names instead of batches: the load test then takes
as much processor time as the server, so read its share together with the figures.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from gender_detection.config import Settings

from .load import Load, Outcome, get, post, run
from .people import batch_body, batches, one_body, people
from .processor import ProcessorShares
from .report import Report, median, ms, percentile
from .running_server import Memory, Server, memory, parser_of, running

DIFFERENT = 200  # batches, or 20 times as many single names
CAPACITY_CONNECTIONS = 8
ALIVE_EVERY = 0.1
NORMAL_IN_A_ROW = 5
NORMAL = 1.5
RECOVERY_SECONDS = 5.0
MOST_SLOWER = 3.0
MOST_GROWTH_MB = 64.0


@dataclass
class Results:
    """The measurements; memory of each worker before, during and after the load."""

    unloaded: list[float]
    capacity: float
    offered: float = 0.0
    outcomes: list[Outcome] = field(default_factory=list)
    seconds: float = 0.0
    alive: list[Outcome] = field(default_factory=list)
    lost: int = 0
    normal_after: float = float("inf")
    memory: list[list[Memory]] = field(default_factory=list)


def has_retry_after(_: int, head: bytes, __: bytes) -> bool:
    """Return whether an answer has the header Retry-After."""
    return b"\r\nretry-after:" in head


async def load_test(
    server: Server, requests: Sequence[bytes], options: argparse.Namespace
) -> Results:
    """Measure without load, then under load, then after it."""
    async with Load(server.port, requests, 1) as alone:
        await alone.closed_loop(options.seconds / 20)
        unloaded = [o.latency for o in await alone.closed_loop(options.seconds / 10)]
    async with Load(server.port, requests, CAPACITY_CONNECTIONS) as busy:
        answered = await busy.closed_loop(options.seconds / 4)
    seconds = max(o.done for o in answered) - answered[0].sent
    result = Results(unloaded, sum(o.status == 200 for o in answered) / seconds)
    result.offered = options.times * result.capacity
    result.memory.append([memory(pid) for pid in server.workers()])
    async with (
        Load(server.port, requests, options.connections, has_retry_after) as load,
        Load(server.port, [get("/healthz")], 1) as health,
    ):
        alive = asyncio.create_task(health.open_loop(1 / ALIVE_EVERY, options.seconds))
        middle = asyncio.create_task(_memory_later(server, options.seconds / 2))
        result.outcomes = await load.open_loop(result.offered, options.seconds)
        result.seconds = max(o.due for o in result.outcomes) - result.outcomes[0].due
        result.alive, result.lost = await alive, len(load.lost)
        result.memory.append(await middle)
        result.normal_after = await _normal_after(server, requests, median(unloaded))
    result.memory.append([memory(pid) for pid in server.workers()])
    return result


async def _memory_later(server: Server, seconds: float) -> list[Memory]:
    await asyncio.sleep(seconds)
    return [memory(pid) for pid in server.workers()]


async def _normal_after(server: Server, requests: Sequence[bytes], unloaded: float) -> float:
    """Return the seconds until several answers in a row are 200 and as quick as before the load."""
    start = time.perf_counter()
    async with Load(server.port, requests, 1) as probe:
        recent: list[Outcome] = []
        while (now := time.perf_counter()) < start + RECOVERY_SECONDS:
            recent = [*recent[1 - NORMAL_IN_A_ROW :], *await probe.open_loop(1000.0, 0.001)]
            good = len(recent) == NORMAL_IN_A_ROW and all(o.status == 200 for o in recent)
            if good and median([o.done - o.sent for o in recent]) <= NORMAL * unloaded:
                return now - start
    return float("inf")


def make_report(result: Results, options: argparse.Namespace) -> Report:
    """Return the figures, those with an aim checked."""
    kind = f"{options.size} names each" if options.size else "one name each"
    report = Report(f"Requests of {kind}, {options.times:g} times the capacity")
    accepted = [o for o in result.outcomes if o.status == 200]
    shed = [o for o in result.outcomes if o.status == 503]
    unloaded = median(result.unloaded)
    report.add(
        "capacity", f"{result.capacity:,.0f} requests/s on {CAPACITY_CONNECTIONS} connections"
    )
    report.add("latency without load: median", ms(unloaded))
    report.add("offered", f"{result.offered:,.0f} requests/s on {options.connections} connections")
    rate = len(accepted) / result.seconds
    report.add("accepted", f"{rate:,.0f} requests/s, {rate / result.capacity:.0%} of the capacity")
    report.add("shed with 503", f"{len(shed) / len(result.outcomes):.1%} of all")
    silent = sum(not o.verdict for o in shed)
    report.check("503 without Retry-After", silent, "0", silent == 0)
    other = len(result.outcomes) - len(accepted) - len(shed)
    report.check("lost, unanswered or other answers", other, "0", other == 0)
    report.check("connections closed meanwhile", result.lost, "0", result.lost == 0)
    latencies = [o.latency for o in accepted]
    middle = median(latencies)
    report.check(
        "accepted: median from when due",
        f"{ms(middle)}, {middle / unloaded:.2f} times that without load",
        f"<= {MOST_SLOWER:g} times",
        middle <= MOST_SLOWER * unloaded,
    )
    report.add("accepted: p99 from when due", ms(percentile(latencies, 0.99)))
    report.add("accepted: median from when sent", ms(median([o.done - o.sent for o in accepted])))
    late = [o.sent - o.due for o in result.outcomes if o.sent == o.sent]
    report.add("sent late by: median and p99", f"{ms(median(late))}, {ms(percentile(late, 0.99))}")
    refusals = [o.done - o.sent for o in shed]
    report.add("503: median and p99", f"{ms(median(refusals))}, {ms(percentile(refusals, 0.99))}")
    _check_after(report, result)
    return report


def _check_after(report: Report, result: Results) -> None:
    dead = sum(o.status != 200 for o in result.alive)
    report.check("/healthz unanswered", f"{dead} of {len(result.alive)}", "0", dead == 0)
    alive = [o.latency for o in result.alive]
    report.add("/healthz: median and p99", f"{ms(median(alive))}, {ms(percentile(alive, 0.99))}")
    for when, workers in zip(("before", "during", "after"), result.memory, strict=True):
        shown = ", ".join(f"{worker.own_mb:.0f}" for worker in workers)
        report.add(f"memory of the workers {when} the load, MB (RssAnon)", shown)
    before, *later = ([w.own_mb for w in workers] for workers in result.memory)
    growth = max(b - a for after in later for a, b in zip(before, after, strict=True))
    report.check(
        "memory of a worker grows by, MB",
        f"{growth:.1f}",
        f"< {MOST_GROWTH_MB:g}",
        growth < MOST_GROWTH_MB,
    )
    after = result.normal_after
    report.check("back to normal after, s", f"{after:.2f}", "< 2", after < 2)


def main(arguments: list[str] | None = None) -> int:
    """Run the load test and return its exit code."""
    parser = parser_of(__doc__)
    parser.add_argument(
        "--size", type=int, default=100, help="names in a request (0: a single name)"
    )
    parser.add_argument(
        "--times", type=float, default=4.0, help="load, as a multiple of the capacity"
    )
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--connections", type=int, default=256)
    parser.add_argument("--workers", type=int, default=Settings.workers)
    options = parser.parse_args(arguments)
    bodies = (
        [batch_body(batch) for batch in batches(DIFFERENT, options.size)]
        if options.size
        else [one_body(person) for person in people(20 * DIFFERENT)]
    )
    requests = [post("/predict", body) for body in bodies]
    with running(options.model_dir, workers=options.workers) as server:
        shares = ProcessorShares(server)
        result = run(load_test(server, requests, options))
        shares.stop()
    report = make_report(result, options)
    shares.add_to(report)
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
