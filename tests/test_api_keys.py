"""API keys: made once, kept as hashes, looked up again when their file changes."""

import base64
import datetime
import hashlib
import json
import logging
import math
import os
from pathlib import Path

import pytest

from gender_detection import api_keys
from gender_detection.api_keys import CHECK_SECONDS, KeyRing
from gender_detection.errors import ConfigError, InvalidInput
from tests.manual_clock import Clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "api-keys.json"


def write(path: Path, keys: list[api_keys.ApiKey]) -> None:
    """Put a file of keys in place, as the command does."""
    staged = path.with_name("staged")
    staged.write_bytes(api_keys.encode(keys))
    staged.replace(path)


def name_of(ring: KeyRing, secret: str) -> str | None:
    found = ring.find(secret)
    return found.name if found else None


def two_keys() -> tuple[list[api_keys.ApiKey], str, str]:
    keys, first = api_keys.create([], "laboratory")
    keys, second = api_keys.create(keys, "library")
    return keys, first, second


def test_key_has_256_random_bits_and_only_its_sha256_is_stored():
    (kept,), secret = api_keys.create([], "laboratory")

    assert secret.startswith("gdk_")
    assert len(base64.urlsafe_b64decode(secret.removeprefix("gdk_") + "=")) == 32
    assert kept.name == "laboratory"
    assert kept.sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert secret.removeprefix("gdk_").encode() not in api_keys.encode([kept])
    assert api_keys.create([], "laboratory")[1] != secret


def test_keys_are_read_as_written(path: Path):
    keys, _, _ = two_keys()
    path.write_bytes(api_keys.encode(keys))

    assert api_keys.read(path) == keys


@pytest.mark.parametrize("name", ["", "a b", "-a", "a/b", "a\n", "ключ", "a" * 65])
def test_name_unsafe_for_logs_is_refused(name: str):
    with pytest.raises(InvalidInput, match="invalid key name"):
        api_keys.create([], name)


def test_second_key_of_the_same_name_is_refused():
    keys, _, _ = two_keys()

    with pytest.raises(InvalidInput, match="a key named library already exists: revoke it first"):
        api_keys.create(keys, "library")


def test_revoking_removes_only_that_key():
    keys, _, _ = two_keys()

    assert api_keys.revoke(keys, "laboratory") == keys[1:]
    with pytest.raises(InvalidInput, match="'nobody': the keys are laboratory, library"):
        api_keys.revoke(keys, "nobody")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"keys": [{"name": "a"}]}',
        b'{"keys": [{"name": "a", "sha256": "12", "created": "2025-01-01"}]}',
        b'{"keys": [{"name": "a\\n", "sha256": "' + b"0" * 64 + b'", "created": "2025-01-01"}]}',
        b'{"keys": [{"name": "a", "sha256": "' + b"0" * 64 + b'", "created": "today"}]}',
    ],
)
def test_damaged_file_is_reported_with_the_remedy(path: Path, content: bytes):
    path.write_bytes(content)

    with pytest.raises(ConfigError, match=r"api-keys\.json is not a valid API key file: restore"):
        api_keys.read(path)


def test_file_of_the_old_format_without_expiry_and_limits_is_read(path: Path):
    keys, secret = api_keys.create([], "library")
    written = {"name": "library", "sha256": keys[0].sha256, "created": "2025-01-31"}
    path.write_text(json.dumps({"keys": [written]}))

    (kept,) = api_keys.read(path)

    assert (kept.expires, kept.limit, kept.ends) == (None, "", math.inf)
    assert name_of(KeyRing(path), secret) == "library"
    # And what needs none of the new members is a file that a server from before can read.
    assert json.loads(api_keys.encode([kept])) == {"keys": [written]}


def test_key_is_valid_until_the_end_of_its_last_day_in_utc():
    last = datetime.date(2999, 12, 31)
    (kept,), _ = api_keys.create([], "library", expires=last)

    assert kept.ends == datetime.datetime(3000, 1, 1, tzinfo=datetime.UTC).timestamp()


def test_last_day_may_be_today_but_not_earlier():
    today = datetime.datetime.now(datetime.UTC).date()

    assert api_keys.create([], "library", expires=today)[0][0].expires == today
    with pytest.raises(InvalidInput, match=r"2025-01-01 is in the past: give 2\d{3}-\d\d-\d\d"):
        api_keys.create([], "library", expires=datetime.date(2025, 1, 1))


