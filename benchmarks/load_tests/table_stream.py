"""Send a CSV table of a million rows, and clients that stop or crawl, to a server that others use.

    python benchmarks/drills/table_stream.py --rows 1000000

The table is sent twice: by a client that sends all before it reads, and by one that reads while it
sends. Then clients that send one byte a second (heads, JSON and CSV bodies) and one that stops
reading in the middle of its answer are there in every second round, while single names are asked
for at a steady rate: what those wait must not differ from the rounds between.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from load import Load, post, run
from people import one_body, people
from processor import Shares
from report import Report, median, ms, percentile
from running_server import Memory, Server, client_ports, memory, running
from table_clients import Streamed, drip, make_table, stop_reading, stream

from gender_detection.config import Settings

MOST_GROWTH_MB = 100.0
MEDIAN_RATIO, P99_RATIO = 1.2, 1.5
SLACK_SECONDS = 2.0
SAMPLE_SECONDS = 0.02
CONNECTIONS = 8
DRIPS = ("head", "json", "csv")
IDLE_SECONDS, IDLE_SHARE, IDLE_WAITS = 0.5, 0.05, 60
# Enough that the answer does not fit into the buffers of sockets on its way.
STALLED_ROWS = 200_000
WARM_UP_ROWS = 20_000


@dataclass
class Waits:
    """Latencies of single names, in seconds, and what did not answer with 200."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def shown(self) -> str:
        """Show the median and p99."""
        return f"{ms(median(self.seconds))}, {ms(percentile(self.seconds, 0.99))}"


async def one_names(
    server: Server, requests: Sequence[bytes], rate: float, seconds: float, waits: Waits
) -> None:
    """Ask for single names at a steady rate."""
    async with Load(server.port, requests, CONNECTIONS) as load:
        outcomes = await load.open_loop(rate, seconds)
    waits.seconds += [outcome.latency for outcome in outcomes if outcome.status == 200]
    waits.failed += sum(outcome.status != 200 for outcome in outcomes)


async def beside(
    server: Server, requests: Sequence[bytes], rate: float, work: Future[Streamed]
) -> tuple[Waits, list[Memory]]:
    """Ask for single names until the work is done; return their waits and the workers' peaks."""
    waits = Waits()
    peaks = [memory(pid) for pid in server.workers()]
    while not work.done():
        asking = asyncio.create_task(one_names(server, requests, rate, 1.0, waits))
        while not asking.done():
            now = [memory(pid) for pid in server.workers()]
            peaks = [max(a, b, key=lambda m: m.own_mb) for a, b in zip(peaks, now, strict=True)]
            await asyncio.sleep(SAMPLE_SECONDS)
        await asking
    return waits, peaks


def stream_a_table(
    told: Report, server: Server, folder: Path, requests: Sequence[bytes], asked: argparse.Namespace
) -> None:
    """Send the large table in both ways and say what became of it and of the memory."""
    table, small = folder / "table.csv", folder / "warm-up.csv"
    make_table(table, asked.rows)
    make_table(small, WARM_UP_ROWS)
    told.tell("table", f"{asked.rows:,} rows, {table.stat().st_size / 1e6:.0f} MB")
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        for _ in range(2 * len(server.workers())):  # all pages of code and model that it needs
            pool.submit(stream, server.port, small, True, asked.model_dir).result()
        for meanwhile in (False, True):
            before = [memory(pid) for pid in server.workers()]
            work = pool.submit(stream, server.port, table, meanwhile, asked.model_dir)
            waits, peaks = run(beside(server, requests, asked.rate, work))
            after = [memory(pid) for pid in server.workers()]
            way = "reads while it sends" if meanwhile else "sends all, then reads"
            _tell_table(told, way, work.result(), asked.rows)
            own = max(p.own_mb - b.own_mb for b, p in zip(before, peaks, strict=True))
            high = max(a.highest_mb - b.highest_mb for b, a in zip(before, after, strict=True))
            for name, mb in (("RssAnon", own), ("VmHWM", high)):
                told.judge(
                    f"{way}: a worker's {name} rises by, MB", f"{mb:.1f}",
                    f"< {MOST_GROWTH_MB:g}", mb < MOST_GROWTH_MB,
                )  # fmt: skip
            told.tell(f"{way}: single names beside it, median, p99", waits.shown())
            told.judge(f"{way}: of them failed", waits.failed, "0", waits.failed == 0)


