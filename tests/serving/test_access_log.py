"""The access log writes lines together, and never stops the server."""

import asyncio
import datetime
import json
import os
import subprocess
import sys

from gender_detection.serving.access_log import Access, AccessLog, now

ENTRY = Access("t", "r", "c", "POST", "/predict", 200, 0.1, 1, 2)


def test_lines_are_written_together_as_json():
    written: list[str] = []

    async def add_two():
        log = AccessLog(True, written.append)
        log.add(ENTRY)
        log.add(ENTRY)
        assert written == []
        while not written:
            await asyncio.sleep(0.01)

    asyncio.run(add_two())
    [lines] = written
    first, second = lines.splitlines()
    assert first == second
    assert json.loads(first)["route"] == "/predict"
    assert "key" not in json.loads(first)


def test_time_is_that_of_the_clock_in_utc():
    read = datetime.datetime.fromisoformat(now())

    assert abs((datetime.datetime.now(datetime.UTC) - read).total_seconds()) < 5


def test_closed_output_does_not_stop_the_server():
    code = (
        "import os; from gender_detection.serving.access_log import _write_out;"
        "os.close(1); _write_out(b'line'); os._exit(7)"
    )
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}

    assert subprocess.run([sys.executable, "-c", code], env=env, check=False).returncode == 7
