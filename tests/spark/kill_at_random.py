"""Kill jobs with SIGKILL at random moments, run them again, and compare the results.

    python -m tests.spark.kill_at_random --kills 20 --sample 0.02

By hand it first runs the four jobs undisturbed. Each trial then sets the datasets back to where
the job found them, with an old version published in the place of the job's own; starts the job;
kills its whole process group; and runs it again. A reader checks all the while that what is
published is a whole version, the old one or the new one.
"""

# ruff: noqa: T201 - it is also a command

import argparse
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.spark.pipeline_fixtures import JOBS, ROOT, environment

OLD = "old0old0old0old0"


@dataclass
class Trial:
    """The result of killing a job at moments (seconds after its start) and running it again."""

    stage: str
    moments: list[float]
    killed: int = 0
    staged: bool = False
    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    same_bytes: bool = False

    @property
    def passed(self) -> bool:
        """Return whether the result is that of an undisturbed run, and readers saw nothing else."""
        return self.same_bytes and not self.faults


def start(stage: str, env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a stage's job in a process group of its own."""
    command = [sys.executable, str(ROOT / f"airflow/scripts/{JOBS[stage]}.py")]
    with log.open("ab") as out:
        return subprocess.Popen(
            command, env=env, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip


def run(stage: str, env: dict[str, str], log: Path) -> float:
    """Run a stage's job to its end and return its duration in seconds."""
    started = time.monotonic()
    code = start(stage, env, log).wait()
    if code != 0:
        end = log.read_text(errors="replace")[-3000:]
        raise RuntimeError(f"the job of {stage} ended with code {code}, its output with:\n{end}")
    return time.monotonic() - started


def current(dataset: Path) -> tuple[str, Path, dict]:
    """Return name, folder and manifest of the published version, as a reader sees them."""
    pointers = [p for p in (dataset / "published").iterdir() if not p.name.startswith("_")]
    name = json.loads(max(pointers).read_text())["version"]
    folder = dataset / "versions" / name
    return name, folder, json.loads((folder / "manifest.json").read_text())


def check(dataset: Path) -> str:
    """Return the name of the published version; raise ValueError or OSError if incomplete."""
    name, folder, manifest = current(dataset)
    for file in manifest["files"]:
        content = (folder / file["name"]).read_bytes()
        if hashlib.sha256(content).hexdigest() != file["sha256"]:
            raise ValueError(f"{folder}/{file['name']} is not what its manifest says")
    return name


@contextlib.contextmanager
def reader(dataset: Path, trial: Trial) -> Iterator[None]:
    """Read the dataset repeatedly until the block ends, and record what was read."""
    done = threading.Event()

    def poll() -> None:
        while not done.wait(0.005):
            try:
                trial.seen.add(check(dataset))
            except (OSError, ValueError, LookupError) as err:
                trial.faults.append(f"{type(err).__name__}: {err}")

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def set_back(home: Path, stage: str) -> Path:
    """Replace the stage's dataset by an old version; return the dataset's folder."""
    dataset = home / "data" / stage
    shutil.rmtree(dataset, ignore_errors=True)
    folder = dataset / "versions" / OLD
    folder.mkdir(parents=True)
    (folder / "part-00000.parquet").write_bytes(b"rows of old")
    digest = hashlib.sha256(b"rows of old").hexdigest()
    files = [{"name": "part-00000.parquet", "bytes": 11, "sha256": digest}]
    (folder / "manifest.json").write_text(json.dumps({"files": files, "version": OLD}))
    (dataset / "published").mkdir()
    (dataset / "published" / "00000001.json").write_text(json.dumps({"version": OLD}))
    return dataset


def same(dataset: Path, reference: Path) -> bool:
    """Return whether both publish the same version, byte for byte but for the time."""
    (name, folder, facts), (wanted, model, expected) = current(dataset), current(reference)
    files = sorted(path.name for path in folder.iterdir())
    return (
        name == wanted
        and {**facts, "published_at": ""} == {**expected, "published_at": ""}
        and files == sorted(path.name for path in model.iterdir())
        and all(
            (folder / file).read_bytes() == (model / file).read_bytes()
            for file in files
            if file != "manifest.json"
        )
    )


def kill(stage: str, after: float, env: dict[str, str], log: Path) -> bool:
    """Start a job and kill it after some seconds; return whether it was still running."""
    job = start(stage, env, log)
    try:
        job.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(job.pid, signal.SIGKILL)
        job.wait()
        return True
    return False


def kill_and_run_again(
    reference: Path, home: Path, stage: str, moments: list[float], env: dict[str, str]
) -> Trial:
    """Kill the job of a stage at moments, in seconds, then run it, and return the result.

    reference is the data folder of an undisturbed run; home has a copy of it as its data.
    """
    trial = Trial(stage, moments)
    dataset = set_back(home, stage)
    log = home / "jobs.log"
    with reader(dataset, trial):
        for after in moments:
            trial.killed += kill(stage, after, env, log)
            trial.staged |= (dataset / "_staging").exists()
        run(stage, env, log)
    new = current(reference / stage)[0]
    if trial.seen - {OLD, new}:
        trial.faults.append(f"versions seen: {sorted(trial.seen)}")
    left = {path.name for path in dataset.iterdir()} - {"versions", "published"}
    if left:
        trial.faults.append(f"left behind: {sorted(left)}")
    trial.same_bytes = same(dataset, reference / stage)
    return trial


def main() -> int:
    """Kill as often as requested, evenly over the jobs, and print the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--sample", default="0.02")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        homes = [Path(folder, name) for name in ("undisturbed", "disturbed")]
        for home in homes:
            home.mkdir()
        envs = [environment(home, sample=given.sample) for home in homes]
        seconds = {stage: run(stage, envs[0], homes[0] / "jobs.log") for stage in JOBS}
        print("undisturbed:", {stage: round(s, 1) for stage, s in seconds.items()}, flush=True)
        shutil.copytree(homes[0] / "data", homes[1] / "data")
        failed = killed = 0
        stages = list(JOBS)
        for number in range(given.kills):
            stage = stages[number % len(stages)]
            after = draw.uniform(0, seconds[stage])
            trial = kill_and_run_again(homes[0] / "data", homes[1], stage, [after], envs[1])
            failed += not trial.passed
            killed += trial.killed
            print(number + 1, "passed" if trial.passed else "FAILED", trial, flush=True)
    print(f"{given.kills} trials, {killed} killed before their end, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
