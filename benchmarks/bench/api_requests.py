"""The API over HTTP: beside an empty Flask route under the same server, beside orjson alone, and
beside `mlflow models serve` with the same model.

wrk sends requests for single names over 1, 8 and 32 connections, for 100,000 people, so that few
names are sent twice. Batches are sent one after the other over one connection, to a server with one
worker on one core; orjson, on the same core, loads the same requests and dumps the same answers. In
the comparison with MLflow both servers have two workers.
"""

import functools
import shutil
import sys
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.bench.wrk import Round, load_by_wrk
from benchmarks.load_tests.report import Report, median, ms, spread
from benchmarks.load_tests.running_server import COMMAND, running

from .mlflow_server import serving_by_mlflow
from .names_drawn import Pool
from .plan import MeasurementFailed, Plan, at_least, at_most, in_turn, progress, ratios
from .processes import cores, measured

EMPTY = (sys.executable, "-m", "benchmarks.bench.empty_route")
PEOPLE, BATCH, BATCHES = 100_000, 10_000, 10
CONNECTIONS = (1, 8, 32)
SECONDS, WARM_UP_SECONDS = 5.0, 2.0
OF_EMPTY, P99_OF_EMPTY, OF_ORJSON, OF_MLFLOW = 0.85, 1.5, 0.25, 20.0
JSON = {"Content-Type": "application/json"}


def figures(report: Report, plan: Plan) -> None:
    """Measure, and add the figures to a report."""
    if shutil.which("wrk") is None:
        raise MeasurementFailed("wrk is not installed: install it (Debian: apt install wrk)")
    ones, batches = _write_bodies(plan)
    _beside_empty(report, plan, ones["ours"])
    _beside_orjson(report, plan, batches["ours"])
    _beside_mlflow(report, plan, ones, batches)


def _write_bodies(plan: Plan) -> tuple[dict[str, Path], dict[str, Path]]:
    """Write bodies of single names and of batches, for the API and for MLflow."""
    size = plan.rows(BATCH)
    rows = max(plan.rows(PEOPLE), BATCHES * size)
    people = Pool.read(plan.small).people(rows, seed=7).select(["name", "country"]).to_pylist()
    batches = [people[at * size : (at + 1) * size] for at in range(BATCHES)]
    bodies = {
        "ours": (people, [{"instances": batch} for batch in batches]),
        "mlflow": ([_frame([one]) for one in people], [_frame(batch) for batch in batches]),
    }
    paths: list[dict[str, Path]] = [{}, {}]
    for whose, kinds in bodies.items():
        for found, kind, lines in zip(paths, ("one", "many"), kinds, strict=True):
            found[whose] = plan.work / f"{kind}-{whose}.jsonl"
            found[whose].write_bytes(b"\n".join(map(msgspec.json.encode, lines)) + b"\n")
    return paths[0], paths[1]


def _frame(people: Sequence[dict[str, str | None]]) -> dict[str, object]:
    data = [[person["name"], person["country"]] for person in people]
    return {"dataframe_split": {"columns": ["name", "country"], "data": data}}


def _beside_empty(report: Report, plan: Plan, bodies: Path) -> None:
    seconds = plan.seconds(SECONDS)
    with running(plan.model_dir) as api, running(plan.model_dir, EMPTY) as empty:
        for server in (api, empty):
            load_by_wrk(server.port, bodies, CONNECTIONS[-1], plan.seconds(WARM_UP_SECONDS))
        for many in CONNECTIONS:
            progress(f"one name, {many} connections")
            found = in_turn(
                plan.rounds,
                functools.partial(load_by_wrk, api.port, bodies, many, seconds),
                functools.partial(load_by_wrk, empty.port, bodies, many, seconds),
            )
            _compare_rounds(report, f"one name, {many} connections", *found)


def _compare_rounds(report: Report, what: str, ours: list[Round], empty: list[Round]) -> None:
    for name, rounds in (("/predict", ours), ("empty route", empty)):
        p99 = median([r.p99 for r in rounds])
        report.add(f"{what}, {name}: requests/s", spread([r.rate for r in rounds]))
        report.add(f"{what}, {name}: p99", ms(p99))
    failed = sum(r.failed for r in [*ours, *empty])
    report.check(f"{what}: failed", failed, "0", failed == 0)
    rates = ratios([r.rate for r in ours], [r.rate for r in empty])
    at_least(report, f"{what}: rate of the empty route", rates, OF_EMPTY)
    p99s = ratios([r.p99 for r in ours], [r.p99 for r in empty])
    at_most(report, f"{what}: p99 of the empty route", p99s, P99_OF_EMPTY)


