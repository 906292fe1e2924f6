"""A real MLflow server, and a gate before it that can be shut in several ways."""

import os
import select
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.api.server_process import free_port

# It makes its database first, which takes a minute where the machine is busy.
START_SECONDS = 180.0
STOP_SECONDS = 30.0
FEW_PROCESSES = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
CHUNK = 65_536


@contextmanager
def mlflow_server(folder: Path) -> Iterator[int]:
    """Run a tracking server that hands out artifacts itself; yield its port once it answers."""
    port = free_port()
    command = [
        sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port),
        "--backend-store-uri", f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination", str(folder / "artifacts"), "--workers", "1",
    ]  # fmt: skip
    with (folder / "mlflow.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **FEW_PROCESSES}, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_healthy(port):
            assert process.poll() is None, (folder / "mlflow.log").read_text()
            assert time.monotonic() < deadline, "the MLflow server does not answer"
            time.sleep(0.1)
        yield port
    finally:
        os.killpg(process.pid, 9)
        process.wait(STOP_SECONDS)


def patiently(condition: Callable[[], bool], what: str) -> None:
    """Poll a condition up to a deadline that leaves MLflow time on a busy machine."""
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited {START_SECONDS} s for {what}"
        time.sleep(0.1)


def is_healthy(port: int) -> bool:
    """Return whether an MLflow server answers on that port."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


class Gate:
    """A port that leads to another one.

    shut() refuses connections, open() lets them through again. A gate that keeps still takes them
    and passes nothing on; one that breaks off passes so many bytes back and hangs up.
    """

    def __init__(self, port: int) -> None:
        self.port = free_port()
        self.keeps_still = False
        self.breaks_off_after: int | None = None
        self.taken = 0
        self._behind = port
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()

    def open(self) -> None:
        """Take connections."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._take, args=(self._listener,), daemon=True).start()

    def shut(self) -> None:
        """Refuse connections, and end those there are."""
        if self._listener is not None:
            # Wakes the thread that waits for the next one.
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for connection in tuple(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _take(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.taken += 1
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        self._open.add(client)
        try:
            with client, socket.create_connection(("127.0.0.1", self._behind)) as server:
                self._both_ways(client, server)
        except OSError:
            pass  # One of the two has gone.
        finally:
            self._open.discard(client)

    def _both_ways(self, client: socket.socket, server: socket.socket) -> None:
        passed = 0
        while True:
            for source in select.select([client, server], [], [])[0]:
                data = source.recv(CHUNK)
                if not data:
                    return
                if self.keeps_still:
                    continue
                if source is client:
                    server.sendall(data)
                    continue
                most = self.breaks_off_after
                client.sendall(data if most is None else data[: max(0, most - passed)])
                passed += len(data)
                if most is not None and passed > most:
                    return
