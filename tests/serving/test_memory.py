"""What a worker has freed goes back to the system."""

import asyncio
import dataclasses
import os
import subprocess
import sys

import pytest
from serving_doubles import LIMITS, answered, guard_of

from gender_detection.serving import door
from gender_detection.serving.guard import SMALL_BODY
from gender_detection.serving.memory import WhenCalm

POOL = """
from gender_detection.serving.memory import keep_little
keep_little()
import pyarrow as pa
print(pa.default_memory_pool().backend_name)
"""
HELD = """
import sys
from gender_detection.serving.memory import give_back, keep_little
def held():
    pages = [line for line in open("/proc/self/status") if line.startswith("RssAnon")]
    return int(pages[0].split()[1]) / 1024
keep_little()
before = held()
# Each less than what is the system's own, and the last one keeps the others' place from its end.
blocks = [b"x" * 500_000 for _ in range(120)]
last, between = b"x" * 500_000, held()
blocks.clear()
give_back()
print(between - before > 50, held() - before < 10)
"""


def said_by(program: str, **environment: str) -> str:
    variables = {k: v for k, v in os.environ.items() if k != "ARROW_DEFAULT_MEMORY_POOL"}
    command = [sys.executable, "-c", program]
    return subprocess.check_output(command, env={**variables, **environment}, text=True).strip()


@pytest.mark.parametrize(
    ("asked", "pool"), [({}, "system"), ({"ARROW_DEFAULT_MEMORY_POOL": "mimalloc"}, "mimalloc")]
)
def test_arrow_takes_the_systems_memory_unless_told_otherwise(asked, pool):
    assert said_by(POOL, **asked) == pool


@pytest.mark.skipif(sys.platform != "linux", reason="asks glibc")
def test_memory_free_between_what_is_in_use_is_given_back():
    assert said_by(HELD) == "True True"


def test_what_waits_for_calm_is_called_once():
    called = []

    async def run() -> None:
        calm = WhenCalm(lambda: called.append(1), seconds=0)
        for _ in range(3):
            calm.put_off()
        assert not called
        for _ in range(3):
            await asyncio.sleep(0)

    asyncio.run(run())
    assert called == [1]


@pytest.mark.parametrize(("size", "times"), [(SMALL_BODY, 0), (SMALL_BODY + 1, 1)])
def test_memory_is_given_back_after_long_requests(monkeypatch, size, times):
    done, given = [], []

    class Calm:
        def __init__(self, call) -> None:
            self.call = call

        def put_off(self) -> None:
            done.append(self.call)

    monkeypatch.setattr(door, "WhenCalm", Calm)
    monkeypatch.setattr(door, "give_back", lambda: given.append(1))
    limits = dataclasses.replace(LIMITS, body_bytes=2 * SMALL_BODY)

    answered("/echo", b"x" * size, guard=guard_of(limits))

    assert len(done) == times
    for call in done:
        call().result()
    assert len(given) == times
