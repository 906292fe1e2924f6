"""What it costs to ask a challenger as well, beside the same server that asks none.

    python -m benchmarks.load_tests.shadow --rounds 7 --seconds 3

Four servers run at the same time and are loaded in turn with requests for one name, in the other
order in every other round: one without a shadow, a second one without, which shows by how much two
equal servers differ here, one that asks for a tenth of the requests, and one that asks for all. The
challenger is the current model with the genders of all known names exchanged, so all differences
are counted too. wrk keeps all connections busy, for the throughput and for the processor time per
request; the latency is also measured at a fixed rate, at which no request waits for another.
"""

import argparse
import functools
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.bench.plan import at_least, at_most, in_turn, ratios
from benchmarks.bench.wrk import Round, load_by_wrk
from gender_detection.config import Settings
from gender_detection.model import Model, store
from gender_detection.model_sync import challenger_dir

from .load import Load, post, run
from .people import one_body, people
from .processor import ProcessorShares
from .report import Report, median, ms, percentile, spread
from .running_server import Server, parser_of, running
from .swap_versions import contrary

SHARES = {"none": 0.0, "none again": 0.0, "10 %": 0.1, "100 %": 1.0}
OFF, SAME = "none", "none again"
PEOPLE, CONNECTIONS = 20_000, 8
# Nobody listens there (RFC 6335), so the challenger published here stays.
NO_REGISTRY = "http://127.0.0.1:1"
RATE_OF_OFF, MOST_OF_OFF = 0.97, 1.03
# The last names are asked of the challenger after their answers.
SETTLE_SECONDS = 0.5


@dataclass(frozen=True)
class Busy:
    """A round of wrk, and the processor time of the server for each request, in seconds."""

    wrk: Round
    cpu: float


@dataclass(frozen=True)
class Calm:
    """A round at the fixed rate: p99 in seconds, and how many requests failed."""

    p99: float
    failed: int


@dataclass(frozen=True)
class Names:
    """Names answered, asked of the challenger as well, and dropped."""

    answered: float
    asked: float
    dropped: float

    def since(self, before: "Names") -> "Names":
        """Return what was added."""
        return Names(
            self.answered - before.answered,
            self.asked - before.asked,
            self.dropped - before.dropped,
        )


@dataclass
class Results:
    """The rounds, and the names of those of wrk, by server."""

    busy: dict[str, list[Busy]] = field(default_factory=dict)
    calm: dict[str, list[Calm]] = field(default_factory=dict)
    names: dict[str, Names] = field(default_factory=dict)


def load_test(servers: dict[str, Server], bodies: Path, options: argparse.Namespace) -> Results:
    """Load the servers in turn, and read what their challengers were asked."""
    results = Results()
    for server in servers.values():
        _busy(server, bodies, options)
    before = {name: names(server) for name, server in servers.items()}
    busy = in_turn(
        options.rounds,
        *(functools.partial(_busy, server, bodies, options) for server in servers.values()),
    )
    results.busy = dict(zip(servers, busy, strict=True))
    results.names = {name: names(server).since(before[name]) for name, server in servers.items()}
    requests = [post("/predict", body) for body in bodies.read_bytes().splitlines()]
    calm = in_turn(
        options.rounds,
        *(functools.partial(_calm, server, requests, options) for server in servers.values()),
    )
    results.calm = dict(zip(servers, calm, strict=True))
    return results


def _busy(server: Server, bodies: Path, options: argparse.Namespace) -> Busy:
    before = server.cpu_seconds()
    found = load_by_wrk(server.port, bodies, CONNECTIONS, options.seconds)
    time.sleep(SETTLE_SECONDS)
    requests = max(found.rate * options.seconds, 1.0)
    return Busy(found, (server.cpu_seconds() - before) / requests)


def _calm(server: Server, requests: Sequence[bytes], options: argparse.Namespace) -> Calm:
    async def send() -> Calm:
        async with Load(server.port, requests, CONNECTIONS) as load:
            outcomes = await load.open_loop(options.rate, options.seconds)
        latencies = [outcome.latency for outcome in outcomes if outcome.status == 200]
        return Calm(percentile(latencies, 0.99), len(outcomes) - len(latencies))

    return run(send())


