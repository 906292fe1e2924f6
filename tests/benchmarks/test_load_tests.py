"""Short runs of the drills on the small model: what is right or wrong in them, never how fast."""

import argparse
import importlib
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from gender_detection.model import Model, store

ROOT = Path(__file__).resolve().parents[2]
DRILLS = ROOT / "benchmarks" / "drills"
MODULES = [path.stem for path in DRILLS.glob("*.py")]


@pytest.fixture
def drills(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """The modules of the drills by name."""
    monkeypatch.syspath_prepend(str(DRILLS))
    names = [name for name in MODULES if not name.startswith("__")]
    yield SimpleNamespace(**{name: importlib.import_module(name) for name in names})
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def model_dir(tiny_artifact: Path, tmp_path: Path) -> Path:
    store.publish(tmp_path / "model", tiny_artifact, "1")
    return tmp_path / "model"


def figures(report) -> dict[str, str]:
    return {line.what: line.figure for line in report.lines}


def test_killed_workers_cost_what_was_inside_them_and_no_answer_is_wrong(drills, model_dir):
    kill = drills.kill_workers
    asked = argparse.Namespace(rate=100.0, seconds=3.0, every=1.0)
    persons = drills.people.people(200)
    answers = kill.expected(Model.load(store.current(model_dir)), persons)
    requests = [drills.load.post("/predict", drills.people.one_body(p)) for p in persons]
    with drills.running_server.running(model_dir) as server:
        outcomes, kills = drills.load.run(kill.drill(server, requests, answers, asked))
    told = figures(kill.report(outcomes, kills, asked.rate))

    assert told["workers killed"] == "2"
    assert told["wrong answers"] == "0"
    assert told["answers other than 200"] == "0"
    assert told["failed outside killed workers"] == "0"
    assert "nan" not in told["new worker there after, s"]


def test_wrong_answer_is_noticed(drills, model_dir):
    kill = drills.kill_workers
    asked = argparse.Namespace(rate=50.0, seconds=0.5, every=1.0)
    persons = drills.people.people(20)
    answers = kill.expected(Model.load(store.current(model_dir)), persons)
    answers[3] = {**answers[3], "p_female": 0.123}
    requests = [drills.load.post("/predict", drills.people.one_body(p)) for p in persons]
    with drills.running_server.running(model_dir) as server:
        outcomes, kills = drills.load.run(kill.drill(server, requests, answers, asked))
    report = kill.report(outcomes, kills, asked.rate)

    assert figures(report)["wrong answers"] == "2"
    assert "wrong answers" in report.missed()


@pytest.mark.parametrize("damaged", [False, True])
def test_swapped_versions_fail_no_request_and_mix_no_answer(drills, model_dir, tmp_path, damaged):
    swap = drills.swap_versions
    model = Model.load(store.current(model_dir))
    swap.contrary(model).save(tmp_path / "contrary")
    asked = drills.people.batches(20, swap.SIZE)
    options = argparse.Namespace(swaps=2, every=0.1, rate=50.0)
    artifacts = [store.current(model_dir), tmp_path / "contrary"]
    store.publish(model_dir, artifacts[0], "0")
    if damaged:  # An answer that is not what its version says must show.
        artifacts[1] = artifacts[0]
    with drills.running_server.running(model_dir, max_concurrency=64) as server:
        served = [tmp_path / "contrary"] * 2 if damaged else artifacts
        work = swap.drill(server, model_dir, served, asked, options)
        found = drills.load.run(work)
    told = swap.report(found, options)

    assert figures(report)["failed requests"] == "0"
    assert figures(report)["versions swapped in, and answering"] == "2"
    wrong = "answers not wholly of the version they name"
    assert (wrong in report.missed()) == damaged


def test_overload_is_shed_with_503_and_nothing_else(drills, model_dir):
    overload = drills.overload
    asked = argparse.Namespace(size=200, times=4.0, seconds=3.0, connections=64, workers=1)
    bodies = [drills.people.batch_body(b) for b in drills.people.batches(20, asked.size)]
    requests = [drills.load.post("/predict", body) for body in bodies]
    # Few in hand, so that even a fast machine has to send some away.
    with drills.running_server.running(model_dir, workers=1, max_concurrency=2) as server:
        found = drills.load.run(overload.drill(server, requests, asked))
    told = figures(overload.report(found, asked))

    assert told["503 without Retry-After"] == "0"
    assert told["lost, unanswered or other answers"] == "0"
    assert told["connections closed meanwhile"] == "0"
    assert told["/healthz unanswered"].startswith("0 of ")
    assert {outcome.status for outcome in found.outcomes} == {200, 503}


@pytest.mark.parametrize("reads_meanwhile", [False, True])
def test_table_comes_back_whole_and_right(drills, model_dir, tmp_path, reads_meanwhile):
    drills.table_clients.make_table(tmp_path / "table.csv", 20_000)
    with drills.running_server.running(model_dir, workers=1) as server:
        got = drills.table_clients.stream(
            server.port, tmp_path / "table.csv", reads_meanwhile, model_dir
        )

    assert (got.rows, got.changed, got.wrong) == (20_000, 0, 0)
    assert got.sampled > 10


def test_cost_is_measured_beside_the_empty_route(drills, model_dir, monkeypatch, capsys):
    cost = drills.request_cost
    monkeypatch.setattr(cost, "BATCH", 100)
    monkeypatch.setattr(cost.shutil, "which", lambda _: None)
    options = f"--model-dir {model_dir} --rounds 1 --seconds 0.2 --connections 2 --workers 1"
    cost.main(options.split())
    printed = capsys.readouterr().out

    for line in ("/predict of the empty route, 2 connections", "/predict of orjson", "failed  "):
        assert line in printed


def test_profile_tells_what_the_api_and_the_model_cost(model_dir):
    # In a process of its own, as it changes where metrics are kept.
    program = [sys.executable, DRILLS / "profile_request.py"]
    done = subprocess.run(
        [*program, "--model-dir", model_dir, "--requests", "1000"], capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "all of /predict, µs" in done.stdout


def test_all_drills_are_run_together():
    found = runpy.run_path(str(DRILLS / "__main__.py"), run_name="drills")["drills"]()

    programs = {"kill_workers", "overload", "table_stream", "request_cost", "profile_request"}
    assert programs <= {path.stem for path in found}
    assert not {"load", "empty_route"} & {path.stem for path in found}


def test_people_are_the_same_in_every_run_and_differ_from_each_other(drills):
    first, again = drills.people.people(2000), drills.people.people(2000)

    assert first == again
    assert len({(p.name, p.given_name, p.family_name, p.country) for p in first}) > 1800
    assert [p.id for p in first] == list(range(2000))


def test_report_ends_with_1_where_an_aim_is_missed(drills, capsys):
    report = drills.report.Report("drill")
    report.add("figure", 1)
    report.check("good", 2, "< 3", True)
    assert report.show() == 0

    report.check("bad", 4, "< 3", False)
    assert report.show() == 1
    assert "bad     4  < 3  MISS" in capsys.readouterr().out


def test_metrics_are_read_after_requests_of_all_kinds(drills, model_dir):
    cost = drills.metrics_cost
    told = drills.report.Report("")
    with drills.running_server.running(model_dir, workers=2, access_log=False) as server:
        cost.scrape(report, server, requests=100)
        text = server.ask("GET", "/metrics")[1].decode()
    shown = figures(report)

    assert int(shown["requests answered by 8 workers"]) >= 100
    assert int(shown["series shown, bytes"].split(",")[0]) > 150
    for status in (200, 400, 404, 405, 415, 422):
        assert f'status="{status}"' in text


def test_what_metrics_cost_is_told_beside_an_api_that_counts_nothing(drills, model_dir):
    cost = drills.metrics_cost
    told = drills.report.Report("")
    asked = argparse.Namespace(rounds=1, seconds=1.0)
    counted = 'gender_detection_http_requests_total{method="POST",route="/predict",status="200"} '
    with (
        drills.running_server.running(model_dir, access_log=False) as api,
        drills.running_server.running(model_dir, cost.UNCOUNTED, access_log=False) as uncounted,
    ):
        cost.compare(report, api, uncounted, asked)
        texts = [server.ask("GET", "/metrics")[1].decode() for server in (api, uncounted)]

    assert [f"{counted}0.0" in text for text in texts] == [False, True]
    assert "nan" not in str(figures(report))
