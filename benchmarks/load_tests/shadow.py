"""What it costs to ask a challenger as well, beside the same server that asks none.

    python -m benchmarks.load_tests.shadow --rounds 7 --seconds 3

Four servers run at the same time and are loaded in turn with requests for one name, the order turned
in every other round: one without a shadow, a second one without, which shows by how much two equal
servers differ here, one that asks for a tenth of the requests, and one that asks for all of them. The
challenger is the current model with the genders of all known names exchanged, so all differences are
counted too. Throughput is measured with wrk, which keeps all connections busy; latency also at a fixed
rate, at which no request waits for another.
"""

import argparse
import functools
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.bench.plan import in_turn, ratios
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
OFF, SAME, ALL = "none", "none again", "100 %"
PEOPLE, CONNECTIONS = 20_000, 8
# Nobody listens there (RFC 6335), so the challenger published here stays.
NO_REGISTRY = "http://127.0.0.1:1"
RATE_OF_OFF, P99_OF_OFF = 0.97, 1.03
NAMES = "gender_detection_shadow_names_total"
DROPPED = "gender_detection_shadow_names_dropped_total"


@dataclass
class Results:
    """Rounds of wrk, and p99 in seconds at the fixed rate, by server; failed requests of all."""

    busy: dict[str, list[Round]] = field(default_factory=dict)
    calm: dict[str, list[float]] = field(default_factory=dict)
    failed: int = 0
    asked: dict[str, float] = field(default_factory=dict)
    dropped: dict[str, float] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)


def load_test(servers: dict[str, Server], bodies: Path, options: argparse.Namespace) -> Results:
    """Load the servers in turn, and read what their challengers were asked."""
    results = Results()
    for server in servers.values():
        load_by_wrk(server.port, bodies, CONNECTIONS, options.seconds)
    before = {name: _counts(server) for name, server in servers.items()}
    found = in_turn(
        options.rounds,
        *(
            functools.partial(load_by_wrk, server.port, bodies, CONNECTIONS, options.seconds)
            for server in servers.values()
        ),
    )
    results.busy = dict(zip(servers, found, strict=True))
    results.failed = sum(one.failed for rounds in found for one in rounds)
    for name, server in servers.items():
        now = _counts(server)
        counts = (results.answered, results.asked, results.dropped)
        for result, then, last in zip(counts, before[name], now, strict=True):
            result[name] = last - then
    requests = [post("/predict", body) for body in bodies.read_bytes().splitlines()]
    calm = in_turn(
        options.rounds,
        *(functools.partial(_calm, server, requests, options) for server in servers.values()),
    )
    results.failed += sum(failed for rounds in calm for _, failed in rounds)
    results.calm = {
        name: [p99 for p99, _ in rounds] for name, rounds in zip(servers, calm, strict=True)
    }
    return results


def _calm(
    server: Server, requests: Sequence[bytes], options: argparse.Namespace
) -> tuple[float, int]:
    """Return the p99 at the fixed rate, and the requests that failed."""

    async def send() -> tuple[float, int]:
        async with Load(server.port, requests, CONNECTIONS) as load:
            outcomes = await load.open_loop(options.rate, options.seconds)
        latencies = [outcome.latency for outcome in outcomes if outcome.status == 200]
        return percentile(latencies, 0.99), len(outcomes) - len(latencies)

    return run(send())


def _counts(server: Server) -> tuple[float, float, float]:
    """Return how many names were answered, asked of the challenger as well, and dropped."""
    lines = server.ask("GET", "/metrics")[1].decode().splitlines()
    values = [line.rpartition(" ")[::2] for line in lines if not line.startswith("#")]

    def total(name: str) -> float:
        return sum(float(value) for series, value in values if series.split("{")[0] == name)

    return total("gender_detection_predictions_total"), total(NAMES), total(DROPPED)


def make_report(results: Results) -> Report:
    """Return the figures, those with an aim checked."""
    report = Report("One name, while a challenger is asked as well")
    off = results.busy[OFF]
    for name, rounds in results.busy.items():
        report.add(f"{name}: requests/s", spread([one.rate for one in rounds]))
        report.add(f"{name}: p50, p99 busy", _times(rounds))
        report.add(f"{name}: p99 at the fixed rate", ms(median(results.calm[name])))
    for name in list(results.busy)[1:]:
        rates = ratios([one.rate for one in results.busy[name]], [one.rate for one in off])
        p99s = ratios([one.p99 for one in results.busy[name]], [one.p99 for one in off])
        calm = ratios(results.calm[name], results.calm[OFF])
        what = f"{name}, of none"
        if name == SAME:
            report.add(f"{what}: throughput", spread(rates))
            report.add(f"{what}: p99 busy", spread(p99s))
            report.add(f"{what}: p99 at the fixed rate", spread(calm))
            continue
        at_least = f">= {RATE_OF_OFF:g}"
        report.check(f"{what}: throughput", spread(rates), at_least, median(rates) >= RATE_OF_OFF)
        at_most = f"<= {P99_OF_OFF:g}"
        report.check(f"{what}: p99 busy", spread(p99s), at_most, median(p99s) <= P99_OF_OFF)
        report.check(
            f"{what}: p99 at the fixed rate", spread(calm), at_most, median(calm) <= P99_OF_OFF
        )
        share = results.asked[name] / max(results.answered[name], 1)
        report.add(f"{name}: names asked as well", f"{share:.1%}")
        report.add(f"{name}: names dropped", f"{results.dropped[name]:,.0f}")
    report.check("requests that failed", results.failed, "0", results.failed == 0)
    return report


def _times(rounds: Sequence[Round]) -> str:
    return f"{ms(median([one.p50 for one in rounds]))}, {ms(median([one.p99 for one in rounds]))}"


def publish(served: Path, folder: Path) -> Path:
    """Publish a model and a challenger that contradicts it in a folder; return model_dir."""
    model_dir = folder / "model"
    contrary(Model.load(served)).save(folder / "contrary")
    store.publish(model_dir, served, "1")
    store.publish(challenger_dir(model_dir), folder / "contrary", "2")
    return model_dir


def main(arguments: list[str] | None = None) -> int:
    """Run the load test and return its exit code."""
    parser = parser_of(__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each load")
    parser.add_argument("--rate", type=float, default=300.0, help="requests a second, fixed")
    parser.add_argument("--workers", type=int, default=Settings.workers)
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="gender-detection-load-test-") as folder,
        ExitStack() as stack,
    ):
        model_dir = publish(store.current(options.model_dir), Path(folder))
        bodies = Path(folder) / "bodies.jsonl"
        bodies.write_bytes(b"\n".join(map(one_body, people(PEOPLE))) + b"\n")
        servers = {
            name: stack.enter_context(
                running(
                    model_dir,
                    workers=options.workers,
                    shadow_share=share,
                    tracking_uri=NO_REGISTRY,
                    model_poll_seconds=3600,
                )
            )
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
