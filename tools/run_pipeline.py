"""Run DAGs of Airflow one after another, in one process of Airflow, and print their progress.

    python tools/run_pipeline.py data_pipeline model_training
    python tools/run_pipeline.py model_training --unattended

With --unattended, the training does what it does when Airflow starts it: it is skipped if a version
was trained so before, and old versions are removed at its end. --done DAG FILE TEXT writes a text
into a file when the DAG is done.

The terminal shows the tasks and the lines of the jobs that start with [gender-detection].
Everything goes into log/DAG.log below GENDER_DETECTION_HOME.
"""

if __name__ == "__main__":
    # Before the slow imports below, so that Ctrl-C ends them without a traceback.
    from gender_detection import interrupts

    interrupts.end_at_once()

import argparse
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from airflow_env import (
    BEGINS,
    BIN,
    MIGRATION,
    ROOT,
    SPARK_SCRATCH,
    airflow_environment,
    needs_migration,
    note_migration,
)
from processes import interrupt_on_signals, process_group

from gender_detection import os_errors
from gender_detection.config import Settings
from gender_detection.errors import ConfigError

# What the terminal calls a run, and what is unchanged if it is interrupted.
DAGS = {
    "data_pipeline": ("data", "the datasets published before are unchanged"),
    "model_training": ("train", "'gender-detection model list' says which version is champion"),
}
KILLED = (
    "Python was killed, probably because memory ran out: close other programs, or set "
    "GENDER_DETECTION_SAMPLE=0.5"
)
MARK = "[gender-detection]"
QUIET_SECONDS = 15
Done = Mapping[str, tuple[Path, str]]


class Progress:
    """Selects the lines of a DAG run that the terminal shows; keeps the reason of a failure."""

    def __init__(self) -> None:
        self.error: str | None = None
        self.last_exception: str | None = None
        self._task: str | None = None
        self._state = ""
        self._task_started = 0.0

    def line(self, event: str, exception: str | None, state: str | None, now: float) -> str | None:
        """Return the line to show for a log event at now (seconds), or None."""
        if exception:
            self.last_exception = exception.strip().splitlines()[-1]
        if state:
            self._state = state
        if found := re.match(r"\[DAG TEST\] starting task_id=(\S+)", event):
            self._task, self._task_started, self._state = found.group(1), now, ""
            return f"{self._task}: started"
        if event.startswith("[DAG TEST] end task"):
            return self._end(now)
        if event.startswith(MARK):
            text = event.removeprefix(MARK).strip()
            if text.startswith("error:"):
                self.error = text.removeprefix("error:").strip()
            return f"{self._task}:   {text}"
        if "No space left on device" in event or "No space left on device" in (exception or ""):
            self.error = "disk full (no space left on device): free some space and run this again"
        return None

    def still_running(self, now: float) -> str | None:
        """Return a line with the running time of a task that has logged nothing, or None."""
        return f"{self._task}:   ... {now - self._task_started:.0f} s" if self._task else None

    def _end(self, now: float) -> str:
        outcome = {"success": "done", "up_for_retry": "failed, will be retried"}
        word = outcome.get(self._state, self._state or "ended")
        line = f"{self._task}: {word} after {now - self._task_started:.1f} s"
        self._task = None
        return line


def read_event(line: str) -> tuple[str, str | None, str | None]:
    """Return event, exception ("Type: message") and task state of a line of Airflow's JSON log.

    A line that is not a JSON object is returned as the event.
    """
    try:
        record = json.loads(line)
    except ValueError:
        return line, None, None
    if not isinstance(record, dict):
        return line, None, None
    raised = record.get("exception") or []
    text = None
    if isinstance(raised, list) and raised:
        text = f"{raised[0].get('exc_type')}: {raised[0].get('exc_value')}"
    return str(record.get("event", "")), text, record.get("new_state")


def _lines(stream: IO[str], quiet: float) -> Iterator[str | None]:
    """Yield the lines of stream, and None each time there was no line for quiet seconds."""
    waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        for line in stream:
            waiting.put(line)
        waiting.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = waiting.get(timeout=quiet)
        except queue.Empty:
            yield None
            continue
        if line is None:
            return
        yield line.rstrip("\n")