def _tell_table(told: Report, way: str, got: Streamed, rows: int) -> None:
    told.judge(f"{way}: rows back", f"{got.rows:,}", f"{rows:,}", got.rows == rows)
    told.judge(f"{way}: rows changed", got.changed, "0", got.changed == 0)
    told.judge(f"{way}: wrong, of {got.sampled:,} looked at", got.wrong, "0", got.wrong == 0)
    first, rate = got.first_seconds, got.rows / got.seconds
    told.tell(f"{way}: rows/s, first answer after", f"{rate:,.0f}, {first:.2f} s")


async def crawl(server: Server, clients: int, seconds: float) -> list[float]:
    """Return how long each of the crawling clients was borne."""
    kinds = [DRIPS[number % len(DRIPS)] for number in range(clients)]
    return await asyncio.gather(*(drip(server.port, kind, seconds) for kind in kinds))


async def until_idle(server: Server) -> None:
    """Wait until the server has no more to do: answers nobody reads have filled their buffers."""
    used = server.cpu_seconds()
    for _ in range(IDLE_WAITS):
        await asyncio.sleep(IDLE_SECONDS)
        before, used = used, server.cpu_seconds()
        if used - before < IDLE_SHARE * IDLE_SECONDS:
            return


async def rounds(
    told: Report, server: Server, table: Path, requests: Sequence[bytes], asked: argparse.Namespace
) -> None:
    """Ask for single names in turn with and without clients that stall."""
    quiet, stalled = Waits(), Waits()
    borne: list[float] = []
    held = 0
    limit = asked.request_seconds + SLACK_SECONDS
    for _ in range(asked.rounds):
        await one_names(server, requests, asked.rate, asked.request_seconds, quiet)
        deaf = await asyncio.to_thread(stop_reading, server.port, table)
        await until_idle(server)
        crawling = asyncio.create_task(crawl(server, asked.clients, limit))
        await one_names(server, requests, asked.rate, asked.request_seconds, stalled)
        borne += await crawling
        await asyncio.sleep(SLACK_SECONDS)
        ports = [client_ports(pid, server.port) for pid in server.workers()]
        held += any(deaf.getsockname()[1] in held_ports for held_ports in ports)
        deaf.close()
    told.tell("single names, quiet: median, p99", quiet.shown())
    told.tell(f"beside {asked.clients} that crawl and one that stopped reading", stalled.shown())
    for name, share, most in (("median", 0.5, MEDIAN_RATIO), ("p99", 0.99, P99_RATIO)):
        ratio = percentile(stalled.seconds, share) / percentile(quiet.seconds, share)
        told.judge(f"{name}, of the quiet one", f"{ratio:.2f}", f"<= {most:g}", ratio <= most)
    failed = quiet.failed + stalled.failed
    told.judge("single names failed", failed, "0", failed == 0)
    shown = f"{min(borne):.1f} to {max(borne):.1f}"
    told.judge("crawling clients let go after, s", shown, f"<= {limit:g}", max(borne) <= limit)
    told.judge("clients that stopped reading, held", f"{held} of {asked.rounds}", "0", held == 0)


def main(arguments: list[str] | None = None) -> int:
    """Run the drill and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--model-dir", type=Path, default=Path(Settings.from_env().model_dir))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--clients", type=int, default=50, help="that send one byte a second")
    parser.add_argument("--rate", type=float, default=50.0, help="of single names, a second")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--request-seconds", type=float, default=10.0, help="the server's setting")
    parser.add_argument("--workers", type=int, default=Settings.workers)
    asked = parser.parse_args(arguments)
    told = Report("A large table, and clients that stall")
    requests = [post("/predict", one_body(person)) for person in people(3000)]
    with (
        tempfile.TemporaryDirectory(prefix="gender-detection-drill-") as folder,
        running(
            asked.model_dir, workers=asked.workers, request_seconds=asked.request_seconds
        ) as server,
    ):
        shares = Shares(server)
        stream_a_table(told, server, Path(folder), requests, asked)
        table = Path(folder) / "stalled.csv"
        make_table(table, min(asked.rows, STALLED_ROWS))
        run(rounds(told, server, table, requests, asked))
        shares.stop()
    shares.tell(told)
    return told.show()


if __name__ == "__main__":
    sys.exit(main())
