"""The search for names in the logs of a test run."""

import runpy
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "search_logs.py"


@pytest.fixture
def search():
    return runpy.run_path(str(SCRIPT))["main"]


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """The files that tests of two servers leave."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "server.log").write_text("POST /predict 200\nMariam is no name sent\n")
    (tmp_path / "a" / "server.names").write_text("Maria\nОльга\n")
    return tmp_path


def test_logs_without_a_name_are_fine(search, left, capsys):
    assert search([str(left)]) == 0
    assert "2 logs" in capsys.readouterr().out


@pytest.mark.parametrize("line", ["for Maria Rossi", '{"name":"Ольга"}'])
def test_name_sent_to_one_server_is_found_in_the_log_of_another(search, left, capsys, line):
    with (left / "b" / "server.log").open("a") as log:
        log.write(line)

    assert search([str(left)]) == 1
    assert str(left / "b" / "server.log") in capsys.readouterr().out


def test_nothing_to_search_is_an_error(search, tmp_path):
    assert search([str(tmp_path)]) == 1
