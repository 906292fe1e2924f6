"""The runner that runs a page of the documentation as a reader does."""

import os

import pytest

from tests.api.server_process import free_port
from tests.readme.page_runner import Page, PageFailed


def fenced(*blocks):
    """Return a page with blocks, each a pair of what opens it and its text."""
    return "# Title\n" + "".join(f"\n```{opens}\n{text}\n```\n" for opens, text in blocks)


@pytest.fixture
def run(tmp_path):
    """Return a function that runs a page and returns its folder."""
    folder = tmp_path / "folder"
    folder.mkdir()

    def run(text, not_run=()):
        (tmp_path / "page.md").write_text(text)
        env = {**os.environ, "GENDER_DETECTION_PORT": str(free_port())}
        page = Page(tmp_path / "page.md", folder, tmp_path, env)
        page.run(dict.fromkeys(not_run, "reason"))
        page.check_files()
        return folder

    return run


def test_blocks_run_in_order_in_one_folder_with_one_shell_and_one_interpreter(run):
    folder = run(
        fenced(
            ('csv title="people.csv"', "name\nMaria"),
            ("bash", "export KEY=secret"),
            ("python", "import os\nkey = os.environ['KEY']"),
            ("bash", "plain=$(cat people.csv | tail -1)"),
            ("python", "print(key, open('people.csv').read().split())"),
            ("text", "secret ['name', 'Maria']"),
            ("bash", "echo $plain > out.txt"),
            ("toml", "this is only shown"),
        )
    )
    assert (folder / "out.txt").read_text() == "Maria\n"


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("bash", "echo before\nfalse\necho after", "line 4 failed"),
        ("bash", "exit 3", "line 4 failed"),
        ("python", "x = 1 / 0", "ZeroDivisionError"),
    ],
)
def test_block_that_fails_ends_the_run_and_is_shown(run, tmp_path, kind, text, shown):
    with pytest.raises(PageFailed, match=shown):
        run(fenced((kind, text), ("bash", "touch later")))
    assert not (tmp_path / "folder" / "later").exists()


def test_block_that_is_not_run_is_left_out(run):
    assert not (run(fenced(("bash", "docker\ntouch it")), ["docker"]) / "it").exists()


LINES = ("bash", "echo '  2021  0.3'; echo 'rows: 7'")


def test_output_begins_as_shown_whatever_its_numbers(run):
    run(fenced(LINES, ("text", "  2020  0.9\n…\nrows: 12")))


def test_table_is_as_shown_whatever_its_widths(run):
    table = "echo '+---+--+'; echo '| year|n|'; echo '| 2021|7|'"
    run(fenced(("bash", table), ("text", "+----+\n|year|    n|\n|2020|  12|")))


def test_output_that_begins_with_other_words_fails(run):
    with pytest.raises(PageFailed, match=r"does not print \['people: 7'\]"):
        run(fenced(LINES, ("text", "people: 7")))


def test_text_that_is_not_directly_after_a_command_is_no_output(run):
    run(fenced(LINES) + "\nA file looks so:\n" + fenced(("text", "people: 7")))


def test_files_that_the_page_names_have_to_be_there(run):
    run("Open `plot.svg`.\n" + fenced(("bash", "touch plot.svg")))


def test_file_that_the_page_names_and_no_block_writes_fails(run):
    with pytest.raises(PageFailed, match=r"files that are not there: \['plot.svg'\]"):
        run("Open `plot.svg`.\n" + fenced(("bash", "touch other.svg")))


# A stand-in for the server, which answers only what it is asked for here.
SERVER = """
import http.server, os, pathlib, sys
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ready")
pathlib.Path("pid").write_text(str(os.getpid()))
port = int(os.environ["GENDER_DETECTION_PORT"])
http.server.HTTPServer(("localhost", port), Ready).serve_forever()
"""


def test_server_is_waited_for_on_a_port_of_its_own_and_ended(run):
    folder = run(
        fenced(
            ('python title="server.py"', SERVER),
            ("bash", ".venv/bin/python server.py serve > log 2>&1 &"),
            ("bash", "curl -sf http://localhost:5000/readyz"),
            ("text", "ready"),
        )
    )
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), 0)
