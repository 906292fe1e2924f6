"""Measurements in processes of their own, and the most memory that such a process takes (Linux)."""

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
    """Return what a module's function returns in a new process, on one core if core is given.

    Arguments and answer are JSON values. Raise MeasurementFailed where it fails.
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
    given: str = "",
    *,
    peaks: "Peaks | None" = None,
    variables: dict[str, str] | None = None,
) -> None:
    """Run a command to its end; raise MeasurementFailed, with its last line, where it fails."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True,
            env={**os.environ, **(variables or {})},
        ) as process:  # fmt: skip
            try:
                if peaks is not None:
                    peaks.watch(process)
                process.communicate(given)
            finally:
                process.terminate()
        if process.returncode:
            log.seek(0)
            lines = [line for line in log.read().splitlines() if line.strip()] or ["no output"]
            shown = " ".join(command[1:4])
            raise MeasurementFailed(f"{shown}: exit code {process.returncode}: {lines[-1][:200]}")


@dataclass
class Peaks:
    """The most memory of a process and all below it, sampled: pages shared by some count once.

    In MB (10**6 bytes) of PSS: of all together, of Java, and of what Java has started.
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
    """Yield a process and all below it: "java", "below" Java, or ""."""
    try:
        if Path(f"/proc/{pid}/comm").read_text().strip() == "java":
            kind = "java"
        yield kind, pid
        tasks = Path(f"/proc/{pid}/task").iterdir()
        children = [child for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return  # It has ended since.
    for child in children:
        yield from tree(int(child), "below" if kind else "")


def pss_mb(pid: int) -> float:
    """Return the proportional set size of a process; 0 where it has ended."""
    return sum(rollup(pid, "Pss")) / MB


def private_mb(pid: int) -> float:
    """Return what a process holds that no other one has mapped."""
    return sum(rollup(pid, "Private_Clean", "Private_Dirty")) / MB


def rollup(pid: int, *names: str) -> list[int]:
    """Return lines of /proc/pid/smaps_rollup in bytes; none where the process has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return []
    found = (line.split() for line in lines)
    return [int(words[1]) * 1024 for words in found if words[0].rstrip(":") in names]
