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

def work(place):
    say(os.getpid())
    {work}

def told(exited):
    say("exited", exited.pid, exited.slot, exited.by_signal, exited.cpu_seconds)

Supervisor(work, workers={workers}, stop_seconds={stop_seconds}).run(
    tick=lambda: True, on_exit=told, closing=lambda: None
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

    said = [read(parent), read(parent)]
    assert said[0].startswith(f"exited {victim} ")
    assert int(said[1]) not in pids


# Takes some CPU time before it waits.
SAY_PLACE = "say('place', place, sum(range(3_000_000)) and ''); signal.pause()"


def places_of(parent: subprocess.Popen[str], workers: int) -> dict[int, int]:
    """Return the process numbers of workers by place, as many as they say theirs."""
    places = {}
    pids = []
    while len(places) < workers:
        said = read(parent).split()
        if said[0] == "place":
            places[int(said[1])] = None
        elif said[0] != "exited":
            pids.append(int(said[0]))
    return dict(zip(places, pids, strict=False))


def test_new_worker_takes_the_place_of_the_dead_one(supervise):
    parent = supervise(SAY_PLACE, workers=3)
    assert sorted(places_of(parent, 3)) == [0, 1, 2]
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    os.kill(int(children[1]), signal.SIGKILL)

    assert list(places_of(parent, 1)) == [1]


def test_of_a_dead_worker_cause_place_and_cpu_time_are_told(supervise):
    parent = supervise(SAY_PLACE, workers=2)
    places_of(parent, 2)
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)

    while not (said := read(parent)).startswith("exited"):
        pass
    _, pid, place, by_signal, cpu_seconds = said.split()
    assert (pid, place, by_signal) == (children[0], "0", "True")
    assert float(cpu_seconds) > 0.01


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
