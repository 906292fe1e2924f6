"""Rate limits by key or by address: refusals have Retry-After, a failing storage refuses nobody."""

import dataclasses
import logging
import sys
import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from limits.errors import StorageError
from prometheus_client import CollectorRegistry

from gender_detection import api_keys
from gender_detection.api.app import create_app
from gender_detection.api.security import rate_limits
from gender_detection.api.security.access import check_access
from gender_detection.api.security.rate_limits import RateLimits
from gender_detection.api.security.shared_counts import SharedCounts
from gender_detection.config import Settings
from gender_detection.errors import ConfigError

LET_IN = "gender_detection_requests_not_rate_limited_total"


@pytest.fixture
def limited(settings: Settings, model):
    """Make a client of an app with these settings, limited to 3 requests."""

    def limited(**more) -> FlaskClient:
        # By the year, which will not turn within a test.
        changed = dataclasses.replace(settings, **{"rate_limit": "3/year", **more})
        return create_app(changed, model, CollectorRegistry()).test_client()

    return limited


@pytest.fixture
def key_of(tmp_path: Path):
    """Make a key of that name, in the file that the settings name."""
    path = tmp_path / "api-keys.json"
    path.write_bytes(api_keys.encode([]))

    def key_of(name: str) -> str:
        keys, secret = api_keys.create(api_keys.read(path), name)
        path.write_bytes(api_keys.encode(keys))
        return secret

    return key_of


