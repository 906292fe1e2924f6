"""When API keys were last used: recorded now and then, by several processes, whole or not."""

import json
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gender_detection import key_uses
from gender_detection.key_uses import EVERY_SECONDS, KeyUses
from tests.manual_clock import Clock

FIRST, SECOND = "1" * 64, "2" * 64
NOTE = """
import sys
from pathlib import Path
from gender_detection.key_uses import KeyUses
uses = KeyUses(Path(sys.argv[1]))
sys.stdin.read(1)
for number in range(20):
    uses.record(f"{sys.argv[2]}-{number}").result()
"""


@pytest.fixture
def clock() -> Clock:
    return Clock(1000.9)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "api-keys.json"


def record(uses: KeyUses, key: str) -> None:
    """Record a use, and wait until it is written."""
    written = uses.record(key)
    assert written is not None
    written.result()


def test_use_is_recorded_next_to_the_keys_and_private_to_their_owner(keys: Path, clock: Clock):
    record(KeyUses(keys, clock), FIRST)

    assert key_uses.read(keys) == {FIRST: 1000}
    (beside,) = keys.parent.iterdir()
    assert beside.name == "api-keys.used.json"
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600


def test_each_key_is_recorded_once_a_minute(keys: Path, clock: Clock):
    uses = KeyUses(keys, clock)
    record(uses, FIRST)

    clock.now += EVERY_SECONDS - 1
    assert uses.record(FIRST) is None
    record(uses, SECOND)
    assert key_uses.read(keys) == {FIRST: 1000, SECOND: 1059}

    clock.now += 1
    record(uses, FIRST)
    assert key_uses.read(keys) == {FIRST: 1060, SECOND: 1059}


def test_later_use_recorded_by_another_process_is_kept(keys: Path, clock: Clock):
    key_uses.write(keys, {FIRST: 5000, SECOND: 7})
    record(KeyUses(keys, clock), FIRST)

    assert key_uses.read(keys) == {FIRST: 5000, SECOND: 7}


def test_concurrent_processes_lose_no_use(keys: Path):
    others = [
        subprocess.Popen([sys.executable, "-c", NOTE, keys, str(n)], stdin=subprocess.PIPE)
        for n in range(3)
    ]
    for other in others:
        other.communicate(b"x")

    assert [other.returncode for other in others] == [0] * 3
    assert len(key_uses.read(keys) or ()) == 60


def test_missing_file_gives_an_empty_record(keys: Path):
    assert key_uses.read(keys) is None
    for damaged in (b"", b"{", b"[]", b'{"used": {"a": "b"}}', b"\xff"):
        key_uses.file_beside(keys).write_bytes(damaged)
        assert key_uses.read(keys) is None


def test_damaged_record_is_replaced(keys: Path, clock: Clock):
    key_uses.file_beside(keys).write_bytes(b"{")
    record(KeyUses(keys, clock), FIRST)

    assert json.loads(key_uses.file_beside(keys).read_bytes()) == {"used": {FIRST: 1000}}


def test_unwritable_folder_is_logged_once_and_retried(
    keys: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    uses = KeyUses(keys, clock)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        for _ in range(3):
            record(uses, FIRST)
            clock.now += EVERY_SECONDS
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "cannot record when API keys are used: Permission denied: allow access" in caplog.text
    assert key_uses.read(keys) is None

    record(uses, FIRST)
    assert key_uses.read(keys) == {FIRST: 1180}
