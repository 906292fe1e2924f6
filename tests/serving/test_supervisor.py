"""The parent of the workers."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from gender_detection.serving.supervisor import MOST_PAUSE, YOUNG_SECONDS, next_pause

# A worker of these says its process number and then does what the test asks for.
SCRIPT = """
import os, signal, sys, time
from gender_detection.serving.supervisor import Supervisor

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def work():
    say(os.getpid())
    {work}

Supervisor(work, workers={workers}, stop_seconds={stop_seconds}).run(
    tick=lambda: True, buried=lambda pid: say("buried", pid), closing=lambda: None
)
say("end")
"""
WAIT = "signal.pause()"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN); [signal.pause() for _ in iter(int, 1)]"


@pytest.fixture
def supervise():
    started = []

    def start(work: str, workers: int = 2, stop_seconds: float = 10) -> subprocess.Popen[str]:
        code = textwrap.dedent(SCRIPT).format(work=work, workers=workers, stop_seconds=stop_seconds)
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def read(process: subprocess.Popen[str]) -> str:
    return process.stdout.readline().strip()


def test_killed_worker_is_told_of_and_replaced(supervise):
    parent = supervise(WAIT)
    pids = {int(read(parent)), int(read(parent))}
    os.kill(victim := min(pids), signal.SIGKILL)

    said = {read(parent), read(parent)}
    assert f"buried {victim}" in said
    [new] = said - {f"buried {victim}"}
    assert int(new) not in pids


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_stop_it_stops_its_workers_and_ends_well(supervise, how):
    parent = supervise(WAIT)
    pids = [int(read(parent)), int(read(parent))]
    parent.send_signal(how)

    assert read(parent) == "end"
    assert parent.wait(timeout=20) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_worker_that_will_not_stop_is_killed_in_the_end(supervise):
    parent = supervise(STUBBORN, workers=1, stop_seconds=0.1)
    pid = int(read(parent))
    parent.send_signal(signal.SIGTERM)

    assert read(parent) == "end"
    assert not Path(f"/proc/{pid}").exists()


def test_second_request_to_stop_does_not_wait(supervise):
    parent = supervise(STUBBORN, workers=1, stop_seconds=3600)
    pid = int(read(parent))
    while parent.poll() is None:
        parent.send_signal(signal.SIGTERM)
        try:
            parent.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue

    assert parent.returncode == 0
    assert not Path(f"/proc/{pid}").exists()


def test_workers_that_die_at_once_are_replaced_later_and_later():
    pauses = [next_pause(0.0, 0.1)]
    for _ in range(10):
        pauses.append(next_pause(pauses[-1], 0.1))

    assert pauses == sorted(pauses)
    assert 0 < pauses[0] < 0.5
    assert pauses[-1] == MOST_PAUSE


def test_worker_that_had_lived_is_replaced_at_once():
    assert next_pause(MOST_PAUSE, YOUNG_SECONDS) == 0
