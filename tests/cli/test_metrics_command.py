"""gender-detection metrics serves what the pipeline reported, until it is asked to stop."""

import os
import re
import select
import signal
import socket
import subprocess
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from gender_detection.config import PREFIX
from gender_detection.telemetry.reports import report
from tests.cli.command_line import COMMANDS, assert_reported_in_one_line, run

SECONDS = 30
FAILED = 'gender_detection_pipeline_task_failed{task="training"}'


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in list(os.environ):
        if variable.startswith(PREFIX):
            monkeypatch.delenv(variable)
    # Output is buffered then, unless it is flushed.
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    monkeypatch.setenv(PREFIX + "HOME", str(tmp_path))
    monkeypatch.setenv(PREFIX + "HOST", "127.0.0.1")
    monkeypatch.setenv(PREFIX + "METRICS_PORT", str(free_port()))
    return tmp_path


@contextmanager
def serving():
    """Yield the process and the greeting that it prints when it serves."""
    with subprocess.Popen(
        [*COMMANDS["module"], "metrics"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert select.select([process.stdout], [], [], SECONDS)[0], "it does not greet"
            yield process, process.stdout.readline()
        finally:
            process.kill()


def scrape(greeting: str) -> str:
    (url,) = re.findall(r"http://\S+", greeting)
    with urllib.request.urlopen(url, timeout=SECONDS) as response:
        assert response.headers["Content-Type"].startswith("text/plain")
        return str(response.read().decode())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_new_reports_are_served_until_the_command_is_stopped(home, number):
    with serving() as (process, greeting):
        assert str(home / "metrics") in greeting
        assert "gender_detection_pipeline_unreadable_files 0.0" in scrape(greeting)

        report(str(home / "metrics"), "task", "training", 1.0, failed=True, warn=pytest.fail)
        assert f"\n{FAILED} 1.0\n" in scrape(greeting)
        (home / "metrics" / "broken.prom").write_text("{")
        assert "gender_detection_pipeline_unreadable_files 1.0" in scrape(greeting)

        process.send_signal(number)
        assert process.communicate(timeout=SECONDS) == ("", "")
        assert process.returncode == 0


def test_server_on_all_addresses_names_one_that_can_be_opened(home, monkeypatch):
    monkeypatch.setenv(PREFIX + "HOST", "0.0.0.0")

    with serving() as (_, greeting):
        assert "http://localhost:" in greeting
        assert "unreadable_files" in scrape(greeting)


@pytest.mark.usefixtures("home")
def test_taken_port_is_reported_with_the_remedy(capsys, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        monkeypatch.setenv(PREFIX + "METRICS_PORT", port)

        assert_reported_in_one_line(
            run(capsys, "metrics"), f"port {port} is taken", PREFIX + "METRICS_PORT"
        )


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("host", ["host.invalid", "192.0.2.1"])
def test_address_of_another_machine_is_reported_with_the_remedy(capsys, monkeypatch, host):
    monkeypatch.setenv(PREFIX + "HOST", host)

    assert_reported_in_one_line(run(capsys, "metrics"), host, f"set {PREFIX}HOST")


@pytest.mark.usefixtures("home")
def test_pushgateway_metrics_are_not_served(capsys, monkeypatch):
    monkeypatch.setenv(PREFIX + "METRICS_URI", "http://gateway:9091")

    assert_reported_in_one_line(run(capsys, "metrics"), "http://gateway:9091", "to a folder")


def test_command_line_does_not_import_modules_that_serve_imports_later():
    # `serve` says by an environment variable how prometheus_client is to count, before its import.
    look = "import sys, gender_detection.cli.commands; sys.exit('prometheus_client' in sys.modules)"

    assert subprocess.run([COMMANDS["module"][0], "-c", look], timeout=SECONDS).returncode == 0
