"""Limits counted in Redis, where there is one: shared by all, and no harm when it goes away."""

import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from limits.errors import StorageError

from gender_detection.api.security import rate_limits
from gender_detection.errors import ConfigError
from tests.api.server_process import free_port, wait_until

redis = pytest.importorskip("redis")
SERVER = shutil.which("redis-server")
pytestmark = pytest.mark.skipif(SERVER is None, reason="no redis-server on this machine")


@pytest.fixture
def cache(tmp_path: Path):
    """A Redis of this test, and the URI of it."""
    port = free_port()
    process = subprocess.Popen(
        [str(SERVER), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", tmp_path],
        stdout=subprocess.DEVNULL,
    )
    uri = f"redis://127.0.0.1:{port}"
    wait_until(lambda: rate_limits.open_counts(uri).check(), "redis to answer")
    yield process, uri
    process.kill()
    process.wait()


def limits_in(uri: str, text: str = "5/year") -> tuple[rate_limits.RateLimits, list[int]]:
    uncounted: list[int] = []
    items = rate_limits.parse(text)
    return rate_limits.RateLimits(
        items, rate_limits.open_counts(uri), lambda: uncounted.append(1)
    ), uncounted


def counted_in(limit: rate_limits.RateLimits) -> tuple[rate_limits.Counted, ...]:
    return limit.of_networks([("192.0.2.1", 1)])


def test_machines_share_one_count(cache):
    _, uri = cache
    first, _ = limits_in(uri)
    second, uncounted = limits_in(uri)

    waits = [limit.wait(counted_in(limit)) for _ in range(4) for limit in (first, second)]
    assert [wait > 0 for wait in waits] == [False] * 5 + [True] * 3
    assert max(waits) <= 360 * 24 * 3600
    assert not uncounted


def test_stopped_server_admits_all_without_delay(cache, caplog):
    process, uri = cache
    limit, uncounted = limits_in(uri, "1/year")
    assert [limit.wait(counted_in(limit)) > 0 for _ in range(2)] == [False, True]

    process.kill()
    process.wait()

    assert [limit.wait(counted_in(limit)) for _ in range(50)] == [0] * 50
    assert len(uncounted) == 50
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_silent_server_causes_no_wait():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        counts = rate_limits.open_counts(f"redis://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(StorageError) as caught:
            counts.get("a")

    assert isinstance(caught.value.storage_error, redis.exceptions.TimeoutError)


def test_invalid_address_is_refused_without_showing_its_password():
    with pytest.raises(ConfigError, match="RATE_LIMIT_STORAGE is not a valid address") as caught:
        rate_limits.open_counts("redis://user:hunter2@cache:port")
    assert "hunter2" not in str(caught.value)
