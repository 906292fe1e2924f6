"""What POST /predict costs, beside an empty Flask route under the very same server and beside
orjson alone.

    python benchmarks/drills/request_cost.py --rounds 5 --seconds 5

Both servers run, with the same settings; they are loaded in turn, A B A B, with the same bodies:
thousands of different names. The load comes from wrk (Debian package wrk) if it is installed: it
takes little of the processor. Batches go to the API over one connection, one after the other, and
to orjson in this process: it loads the same requests and dumps the same answers.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import orjson
from load import Load, Outcome, post, run
from people import batch_body, batches, one_body, people
from processor import Shares
from report import Report, median, ms, percentile, spread
from running_server import Server, running
from wrk import Round, load_by_wrk

from gender_detection.config import Settings

HERE = Path(__file__).resolve().parent
EMPTY = (sys.executable, str(HERE / "empty_route.py"))
NAMES = 5000
BATCH = 10_000
BATCHES = 5
OF_EMPTY, OF_ORJSON, START_SECONDS = 0.8, 0.5, 2.0


def load_by_asyncio(port: int, bodies: Path, connections: int, seconds: float) -> Round:
    """Load a server from this process."""
    requests = [post("/predict", body) for body in bodies.read_bytes().splitlines()]
    outcomes = run(_closed(port, requests, connections, seconds))
    took = max(outcome.done for outcome in outcomes) - outcomes[0].sent
    good = [outcome.latency for outcome in outcomes if outcome.status == 200]
    rate, failed = len(good) / took, len(outcomes) - len(good)
    return Round(rate, median(good), percentile(good, 0.99), failed)


async def _closed(
    port: int, requests: Sequence[bytes], connections: int, seconds: float
) -> list[Outcome]:
    async with Load(port, requests, connections) as load:
        return await load.closed_loop(seconds)


def compare_one_name(told: Report, api: Server, empty: Server, asked: argparse.Namespace) -> None:
    """Load both routes in turn."""
    load = load_by_wrk if shutil.which("wrk") else load_by_asyncio
    told.tell("load by", load.__name__.rpartition("_")[2])
    with tempfile.NamedTemporaryFile() as file:
        bodies = Path(file.name)
        bodies.write_bytes(b"\n".join(one_body(person) for person in people(NAMES)) + b"\n")
        for connections in asked.connections:
            rounds: dict[int, list[Round]] = {api.port: [], empty.port: []}
            for port in rounds:
                load(port, bodies, connections, 1.0)
            for _ in range(asked.rounds):
                for port, found in rounds.items():
                    found.append(load(port, bodies, connections, asked.seconds))
            _tell_rounds(told, connections, rounds[api.port], rounds[empty.port])


def _tell_rounds(told: Report, connections: int, api: list[Round], empty: list[Round]) -> None:
    where = f"{connections} connections" if connections > 1 else "1 connection"
    for name, rounds in (("/predict", api), ("empty route", empty)):
        told.tell(f"{name}, {where}: requests/s", spread([r.rate for r in rounds]))
        p50, p99 = median([r.p50 for r in rounds]), median([r.p99 for r in rounds])
        told.tell(f"{name}, {where}: p50, p99", f"{ms(p50)}, {ms(p99)}")
    failed = sum(r.failed for r in [*api, *empty])
    told.judge(f"{where}: failed", failed, "0", failed == 0)
    # Of neighbours in time: both had the same machine.
    ratios = [a.rate / b.rate for a, b in zip(api, empty, strict=True)]
    good = median(ratios) >= OF_EMPTY
    told.judge(f"/predict of the empty route, {where}", spread(ratios), f">= {OF_EMPTY}", good)


def compare_batches(told: Report, api: Server, rounds: int) -> None:
    """Ask for batches in turn with what orjson does with the same bytes."""
    bodies = [batch_body(batch) for batch in batches(BATCHES, BATCH, seed=2)]
    requests = [post("/predict", body) for body in bodies]
    answers = [orjson.loads(api.ask("POST", "/predict", body)[1]) for body in bodies]
    of_api, of_orjson = [], []
    for _ in range(rounds):
        outcomes = run(_one_by_one(api.port, requests))
        of_api.append(BATCH / median([o.latency for o in outcomes if o.status == 200]))
        took = []
        for body, answer in zip(bodies, answers, strict=True):
            start = time.perf_counter()
            orjson.loads(body)
            orjson.dumps(answer)
            took.append(time.perf_counter() - start)
        of_orjson.append(BATCH / median(took))
    told.tell(f"/predict, batches of {BATCH:,}: names/s", spread(of_api))
    told.tell("orjson, the same bytes: names/s", spread(of_orjson))
    ratios = [a / b for a, b in zip(of_api, of_orjson, strict=True)]
    good = median(ratios) >= OF_ORJSON
    told.judge("/predict of orjson", spread(ratios), f">= {OF_ORJSON}", good)


async def _one_by_one(port: int, requests: Sequence[bytes]) -> list[Outcome]:
    async with Load(port, requests, 1) as load:
        # A rate that nothing can keep up with: each is sent when the one before is answered.
        outcomes = await load.open_loop(1e9, len(requests) / 1e9)
        for outcome in outcomes:
            outcome.due = outcome.sent
        return outcomes


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--model-dir", type=Path, default=Path(Settings.from_env().model_dir))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each round")
    parser.add_argument("--connections", type=int, nargs="*", default=[1, 8, 32])
    parser.add_argument("--workers", type=int, default=Settings.workers)
    asked = parser.parse_args(arguments)
    told = Report("What a request costs")
    started = []
    for _ in range(asked.rounds):
        with running(asked.model_dir, workers=asked.workers) as server:
            started.append(server.ready_seconds)
    good = median(started) < START_SECONDS
    told.judge("from exec to /readyz 200, s", spread(started), f"< {START_SECONDS:g}", good)
    with (
        running(asked.model_dir, workers=asked.workers) as api,
        running(asked.model_dir, EMPTY, workers=asked.workers) as empty,
    ):
        shares = Shares(api, empty)
        compare_one_name(told, api, empty, asked)
        compare_batches(told, api, asked.rounds)
        shares.stop()
    shares.tell(told)
    return told.show()


if __name__ == "__main__":
    sys.exit(main())
