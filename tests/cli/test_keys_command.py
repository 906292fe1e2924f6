"""gender-detection keys makes, lists and revokes keys in the file that the settings name."""

import datetime
import stat
import threading
from pathlib import Path

import pytest
from command_line import assert_says_in_one_line, run

from gender_detection import api_keys
from gender_detection.cli.files import alone_in
from gender_detection.config import PREFIX


@pytest.fixture
def keys_file(model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "api-keys.json"
    monkeypatch.setenv(f"{PREFIX}API_KEYS", str(path))
    return path


def test_created_key_is_printed_alone_with_a_remark_beside_it(
    capsys: pytest.CaptureFixture[str], keys_file: Path
):
    code, out, err = run(capsys, "keys", "create", "laboratory")

    assert code == 0
    secret = out.removesuffix("\n")
    assert api_keys.KeyRing(keys_file).name_of(secret) == "laboratory"
    assert "the key of laboratory" in err
    assert secret not in err
    assert secret not in keys_file.read_text()


def test_file_is_its_owners_alone_and_a_changed_mode_stays(
    capsys: pytest.CaptureFixture[str], keys_file: Path
):
    run(capsys, "keys", "create", "laboratory")
    assert stat.S_IMODE(keys_file.stat().st_mode) == 0o600

    keys_file.chmod(0o640)
    run(capsys, "keys", "create", "library")
    assert stat.S_IMODE(keys_file.stat().st_mode) == 0o640
    assert list(keys_file.parent.iterdir()) == [keys_file]


def test_list_shows_names_and_days_and_no_hash(capsys: pytest.CaptureFixture[str], keys_file: Path):
    for name in ("laboratory", "library"):
        run(capsys, "keys", "create", name)
    today = datetime.datetime.now(datetime.UTC).date()

    code, out, err = run(capsys, "keys", "list")

    assert (code, err) == (0, "")
    assert out == f"{today}  laboratory\n{today}  library\n"


def test_revoked_key_is_good_no_more_and_the_other_is(
    capsys: pytest.CaptureFixture[str], keys_file: Path
):
    first, second = (
        run(capsys, "keys", "create", name)[1].strip() for name in ("laboratory", "library")
    )
    code, out, err = run(capsys, "keys", "revoke", "laboratory")

    ring = api_keys.KeyRing(keys_file)
    assert (code, err) == (0, "")
    assert out.startswith("laboratory is revoked")
    assert (ring.name_of(first), ring.name_of(second)) == (None, "library")


def test_what_is_wrong_is_said_with_the_remedy(capsys: pytest.CaptureFixture[str], keys_file: Path):
    assert_says_in_one_line(run(capsys, "keys", "list"), str(keys_file), "keys create NAME")
    assert_says_in_one_line(run(capsys, "keys", "create", "a b"), "'a b' cannot name a key")
    run(capsys, "keys", "create", "laboratory")
    assert_says_in_one_line(run(capsys, "keys", "create", "laboratory"), "revoke it first")
    assert_says_in_one_line(run(capsys, "keys", "revoke", "library"), "the keys are laboratory")


def test_damaged_file_is_left_as_it_is(capsys: pytest.CaptureFixture[str], keys_file: Path):
    keys_file.write_text("{")

    for command in (["create", "a"], ["revoke", "a"], ["list"]):
        assert_says_in_one_line(run(capsys, "keys", *command), "is no file of API keys", "backup")
    assert keys_file.read_text() == "{"


def test_setting_that_is_missing_is_named(capsys: pytest.CaptureFixture[str], model_dir: Path):
    assert_says_in_one_line(run(capsys, "keys", "create", "a"), f"set {PREFIX}API_KEYS")


def test_folder_that_is_missing_is_named(
    capsys: pytest.CaptureFixture[str], keys_file: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(f"{PREFIX}API_KEYS", str(keys_file.parent / "nowhere" / "keys.json"))

    assert_says_in_one_line(run(capsys, "keys", "create", "a"), "no folder", "make it first")


def test_commands_at_the_same_time_lose_no_key(keys_file: Path):
    """Each reads and writes while it is alone; a thread opens the folder as a process does."""

    def create(name: str) -> None:
        with alone_in(keys_file.parent):
            before = api_keys.read(keys_file) if keys_file.exists() else []
            keys, _ = api_keys.create(before, name)
            keys_file.write_bytes(api_keys.encode(keys))

    threads = [threading.Thread(target=create, args=(f"key-{n}",)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(api_keys.read(keys_file)) == 20
