"""The benchmark measures, checks and writes what it says; its tests never check how fast."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.compute as pc
import pytest

from benchmarks.bench import (
    api_requests,
    in_memory,
    plan,
    processes,
    results,
    score_csv,
    spark_parquet,
    spellings,
)
from benchmarks.bench.__main__ import PARTS, main
from benchmarks.bench.names_drawn import Pool
from benchmarks.load_tests.people import batch_body, batches
from benchmarks.load_tests.report import Report
from benchmarks.load_tests.running_server import running
from gender_detection.model import store
from tests.benchmarks import measured_here


@pytest.fixture
def model_dir(tiny_artifact: Path, tmp_path: Path) -> Path:
    store.publish(tmp_path / "model", tiny_artifact, "1")
    return tmp_path / "model"


@pytest.fixture(scope="module")
def pool() -> Pool:
    return Pool.read(small=True)


def circumstances(date: str) -> results.Circumstances:
    return results.Circumstances(date, "make bench", "a machine", "versions", "code", "busy", 1.0)


def test_small_run_prints_each_figure_and_writes_no_results(
    model_dir, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("GENDER_DETECTION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(in_memory, "KINDS", {"names": ({"name": "given_name"}, 15.0, 0.6)})
    arguments = f"--small --rounds 1 --only memory --model-dir {model_dir} --results"

    main([*arguments.split(), str(tmp_path / "RESULTS.md")])

    printed = capsys.readouterr().out
    for package in in_memory.PACKAGES:
        assert f"score, names: rate of {package}, times" in printed
    assert "score, names: rate of pyarrow alone" in printed
    assert "not measured" not in printed
    assert not (tmp_path / "RESULTS.md").exists()
    assert not list((tmp_path / "home").iterdir())


def test_part_that_fails_is_reported_as_missed_and_the_next_one_runs(
    model_dir, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("GENDER_DETECTION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(in_memory, "save", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    monkeypatch.setattr(spellings, "figures", lambda report, _: report.add("spellings", 1))

    code = main(f"--small --only spelling,memory --model-dir {model_dir}".split())

    printed = capsys.readouterr().out
    assert code == 1
    assert "missed: memory: the rest of memory" in printed
    assert "not measured: disk full" in printed
    assert "spellings  1" in printed


def test_unknown_part_is_refused_with_a_list_of_the_parts(capsys):
    with pytest.raises(SystemExit):
        main(["--only", "memory,nonsense"])

    refusal = capsys.readouterr().err
    assert "no part 'nonsense'" in refusal
    assert all(part in refusal for part in PARTS)


def test_without_a_model_it_says_what_to_do(tmp_path, capsys):
    assert main(["--small", "--model-dir", str(tmp_path)]) == 1
    assert "make run" in capsys.readouterr().err


def test_measurements_alternate_and_none_is_always_first():
    order: list[str] = []

    def measure(name: str) -> int:
        order.append(name)
        return len(order)

    found = plan.in_turn(3, lambda: measure("a"), lambda: measure("b"))

    assert order == ["a", "b", "b", "a", "a", "b"]
    assert found == [[1, 4, 5], [2, 3, 6]]


def test_ratio_compares_neighbouring_measurements():
    assert plan.ratios([2.0, 9.0], [1.0, 3.0]) == [2.0, 3.0]
    assert plan.ratios([6.0], [1.0, 3.0]) == [6.0, 2.0]


@pytest.mark.parametrize(("check", "passed"), [(plan.at_least, False), (plan.at_most, True)])
def test_median_is_checked(check, passed):
    report = Report("")
    check(report, "figure", [0.1, 0.4, 9.0], 0.5)

    assert report.lines[0].passed is passed


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let another process import measured_here."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))


@pytest.mark.usefixtures("importable")
def test_measurement_runs_in_another_process_on_the_given_core():
    core = processes.cores()[0]

    assert processes.measured(measured_here.process_number) != os.getpid()
    assert processes.measured(processes.cores, core=core) == [core]
    assert processes.measured(measured_here.answer, value=3) == 3


@pytest.mark.usefixtures("importable")
def test_failed_measurement_says_why():
    with pytest.raises(plan.MeasurementFailed, match="ValueError: no such thing"):
        processes.measured(measured_here.fail)


def holding(children: int) -> subprocess.Popen[str]:
    """Start a process that holds 100 MB, with children that do the same, until it reads a line."""
    return subprocess.Popen(
        [sys.executable, measured_here.__file__, str(children)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_memory_includes_descendants():
    with holding(children=1) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = [(kind, processes.pss_mb(pid)) for kind, pid in processes.tree(process.pid)]
        private = processes.private_mb(process.pid)
        process.communicate("\n")

    assert [kind for kind, _ in found] == ["", ""]
    assert all(100 < mb < 150 for _, mb in found)
    assert 100 < private < 150


def test_peak_is_kept_when_the_process_has_ended():
    peaks = processes.Peaks()
    with holding(children=1) as process:
        assert process.stdout is not None
        process.stdout.readline()
        peaks.watch(process)
        deadline = time.monotonic() + 30
        while not peaks.samples and time.monotonic() < deadline:
            os.sched_yield()
        process.communicate("\n")

    assert 200 < peaks.all_mb < 300
    assert peaks.java_mb == peaks.below_java_mb == 0
    assert processes.pss_mb(process.pid) == 0


def test_spark_job_is_compared_with_the_copy_with_gender_guesser_and_with_fewer_rows(
    tmp_path, monkeypatch
):
    # 50,000 rows: copied in 10 s, scored in 16 s, guessed in 30 s. Fewer rows take as long.
    seconds = {"copy": 10.0, "score": 16.0, "guess": 30.0}

    def job(plan, work, paths, columns, peaks=None):
        if peaks is not None:
            peaks.java_mb, peaks.below_java_mb = 900.0, 100.0
        return seconds[work]

    monkeypatch.setattr(spark_parquet, "job", job)
    report = Report("")
    spark_parquet.figures(report, plan.Plan(tmp_path, tmp_path, rounds=2, small=True))
    shown = {line.what: (line.figure.split(" ")[0], line.passed) for line in report.lines}

    assert shown["full names: rate of the copy"] == ("0.62", True)
    assert shown["full names: rate of the job with gender-guesser, times"] == ("1.88", False)
    added = "full names: gender-guesser's time beyond the copy, times ours"
    assert shown[added] == ("3.33", None)
    assert shown["time for a row, 50,000 rows, times that of 10,000"] == ("0.20", True)
    assert shown["memory of Java and workers, 50,000 rows, times that of 10,000"] == ("1.00", True)


def test_csv_is_compared_with_the_faster_pyarrow_reader(tmp_path, monkeypatch):
    seconds = {"score": 3.0, "whole": 2.0, "streamed": 1.2}

    def measure(plan, command, path, peaks=None):
        if peaks is not None:
            peaks.all_mb = 150.0 if path.name == "many.csv" else 100.0
        return seconds[command[-1]]

    monkeypatch.setattr(score_csv, "seconds", measure)
    report = Report("")
    score_csv.figures(report, plan.Plan(tmp_path, tmp_path, rounds=2, small=True))
    shown = {line.what: (line.figure.split(" ")[0], line.passed) for line in report.lines}

    assert shown["full names: rate of pyarrow alone"] == ("0.40", False)
    assert shown["full names: memory of the fewer rows, times"] == ("1.50", False)
    assert (tmp_path / "many.csv").read_text().count("\n") == 10_001


def test_people_are_the_same_in_every_run_and_names_repeat_by_their_frequency(pool):
    people, again = pool.people(20_000, seed=1), pool.people(20_000, seed=1)

    assert people.equals(again)
    assert not people.equals(pool.people(20_000, seed=2))
    assert people["id"].to_pylist() == list(range(20_000))
    assert set(people["country"].unique().to_pylist()) == {None, "DE", "PL", "PT"}
    counts = sorted(count["counts"] for count in pc.value_counts(people["given_name"]).to_pylist())
    assert counts[-1] > 200
    assert counts[0] == 1


def test_full_name_holds_the_given_name_and_a_family_name_of_the_country(pool):
    for person in pool.people(500, seed=3).to_pylist():
        assert person["given_name"].lower() in person["name"].lower()
        if person["country"] is not None and "." not in person["name"]:
            family = person["name"].lower().replace(person["given_name"].lower(), "").strip(" ,")
            names = pool.family[person["country"]].names
            assert family in set(pc.utf8_lower(names).to_pylist())


def test_spellings_are_distinct_and_in_no_source(tiny_model):
    made = spellings.unknown(tiny_model, ["maria", "john", "andrea"], 500)

    assert len(set(made)) == len(made) == 500
    assert not {"maria", "john", "andrea"} & set(made)


def test_section_that_is_measured_again_replaces_the_old_one(tmp_path):
    report = Report("Names in memory")
    report.add("names/s", "1,000")
    report.check("rate", "0.10", ">= 0.6", False)
    path = tmp_path / "RESULTS.md"

    for part, date in (("worker", "monday"), ("memory", "monday"), ("memory", "tuesday")):
        section = results.section(part, report, circumstances(date))
        results.write(path, {part: section}, list(PARTS))
    text = path.read_text()

    assert text.count("## memory\n") == text.count("tuesday") == text.count("monday") == 1
    assert text.index("## memory") < text.index("## worker")
    assert "| rate | 0.10 | >= 0.6 | **missed** |" in text
    assert text.startswith(results.OPENING.rstrip("\n"))
    assert [entry.name for entry in tmp_path.iterdir()] == ["RESULTS.md"]


def test_empty_route_is_served_as_the_api_is(model_dir):
    with running(model_dir, api_requests.EMPTY, workers=1) as server:
        assert server.ask("POST", "/predict", b"{}") == (200, b'{"answer":null}')


def test_batches_are_timed_over_http_and_by_orjson(model_dir, tmp_path):
    bodies, answers = tmp_path / "bodies.jsonl", tmp_path / "answers.jsonl"
    bodies.write_bytes(b"\n".join(map(batch_body, batches(3, 20))) + b"\n")
    with running(model_dir, workers=1) as server:
        took = api_requests.by_http(server.port, "/predict", str(bodies), str(answers))

    assert took > 0
    assert answers.read_bytes().count(b'"predictions"') == 3
    assert api_requests.by_orjson(str(bodies), str(answers)) > 0
