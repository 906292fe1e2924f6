"""Run a DAG of Airflow, by default the data pipeline, and print its progress.

    python tools/run_pipeline.py data_pipeline|model_training [--unattended]

With --unattended, the training does what it does when Airflow starts it: it is skipped if a version
was trained so before, and old versions are removed at its end.

The terminal shows the tasks and the lines of the jobs that start with [gender-detection].
Everything goes into log/DAG.log below GENDER_DETECTION_HOME.
"""

if __name__ == "__main__":
    # Before the slow imports below, so that Ctrl-C ends them without a traceback.
    from gender_detection import interrupts

    interrupts.end_at_once()

import json
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from airflow_env import BIN, SPARK_SCRATCH, airflow_environment, migrate_database
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


def run_dag(dag_id: str, params: list[str], env: dict[str, str], log: Path) -> tuple[int, Progress]:
    """Run the DAG and print its progress; return Airflow's exit code and the progress."""
    progress = Progress()
    command = [str(BIN / "python"), "-m", "airflow", "dags", "test", dag_id, *params]
    with (
        log.open("a", encoding="utf-8") as out,
        process_group(command, env, subprocess.PIPE) as child,
    ):
        assert child.stdout is not None  # noqa: S101 - stdout=PIPE
        for line in _lines(child.stdout, QUIET_SECONDS):
            if line is None:
                shown = progress.still_running(time.monotonic())
            else:
                event, exception, state = read_event(line)
                out.write(f"{time.strftime('%H:%M:%S')} {event} {exception or ''}".rstrip() + "\n")
                out.flush()
                shown = progress.line(event, exception, state, time.monotonic())
            if shown:
                print(shown, flush=True)
        return child.wait(), progress


def reason(progress: Progress) -> str:
    """Return why a DAG failed."""
    if progress.error:
        return progress.error
    # SIGKILL, as a shell and as Python report it.
    if re.search(r"exit code (137|-9)\b", progress.last_exception or ""):
        return KILLED
    return progress.last_exception or "Airflow could not run the DAG"


def main(arguments: list[str]) -> int:
    """Run the DAG named in arguments and return the exit code."""
    interrupt_on_signals()
    started = time.monotonic()
    dag_id, *options = arguments or ["data_pipeline"]
    params = ["-c", '{"unattended": true}'] if options == ["--unattended"] else []
    label, unchanged = DAGS[dag_id]
    try:
        home = Settings.from_env().home
        env = {**os.environ, **airflow_environment(home, os.environ)}
        env["AIRFLOW__LOGGING__JSON_LOGS"] = "True"
        log = home / "log" / f"{dag_id}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("")
        shutil.rmtree(home / SPARK_SCRATCH, ignore_errors=True)
        (home / SPARK_SCRATCH).mkdir()
        print(f"{label}: starting Airflow", flush=True)
        if not migrate_database(home, env, log):
            print(f"error: Airflow's database could not be migrated: see {log}", file=sys.stderr)
            return 1
        code, progress = run_dag(dag_id, params, env, log)
    except ConfigError as err:
        print("error:", err, file=sys.stderr)
        return 1
    except OSError as err:
        print("error:", os_errors.describe(err), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\ninterrupted; {unchanged}", file=sys.stderr)
        return 130
    if code != 0:
        print(f"error: {reason(progress)} (details: {log})", file=sys.stderr)
        return 1
    print(f"{label}: ready in {time.monotonic() - started:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    interrupts.run(main, sys.argv[1:])
