"""Short runs of the load tests on the small model: what is right or wrong, never how fast."""

import argparse
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.bench.wrk import Round
from benchmarks.load_tests import kill_workers, overload, shadow, swap_versions, table_clients
from benchmarks.load_tests.load import Load, post, run
from benchmarks.load_tests.people import batch_body, batches, one_body, people
from benchmarks.load_tests.report import Report
from benchmarks.load_tests.running_server import running
from gender_detection.model import Model, store
from tests.api.server_process import wait_until

ROOT = Path(__file__).resolve().parents[2]
LOAD_TESTS = ROOT / "benchmarks" / "load_tests"


@pytest.fixture
def model_dir(tiny_artifact: Path, tmp_path: Path) -> Path:
    store.publish(tmp_path / "model", tiny_artifact, "1")
    return tmp_path / "model"


def figures(report) -> dict[str, str]:
    return {line.what: line.figure for line in report.lines}


def test_killed_workers_lose_only_their_own_requests_and_no_answer_is_wrong(model_dir):
    options = argparse.Namespace(rate=100.0, seconds=3.0, every=1.0)
    persons = people(200)
    answers: list[Any] = kill_workers.expected(Model.load(store.current(model_dir)), persons)
    requests = [post("/predict", one_body(p)) for p in persons]
    with running(model_dir) as server:
        outcomes, kills = run(kill_workers.load_test(server, requests, answers, options))
    shown = figures(kill_workers.make_report(outcomes, kills, options.rate))

    assert shown["workers killed"] == "2"
    assert shown["wrong answers"] == "0"
    assert shown["answers other than 200"] == "0"
    assert shown["failed outside killed workers"] == "0"
    assert "nan" not in shown["worker replaced after, s"]


def test_wrong_answer_is_reported(model_dir):
    options = argparse.Namespace(rate=50.0, seconds=0.5, every=1.0)
    persons = people(20)
    answers: list[Any] = kill_workers.expected(Model.load(store.current(model_dir)), persons)
    answers[3] = {**answers[3], "p_female": 0.123}
    requests = [post("/predict", one_body(p)) for p in persons]
    with running(model_dir) as server:
        outcomes, kills = run(kill_workers.load_test(server, requests, answers, options))
    report = kill_workers.make_report(outcomes, kills, options.rate)

    assert figures(report)["wrong answers"] == "2"
    assert "wrong answers" in report.missed()


@pytest.mark.parametrize("damaged", [False, True])
def test_swapped_versions_fail_no_request_and_mix_no_answer(model_dir, tmp_path, damaged):
    model = Model.load(store.current(model_dir))
    swap_versions.contrary(model).save(tmp_path / "contrary")
    named = batches(20, swap_versions.SIZE)
    options = argparse.Namespace(swaps=2, every=0.1, rate=50.0)
    artifacts = [store.current(model_dir), tmp_path / "contrary"]
    store.publish(model_dir, artifacts[0], "0")
    if damaged:  # An answer that differs from its version's must be reported.
        artifacts[1] = artifacts[0]
    # On a busy machine requests wait; none is to be refused for that.
    with running(model_dir, max_concurrency=1000) as server:
        served = [tmp_path / "contrary"] * 2 if damaged else artifacts
        work = swap_versions.load_test(server, model_dir, served, named, options)
        results = run(work)
    report = swap_versions.make_report(results, options)

    assert figures(report)["failed requests"] == "0"
    assert figures(report)["versions published and answering"] == "2"
    wrong = "answers not entirely of the version they name"
    assert (wrong in report.missed()) == damaged


