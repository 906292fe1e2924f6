"""Stop the server under load again and again: it must end in time, without errors, with code 0.

    python -m benchmarks.load_tests.stops --stops 200

Clients send requests, each on a new connection, until connections are refused. The signal goes in
turn to the server alone (SIGTERM, as from Docker) and to all its processes (SIGINT, as from a
terminal; SIGTERM, as from systemd). Every client that has connected must get an answer. Unusual
lines in the server's log are counted and shown.
"""

import http.client
import os
import re
import signal
import sys
import threading
import time
from collections import Counter

from .report import Report, median
from .running_server import DEADLINE_SECONDS, Server, parser_of, running

# Signal, and whether it goes to all processes of the server.
SIGNALS = ((signal.SIGTERM, False), (signal.SIGINT, True), (signal.SIGTERM, True))
EXPECTED = re.compile(r".* INFO .*|The API answers at .*|It listens on all addresses .*|")
CLIENTS = 8
LOAD_SECONDS = 0.3


class Clients:
    """Threads that send requests until connections are refused."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answered = 0
        self.broken: Counter[str] = Counter()
        self._threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _ask(self) -> None:
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            try:
                connection.connect()
            except OSError:
                return
            try:
                connection.request(
                    "POST", "/predict", b'{"name": "Ada"}', {"Content-Type": "application/json"}
                )
                connection.getresponse().read()
                self.answered += 1
            except (OSError, http.client.HTTPException) as err:
                self.broken[type(err).__name__] += 1
            finally:
                connection.close()

    def join(self) -> None:
        """Wait until all threads have ended."""
        for thread in self._threads:
            thread.join()


def stop(server: Server, how: signal.Signals, to_all: bool) -> tuple[int, float]:
    """Send the signal; return the exit code and the seconds until the server ended."""
    started = time.monotonic()
    (os.killpg if to_all else os.kill)(server.process.pid, how)
    return server.process.wait(DEADLINE_SECONDS), time.monotonic() - started


def main(arguments: list[str] | None = None) -> int:
    """Run the load test and return its exit code."""
    parser = parser_of(__doc__)
    parser.add_argument("--stops", type=int, default=30)
    options = parser.parse_args(arguments)
    codes: Counter[int] = Counter()
    broken: Counter[str] = Counter()
    unusual: Counter[str] = Counter()
    answered, took = 0, []
    for turn in range(options.stops):
        with running(options.model_dir, access_log=False) as server:
            clients = Clients(server.port)
            time.sleep(LOAD_SECONDS)
            code, seconds = stop(server, *SIGNALS[turn % len(SIGNALS)])
            clients.join()
            codes[code] += 1
            took.append(seconds)
            broken += clients.broken
            answered += clients.answered
            lines = server.log.read_text().splitlines()
            unusual.update(line for line in lines if not EXPECTED.fullmatch(line))
    report = Report("The server stopped under load again and again")
    report.add("requests answered", f"{answered:,}")
    stopped = f"{codes[0]} of {options.stops}"
    report.check("stops with exit code 0", stopped, "all", set(codes) == {0})
    report.check("unusual lines in the log", sum(unusual.values()), "0", not unusual)
    for line, times in unusual.most_common(20):
        report.add(f"{times} times", line[:150])
    report.check("connected, but not answered", dict(broken) or 0, "0", not broken)
    report.add("time to stop, median and maximum, s", f"{median(took):.2f}, {max(took):.2f}")
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
