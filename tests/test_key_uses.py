"""When API keys were last used: recorded now and then, by several processes, whole or not."""

import json
import logging
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gender_detection import key_uses, whole_files
from gender_detection.key_uses import EVERY_SECONDS, KeyUses

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


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.9

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "api-keys.json"


def test_use_is_recorded_beside_the_keys_for_their_owner_alone(keys: Path, clock: Clock):
    KeyUses(keys, clock).record(FIRST).result()

    assert key_uses.read(keys) == {FIRST: 1000}
    (beside,) = keys.parent.iterdir()
    assert beside.name == "api-keys.used.json"
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600


def test_each_key_is_recorded_once_a_minute(keys: Path, clock: Clock):
    uses = KeyUses(keys, clock)
    uses.record(FIRST).result()

    clock.now += EVERY_SECONDS - 1
    assert uses.record(FIRST) is None
    uses.record(SECOND).result()
    assert key_uses.read(keys) == {FIRST: 1000, SECOND: 1059}

    clock.now += 1
    uses.record(FIRST).result()
    assert key_uses.read(keys) == {FIRST: 1060, SECOND: 1059}


def test_later_use_that_another_process_recorded_stays(keys: Path, clock: Clock):
    key_uses.write(keys, {FIRST: 5000, SECOND: 7})
    KeyUses(keys, clock).record(FIRST).result()

    assert key_uses.read(keys) == {FIRST: 5000, SECOND: 7}


def test_processes_lose_no_use_of_each_other(keys: Path):
    others = [
        subprocess.Popen([sys.executable, "-c", NOTE, keys, str(n)], stdin=subprocess.PIPE)
        for n in range(3)
    ]
    for other in others:
        other.communicate(b"x")

    assert [other.returncode for other in others] == [0] * 3
    assert len(key_uses.read(keys)) == 60


def test_nothing_to_read_is_no_record(keys: Path):
    assert key_uses.read(keys) is None
    for damaged in (b"", b"{", b"[]", b'{"used": {"a": "b"}}', b"\xff"):
        key_uses.file_beside(keys).write_bytes(damaged)
        assert key_uses.read(keys) is None


def test_damaged_record_is_replaced(keys: Path, clock: Clock):
    key_uses.file_beside(keys).write_bytes(b"{")
    KeyUses(keys, clock).record(FIRST).result()

    assert json.loads(key_uses.file_beside(keys).read_bytes()) == {"used": {FIRST: 1000}}


def test_folder_that_cannot_be_written_in_is_logged_once_and_tried_again(
    keys: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    uses = KeyUses(keys, clock)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(whole_files.os, "open", refuse)
        for _ in range(3):
            uses.record(FIRST).result()
            clock.now += EVERY_SECONDS
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "cannot record when API keys are used: Permission denied: allow access" in caplog.text
    assert key_uses.read(keys) is None

    uses.record(FIRST).result()
    assert key_uses.read(keys) == {FIRST: 1180}
