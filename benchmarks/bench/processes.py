"""Measurements in processes of their own, and the peak memory of such a process (Linux)."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .plan import MeasurementFailed

CHILD = (sys.executable, "-m", "benchmarks.bench.child")
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS")
SAMPLE_SECONDS = 0.1
MB = 1e6


def cores() -> list[int]:
    """Return the cores that this process may use."""
    return sorted(os.sched_getaffinity(0))


def measured(
    function: Callable[..., Any],
    *,
    core: int | None = None,
    peaks: "Peaks | None" = None,
    variables: dict[str, str] | None = None,
    **arguments: Any,
) -> Any:
    """Run a module's function in a new process, on one core if core is given; return its result.

    Arguments and result are JSON values. Raise MeasurementFailed if the process fails.
    """
    one = {} if core is None else dict.fromkeys(ONE_THREAD, "1")
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as answer:
        order = {
            "function": f"{function.__module__}:{function.__name__}",
            "arguments": arguments,
            "core": core,
            "answer": answer.name,
        }
        run(CHILD, json.dumps(order), peaks=peaks, variables={**one, **(variables or {})})
        return json.load(answer)


def run(
    command: Sequence[str],
    standard_input: str = "",
    *,
    peaks: "Peaks | None" = None,
    variables: dict[str, str] | None = None,
) -> None:
    """Run a command; raise MeasurementFailed with its last line of output if it fails."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True,
            env={**os.environ, **(variables or {})},
        ) as process:  # fmt: skip
            try:
                if peaks is not None:
                    peaks.watch(process)
                process.communicate(standard_input)
            finally:
                process.terminate()
        if process.returncode:
            log.seek(0)
            lines = [line for line in log.read().splitlines() if line.strip()] or ["no output"]
            shown = " ".join(command[1:4])
            raise MeasurementFailed(f"{shown}: exit code {process.returncode}: {lines[-1][:200]}")


@dataclass
class Peaks:
    """The peak memory of a process and its descendants, sampled; shared pages count once.

    In MB (10**6 bytes) of PSS: all processes, those of Java, and those started by Java.
    """

    all_mb: float = 0.0
    java_mb: float = 0.0
    below_java_mb: float = 0.0
    samples: int = 0
    _thread: threading.Thread | None = field(default=None, repr=False)

    def watch(self, process: subprocess.Popen[str]) -> None:
        """Sample a process until it ends."""
        self._thread = threading.Thread(target=self._sample, args=(process,), daemon=True)
        self._thread.start()

    def _sample(self, process: subprocess.Popen[str]) -> None:
        ended = threading.Event()
        while process.returncode is None:
            found = [(kind, pss_mb(pid)) for kind, pid in tree(process.pid)]
            java, below = (sum(mb for k, mb in found if k == kind) for kind in ("java", "below"))
            self.all_mb = max(self.all_mb, sum(mb for _, mb in found))
            self.java_mb = max(self.java_mb, java)
            self.below_java_mb = max(self.below_java_mb, below)
            self.samples += 1
            ended.wait(SAMPLE_SECONDS)


def tree(pid: int, kind: str = "") -> Iterator[tuple[str, int]]:
    """Yield a process and its descendants, each with its kind: "java", "below" Java, or ""."""
    try:
        if Path(f"/proc/{pid}/comm").read_text().strip() == "java":
            kind = "java"
        yield kind, pid
        tasks = Path(f"/proc/{pid}/task").iterdir()
        children = [child for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return  # It has ended meanwhile.
    for child in children:
        yield from tree(int(child), "below" if kind else "")


def pss_mb(pid: int) -> float:
    """Return the proportional set size of a process; 0 if it has ended."""
    return sum(rollup(pid, "Pss")) / MB


def private_mb(pid: int) -> float:
    """Return the memory of a process that no other process shares."""
    return sum(rollup(pid, "Private_Clean", "Private_Dirty")) / MB


def rollup(pid: int, *names: str) -> list[int]:
    """Return values of /proc/PID/smaps_rollup in bytes; none if the process has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return []
    found = (line.split() for line in lines)
    return [int(words[1]) * 1024 for words in found if words[0].rstrip(":") in names]
