"""gender-detection keys makes, lists and revokes keys in the file that the settings name."""

import datetime
import stat
import threading
from pathlib import Path

import pytest

from gender_detection import api_keys, key_uses
from gender_detection.config import PREFIX
from gender_detection.whole_files import locked
from tests.cli.command_line import assert_reported_in_one_line, run


@pytest.fixture
def keys_file(model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "api-keys.json"
    monkeypatch.setenv(f"{PREFIX}API_KEYS", str(path))
    return path


def test_created_key_is_printed_alone_and_the_note_goes_to_stderr(
    capsys: pytest.CaptureFixture[str], keys_file: Path
):
    code, out, err = run(capsys, "keys", "create", "laboratory")

    assert code == 0
    secret = out.removesuffix("\n")
    found = api_keys.KeyRing(keys_file).find(secret)
    assert found is not None
    assert found.name == "laboratory"
    assert "the key of laboratory" in err
    assert secret not in err
    assert secret not in keys_file.read_text()


def test_file_is_private_to_its_owner_and_a_changed_mode_is_kept(
    capsys: pytest.CaptureFixture[str], keys_file: Path
):
    run(capsys, "keys", "create", "laboratory")
    assert stat.S_IMODE(keys_file.stat().st_mode) == 0o600

    keys_file.chmod(0o640)
    run(capsys, "keys", "create", "library")
    assert stat.S_IMODE(keys_file.stat().st_mode) == 0o640
    assert list(keys_file.parent.iterdir()) == [keys_file]


def test_list_shows_names_and_dates_but_no_hash(
    capsys: pytest.CaptureFixture[str], keys_file: Path
):
    for name in ("laboratory", "library"):
        run(capsys, "keys", "create", name)
    today = datetime.datetime.now(datetime.UTC).date()

    code, out, err = run(capsys, "keys", "list")

    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "created     expires  last used (UTC)  limit    name",
        f"{today}  never    not recorded     general  laboratory",
        f"{today}  never    not recorded     general  library",
    ]


def test_list_shows_expiry_dates_limits_and_uses(
    capsys: pytest.CaptureFixture[str], keys_file: Path
):
    run(capsys, "keys", "create", "laboratory", "--expires", "2999-12-31")
    run(capsys, "keys", "create", "library", "--limit", "1000/minute;10000/day")
    laboratory, library = api_keys.read(keys_file)
    assert (laboratory.expires, laboratory.limit) == (datetime.date(2999, 12, 31), "")
    assert (library.expires, library.limit) == (None, "1000/minute;10000/day")
    key_uses.write(keys_file, {laboratory.sha256: 1_800_000_059})

    _, out, _ = run(capsys, "keys", "list")

    assert [line.split()[1:] for line in out.splitlines()[1:]] == [
        ["2999-12-31", "2027-01-15", "08:00", "general", "laboratory"],
        ["never", "not", "yet", "1000/minute;10000/day", "library"],
    ]


def test_unreadable_uses_are_not_shown(capsys: pytest.CaptureFixture[str], keys_file: Path):
    run(capsys, "keys", "create", "laboratory")
    key_uses.file_beside(keys_file).write_bytes(b'{"used"')

    code, out, _ = run(capsys, "keys", "list")

    assert code == 0
    assert "not recorded" in out


def test_only_the_use_of_a_revoked_key_is_forgotten(
    capsys: pytest.CaptureFixture[str], keys_file: Path
):
    for name in ("laboratory", "library"):
        run(capsys, "keys", "create", name)
    used = {key.sha256: 1_800_000_000 for key in api_keys.read(keys_file)}
    key_uses.write(keys_file, used)

    run(capsys, "keys", "revoke", "laboratory")

    (library,) = api_keys.read(keys_file)
    assert key_uses.read(keys_file) == {library.sha256: 1_800_000_000}


@pytest.mark.parametrize(
    ("option", "remedy"),
    [
        (["--expires", "soon"], "--expires=soon is not a date: use the form 2027-06-30"),
        (["--expires", "2027-02-30"], "--expires=2027-02-30 is not a date"),
        (["--expires", "2020-01-01"], "2020-01-01 is in the past"),
        (["--limit", "lots"], "--limit=lots is not a rate limit: use for example 100/second"),
        (["--limit", "0/second"], "--limit=0/second is not a rate limit: use for example"),
    ],
)
def test_invalid_last_day_or_limit_creates_no_key(
    capsys: pytest.CaptureFixture[str], keys_file: Path, option: list[str], remedy: str
):
    assert_reported_in_one_line(run(capsys, "keys", "create", "a", *option), remedy)
    assert not keys_file.exists()


def test_only_the_revoked_key_becomes_invalid(capsys: pytest.CaptureFixture[str], keys_file: Path):
    first, second = (
        run(capsys, "keys", "create", name)[1].strip() for name in ("laboratory", "library")
    )
    code, out, err = run(capsys, "keys", "revoke", "laboratory")

    ring = api_keys.KeyRing(keys_file)
    assert (code, err) == (0, "")
    assert out.startswith("laboratory is revoked")
    assert ring.find(first) is None
    other = ring.find(second)
    assert other is not None
    assert other.name == "library"


def test_error_is_reported_with_the_remedy(capsys: pytest.CaptureFixture[str], keys_file: Path):
    assert_reported_in_one_line(run(capsys, "keys", "list"), str(keys_file), "keys create NAME")
    assert_reported_in_one_line(run(capsys, "keys", "create", "a b"), "invalid key name 'a b'")
    run(capsys, "keys", "create", "laboratory")
    assert_reported_in_one_line(run(capsys, "keys", "create", "laboratory"), "revoke it first")
    assert_reported_in_one_line(run(capsys, "keys", "revoke", "library"), "the keys are laboratory")


def test_damaged_file_is_left_unchanged(capsys: pytest.CaptureFixture[str], keys_file: Path):
    keys_file.write_text("{")

    for command in (["create", "a"], ["revoke", "a"], ["list"]):
        assert_reported_in_one_line(
            run(capsys, "keys", *command), "not a valid API key file", "backup"
        )
    assert keys_file.read_text() == "{"


def test_missing_setting_is_named(capsys: pytest.CaptureFixture[str], model_dir: Path):
    assert_reported_in_one_line(run(capsys, "keys", "create", "a"), f"set {PREFIX}API_KEYS")


def test_missing_folder_is_named(
    capsys: pytest.CaptureFixture[str], keys_file: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(f"{PREFIX}API_KEYS", str(keys_file.parent / "nowhere" / "keys.json"))

    assert_reported_in_one_line(run(capsys, "keys", "create", "a"), "no folder", "create it first")


def test_commands_at_the_same_time_lose_no_key(keys_file: Path):
    """Each reads and writes while it is alone; a thread opens the folder as a process does."""

    def create(name: str) -> None:
        with locked(keys_file.parent):
            before = api_keys.read(keys_file) if keys_file.exists() else []
            keys, _ = api_keys.create(before, name)
            keys_file.write_bytes(api_keys.encode(keys))

    threads = [threading.Thread(target=create, args=(f"key-{n}",)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(api_keys.read(keys_file)) == 20