def test_overload_is_shed_with_503_and_nothing_else(model_dir):
    options = argparse.Namespace(size=200, times=4.0, seconds=3.0, connections=64, workers=1)
    bodies = [batch_body(b) for b in batches(20, options.size)]
    requests = [post("/predict", body) for body in bodies]
    # A low limit, so that even a fast machine sheds some requests.
    with running(model_dir, workers=1, max_concurrency=2) as server:
        results = run(overload.load_test(server, requests, options))
    shown = figures(overload.make_report(results, options))

    assert shown["503 without Retry-After"] == "0"
    assert shown["lost, unanswered or other answers"] == "0"
    assert shown["connections closed meanwhile"] == "0"
    assert shown["/healthz unanswered"].startswith("0 of ")
    assert {outcome.status for outcome in results.outcomes} == {200, 503}


def loaded_without_wrk(port: int, bodies: Path, connections: int, seconds: float) -> Round:
    """Stand in for wrk, which not every machine has."""

    async def send() -> Round:
        requests = [post("/predict", body) for body in bodies.read_bytes().splitlines()]
        async with Load(port, requests, connections) as load:
            outcomes = await load.closed_loop(seconds)
        failed = sum(outcome.status != 200 for outcome in outcomes)
        return Round(len(outcomes) / seconds, 0.001, 0.002, failed)

    return run(send())


def test_challenger_is_asked_for_all_names_and_no_request_fails(model_dir, tmp_path, monkeypatch):
    monkeypatch.setattr(shadow, "load_by_wrk", loaded_without_wrk)
    options = argparse.Namespace(rounds=1, seconds=0.2, rate=50.0)
    bodies = tmp_path / "bodies"
    bodies.write_bytes(b"\n".join(one_body(person) for person in people(50)))
    published = shadow.publish(store.current(model_dir), tmp_path / "served")
    with shadow.shadowed(published, 1.0, workers=1) as server:
        asking = b"\ngender_detection_shadow_workers{"
        wait_until(lambda: asking in server.ask("GET", "/metrics")[1], "the challenger")
        # One server for both columns: it costs a start less, and speed is not asserted.
        results = shadow.load_test({shadow.OFF: server, "100 %": server}, bodies, options)
        wait_until(
            lambda: (n := shadow.names(server)).asked + n.dropped == n.answered, "its answers"
        )
        assert shadow.names(server).asked > 0
    report = shadow.make_report(results)

    assert figures(report)["requests that failed"] == "0"
    assert "100 %, of none: p99 busy" in figures(report)


@pytest.mark.parametrize("reads_meanwhile", [False, True])
def test_table_is_returned_complete_and_correct(model_dir, tmp_path, reads_meanwhile):
    table_clients.make_table(tmp_path / "table.csv", 20_000)
    with running(model_dir, workers=1) as server:
        streamed = table_clients.stream(
            server.port, tmp_path / "table.csv", reads_meanwhile, model_dir
        )

    assert (streamed.rows, streamed.changed, streamed.wrong) == (20_000, 0, 0)
    assert streamed.sampled > 10


def test_all_load_tests_run_together():
    found = runpy.run_path(str(LOAD_TESTS / "__main__.py"), run_name="load_tests")["load_tests"]()

    names = {module.rpartition(".")[2] for module in found}
    assert names == {
        "kill_workers", "overload", "shadow", "stops", "swap_versions", "table_stream"
    }  # fmt: skip


def test_each_load_test_is_a_program_with_options():
    program = [sys.executable, "-m", "benchmarks.load_tests.stops", "--help"]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert "--stops" in done.stdout


def test_people_are_the_same_in_every_run_and_differ_from_each_other():
    first, again = people(2000), people(2000)

    assert first == again
    assert len({(p.name, p.given_name, p.family_name, p.country) for p in first}) > 1800
    assert [p.id for p in first] == list(range(2000))


def test_report_has_exit_code_1_if_an_aim_is_missed(capsys):
    report = Report("load test")
    report.add("figure", 1)
    report.check("good", 2, "< 3", True)
    assert report.show() == 0

    report.check("bad", 4, "< 3", False)
    assert report.show() == 1
    assert "bad     4  < 3  MISS" in capsys.readouterr().out
