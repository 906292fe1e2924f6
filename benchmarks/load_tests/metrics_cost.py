"""What the metrics cost: Prometheus that reads them, and requests that are counted.

    python benchmarks/drills/metrics_cost.py --rounds 10 --seconds 3

First eight workers answer 100,000 requests of all kinds, and then /metrics is asked for again and
again. Then the API and one that counts nothing are loaded in turn, A B B A, with the same bodies.
"""

import argparse
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

from load import Load, get, post, run
from people import batch_body, batches, one_body, people
from processor import Shares
from report import Report, median, ms, percentile, spread
from request_cost import load_by_asyncio
from running_server import Server, running
from wrk import Round, load_by_wrk

from api.families import LAYOUT
from gender_detection.config import Settings

UNCOUNTED = (sys.executable, str(Path(__file__).resolve().parent / "uncounted_api.py"))
WORKERS = 8
SCRAPES = 100
SCRAPE_SECONDS, OF_UNCOUNTED = 0.020, 0.95
NAMES = 5000


def requests_of_all_kinds() -> list[bytes]:
    """Return requests that reach every route and many statuses."""
    ones = [post("/predict", one_body(person)) for person in people(NAMES)]
    few = [post("/predict", batch_body(batch)) for batch in batches(50, 20, seed=3)]
    odd = [
        post("/predict", b"{}"),
        post("/predict", b"not JSON"),
        post("/predict", b"<a/>", "text/xml"),
        post("/aggregate", b'{"instances": ["Maria", "John"]}'),
        post("/healthz", b"{}"),
        *map(get, ("/", "/healthz", "/readyz", "/model", "/openapi.json", "/docs", "/nowhere")),
    ]
    return [*odd * 5, *few, *ones]


async def _ask_for(port: int, requests: list[bytes], times: int) -> int:
    answered = 0
    async with Load(port, requests, 16) as load:
        while answered < times:
            answered += len(await load.closed_loop(1.0))
            load.outcomes.clear()
    return answered


def scrape(told: Report, server: Server, requests: int) -> None:
    """Time /metrics after so many requests."""
    told.tell(f"requests answered by {WORKERS} workers", run(
        _ask_for(server.port, requests_of_all_kinds(), requests)))  # fmt: skip
    took = []
    for _ in range(SCRAPES):
        start = time.perf_counter()
        _, body = server.ask("GET", "/metrics")
        took.append(time.perf_counter() - start)
    series = len(re.findall(rb"^[a-z]", body, re.MULTILINE))
    told.tell("series shown, bytes", f"{series:,}, {len(body):,}")
    told.tell("series that there can be of what workers count", f"{LAYOUT.most_series():,}")
    told.tell("/metrics, longest of 100", ms(max(took)))
    p95 = percentile(took, 0.95)
    told.judge(
        "/metrics, 95 of 100 within", ms(p95), f"< {ms(SCRAPE_SECONDS)}", p95 < SCRAPE_SECONDS
    )
    told.tell("/metrics, median", ms(median(took)))


def compare(told: Report, api: Server, uncounted: Server, asked: argparse.Namespace) -> None:
    """Load both in turn."""
    load = load_by_wrk if shutil.which("wrk") else load_by_asyncio
    bodies = {
        "one name": [one_body(person) for person in people(NAMES)],
        "100 names": [batch_body(batch) for batch in batches(50, 100, seed=4)],
    }
    for what, lines in bodies.items():
        with tempfile.NamedTemporaryFile() as file:
            path = Path(file.name)
            path.write_bytes(b"\n".join(lines) + b"\n")
            rounds: dict[int, list[Round]] = {api.port: [], uncounted.port: []}
            costs: dict[int, list[float]] = {api.port: [], uncounted.port: []}
            for at in range(asked.rounds + 1):
                # In turn the first: a machine may be faster after a rest.
                for server in (api, uncounted) if at % 2 else (uncounted, api):
                    before = server.cpu_seconds()
                    found = load(server.port, path, 8, asked.seconds if at else 1.0)
                    if at:  # The first is to get warm.
                        rounds[server.port].append(found)
                        used = server.cpu_seconds() - before
                        costs[server.port].append(used / (found.rate * asked.seconds))
        _tell(told, what, *rounds.values(), *costs.values())


def _tell(
    told: Report,
    what: str,
    counted: list[Round],
    uncounted: list[Round],
    cost: list[float],
    less: list[float],
) -> None:
    for name, rounds in (("counted", counted), ("not counted", uncounted)):
        told.tell(f"{what}, {name}: requests/s", spread([r.rate for r in rounds]))
    ratios = [a.rate / b.rate for a, b in zip(counted, uncounted, strict=True)]
    good = median(ratios) >= OF_UNCOUNTED
    told.judge(f"{what}: rate, of not counted", spread(ratios), f">= {OF_UNCOUNTED}", good)
    told.tell(
        f"{what}: processor time of a request, counted, not",
        f"{median(cost) * 1e6:,.0f}, {median(less) * 1e6:,.0f} µs",
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--model-dir", type=Path, default=Path(Settings.from_env().model_dir))
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each round")
    asked = parser.parse_args(arguments)
    told = Report("What the metrics cost")
    with running(asked.model_dir, workers=WORKERS, access_log=False) as server:
        scrape(told, server, asked.requests)
    with (
        running(asked.model_dir, access_log=False) as api,
        running(asked.model_dir, UNCOUNTED, access_log=False) as uncounted,
    ):
        shares = Shares(api, uncounted)
        compare(told, api, uncounted, asked)
        shares.stop()
    shares.tell(told)
    return told.show()


if __name__ == "__main__":
    sys.exit(main())
