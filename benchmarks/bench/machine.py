"""The machine and the code that were measured, and how busy the machine was."""

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.load_tests.running_server import TICKS
from gender_detection.model import Model

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "pyarrow", "numpy", "gender-guesser", "nomquamgender", "scikit-learn", "pandas", "pyspark",
    "flask", "uvicorn", "orjson", "mlflow",
)  # fmt: skip


class Busy:
    """Processor time of the whole machine since this object was made."""

    def __init__(self) -> None:
        self._start = self._now()

    def shown(self) -> str:
        """Return the share of the time that the hypervisor gave to other machines (steal).

        Other programs on this machine are not included: run the benchmark on a quiet machine.
        """
        total, steal = (now - before for now, before in zip(self._now(), self._start, strict=True))
        return f"{100 * steal / max(total, 1 / TICKS):.1f} % of the processor's time stolen"

    @staticmethod
    def _now() -> tuple[float, float]:
        # proc(5), /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal
        first = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        ticks = [int(number) for number in first]
        return sum(ticks) / TICKS, ticks[7] / TICKS


def machine() -> str:
    """Return processor, cores, memory and system."""
    cpu = _found(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text()) or platform.machine()
    kib = _found(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    cores = len(os.sched_getaffinity(0))
    memory = f"{int(kib) * 1024 / 1e9:.0f} GB of memory" if kib else "memory unknown"
    return f"{cpu}, {cores} cores, {memory}, {platform.system()} {platform.release()}"


def versions() -> str:
    """Return the versions of Python, Java and the packages that the figures depend on."""
    packages = (f"{name} {version(name)}" for name in PACKAGES)
    return ", ".join([f"Python {platform.python_version()}", f"Java {_java()}", *packages])


def code(model: Model) -> str:
    """Return the commit and the model that are measured."""
    commit, changed = (
        _git("rev-parse", "--short", "HEAD"),
        _git("status", "--porcelain", "src", "api"),
    )
    state = f"commit {commit or 'unknown'}{' with changes' if changed else ''}"
    return f"{state}, model version {model.version} of data {model.data_version}"


def today() -> str:
    """Return the date and time in UTC."""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def load() -> float:
    """Return the load average of the last minute."""
    return os.getloadavg()[0]


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def _java() -> str:
    try:
        done = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False)
    except OSError:
        return "none"
    return _found(r'version "([^"]+)"', done.stderr) or "unknown"


def _found(pattern: str, text: str) -> str | None:
    match = re.search(pattern, text)
    return match[1].strip() if match else None
