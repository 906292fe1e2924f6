"""Swap the served version at intervals, under a steady load, between two that contradict.

    python -m benchmarks.load_tests.swap_versions --swaps 50 --every 2 --rate 100

Versions are published alternately from the current model and from one with the genders of all known
names exchanged. Each request is a batch of names. The whole answer is compared with that of the
version it names, computed in this process, so that an answer mixed from two versions is found.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from gender_detection.config import Settings
from gender_detection.evidence import LEAST, Evidence
from gender_detection.model import Model, Person, store

from .load import Load, Outcome, post, run
from .people import batch_body, batches
from .processor import ProcessorShares
from .report import Report, median, ms, percentile
from .running_server import Server, memory, parser_of, running

BATCHES = 200
SIZE = 20
CONNECTIONS = 16
RENEW_AFTER = 50
SEEN_SECONDS = 30.0
# How long the load goes on after the last swap.
LAST_SECONDS = 3.0


@dataclass(frozen=True)
class Verdict:
    """The version that an answer names, and whether all of the answer is that version's."""

    version: str
    right: bool


@dataclass(frozen=True)
class Results:
    """The outcomes of the requests, and when (perf_counter) each version was published."""

    outcomes: list[Outcome]
    published: dict[str, float]
    loads: str
    grown_mb: list[float]


def contrary(model: Model) -> Model:
    """Return a copy of a model with P(female) exchanged for P(male) in all its evidence."""
    world, by_country = model.evidence.world, model.evidence.by_country
    matrix = by_country.matrix
    evidence = Evidence(
        replace(world, p_female=1 - world.p_female),
        replace(
            by_country,
            # Its sign says whether there is evidence by country.
            matrix=np.copysign(_contrary(np.abs(matrix)), matrix),
            pair_p_female=_contrary(by_country.pair_p_female),
        ),
    )
    return replace(model, evidence=evidence, data_version=f"{model.data_version}-contrary")


def _contrary(p_female: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    exchanged: npt.NDArray[np.floating] = np.maximum(1 - p_female, LEAST)
    return exchanged


def expected(model: Model, people: Sequence[Sequence[Person]]) -> list[object]:
    """Return the predictions that the API must give to each batch."""
    # Through JSON, so that floats are equal to those of an answer.
    return [msgspec.json.decode(msgspec.json.encode(model.predict(batch))) for batch in people]


async def load_test(
    server: Server,
    model_dir: Path,
    artifacts: Sequence[Path],
    people: Sequence[Sequence[Person]],
    options: argparse.Namespace,
) -> Results:
    """Run the load and the swaps at the same time; even versions are of the first artifact."""
    models = [Model.load(artifact) for artifact in artifacts]
    right = [expected(model, people) for model in models]
    seen: set[str] = set()

    def judge(index: int, _: bytes, body: bytes) -> Verdict:
        answer = msgspec.json.decode(body)
        if "model" not in answer:
            return Verdict("", False)
        version = answer["model"]["version"]
        seen.add(version)
        model, predictions = models[int(version) % 2], right[int(version) % 2]
        same = answer["predictions"] == predictions[index % len(predictions)]
        return Verdict(version, same and answer["model"]["data_version"] == model.data_version)

    before = _own_mb(server)
    requests = [post("/predict", batch_body(batch)) for batch in people]
    async with Load(server.port, requests, CONNECTIONS, judge, RENEW_AFTER) as load:
        swaps = asyncio.create_task(_swap(model_dir, artifacts, options, seen))
        while not swaps.done():
            await load.open_loop(options.rate, 1.0)
        await load.open_loop(options.rate, LAST_SECONDS)
        outcomes, published = load.outcomes, await swaps
    metrics = server.ask("GET", "/metrics")[1].decode().splitlines()
    loads = ", ".join(x.partition("outcome=")[2] for x in metrics if "reloads_total{" in x)
    grown = [now - then for now, then in zip(_own_mb(server), before, strict=True)]
    return Results(outcomes, published, loads, grown)


async def _swap(
    model_dir: Path, artifacts: Sequence[Path], options: argparse.Namespace, seen: set[str]
) -> dict[str, float]:
    """Publish a version when the one before has answered, and has been served for a while."""
    published = {}
    for number in range(1, options.swaps + 1):
        version, artifact = str(number), artifacts[number % 2]
        await asyncio.to_thread(store.publish, model_dir, artifact, version)
        published[version] = time.perf_counter()
        await asyncio.sleep(options.every)
        deadline = time.perf_counter() + SEEN_SECONDS
        while version not in seen and time.perf_counter() < deadline:
            await asyncio.sleep(0.05)
    return published


def _own_mb(server: Server) -> list[float]:
    return [memory(pid).own_mb for pid in server.workers()]


def make_report(result: Results, options: argparse.Namespace) -> Report:
    """Return the figures, those with an aim checked."""
    report = Report("Versions swapped under a steady load")
    answered = [outcome for outcome in result.outcomes if outcome.status == 200]
    report.add("requests sent", f"{len(result.outcomes):,} ({options.rate:g}/s, {SIZE} names each)")
    failed = len(result.outcomes) - len(answered)
    report.check("failed requests", failed, "0", failed == 0)
    if failed:
        report.add("by status", Counter(o.status for o in result.outcomes if o.status != 200))
    wrong = sum(not outcome.verdict.right for outcome in answered)
    report.check("answers not entirely of the version they name", wrong, "0", wrong == 0)
    by_version: dict[str, list[float]] = {}
    for outcome in answered:
        by_version.setdefault(outcome.verdict.version, []).append(outcome.done)
    seen = sum(version in by_version for version in result.published)
    report.check(
        "versions published and answering", seen, f"{options.swaps}", seen == options.swaps
    )
    first = [min(by_version[v]) - at for v, at in result.published.items() if v in by_version]
    last = [
        max(by_version[before]) - at
        for v, at in result.published.items()
        if (before := str(int(v) - 1)) in by_version
    ]
    report.add("first answer of a version after it was published", _times(first))
    report.add("last answer of the version before", _times(last))
    latencies = [outcome.latency for outcome in answered]
    report.add("median, p99 latency", f"{ms(median(latencies))}, {ms(percentile(latencies, 0.99))}")
    report.add("model loads of all workers", result.loads)
    report.add(
        "growth of each worker's own memory", [f"{grown:.1f} MB" for grown in result.grown_mb]
    )
    return report


def _times(seconds: Sequence[float]) -> str:
    return f"median {median(seconds):.2f} s, at most {max(seconds, default=0.0):.2f} s"


def main(arguments: list[str] | None = None) -> int:
    """Run the load test and return its exit code."""
    parser = parser_of(__doc__)
    parser.add_argument("--swaps", type=int, default=50)
    parser.add_argument("--every", type=float, default=2.0, help="seconds between swaps")
    parser.add_argument("--rate", type=float, default=100.0, help="requests a second")
    parser.add_argument("--workers", type=int, default=Settings.workers)
    options = parser.parse_args(arguments)
    # Publish into a temporary folder: the current model is not changed.
    with tempfile.TemporaryDirectory(prefix="gender-detection-load-test-") as folder:
        served, model_dir = store.current(options.model_dir), Path(folder) / "model"
        contrary(Model.load(served)).save(Path(folder) / "contrary")
        artifacts = [served, Path(folder) / "contrary"]
        store.publish(model_dir, served, "0")
        with running(model_dir, workers=options.workers) as server:
            shares = ProcessorShares(server)
            people = batches(BATCHES, SIZE)
            result = run(load_test(server, model_dir, artifacts, people, options))
            shares.stop()
    report = make_report(result, options)
    shares.add_to(report)
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
