"""The real server in a process of its own, and its workers as Linux reports them."""

import argparse
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gender_detection.config import Settings

DEADLINE_SECONDS = 30.0
COMMAND = (str(Path(sys.executable).with_name("gender-detection")), "serve")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """Memory of a process: its own (RssAnon), resident (VmRSS) and the highest ever (VmHWM)."""

    own_mb: float
    resident_mb: float
    highest_mb: float


@dataclass
class Server:
    """A server that answers on a port; its log holds all its output."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    started: float
    ready_seconds: float = 0.0

    def workers(self) -> list[int]:
        """Return the process ids of the workers, the oldest first."""
        pid = self.process.pid
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def cpu_seconds(self) -> float:
        """Return the processor time used so far, including that of workers that have ended."""
        living = sum(_cpu_seconds(pid) for pid in self.workers())
        return living + _cpu_seconds(self.process.pid, of_children=True)

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Return status and body of the answer to one request, sent on a new connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_SECONDS)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def is_ready(self) -> bool:
        """Return whether /readyz answers with 200 now."""
        if self.process.poll() is not None:
            raise SystemExit(f"the server ended by itself:\n{self.log.read_text()}")
        try:
            return self.ask("GET", "/readyz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False


@contextmanager
def running(
    model_dir: Path, command: Sequence[str] = COMMAND, **settings: object
) -> Iterator[Server]:
    """Start a server on a free port of 127.0.0.1, wait until it is ready, and stop it at exit.

    settings are fields of gender_detection.config.Settings. Raise SystemExit if the server ends or
    is not ready in time.
    """
    with tempfile.TemporaryDirectory(prefix="gender-detection-load-test-") as folder:
        server = _start(model_dir.absolute(), Path(folder), command, settings)
        try:
            deadline = server.started + DEADLINE_SECONDS
            while not server.is_ready():
                if time.monotonic() > deadline:
                    raise SystemExit(f"the server is not ready:\n{server.log.read_text()}")
                time.sleep(0.005)
            server.ready_seconds = time.monotonic() - server.started
            yield server
        finally:
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(DEADLINE_SECONDS)


def _start(
    model_dir: Path, folder: Path, command: Sequence[str], settings: dict[str, object]
) -> Server:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {"host": "127.0.0.1", "port": port, "model_dir": model_dir, **settings}
    variables = {f"GENDER_DETECTION_{name.upper()}": str(value) for name, value in given.items()}
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, **variables, "TMPDIR": str(folder)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Server(process, port, log, time.monotonic())


def parser_of(doc: str | None) -> argparse.ArgumentParser:
    """Return a parser with the options of all load tests, described by a docstring's first line."""
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    parser.add_argument("--model-dir", type=Path, default=Path(Settings.from_env().model_dir))
    return parser


def memory(pid: int) -> Memory:
    """Return the memory of a process now."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    kib = {name: float(rest.split()[0]) for name, _, rest in (x.partition(":") for x in lines)
           if name in ("RssAnon", "VmRSS", "VmHWM")}  # fmt: skip
    return Memory(kib["RssAnon"] / 1024, kib["VmRSS"] / 1024, kib["VmHWM"] / 1024)


def client_ports(pid: int, port: int) -> set[int]:
    """Return the ports of the clients that are connected to a process on a port."""
    links = []
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.append(str(descriptor.readlink()))
        except FileNotFoundError:
            continue  # Closed since it was listed.
    sockets = {link[len("socket:[") : -1] for link in links if link.startswith("socket:")}
    ports = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, *rest = line.split()
        if int(local.partition(":")[2], 16) == port and rest[6] in sockets:
            ports.add(int(remote.partition(":")[2], 16))
    return ports - {0}


def _cpu_seconds(pid: int, of_children: bool = False) -> float:
    # proc(5): utime, stime, cutime and cstime are the fields 14 to 17.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11 : 15 if of_children else 13]) / TICKS
