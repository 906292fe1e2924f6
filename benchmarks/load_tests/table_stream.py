"""Send a CSV table of a million rows, then have slow clients connect, while others use the server.

    python -m benchmarks.load_tests.table_stream --rows 1000000

The table is sent twice: by a client that sends everything before it reads, and by one that reads
while it sends. Then rounds without and with slow clients alternate, under a steady load of single
names. The slow clients send one byte a second (headers, JSON and CSV bodies), and one stops reading
in the middle of its answer. They must not slow down the single names.
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

from gender_detection.config import Settings

from .load import Load, post, run
from .people import one_body, people
from .processor import ProcessorShares
from .report import Report, median, ms, percentile
from .running_server import Memory, Server, client_ports, memory, parser_of, running
from .table_clients import SlowBody, Streamed, make_table, send_slowly, stop_reading, stream

MOST_GROWTH_MB = 100.0
MEDIAN_RATIO, P99_RATIO = 1.2, 1.5
SLACK_SECONDS = 2.0
SAMPLE_SECONDS = 0.02
CONNECTIONS = 8
SLOW_BODIES: tuple[SlowBody, ...] = ("head", "json", "csv")
IDLE_SECONDS, IDLE_SHARE, IDLE_WAITS = 0.5, 0.05, 60
# Enough that the answer does not fit into the buffers of the sockets.
UNREAD_ROWS = 200_000
WARM_UP_ROWS = 20_000


@dataclass
class Latencies:
    """Latencies of single names in seconds, and the number of answers other than 200."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def shown(self) -> str:
        """Format the median and p99."""
        return f"{ms(median(self.seconds))}, {ms(percentile(self.seconds, 0.99))}"


async def single_names(
    server: Server, requests: Sequence[bytes], rate: float, seconds: float, latencies: Latencies
) -> None:
    """Send requests for single names at a steady rate."""
    async with Load(server.port, requests, CONNECTIONS) as load:
        outcomes = await load.open_loop(rate, seconds)
    latencies.seconds += [outcome.latency for outcome in outcomes if outcome.status == 200]
    latencies.failed += sum(outcome.status != 200 for outcome in outcomes)


async def load_until(
    work: Future[Streamed], server: Server, requests: Sequence[bytes], rate: float
) -> tuple[Latencies, list[Memory]]:
    """Send single names until work is done; return their latencies and the workers' peaks."""
    latencies = Latencies()
    peaks = [memory(pid) for pid in server.workers()]
    while not work.done():
        sending = asyncio.create_task(single_names(server, requests, rate, 1.0, latencies))
        while not sending.done():
            now = [memory(pid) for pid in server.workers()]
            peaks = [max(a, b, key=lambda m: m.own_mb) for a, b in zip(peaks, now, strict=True)]
            await asyncio.sleep(SAMPLE_SECONDS)
        await sending
    return latencies, peaks


def stream_a_table(
    report: Report,
    server: Server,
    folder: Path,
    requests: Sequence[bytes],
    options: argparse.Namespace,
) -> None:
    """Send the large table in both ways; report its rows, its rate and the memory of workers."""
    table, small = folder / "table.csv", folder / "warm-up.csv"
    make_table(table, options.rows)
    make_table(small, WARM_UP_ROWS)
    report.add("table", f"{options.rows:,} rows, {table.stat().st_size / 1e6:.0f} MB")
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        for _ in range(2 * len(server.workers())):  # so that all code and data is in memory
            pool.submit(stream, server.port, small, True, options.model_dir).result()
        for meanwhile in (False, True):
            before = [memory(pid) for pid in server.workers()]
            work = pool.submit(stream, server.port, table, meanwhile, options.model_dir)
            latencies, peaks = run(load_until(work, server, requests, options.rate))
            after = [memory(pid) for pid in server.workers()]
            way = "reads while it sends" if meanwhile else "sends all, then reads"
            _check_table(report, way, work.result(), options.rows)
            own = max(p.own_mb - b.own_mb for b, p in zip(before, peaks, strict=True))
            high = max(a.highest_mb - b.highest_mb for b, a in zip(before, after, strict=True))
            for name, mb in (("RssAnon", own), ("VmHWM", high)):
                report.check(
                    f"{way}: a worker's {name} rises by, MB", f"{mb:.1f}",
                    f"< {MOST_GROWTH_MB:g}", mb < MOST_GROWTH_MB,
                )  # fmt: skip
            report.add(f"{way}: single names meanwhile, median, p99", latencies.shown())
            report.check(
                f"{way}: single names failed", latencies.failed, "0", latencies.failed == 0
            )


