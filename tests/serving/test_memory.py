"""A worker returns freed memory to the system."""

import asyncio
import dataclasses
import os
import subprocess
import sys

import pytest

from gender_detection.serving import wsgi_adapter
from gender_detection.serving.guard import SMALL_BODY
from gender_detection.serving.memory import IdleTimer
from tests.serving.serving_doubles import LIMITS, answered, guard_of

POOL = """
from gender_detection.serving.memory import limit_retained_memory
limit_retained_memory()
import pyarrow as pa
print(pa.default_memory_pool().backend_name)
"""
RESIDENT = """
import sys
from gender_detection.serving.memory import release_free_memory, limit_retained_memory
def resident():
    pages = [line for line in open("/proc/self/status") if line.startswith("RssAnon")]
    return int(pages[0].split()[1]) / 1024
limit_retained_memory()
before = resident()
# Each is below the mmap threshold, and the last one keeps the heap from being trimmed.
blocks = [b"x" * 500_000 for _ in range(120)]
last, between = b"x" * 500_000, resident()
blocks.clear()
release_free_memory()
print(between - before > 50, resident() - before < 10)
"""


def output_of(program: str, **environment: str) -> str:
    variables = {k: v for k, v in os.environ.items() if k != "ARROW_DEFAULT_MEMORY_POOL"}
    command = [sys.executable, "-c", program]
    return subprocess.check_output(command, env={**variables, **environment}, text=True).strip()


@pytest.mark.parametrize(
    ("environment", "pool"),
    [({}, "system"), ({"ARROW_DEFAULT_MEMORY_POOL": "mimalloc"}, "mimalloc")],
)
def test_arrow_uses_the_systems_allocator_by_default(environment, pool):
    assert output_of(POOL, **environment) == pool


@pytest.mark.skipif(sys.platform != "linux", reason="needs glibc")
def test_free_memory_between_blocks_in_use_is_released():
    assert output_of(RESIDENT) == "True True"


def test_timer_that_is_restarted_calls_once():
    called = []

    async def run() -> None:
        timer = IdleTimer(lambda: called.append(1), seconds=0)
        for _ in range(3):
            timer.restart()
        assert not called
        for _ in range(3):
            await asyncio.sleep(0)

    asyncio.run(run())
    assert called == [1]


@pytest.mark.parametrize(("size", "times"), [(SMALL_BODY, 0), (SMALL_BODY + 1, 1)])
def test_memory_is_released_after_large_requests(monkeypatch, size, times):
    restarts, released = [], []

    class Timer:
        def __init__(self, call) -> None:
            self.call = call

        def restart(self) -> None:
            restarts.append(self.call)

    monkeypatch.setattr(wsgi_adapter, "IdleTimer", Timer)
    monkeypatch.setattr(wsgi_adapter, "release_free_memory", lambda: released.append(1))
    limits = dataclasses.replace(LIMITS, body_bytes=2 * SMALL_BODY)

    answered("/echo", b"x" * size, guard=guard_of(limits))

    assert len(restarts) == times
    for call in restarts:
        call().result()
    assert len(released) == times
