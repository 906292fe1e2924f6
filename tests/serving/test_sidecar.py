"""A sidecar runs beside the workers."""

import subprocess
import sys

import pytest

from gender_detection.serving.sidecar import PAUSE_SECONDS, Sidecar

WAIT = "import signal; signal.pause()"
STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True);"
    "[signal.pause() for _ in iter(int, 1)]"
)


class Starter:
    """Starts processes and keeps them."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.started: list[subprocess.Popen[bytes]] = []

    def __call__(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", self.code]
        self.started.append(subprocess.Popen(command, stdout=subprocess.PIPE))
        return self.started[-1]


@pytest.fixture
def start():
    starters = []

    def new(code: str) -> Starter:
        starters.append(Starter(code))
        return starters[-1]

    yield new
    for process in (process for starter in starters for process in starter.started):
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_ended_process_is_restarted_after_a_pause(start):
    now, starter = [0.0], start("pass")
    sidecar = Sidecar(starter, clock=lambda: now[0])
    starter.started[0].wait()

    sidecar.tick()
    assert len(starter.started) == 1
    now[0] = PAUSE_SECONDS
    sidecar.tick()
    assert len(starter.started) == 2


def test_running_process_is_left_alone(start):
    now, starter = [0.0], start(WAIT)
    sidecar = Sidecar(starter, clock=lambda: now[0])
    now[0] = 10 * PAUSE_SECONDS
    sidecar.tick()

    assert len(starter.started) == 1


@pytest.mark.parametrize("code", [WAIT, STUBBORN])
def test_process_ends_with_the_server(start, code):
    starter = start(code)
    sidecar = Sidecar(starter)
    if code == STUBBORN:
        starter.started[0].stdout.readline()
    sidecar.stop()

    assert starter.started[0].poll() is not None


def test_sidecar_without_a_process_does_nothing():
    sidecar = Sidecar(lambda: None)
    sidecar.tick()
    sidecar.stop()