def _check_table(report: Report, way: str, streamed: Streamed, rows: int) -> None:
    report.check(f"{way}: rows returned", f"{streamed.rows:,}", f"{rows:,}", streamed.rows == rows)
    report.check(f"{way}: rows changed", streamed.changed, "0", streamed.changed == 0)
    report.check(
        f"{way}: wrong answers, of {streamed.sampled:,} checked",
        streamed.wrong,
        "0",
        streamed.wrong == 0,
    )
    first, rate = streamed.first_seconds, streamed.rows / streamed.seconds
    report.add(f"{way}: rows/s, first answer after", f"{rate:,.0f}, {first:.2f} s")


async def connect_slow_clients(server: Server, clients: int, seconds: float) -> list[float]:
    """Return how long the server kept the connection of each slow client, in seconds."""
    kinds = [SLOW_BODIES[number % len(SLOW_BODIES)] for number in range(clients)]
    return await asyncio.gather(*(send_slowly(server.port, kind, seconds) for kind in kinds))


async def until_idle(server: Server) -> None:
    """Wait until the server uses no processor time: the unread answer has filled its buffers."""
    used = server.cpu_seconds()
    for _ in range(IDLE_WAITS):
        await asyncio.sleep(IDLE_SECONDS)
        before, used = used, server.cpu_seconds()
        if used - before < IDLE_SHARE * IDLE_SECONDS:
            return


async def rounds(
    report: Report,
    server: Server,
    table: Path,
    requests: Sequence[bytes],
    options: argparse.Namespace,
) -> None:
    """Send single names alternately without and with slow clients."""
    quiet, slowed = Latencies(), Latencies()
    kept: list[float] = []
    held = 0
    limit = options.request_seconds + SLACK_SECONDS
    for _ in range(options.rounds):
        await single_names(server, requests, options.rate, options.request_seconds, quiet)
        silent = await asyncio.to_thread(stop_reading, server.port, table)
        await until_idle(server)
        slow = asyncio.create_task(connect_slow_clients(server, options.clients, limit))
        await single_names(server, requests, options.rate, options.request_seconds, slowed)
        kept += await slow
        await asyncio.sleep(SLACK_SECONDS)
        ports = [client_ports(pid, server.port) for pid in server.workers()]
        held += any(silent.getsockname()[1] in held_ports for held_ports in ports)
        silent.close()
    report.add("single names without slow clients: median, p99", quiet.shown())
    report.add(f"with {options.clients} slow clients and one that stopped reading", slowed.shown())
    for name, share, most in (("median", 0.5, MEDIAN_RATIO), ("p99", 0.99, P99_RATIO)):
        ratio = percentile(slowed.seconds, share) / percentile(quiet.seconds, share)
        report.check(f"{name}, ratio of the two", f"{ratio:.2f}", f"<= {most:g}", ratio <= most)
    failed = quiet.failed + slowed.failed
    report.check("single names failed", failed, "0", failed == 0)
    shown = f"{min(kept):.1f} to {max(kept):.1f}"
    report.check("slow clients disconnected after, s", shown, f"<= {limit:g}", max(kept) <= limit)
    shown = f"{held} of {options.rounds}"
    report.check("clients that stopped reading, still connected", shown, "0", held == 0)


def main(arguments: list[str] | None = None) -> int:
    """Run the load test and return its exit code."""
    parser = parser_of(__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--clients", type=int, default=50, help="slow clients")
    parser.add_argument("--rate", type=float, default=50.0, help="single names a second")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--request-seconds",
        type=float,
        default=10.0,
        help="GENDER_DETECTION_REQUEST_SECONDS of the server",
    )
    parser.add_argument("--workers", type=int, default=Settings.workers)
    options = parser.parse_args(arguments)
    report = Report("A large table, and slow clients")
    requests = [post("/predict", one_body(person)) for person in people(3000)]
    with (
        tempfile.TemporaryDirectory(prefix="gender-detection-load-test-") as folder,
        running(
            options.model_dir, workers=options.workers, request_seconds=options.request_seconds
        ) as server,
    ):
        shares = ProcessorShares(server)
        stream_a_table(report, server, Path(folder), requests, options)
        table = Path(folder) / "unread.csv"
        make_table(table, min(options.rows, UNREAD_ROWS))
        run(rounds(report, server, table, requests, options))
        shares.stop()
    shares.add_to(report)
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
