"""What it costs to ask a challenger as well, beside the same server that asks none.

    python -m benchmarks.load_tests.shadow --starts 3 --rounds 14 --seconds 1

Four servers run at the same time and are loaded in turn with requests for one name, in the order of
chance: one without a shadow, a second one without, which shows by how much two equal servers differ
here, one that asks for 10 % of the requests, and one that asks for all. Each has one worker, and
all are kept on one core, the load on another one. They are started several times, because two
processes that are equal may differ by some percent as long as they live. The challenger is the
current model with the genders of all known names exchanged, so all differences are counted too. wrk
keeps all connections busy, for the throughput and for the processor time per request; the latency
is also measured at a fixed rate, at which no request waits for another. Rounds are compared with
the round of the first server in the same turn: the figures are medians of these ratios, with
intervals of 95 % from a bootstrap.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.bench.plan import ratios
from benchmarks.bench.wrk import Round, load_by_wrk
from gender_detection.model import Model, store
from gender_detection.model_sync import challenger_dir

from .load import Load, post, run
from .people import one_body, people
from .report import Report, median, ms, percentile
from .running_server import Server, parser_of, running
from .swap_versions import contrary

OFF, SAME = "none", "none again"
SHARES = {OFF: 0.0, SAME: 0.0, "10 %": 0.1, "100 %": 1.0}
PEOPLE, CONNECTIONS = 20_000, 8
# Nobody listens there (RFC 6335), so the challenger published here stays.
NO_REGISTRY = "http://127.0.0.1:1"
RATE_OF_OFF, MOST_OF_OFF = 0.97, 1.03
RESAMPLES = 10_000
# The last names are asked of the challenger after their answers.
SETTLE_SECONDS = 0.5

T = TypeVar("T")


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

    def plus(self, other: "Names") -> "Names":
        """Return the sum."""
        return Names(
            self.answered + other.answered, self.asked + other.asked, self.dropped + other.dropped
        )


@dataclass
class Results:
    """The rounds, and the names of those of wrk, by server."""

    busy: dict[str, list[Busy]] = field(default_factory=dict)
    calm: dict[str, list[Calm]] = field(default_factory=dict)
    names: dict[str, Names] = field(default_factory=dict)

    def add(self, other: "Results") -> None:
        """Add the results of another start of the servers."""
        for name in other.busy:
            self.busy.setdefault(name, []).extend(other.busy[name])
            self.calm.setdefault(name, []).extend(other.calm[name])
            self.names[name] = self.names.get(name, Names(0, 0, 0)).plus(other.names[name])


def load_test(servers: dict[str, Server], bodies: Path, options: argparse.Namespace) -> Results:
    """Load the servers in turn, and read what their challengers were asked."""
    results = Results()
    for server in servers.values():
        _busy(server, bodies, options)
    before = {name: names(server) for name, server in servers.items()}
    results.busy = by_chance(options.rounds, servers, lambda server: _busy(server, bodies, options))
    results.names = {name: names(server).since(before[name]) for name, server in servers.items()}
    requests = [post("/predict", body) for body in bodies.read_bytes().splitlines()]
    results.calm = by_chance(
        options.rounds, servers, lambda server: _calm(server, requests, options)
    )
    return results


def by_chance(
    rounds: int, servers: dict[str, Server], measure: Callable[[Server], T]
) -> dict[str, list[T]]:
    """Return the results for each server, which are measured in another order in each round."""
    found: dict[str, list[T]] = {name: [] for name in servers}
    order, chance = list(servers), random.Random(0)
    for _ in range(rounds):
        chance.shuffle(order)
        for name in order:
            found[name].append(measure(servers[name]))
    return found


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
        report.add(f"{name}: requests/s", f"{median([one.wrk.rate for one in rounds]):,.0f}")
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
    figures = {
        "throughput": ratios([one.wrk.rate for one in own], [one.wrk.rate for one in off]),
        "CPU time per request": ratios([one.cpu for one in own], [one.cpu for one in off]),
        "p99 busy": ratios([one.wrk.p99 for one in own], [one.wrk.p99 for one in off]),
        "p99 at the fixed rate": ratios(
            [one.p99 for one in results.calm[name]], [one.p99 for one in results.calm[OFF]]
        ),
    }
    for what, values in figures.items():
        line, middle = f"{name}, of none: {what}", median(values)
        figure = "{:.3f} ({:.3f} to {:.3f})".format(middle, *interval(values))
        if name == SAME:  # Nothing is expected of the noise.
            report.add(line, figure)
        elif what == "throughput":
            report.check(line, figure, f">= {RATE_OF_OFF:g}", middle >= RATE_OF_OFF)
        else:
            report.check(line, figure, f"<= {MOST_OF_OFF:g}", middle <= MOST_OF_OFF)
    if name != SAME:
        counted = results.names[name]
        asked = f"{counted.asked / max(counted.answered, 1):.1%}"
        report.add(f"{name}: names asked as well", asked)
        report.add(f"{name}: names dropped", f"{counted.dropped:,.0f}")


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the interval of 95 % of the median of values (bootstrap, percentiles)."""
    drawn = np.random.default_rng(0).choice(np.asarray(values), (RESAMPLES, len(values)))
    low, high = np.quantile(np.median(drawn, axis=1), [0.025, 0.975])
    return float(low), float(high)


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
    parser.add_argument("--starts", type=int, default=3, help="of the servers")
    parser.add_argument("--rounds", type=int, default=14, help="of each start")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each load")
    parser.add_argument("--rate", type=float, default=300.0, help="requests a second, fixed")
    options = parser.parse_args(arguments)
    if shutil.which("wrk") is None:
        raise SystemExit("no wrk found on PATH, which sends the load: install it (apt install wrk)")
    with tempfile.TemporaryDirectory(prefix="gender-detection-load-test-") as folder:
        model_dir = publish(store.current(options.model_dir), Path(folder))
        bodies = Path(folder) / "bodies.jsonl"
        bodies.write_bytes(b"\n".join(map(one_body, people(PEOPLE))) + b"\n")
        results = Results()
        for _ in range(options.starts):
            results.add(_started(model_dir, bodies, options))
    return make_report(results).show()


def _started(model_dir: Path, bodies: Path, options: argparse.Namespace) -> Results:
    """Start the servers, load them, and stop them."""
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        # Of this process, and of those that it starts from now on.
        stack.callback(os.sched_setaffinity, 0, cores)
        os.sched_setaffinity(0, cores[:1])
        servers = {
            name: stack.enter_context(shadowed(model_dir, share, workers=1))
            for name, share in SHARES.items()
        }
        os.sched_setaffinity(0, cores[-1:])
        return load_test(servers, bodies, options)


if __name__ == "__main__":
    sys.exit(main())
