"""Who takes the processor's time while a drill runs: the server, the drill, or somebody else."""

import os
import time
from pathlib import Path

from report import Report
from running_server import TICKS, Server


class Shares:
    """Processor time since this was made, as shares of the time of all cores."""

    def __init__(self, *servers: Server) -> None:
        self._servers = servers
        self._start = self._now()
        self._found = dict.fromkeys(self._start, 0.0)

    def _now(self) -> dict[str, float]:
        own = os.times()
        return {
            "wall": time.perf_counter() * (os.cpu_count() or 1),
            "server": sum(server.cpu_seconds() for server in self._servers),
            "drill": own.user + own.system + own.children_user + own.children_system,
            "all": _busy_seconds(),
        }

    def stop(self) -> None:
        """End the time that is looked at."""
        self._found = {name: now - self._start[name] for name, now in self._now().items()}

    def tell(self, report: Report) -> None:
        """Say it, and who else was at work: of times on a busy machine little can be concluded."""
        found = self._found
        others = max(0.0, found["all"] - found["server"] - found["drill"])
        seconds = (found["server"], found["drill"], others)
        server, drill, rest = (100 * x / found["wall"] for x in seconds)
        report.tell(
            f"processor time, of {os.cpu_count()} cores",
            f"server {server:.0f} %, drill {drill:.0f} %, other programs {rest:.0f} %",
        )


def _busy_seconds() -> float:
    # proc(5), /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal
    ticks = [int(n) for n in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / TICKS