def test_invalid_key_leaves_the_previous_keys(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
):
    def check(key: api_keys.ApiKey) -> None:
        if key.limit:
            raise ConfigError(f"limit of the API key {key.name}")

    keys, first = api_keys.create([], "laboratory")
    write(path, keys)
    ring = KeyRing(path, clock, check)
    assert name_of(ring, first) == "laboratory"

    keys, second = api_keys.create(keys, "library", limit="lots")
    write(path, keys)
    clock.now += CHECK_SECONDS

    assert (name_of(ring, first), name_of(ring, second)) == ("laboratory", None)
    assert "limit of the API key library: 1 API keys read before stay valid" in caplog.text


def test_missing_file_is_reported_with_the_remedy(path: Path):
    with pytest.raises(ConfigError, match=r"no API key file at .*gender-detection keys create"):
        api_keys.read(path)


def test_unreadable_file_is_reported_with_the_remedy(path: Path):
    path.mkdir()

    with pytest.raises(ConfigError, match=r"cannot be read .*: \w+"):
        api_keys.read(path)


def test_only_listed_keys_are_valid_and_have_their_name(path: Path, clock: Clock):
    keys, first, second = two_keys()
    write(path, keys)
    ring = KeyRing(path, clock)

    assert name_of(ring, first) == "laboratory"
    assert name_of(ring, second) == "library"
    for other in ("", first[:-1], first + " ", first.upper(), keys[0].sha256, "laboratory"):
        assert name_of(ring, other) is None


def test_key_changes_apply_after_a_second(path: Path, clock: Clock):
    keys, first, second = two_keys()
    write(path, keys[:1])
    ring = KeyRing(path, clock)
    assert (name_of(ring, first), name_of(ring, second)) == ("laboratory", None)

    write(path, keys[1:])
    clock.now += CHECK_SECONDS

    assert (name_of(ring, first), name_of(ring, second)) == (None, "library")


def test_file_is_checked_each_second_and_read_if_it_changed(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    keys, first, _ = two_keys()
    write(path, keys)
    reads = []
    read = api_keys.read

    def record(file: Path) -> list[api_keys.ApiKey]:
        reads.append(file)
        return read(file)

    monkeypatch.setattr(api_keys, "read", record)
    ring = KeyRing(path, clock)
    for _ in range(5):
        name_of(ring, first)
        clock.now += CHECK_SECONDS
    assert len(reads) == 1

    name_of(ring, first)
    path.unlink()
    clock.now += 0.9 * CHECK_SECONDS
    assert name_of(ring, first) == "laboratory"


def test_no_key_is_valid_while_the_file_is_missing(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
):
    keys, first, _ = two_keys()
    write(path, keys)
    ring = KeyRing(path, clock)
    assert name_of(ring, first)

    path.unlink()
    for _ in range(3):
        clock.now += CHECK_SECONDS
        assert name_of(ring, first) is None
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "is missing" in caplog.text

    write(path, keys)
    clock.now += CHECK_SECONDS
    assert name_of(ring, first) == "laboratory"


def test_damaged_file_keeps_the_previous_keys_and_is_logged_once(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
):
    keys, first, second = two_keys()
    write(path, keys)
    ring = KeyRing(path, clock)
    assert name_of(ring, first)

    path.write_bytes(path.read_bytes()[:-20])
    for _ in range(3):
        clock.now += CHECK_SECONDS
        assert name_of(ring, first) == "laboratory"
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "2 API keys read before stay valid" in caplog.text

    write(path, keys[1:])
    clock.now += CHECK_SECONDS
    assert (name_of(ring, first), name_of(ring, second)) == (None, "library")


def test_ring_without_a_valid_file_refuses_all_keys(path: Path, clock: Clock):
    _, first, _ = two_keys()

    assert name_of(KeyRing(path, clock), first) is None
    path.write_bytes(b"{")
    assert name_of(KeyRing(path, clock), first) is None


def test_unreadable_file_keeps_the_previous_keys(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    keys, first, _ = two_keys()
    write(path, keys)
    ring = KeyRing(path, clock)
    assert name_of(ring, first)

    def fail(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "stat", fail)
    clock.now += CHECK_SECONDS
    assert name_of(ring, first) == "laboratory"
    assert "cannot read" in caplog.text
    assert "Permission denied" in caplog.text


def test_no_key_is_ever_logged(path: Path, clock: Clock, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    keys, first, _ = two_keys()
    write(path, keys)
    ring = KeyRing(path, clock)
    for _ in range(2):
        name_of(ring, first)
        name_of(ring, first + "x")
        clock.now += CHECK_SECONDS
        path.write_bytes(b"{")

    assert "API keys read: 2" in caplog.text
    assert first not in caplog.text
