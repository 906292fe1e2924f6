from collections.abc import Iterator
from functools import partial

import pytest

from gender_detection.sources.fetch import fetch
from tests.sources.scripted_server import ScriptedServer


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.stop()


@pytest.fixture
def slept():
    return []


@pytest.fixture
def get(server, tmp_path, slept):
    """Fetch the server's file to tmp_path/names.txt with a sleep that only records."""
    dest = tmp_path / "cache" / "names.txt"
    return partial(fetch, server.url(), dest, max_bytes=10_000_000, timeout=5.0, sleep=slept.append)


@pytest.fixture
def dest(tmp_path):
    return tmp_path / "cache" / "names.txt"