def names(server: Server) -> Names:
    """Return the names that a server has counted so far."""
    lines = server.ask("GET", "/metrics")[1].decode().splitlines()
    values = [line.rpartition(" ")[::2] for line in lines if not line.startswith("#")]

    def total(name: str) -> float:
        metric = f"gender_detection_{name}_total"
        return sum(float(value) for series, value in values if series.split("{")[0] == metric)

    return Names(total("predictions"), total("shadow_names"), total("shadow_names_dropped"))


def make_report(results: Results) -> Report:
    """Return the figures, those with an aim checked."""
    report = Report("One name, while a challenger is asked as well")
    for name, rounds in results.busy.items():
        report.add(f"{name}: requests/s", spread([one.wrk.rate for one in rounds]))
        report.add(f"{name}: CPU time per request", ms(median([one.cpu for one in rounds])))
        p50, p99 = median([x.wrk.p50 for x in rounds]), median([x.wrk.p99 for x in rounds])
        report.add(f"{name}: p50, p99 busy", f"{ms(p50)}, {ms(p99)}")
        calm = median([one.p99 for one in results.calm[name]])
        report.add(f"{name}: p99 at the fixed rate", ms(calm))
    for name in list(results.busy)[1:]:
        _compare(report, results, name)
    failed = sum(one.wrk.failed for rounds in results.busy.values() for one in rounds)
    failed += sum(one.failed for rounds in results.calm.values() for one in rounds)
    report.check("requests that failed", failed, "0", failed == 0)
    return report


def _compare(report: Report, results: Results, name: str) -> None:
    """Add the figures of a server, relative to the one without a shadow."""
    own, off = results.busy[name], results.busy[OFF]
    rates = ratios([one.wrk.rate for one in own], [one.wrk.rate for one in off])
    figures = {
        "CPU time per request": ratios([one.cpu for one in own], [one.cpu for one in off]),
        "p99 busy": ratios([one.wrk.p99 for one in own], [one.wrk.p99 for one in off]),
        "p99 at the fixed rate": ratios(
            [one.p99 for one in results.calm[name]], [one.p99 for one in results.calm[OFF]]
        ),
    }
    if name == SAME:
        for what, values in {"throughput": rates, **figures}.items():
            report.add(f"{name}, of none: {what}", spread(values))
        return
    at_least(report, f"{name}, of none: throughput", rates, RATE_OF_OFF)
    for what, values in figures.items():
        at_most(report, f"{name}, of none: {what}", values, MOST_OF_OFF)
    counted = results.names[name]
    report.add(f"{name}: names asked as well", f"{counted.asked / max(counted.answered, 1):.1%}")
    report.add(f"{name}: names dropped", f"{counted.dropped:,.0f}")


def publish(served: Path, folder: Path) -> Path:
    """Publish a model and a challenger that contradicts it in a folder; return model_dir."""
    model_dir = folder / "model"
    contrary(Model.load(served)).save(folder / "contrary")
    store.publish(model_dir, served, "1")
    store.publish(challenger_dir(model_dir), folder / "contrary", "2")
    return model_dir


def shadowed(model_dir: Path, share: float, workers: int) -> AbstractContextManager[Server]:
    """Return a running server that asks the published challenger after a share of the requests."""
    return running(
        model_dir,
        workers=workers,
        shadow_share=share,
        tracking_uri=NO_REGISTRY,
        model_poll_seconds=3600,
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the load test and return its exit code."""
    parser = parser_of(__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each load")
    parser.add_argument("--rate", type=float, default=300.0, help="requests a second, fixed")
    parser.add_argument("--workers", type=int, default=Settings.workers)
    options = parser.parse_args(arguments)
    if shutil.which("wrk") is None:
        raise SystemExit("no wrk found on PATH, which sends the load: install it (apt install wrk)")
    with tempfile.TemporaryDirectory(prefix="gender-detection-load-test-") as folder:
        model_dir = publish(store.current(options.model_dir), Path(folder))
        bodies = Path(folder) / "bodies.jsonl"
        bodies.write_bytes(b"\n".join(map(one_body, people(PEOPLE))) + b"\n")
        with ExitStack() as stack:
            servers = {
                name: stack.enter_context(shadowed(model_dir, share, options.workers))
                for name, share in SHARES.items()
            }
            shares = ProcessorShares(*servers.values())
            results = load_test(servers, bodies, options)
            shares.stop()
            report = make_report(results)
            shares.add_to(report)
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
