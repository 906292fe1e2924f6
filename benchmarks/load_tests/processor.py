"""Processor time during a load test: of the server, of the load test and of other programs."""

import os
import time
from pathlib import Path

from .report import Report
from .running_server import TICKS, Server


class ProcessorShares:
    """Processor time since this object was made, as shares of the time of all cores."""

    def __init__(self, *servers: Server) -> None:
        self._servers = servers
        self._start = self._now()
        self._used = dict.fromkeys(self._start, 0.0)

    def _now(self) -> dict[str, float]:
        own = os.times()
        return {
            "wall": time.perf_counter() * (os.cpu_count() or 1),
            "server": sum(server.cpu_seconds() for server in self._servers),
            "load test": own.user + own.system + own.children_user + own.children_system,
            "all": _busy_seconds(),
        }

    def stop(self) -> None:
        """Stop measuring."""
        self._used = {name: now - self._start[name] for name, now in self._now().items()}

    def add_to(self, report: Report) -> None:
        """Add the shares to a report: times from a machine busy with others are unreliable."""
        used = self._used
        others = max(0.0, used["all"] - used["server"] - used["load test"])
        seconds = (used["server"], used["load test"], others)
        server, load_test, rest = (100 * x / used["wall"] for x in seconds)
        report.add(
            f"processor time, of {os.cpu_count()} cores",
            f"server {server:.0f} %, load test {load_test:.0f} %, other programs {rest:.0f} %",
        )


def _busy_seconds() -> float:
    # proc(5), /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal
    ticks = [int(n) for n in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / TICKS
