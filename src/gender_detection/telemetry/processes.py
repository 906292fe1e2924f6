"""What the system knows of a process (Linux: /proc; elsewhere nothing is told)."""

import os
from dataclasses import dataclass
from pathlib import Path

_CLOCK_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass(frozen=True)
class Usage:
    """What a living process takes: CPU seconds (user and system), resident memory, open files."""

    cpu_seconds: float
    resident_bytes: int
    open_files: int


def usage(pid: int) -> Usage | None:
    """Return what a process takes; None where it is gone, or about to be, or nobody can tell."""
    folder = Path("/proc") / str(pid)
    try:
        # The fields after the name, which is in brackets and may hold anything: proc(5).
        fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
        open_files = len(os.listdir(folder / "fd"))  # noqa: PTH208 - no Path for each is wanted
    except (OSError, ValueError):
        return None
    if fields[0] in (b"Z", b"X"):
        return None
    cpu = (int(fields[11]) + int(fields[12])) / _CLOCK_TICKS
    return Usage(cpu, int(fields[21]) * _PAGE_BYTES, open_files)