def _beside_orjson(report: Report, plan: Plan, bodies: Path) -> None:
    size, own, answers = plan.rows(BATCH), cores()[-1], plan.work / "answers.jsonl"
    command = ("taskset", "-c", str(own), *COMMAND)
    progress(f"batches of {size:,} names, and orjson on the same bytes")
    with running(plan.model_dir, command, workers=1) as server:
        given: dict[str, Any] = {"port": server.port, "path": "/predict", "bodies": str(bodies)}
        measured(by_http, core=cores()[0], answers=str(answers), **given)
        ours, orjson = in_turn(
            plan.rounds,
            lambda: measured(by_http, core=cores()[0], **given),
            lambda: measured(by_orjson, core=own, bodies=str(bodies), answers=str(answers)),
        )
    report.add(f"batches of {size:,}, one core: names/s", spread([size / x for x in ours]))
    report.add("orjson, the same bytes, one core: names/s", spread([size / x for x in orjson]))
    at_least(report, "batches: rate of orjson alone", ratios(orjson, ours), OF_ORJSON)


def _beside_mlflow(
    report: Report, plan: Plan, ones: dict[str, Path], batches: dict[str, Path]
) -> None:
    progress("starting mlflow models serve")
    size, seconds, many = plan.rows(BATCH), plan.seconds(SECONDS), CONNECTIONS[1]
    with running(plan.model_dir) as api, serving_by_mlflow(plan) as port:
        progress("one name, and batches, of both servers")
        addresses = {"ours": (api.port, "/predict"), "mlflow": (port, "/invocations")}
        by_one = in_turn(
            plan.few(),
            *(
                functools.partial(_rate, addresses[whose], ones[whose], many, seconds)
                for whose in addresses
            ),
        )
        by_many = in_turn(
            plan.few(),
            *(
                functools.partial(_names_a_second, addresses[whose], batches[whose], size)
                for whose in addresses
            ),
        )
    for what, (ours, theirs) in (("one name", by_one), (f"batches of {size:,}", by_many)):
        report.add(f"{what}: names/s", spread(ours))
        report.add(f"{what}, mlflow models serve: names/s", spread(theirs))
        times = ratios(ours, theirs)
        at_least(report, f"{what}: rate of mlflow models serve, times", times, OF_MLFLOW)


def _rate(address: tuple[int, str], bodies: Path, connections: int, seconds: float) -> float:
    found = load_by_wrk(address[0], bodies, connections, seconds, address[1])
    if found.failed:
        raise MeasurementFailed(f"{found.failed} requests to {address[1]} failed")
    return found.rate


def _names_a_second(address: tuple[int, str], bodies: Path, size: int) -> float:
    return size / float(measured(by_http, port=address[0], path=address[1], bodies=str(bodies)))


def by_http(port: int, path: str, bodies: str, answers: str | None = None) -> float:
    """Return the median seconds from a body to its answer; write the answers to a file."""
    took, found = [], []
    connection = HTTPConnection("127.0.0.1", port)
    for body in Path(bodies).read_bytes().splitlines():
        start = time.perf_counter()
        connection.request("POST", path, body, JSON)
        answer = connection.getresponse()
        found.append(answer.read())
        took.append(time.perf_counter() - start)
        if answer.status != 200:
            raise MeasurementFailed(f"{path} answered {answer.status}: {found[-1][:200]!r}")
    connection.close()
    if answers is not None:
        Path(answers).write_bytes(b"\n".join(map(bytes.strip, found)) + b"\n")
    return median(took)


def by_orjson(bodies: str, answers: str) -> float:
    """Return the median seconds that orjson takes to load a request and to dump its answer."""
    import orjson

    requests = Path(bodies).read_bytes().splitlines()
    took = []
    for body, answer_body in zip(requests, Path(answers).read_bytes().splitlines(), strict=True):
        answer = orjson.loads(answer_body)
        start = time.perf_counter()
        orjson.loads(body)
        orjson.dumps(answer)
        took.append(time.perf_counter() - start)
    return median(took)
