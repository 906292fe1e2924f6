import errno
import os
import sys

import bootstrap
import preflight
import pytest


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left", "disk"),
        ("error: failed to copy\n  Caused by: No space left on device (os error 28)", "disk"),
        ("NewConnectionError: Failed to establish a new connection: [Errno 111]", "no network"),
        ("error: Failed to fetch: `https://x/simple/flask/`\n  Caused by: dns error", "no network"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "pinned"),
        ("error: failed to create directory: Permission denied (os error 13)", "permissions"),
    ],
)
def test_failed_installation_is_explained_in_one_line(output, word):
    line = bootstrap.reason_of(output)
    assert word in line
    assert "\n" not in line


def test_unknown_failure_is_reported_by_its_last_line():
    assert bootstrap.reason_of("working\nthe build of x broke\n\n") == "the build of x broke"


def test_uv_gets_the_settings_of_pip():
    listing = (
        ":env:.index-url='https://mirror.example/simple'\n"
        "global.cert='/etc/ssl/own.pem'\n"
        ":env:.find-links='/a /b'\n"
        ":env:.disable-pip-version-check='1'\n"
    )
    assert bootstrap.uv_settings(listing, {}) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "SSL_CERT_FILE": "/etc/ssl/own.pem",
        "UV_FIND_LINKS": "/a,/b",
    }


def test_uv_settings_of_the_user_are_kept():
    listing = "global.index-url='https://mirror.example/simple'\n"
    assert bootstrap.uv_settings(listing, {"UV_DEFAULT_INDEX": "https://own.example"}) == {}
    assert bootstrap.uv_settings(listing, {"UV_INDEX_URL": "https://own.example"}) == {}


def test_failed_step_goes_to_the_log_and_one_line_to_the_user(tmp_path, capsys):
    log = tmp_path / "install.log"
    noise = "print('noise'); print('x: dns error'); raise SystemExit(2)"
    with pytest.raises(bootstrap.InstallFailed, match="no network") as failed:
        bootstrap.run_step("installing", [sys.executable, "-c", noise], log, dict(os.environ))
    assert "noise" in log.read_text()
    assert "noise" not in str(failed.value) + capsys.readouterr().out


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        (errno.ENOSPC, ["disk full"]),
        (errno.EACCES, ["Permission denied: /x/log", "correct its permissions"]),
        (errno.ENOENT, ["No such file or directory: /x/log"]),
    ],
)
def test_refusal_of_the_system_is_reported_with_the_file_and_a_remedy(number, parts):
    line = bootstrap.reason_of_refusal(OSError(number, os.strerror(number), "/x/log"))
    for part in parts:
        assert part in line
    assert ".venv" not in line


def test_interrupted_installation_leaves_no_stamp(tmp_path, monkeypatch):
    stamp = tmp_path / ".pipeline"
    stamp.write_text("")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "make_venv", interrupted)
    monkeypatch.setenv("GENDER_DETECTION_HOME", str(tmp_path / "home"))
    assert bootstrap.main(["pipeline"]) == 130
    assert not stamp.exists()


def test_every_group_of_packages_has_a_pinned_file():
    for group in (*bootstrap.STAMPS, bootstrap.NOTEBOOK):
        pins = (preflight.ROOT / "requirements" / f"{group}.txt").read_text()
        assert "--hash=sha256:" in pins
        assert "index-url" not in pins


def test_pinned_files_agree_on_every_version():
    def versions(name):
        text = (preflight.ROOT / "requirements" / f"{name}.txt").read_text()
        pins = [line.split(" ")[0].split("==") for line in text.splitlines() if "==" in line]
        return {(package, version) for package, version in pins}

    for group in ("runtime", "pipeline", "bench"):
        assert versions(group) <= versions("dev")
    # They are installed beside those of dev, and must replace none of them.
    also, dev = versions("notebook"), versions("dev")
    shared = {name for name, _ in also} & {name for name, _ in dev}
    assert {pin for pin in also if pin[0] in shared} == {pin for pin in dev if pin[0] in shared}


def test_jupyter_is_added_and_an_installation_removes_its_stamp(tmp_path, monkeypatch):
    ran: list[list[str]] = []

    def run_step(title, command, log, env):
        ran.append([str(part) for part in command])

    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "run_step", run_step)
    monkeypatch.setattr(bootstrap, "uv_pip", lambda env: (["uv", "pip"], env))
    bootstrap.add_jupyter(tmp_path / "log", {})
    assert "sync" not in ran[0]
    assert {"install", "--require-hashes"} <= set(ran[0])
    assert (tmp_path / ".notebook").exists()

    monkeypatch.setattr(bootstrap, "make_venv", lambda log, env: None)
    monkeypatch.setattr(bootstrap, "compile_project", lambda log, env: None)
    bootstrap.install("pipeline", tmp_path / "log", {})
    assert (tmp_path / ".pipeline").exists()
    assert not (tmp_path / ".notebook").exists()