@pytest.fixture
def hour(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of day, which passes when a test says so: the start of an hour."""
    at = [1_800_000_000.0]
    monkeypatch.setattr(time, "time", lambda: at[0])
    return at


def ask(client: FlaskClient, address: str = "192.0.2.1", key: str = "", **headers: str):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    base = {"REMOTE_ADDR": address}
    return client.post("/predict", json={"name": "Maria"}, headers=headers, environ_base=base)


def statuses(client: FlaskClient, times: int, **asked: str) -> list[int]:
    return [ask(client, **asked).status_code for _ in range(times)]


def test_request_over_the_limit_is_refused_with_retry_after(limited):
    client = limited()
    assert statuses(client, 3) == [200] * 3

    refused = ask(client)

    assert refused.status_code == 429
    assert refused.content_type == "application/problem+json"
    assert refused.json["status"] == 429
    assert refused.json["request_id"] == refused.headers["X-Request-ID"]
    (seconds,) = refused.headers.getlist("Retry-After")
    assert 0 < int(seconds) <= 360 * 24 * 3600
    assert f"try again in {seconds} s" in refused.json["detail"]


@pytest.mark.parametrize("limit", ["10/minute", "3/second;10/minute", "7 per 2 minutes"])
def test_request_is_admitted_after_retry_after_and_not_a_second_earlier(limited, hour, limit: str):
    client = limited(rate_limit=limit)
    for step in range(40):
        hour[0] += step % 7 / 4
        refused = ask(client)
        if refused.status_code == 200:
            continue
        wait = int(refused.headers["Retry-After"])
        if wait > 1:
            hour[0] += wait - 1.01
            assert ask(client).status_code == 429
            hour[0] += 1.01
        else:
            hour[0] += 1
        assert ask(client).status_code == 200


def test_each_address_has_a_limit_of_its_own(limited):
    client = limited()

    assert statuses(client, 4, address="192.0.2.1") == [200, 200, 200, 429]
    assert statuses(client, 4, address="192.0.2.2") == [200, 200, 200, 429]


def test_addresses_of_one_ipv6_network_share_a_limit_and_mapped_ones_count_as_ipv4(limited):
    client = limited()

    assert statuses(client, 3, address="2001:db8:0:1::1") == [200] * 3
    assert ask(client, "2001:db8:0:1:ffff::2").status_code == 429
    assert ask(client, "2001:db8:0:2::1").status_code == 200
    assert statuses(client, 3, address="::ffff:192.0.2.9") == [200] * 3
    assert ask(client, "192.0.2.9").status_code == 429


def test_larger_networks_have_a_few_times_the_limit_in_total(limited):
    def admitted(client: FlaskClient, addresses: list[str]) -> int:
        return sum(ask(client, address).status_code == 200 for address in addresses)

    home = [f"2001:db8:0:{number:x}::1" for number in range(256)]
    company = [f"2001:db8:1:{number:x}00::1" for number in range(256)]

    assert admitted(limited(), home) == 3 * 4
    assert admitted(limited(), company) == 3 * 16
    # Neighbours are others.
    client = limited()
    assert (
        admitted(client, home) + admitted(client, ["2001:db8:0:100::1", "2001:db8:2::1"]) == 12 + 2
    )


def test_refused_large_network_creates_no_counts_for_its_parts(limited, monkeypatch):
    client = limited(rate_limit="1/year")
    asked = []
    acquire = SharedCounts.acquire_sliding_window_entry

    def remember(counts: SharedCounts, key: str, *more: int) -> bool:
        asked.append(key)
        return acquire(counts, key, *more)

    monkeypatch.setattr(SharedCounts, "acquire_sliding_window_entry", remember)
    for number in range(16):
        assert ask(client, f"2001:db8:0:{number:x}00::1").status_code == 200
    asked.clear()

    for number in range(100):
        assert ask(client, f"2001:db8:0:ff{number:x}::1").status_code == 429
    assert {key.split("::/")[1].split("/")[0] for key in asked} == {"48"}


def test_refused_requests_of_a_small_network_do_not_count_for_larger_ones(limited):
    client = limited()
    statuses(client, 100, address="2001:db8::1")

    assert statuses(client, 4, address="2001:db8:0:1::1") == [200, 200, 200, 429]


def test_networks_of_one_attacker_do_not_evict_the_counts_of_others():
    """At any limit: 65,536 networks with a slot each would be as many as there are slots."""
    counts = SharedCounts(buckets=1024)
    limit = RateLimits(rate_limits.parse("1/year"), counts, lambda: None)
    others = [limit.of_networks([(f"192.0.2.{number}", 1)]) for number in range(100)]
    assert [limit.wait(other) for other in others] == [0] * 100

    for number in range(10_000):
        networks = [("2001:db8::/48", 10**9), (f"2001:db8:0:{number:x}::/64", 1)]
        limit.wait(limit.of_networks(networks))

    # Those in the few buckets that an attacker's networks share may have to make room.
    assert sum(limit.wait(other) > 0 for other in others) >= 100 - 16


def test_invalid_client_address_is_limited_too(limited):
    assert statuses(limited(), 4, address="") == [200, 200, 200, 429]


def test_probes_metrics_and_documents_are_never_limited(limited):
    client = limited()
    statuses(client, 4)

    for path in ("/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"):
        assert {client.get(path).status_code for _ in range(5)} == {200}
    assert client.options("/predict").status_code == 200


def test_each_key_has_a_limit_of_its_own_wherever_it_is_used(limited, key_of, tmp_path):
    first, second = key_of("first"), key_of("second")
    client = limited(api_keys=str(tmp_path / "api-keys.json"))

    assert statuses(client, 2, key=first, address="192.0.2.1") == [200] * 2
    assert statuses(client, 2, key=first, address="192.0.2.2") == [200, 429]
    assert statuses(client, 4, key=second, address="192.0.2.1") == [200, 200, 200, 429]


def test_wrong_and_missing_keys_are_limited_by_address_without_affecting_valid_ones(
    limited, key_of, tmp_path
):
    good = key_of("good")
    client = limited(api_keys=str(tmp_path / "api-keys.json"))

    assert statuses(client, 3, key="gdk_wrong") == [401] * 3
    assert statuses(client, 1, key="gdk_other") == [429]
    assert statuses(client, 1) == [429]
    assert statuses(client, 4, key=good) == [200, 200, 200, 429]


def test_forwarded_address_is_ignored_without_trusted_proxies(limited):
    client = limited()

    assert [
        ask(client, X_Forwarded_For=f"203.0.113.{n}").status_code for n in range(4)
    ] == [200, 200, 200, 429]  # fmt: skip


def test_workers_count_in_the_folder_that_they_share(limited, tmp_path, monkeypatch):
    monkeypatch.setenv(rate_limits.SHARED_FOLDER, str(tmp_path))
    first, second = limited(), limited()
    monkeypatch.delenv(rate_limits.SHARED_FOLDER)  # of which the metrics need to know nothing

    assert statuses(first, 2) == [200, 200]
    assert statuses(second, 2) == [200, 429]
    assert statuses(limited(), 3) == [200, 200, 200]


class OutOfReach(SharedCounts):
    """A storage that fails, like a Redis that does not answer, until it is repaired."""

    broken = True
    asked = 0

    def acquire_sliding_window_entry(self, *arguments) -> bool:
        self.asked += 1
        if self.broken:
            raise StorageError(ConnectionError("connecting to user:hunter2@cache failed"))
        return super().acquire_sliding_window_entry(*arguments)


def test_unreachable_storage_admits_all_is_retried_each_second_and_logged_each_minute(caplog):
    now, uncounted = [0.0], []
    counts = OutOfReach()
    limit = RateLimits(
        rate_limits.parse("2/year"), counts, lambda: uncounted.append(now[0]), lambda: now[0]
    )

    counted = limit.of_networks([("192.0.2.1", 1)])
    for _ in range(1200):
        assert limit.wait(counted) == 0
        now[0] += 0.1
    assert len(uncounted) == 1200
    assert 110 <= counts.asked <= 120
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 2
    assert "ConnectionError" in caplog.text
    assert "hunter2" not in caplog.text

    counts.broken = False
    now[0] += 1
    assert [limit.wait(counted) > 0 for _ in range(3)] == [False, False, True]


def test_requests_admitted_without_a_count_are_in_the_metrics(limited, monkeypatch):
    monkeypatch.setattr(rate_limits, "open_counts", lambda uri: OutOfReach())
    client = limited()

    assert statuses(client, 5) == [200] * 5
    assert f"{LET_IN} 5.0" in client.get("/metrics").text


@pytest.mark.parametrize(
    "uri", ["memory://", "memcached://localhost:11211", "cache:6379", "http://user:hunter2@cache"]
)
def test_unknown_storage_is_refused_without_showing_its_password(settings, uri: str):
    changed = dataclasses.replace(settings, rate_limit_storage=uri)
    with pytest.raises(
        ConfigError, match=r"RATE_LIMIT_STORAGE is not an address of Redis: use"
    ) as caught:
        check_access(changed)
    assert "hunter2" not in str(caught.value)


def test_missing_redis_library_is_named(settings, monkeypatch):
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.setitem(sys.modules, "redis.backoff", None)
    changed = dataclasses.replace(
        settings, rate_limit="1/second", rate_limit_storage="redis://cache:6379"
    )
    with pytest.raises(ConfigError, match="needs the Python package redis: install it"):
        check_access(changed)


def test_folder_without_room_for_counts_is_named(settings, tmp_path, monkeypatch):
    monkeypatch.setenv(rate_limits.SHARED_FOLDER, str(tmp_path / "gone"))
    changed = dataclasses.replace(settings, rate_limit="1/second")
    with pytest.raises(ConfigError, match=r"no space for .* the rate limit \(No such file"):
        check_access(changed)


def test_no_address_no_key_and_no_name_is_logged(limited, key_of, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    client = limited(api_keys=str(tmp_path / "api-keys.json"))
    for key in ("", "gdk_wrong", key_of("good")):
        statuses(client, 4, key=key)

    for private in ("Maria", "gdk_", "192.0.2.1"):
        assert private not in caplog.text
