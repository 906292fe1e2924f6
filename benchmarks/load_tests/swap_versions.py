"""Swap the version in service again and again under a steady load, between two that contradict.

    python benchmarks/drills/swap_versions.py --swaps 50 --every 2 --rate 100

Versions are published in turn from the model that is served and from one that calls every known
woman's name a man's. Every answer holds a batch of names, and all of it is compared with what the
version that it names says in this process: an answer made of two versions cannot pass.
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
from load import Load, Outcome, post, run
from people import batch_body, batches
from processor import Shares
from report import Report, median, ms, percentile
from running_server import Server, memory, running

from gender_detection.config import Settings
from gender_detection.evidence import LEAST, Evidence
from gender_detection.model import Model, Person, store

BATCHES = 200
SIZE = 20
CONNECTIONS = 16
RENEW_AFTER = 50
SEEN_SECONDS = 30.0
# After the last swap: how the load goes on with it.
LAST_SECONDS = 3.0


@dataclass(frozen=True)
class Verdict:
    """The version that an answer names, and whether all of it is what that version says."""

    version: str
    right: bool


@dataclass(frozen=True)
class Found:
    """What became of the requests, and when (perf_counter) each version was there to be served."""

    outcomes: list[Outcome]
    published: dict[str, float]
    loads: str
    grown_mb: list[float]


def contrary(model: Model) -> Model:
    """Return a model that contradicts another wherever that has evidence."""
    world, by_country = model.evidence.world, model.evidence.by_country
    matrix = by_country.matrix
    evidence = Evidence(
        replace(world, p_female=1 - world.p_female),
        replace(
            by_country,
            # Its sign tells evidence by country from none.
            matrix=np.copysign(_contrary(np.abs(matrix)), matrix),
            pair_p_female=_contrary(by_country.pair_p_female),
        ),
    )
    return replace(model, evidence=evidence, data_version=f"{model.data_version}-contrary")


def _contrary(p_female: np.ndarray) -> np.ndarray:
    return np.maximum(1 - p_female, LEAST)


def expected(model: Model, asked: Sequence[Sequence[Person]]) -> list[object]:
    """Return the predictions that the API must give to each batch."""
    # By way of JSON: floats as they come back from it.
    return [msgspec.json.decode(msgspec.json.encode(model.predict(batch))) for batch in asked]


async def drill(
    server: Server,
    model_dir: Path,
    artifacts: Sequence[Path],
    asked: Sequence[Sequence[Person]],
    options: argparse.Namespace,
) -> Found:
    """Run load and swaps beside each other; even versions are of the first artifact."""
    models = [Model.load(artifact) for artifact in artifacts]
    right = [expected(model, asked) for model in models]
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
    requests = [post("/predict", batch_body(batch)) for batch in asked]
    async with Load(server.port, requests, CONNECTIONS, judge, RENEW_AFTER) as load:
        swaps = asyncio.create_task(_swap(model_dir, artifacts, options, seen))
        while not swaps.done():
            await load.open_loop(options.rate, 1.0)
        await load.open_loop(options.rate, LAST_SECONDS)
        outcomes, published = load.outcomes, await swaps
    metrics = server.ask("GET", "/metrics")[1].decode().splitlines()
    loads = ", ".join(x.partition("outcome=")[2] for x in metrics if "reloads_total{" in x)
    grown = [now - then for now, then in zip(_own_mb(server), before, strict=True)]
    return Found(outcomes, published, loads, grown)


async def _swap(
    model_dir: Path, artifacts: Sequence[Path], options: argparse.Namespace, seen: set[str]
) -> dict[str, float]:
    """Publish a version when the one before has been seen, and has had its time."""
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


def report(found: Found, options: argparse.Namespace) -> Report:
    """Say how it went."""
    told = Report("Versions swapped under a steady load")
    answered = [outcome for outcome in found.outcomes if outcome.status == 200]
    told.tell("requests sent", f"{len(found.outcomes):,} ({options.rate:g}/s, {SIZE} names each)")
    failed = len(found.outcomes) - len(answered)
    told.judge("failed requests", failed, "0", failed == 0)
    if failed:
        told.tell("by status", Counter(o.status for o in found.outcomes if o.status != 200))
    wrong = sum(not outcome.verdict.right for outcome in answered)
    told.judge("answers not wholly of the version they name", wrong, "0", wrong == 0)
    by_version: dict[str, list[float]] = {}
    for outcome in answered:
        by_version.setdefault(outcome.verdict.version, []).append(outcome.done)
    seen = sum(version in by_version for version in found.published)
    told.judge(
        "versions swapped in, and answering", seen, f"{options.swaps}", seen == options.swaps
    )
    first = [min(by_version[v]) - at for v, at in found.published.items() if v in by_version]
    last = [
        max(by_version[before]) - at
        for v, at in found.published.items()
        if (before := str(int(v) - 1)) in by_version
    ]
    told.tell("first answer of a version, after it was published", _times(first))
    told.tell("last answer of the one before", _times(last))
    latencies = [outcome.latency for outcome in answered]
    told.tell("median, p99 latency", f"{ms(median(latencies))}, {ms(percentile(latencies, 0.99))}")
    told.tell("loads of all workers", found.loads)
    told.tell("own memory gained, by worker", [f"{grown:.1f} MB" for grown in found.grown_mb])
    return told


def _times(seconds: Sequence[float]) -> str:
    return f"median {median(seconds):.2f} s, at most {max(seconds, default=0.0):.2f} s"


def main(arguments: list[str] | None = None) -> int:
    """Run the drill and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--model-dir", type=Path, default=Path(Settings.from_env().model_dir))
    parser.add_argument("--swaps", type=int, default=50)
    parser.add_argument("--every", type=float, default=2.0, help="seconds from swap to swap")
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--workers", type=int, default=Settings.workers)
    options = parser.parse_args(arguments)
    # A copy: what is published for good stays as it is.
    with tempfile.TemporaryDirectory(prefix="gender-detection-drill-") as folder:
        served, model_dir = store.current(options.model_dir), Path(folder) / "model"
        contrary(Model.load(served)).save(Path(folder) / "contrary")
        artifacts = [served, Path(folder) / "contrary"]
        store.publish(model_dir, served, "0")
        with running(model_dir, workers=options.workers) as server:
            shares = Shares(server)
            asked = batches(BATCHES, SIZE)
            found = run(drill(server, model_dir, artifacts, asked, options))
            shares.stop()
    told = report(found, options)
    shares.tell(told)
    return told.show()


if __name__ == "__main__":
    sys.exit(main())
