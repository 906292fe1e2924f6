"""Stop the server under load again and again: it must end by itself, quietly, and with 0.

    python benchmarks/drills/stops.py --stops 200

Clients ask on connections of their own, one after the other, from before the signal until there is
no server any more. In turn the signal goes to the server alone (SIGTERM, as Docker does), and to
all its processes (SIGINT, as a terminal does; SIGTERM, as systemd does). Whoever has connected must
be answered. Whatever the server writes beside what it always does is told.
"""

import argparse
import http.client
import os
import re
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from report import Report, median
from running_server import DEADLINE_SECONDS, Server, running

from gender_detection.config import Settings

WAYS = ((signal.SIGTERM, False), (signal.SIGINT, True), (signal.SIGTERM, True))
EXPECTED = re.compile(r".* INFO .*|The API answers at .*|It listens on all addresses .*|")
CLIENTS = 8
LOAD_SECONDS = 0.3


class Clients:
    """Ask until nobody listens any more."""

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
        """Wait until all have given up."""
        for thread in self._threads:
            thread.join()


def stop(server: Server, how: signal.Signals, to_all: bool) -> tuple[int, float]:
    """Send the signal; return the exit code, and after how many seconds."""
    started = time.monotonic()
    (os.killpg if to_all else os.kill)(server.process.pid, how)
    return server.process.wait(DEADLINE_SECONDS), time.monotonic() - started


def main(arguments: list[str] | None = None) -> int:
    """Run the drill and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--model-dir", type=Path, default=Path(Settings.from_env().model_dir))
    parser.add_argument("--stops", type=int, default=30)
    asked = parser.parse_args(arguments)
    codes: Counter[int] = Counter()
    broken: Counter[str] = Counter()
    said: Counter[str] = Counter()
    answered, took = 0, []
    for turn in range(asked.stops):
        with running(asked.model_dir, access_log=False) as server:
            clients = Clients(server.port)
            time.sleep(LOAD_SECONDS)
            code, seconds = stop(server, *WAYS[turn % len(WAYS)])
            clients.join()
            codes[code] += 1
            took.append(seconds)
            broken += clients.broken
            answered += clients.answered
            lines = server.log.read_text().splitlines()
            said.update(line for line in lines if not EXPECTED.fullmatch(line))
    told = Report("The server stopped under load again and again")
    told.tell("requests answered", f"{answered:,}")
    told.judge("stops that ended with 0", f"{codes[0]} of {asked.stops}", "all", set(codes) == {0})
    told.judge("lines beside what is always said", sum(said.values()), "0", not said)
    for line, times in said.most_common(20):
        told.tell(f"said {times} times", line[:150])
    told.judge("connected, and not answered", dict(broken) or 0, "0", not broken)
    told.tell("it took, median and most, s", f"{median(took):.2f}, {max(took):.2f}")
    return told.show()


if __name__ == "__main__":
    sys.exit(main())
