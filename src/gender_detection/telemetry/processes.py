"""Resource usage of processes, from /proc (Linux only)."""

import os
from dataclasses import dataclass
from pathlib import Path

_CLOCK_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass(frozen=True)
class Usage:
    """Resource usage of a process: CPU seconds (user and system), resident memory, open files."""

    cpu_seconds: float
    resident_bytes: int
    open_files: int


def usage(pid: int) -> Usage | None:
    """Return the usage of a process; None if it has ended or there is no /proc."""
    folder = Path("/proc") / str(pid)
    try:
        # proc(5): fields after the command name, which is in parentheses and may contain any text.
        fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
        open_files = len(os.listdir(folder / "fd"))  # noqa: PTH208 - Path objects would be slower
    except (OSError, ValueError):
        return None
    if fields[0] in (b"Z", b"X"):
        return None
    cpu = (int(fields[11]) + int(fields[12])) / _CLOCK_TICKS
    return Usage(cpu, int(fields[21]) * _PAGE_BYTES, open_files)
