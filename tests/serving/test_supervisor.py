"""The supervisor starts, reslots and stops workers."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from gender_detection.serving.supervisor import MAX_PAUSE, SHORT_LIFE_SECONDS, next_pause

# Each worker prints its process ID and then runs the code of the test.
SCRIPT = """
import os, signal, sys, time
from gender_detection.serving.supervisor import Supervisor

def show(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def work(slot):
    show(os.getpid())
    {work}

def on_exit(exited):
    show("exited", exited.pid, exited.slot, exited.by_signal, exited.cpu_seconds)

Supervisor(work, workers={workers}, stop_seconds={stop_seconds}).run(
    tick=lambda: True, on_exit=on_exit, on_stop=lambda: None
)
show("end")
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
        assert process.stdout is not None
        process.stdout.close()


def read(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_killed_worker_is_reported_and_replaced(supervise):
    parent = supervise(WAIT)
    pids = {int(read(parent)), int(read(parent))}
    os.kill(victim := min(pids), signal.SIGKILL)

    lines = [read(parent), read(parent)]
    assert lines[0].startswith(f"exited {victim} ")
    assert int(lines[1]) not in pids


# Takes some CPU time before it waits.
SHOW_SLOT = "show('slot', slot, sum(range(3_000_000)) and ''); signal.pause()"


def slots_of(parent: subprocess.Popen[str], workers: int) -> dict[int, int]:
    """Return the process IDs of the workers by slot, when all of them have printed theirs."""
    slots: list[int] = []
    pids: list[int] = []
    while len(slots) < workers:
        words = read(parent).split()
        if words[0] == "slot":
            slots.append(int(words[1]))
        elif words[0] != "exited":
            pids.append(int(words[0]))
    return dict(zip(slots, pids, strict=False))


def test_new_worker_takes_the_slot_of_the_dead_one(supervise):
    parent = supervise(SHOW_SLOT, workers=3)
    assert sorted(slots_of(parent, 3)) == [0, 1, 2]
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    os.kill(int(children[1]), signal.SIGKILL)

    assert list(slots_of(parent, 1)) == [1]


def test_cause_slot_and_cpu_time_of_a_dead_worker_are_reported(supervise):
    parent = supervise(SHOW_SLOT, workers=2)
    slots_of(parent, 2)
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)

    while not (words := read(parent)).startswith("exited"):
        pass
    _, pid, slot, by_signal, cpu_seconds = words.split()
    assert (pid, slot, by_signal) == (children[0], "0", "True")
    assert float(cpu_seconds) > 0.01


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_supervisor_stops_its_workers_and_ends_with_code_0(supervise, how):
    parent = supervise(WAIT)
    pids = [int(read(parent)), int(read(parent))]
    parent.send_signal(how)

    assert read(parent) == "end"
    assert parent.wait(timeout=20) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_worker_that_does_not_stop_is_killed(supervise):
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


def test_workers_that_die_at_once_are_replaced_after_growing_pauses():
    pauses = [next_pause(0.0, 0.1)]
    for _ in range(10):
        pauses.append(next_pause(pauses[-1], 0.1))

    assert pauses == sorted(pauses)
    assert 0 < pauses[0] < 0.5
    assert pauses[-1] == MAX_PAUSE


def test_worker_that_had_run_for_a_while_is_replaced_at_once():
    assert next_pause(MAX_PAUSE, SHORT_LIFE_SECONDS) == 0
