"""Offer the server several times what it can carry, in requests that are due whatever happens.

    python benchmarks/drills/overload.py --size 100 --times 4 --seconds 20

First the capacity is found (connections that are always busy), and the latency without load (one
connection, one request after the other). Then so many requests are due at even intervals; their
latencies count from when they are due. --size 0 sends single names in place of batches; there the
load itself takes as much of the processor as the server, so read its share beside the figures.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from load import Load, Outcome, get, post, run
from people import batch_body, batches, one_body, people
from processor import Shares
from report import Report, median, ms, percentile
from running_server import Memory, Server, memory, running

from gender_detection.config import Settings

DIFFERENT = 200  # batches, or 20 times as many single names
CAPACITY_CONNECTIONS = 8
ALIVE_EVERY = 0.1
NORMAL_IN_A_ROW = 5
NORMAL = 1.5
LOOK_SECONDS = 5.0
MOST_SLOWER = 3.0
MOST_GROWTH_MB = 64.0


@dataclass
class Found:
    """What was measured; memory by worker, at rest, under load and after it."""

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
    """Return whether an answer says when to try again."""
    return b"\r\nretry-after:" in head


async def drill(server: Server, requests: Sequence[bytes], asked: argparse.Namespace) -> Found:
    """Measure at rest, then under load, then after it."""
    async with Load(server.port, requests, 1) as alone:
        await alone.closed_loop(asked.seconds / 20)
        unloaded = [o.latency for o in await alone.closed_loop(asked.seconds / 10)]
    async with Load(server.port, requests, CAPACITY_CONNECTIONS) as busy:
        answered = await busy.closed_loop(asked.seconds / 4)
    seconds = max(o.done for o in answered) - answered[0].sent
    found = Found(unloaded, sum(o.status == 200 for o in answered) / seconds)
    found.offered = asked.times * found.capacity
    found.memory.append([memory(pid) for pid in server.workers()])
    async with (
        Load(server.port, requests, asked.connections, has_retry_after) as load,
        Load(server.port, [get("/healthz")], 1) as health,
    ):
        alive = asyncio.create_task(health.open_loop(1 / ALIVE_EVERY, asked.seconds))
        middle = asyncio.create_task(_memory_later(server, asked.seconds / 2))
        found.outcomes = await load.open_loop(found.offered, asked.seconds)
        found.seconds = max(o.due for o in found.outcomes) - found.outcomes[0].due
        found.alive, found.lost = await alive, len(load.lost)
        found.memory.append(await middle)
        found.normal_after = await _normal_after(server, requests, median(unloaded))
    found.memory.append([memory(pid) for pid in server.workers()])
    return found


async def _memory_later(server: Server, seconds: float) -> list[Memory]:
    await asyncio.sleep(seconds)
    return [memory(pid) for pid in server.workers()]


async def _normal_after(server: Server, requests: Sequence[bytes], unloaded: float) -> float:
    """Return the seconds until several answers in a row are as good and as quick as before."""
    start = time.perf_counter()
    async with Load(server.port, requests, 1) as probe:
        recent: list[Outcome] = []
        while (now := time.perf_counter()) < start + LOOK_SECONDS:
            recent = [*recent[1 - NORMAL_IN_A_ROW :], *await probe.open_loop(1000.0, 0.001)]
            good = len(recent) == NORMAL_IN_A_ROW and all(o.status == 200 for o in recent)
            if good and median([o.done - o.sent for o in recent]) <= NORMAL * unloaded:
                return now - start
    return float("inf")


def report(found: Found, asked: argparse.Namespace) -> Report:
    """Say how it went."""
    kind = f"{asked.size} names each" if asked.size else "one name each"
    told = Report(f"Requests of {kind}, {asked.times:g} times the capacity")
    accepted = [o for o in found.outcomes if o.status == 200]
    shed = [o for o in found.outcomes if o.status == 503]
    unloaded = median(found.unloaded)
    told.tell("capacity", f"{found.capacity:,.0f} requests/s on {CAPACITY_CONNECTIONS} connections")
    told.tell("latency without load, median", ms(unloaded))
    told.tell("offered", f"{found.offered:,.0f} requests/s on {asked.connections} connections")
    rate = len(accepted) / found.seconds
    told.tell("accepted", f"{rate:,.0f} requests/s, {rate / found.capacity:.0%} of the capacity")
    told.tell("shed with 503", f"{len(shed) / len(found.outcomes):.1%} of all")
    silent = sum(not o.verdict for o in shed)
    told.judge("503 without Retry-After", silent, "0", silent == 0)
    other = len(found.outcomes) - len(accepted) - len(shed)
    told.judge("lost, unanswered or other answers", other, "0", other == 0)
    told.judge("connections closed meanwhile", found.lost, "0", found.lost == 0)
    latencies = [o.latency for o in accepted]
    middle = median(latencies)
    told.judge(
        "accepted: median from when due",
        f"{ms(middle)}, {middle / unloaded:.2f} times the unloaded one",
        f"<= {MOST_SLOWER:g} times",
        middle <= MOST_SLOWER * unloaded,
    )
    told.tell("accepted: p99 from when due", ms(percentile(latencies, 0.99)))
    told.tell("accepted: median from when sent", ms(median([o.done - o.sent for o in accepted])))
    late = [o.sent - o.due for o in found.outcomes if o.sent == o.sent]
    told.tell("sent late by, median and p99", f"{ms(median(late))}, {ms(percentile(late, 0.99))}")
    refusals = [o.done - o.sent for o in shed]
    told.tell("503: median and p99", f"{ms(median(refusals))}, {ms(percentile(refusals, 0.99))}")
    _judge_after(told, found)
    return told


def _judge_after(told: Report, found: Found) -> None:
    dead = sum(o.status != 200 for o in found.alive)
    told.judge("/healthz unanswered", f"{dead} of {len(found.alive)}", "0", dead == 0)
    alive = [o.latency for o in found.alive]
    told.tell("/healthz: median and p99", f"{ms(median(alive))}, {ms(percentile(alive, 0.99))}")
    for when, workers in zip(("before", "during", "after"), found.memory, strict=True):
        shown = ", ".join(f"{worker.own_mb:.0f}" for worker in workers)
        told.tell(f"memory of the workers {when}, MB (RssAnon)", shown)
    before, *later = ([w.own_mb for w in workers] for workers in found.memory)
    growth = max(b - a for after in later for a, b in zip(before, after, strict=True))
    told.judge("it grows by, MB", f"{growth:.1f}", f"< {MOST_GROWTH_MB:g}", growth < MOST_GROWTH_MB)
    after = found.normal_after
    told.judge("back to normal after, s", f"{after:.2f}", "< 2", after < 2)


def main(arguments: list[str] | None = None) -> int:
    """Run the drill and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--model-dir", type=Path, default=Path(Settings.from_env().model_dir))
    parser.add_argument("--size", type=int, default=100, help="names in a request; 0: a single one")
    parser.add_argument("--times", type=float, default=4.0, help="the capacity")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--connections", type=int, default=256)
    parser.add_argument("--workers", type=int, default=Settings.workers)
    asked = parser.parse_args(arguments)
    bodies = (
        [batch_body(batch) for batch in batches(DIFFERENT, asked.size)]
        if asked.size
        else [one_body(person) for person in people(20 * DIFFERENT)]
    )
    requests = [post("/predict", body) for body in bodies]
    with running(asked.model_dir, workers=asked.workers) as server:
        shares = Shares(server)
        found = run(drill(server, requests, asked))
        shares.stop()
    told = report(found, asked)
    shares.tell(told)
    return told.show()


if __name__ == "__main__":
    sys.exit(main())