class Run:
    """The commands of one Airflow process, as they begin and end.

    done has what to write when a DAG is done: DAG -> (file, text).
    """

    def __init__(self, home: Path, env: Mapping[str, str], dags: list[str], done: Done) -> None:
        self._home, self._env, self._done = home, env, done
        self._command: list[str] = []
        self._begin_dag(dags[0])

    def _begin_dag(self, dag: str) -> None:
        self.dag, self.progress, self._started = dag, Progress(), time.monotonic()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_text("")

    @property
    def log(self) -> Path:
        """The log of the present DAG."""
        return self._home / "log" / f"{self.dag}.log"

    def begin(self, command: list[str]) -> None:
        """End the command that runs, which was successful, and begin another one."""
        self.end()
        self._command = command
        if command != MIGRATION and command[2] != self.dag:
            self._begin_dag(command[2])

    def end(self) -> None:
        """Note, and tell, that the present command is done."""
        if self._command == MIGRATION:
            note_migration(self._home, self._env)
        elif self._command:
            if self.dag in self._done:
                file, text = self._done[self.dag]
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text + "\n")
            took = time.monotonic() - self._started
            print(f"{DAGS[self.dag][0]}: ready in {took:.0f} s", flush=True)

    def line(self, line: str) -> str | None:
        """Log a line of the process, and return what to show of it."""
        event, exception, state = read_event(line)
        with self.log.open("a", encoding="utf-8") as out:
            out.write(f"{time.strftime('%H:%M:%S')} {event} {exception or ''}".rstrip() + "\n")
        return self.progress.line(event, exception, state, time.monotonic())

    def reason(self) -> str:
        """Return why the present command failed."""
        if self._command == MIGRATION:
            return "Airflow's database could not be migrated"
        return reason(self.progress)


def follow(run: Run, commands: list[list[str]], env: dict[str, str]) -> int:
    """Run Airflow's commands in one process and print their progress; return its exit code."""
    program = [str(BIN / "python"), str(ROOT / "tools" / "airflow_commands.py")]
    with process_group([*program, *map(json.dumps, commands)], env, subprocess.PIPE) as child:
        assert child.stdout is not None  # noqa: S101 - stdout=PIPE
        for line in _lines(child.stdout, QUIET_SECONDS):
            if line is None:
                shown = run.progress.still_running(time.monotonic())
            elif line.startswith(BEGINS):
                run.begin(json.loads(line.removeprefix(BEGINS)))
                shown = None
            else:
                shown = run.line(line)
            if shown:
                print(shown, flush=True)
        code = child.wait()
    if code == 0:
        run.end()
    return code


def reason(progress: Progress) -> str:
    """Return why a DAG failed."""
    if progress.error:
        return progress.error
    # SIGKILL, as a shell and as Python report it.
    if re.search(r"exit code (137|-9)\b", progress.last_exception or ""):
        return KILLED
    return progress.last_exception or "Airflow could not run the DAG"


def options_of(arguments: list[str]) -> argparse.Namespace:
    """Return the DAGs to run, and how."""
    parser = argparse.ArgumentParser("run_pipeline.py")
    parser.add_argument("dags", nargs="+", choices=DAGS, metavar="DAG", help=" or ".join(DAGS))
    parser.add_argument("--unattended", action="store_true")
    parser.add_argument(
        "--done", nargs=3, action="append", default=[], metavar=("DAG", "FILE", "TEXT")
    )
    return parser.parse_intermixed_args(arguments)


def main(arguments: list[str]) -> int:
    """Run the DAGs named in arguments and return the exit code."""
    interrupt_on_signals()
    options = options_of(arguments)
    params = ["-c", '{"unattended": true}'] if options.unattended else []
    done = {dag: (Path(file), text) for dag, file, text in options.done}
    commands = [["dags", "test", dag, *params] for dag in options.dags]
    run = None
    try:
        home = Settings.from_env().home
        env = {**os.environ, **airflow_environment(home, os.environ)}
        env["AIRFLOW__LOGGING__JSON_LOGS"] = "True"
        run = Run(home, env, options.dags, done)
        shutil.rmtree(home / SPARK_SCRATCH, ignore_errors=True)
        (home / SPARK_SCRATCH).mkdir()
        print(f"{DAGS[run.dag][0]}: starting Airflow", flush=True)
        migration = [MIGRATION] if needs_migration(home, env) else []
        code = follow(run, migration + commands, env)
    except ConfigError as err:
        print("error:", err, file=sys.stderr)
        return 1
    except OSError as err:
        print("error:", os_errors.describe(err), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        unchanged = DAGS[run.dag if run else options.dags[0]][1]
        print(f"\ninterrupted; {unchanged}", file=sys.stderr)
        return 130
    if code != 0:
        print(f"error: {run.reason()} (details: {run.log})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    interrupts.run(main, sys.argv[1:])
