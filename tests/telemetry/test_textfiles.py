"""Text files of metrics are written atomically, read together, and never break a scrape."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.openmetrics import exposition as openmetrics

from gender_detection.telemetry.pipeline_metrics import UNREADABLE_FILES
from gender_detection.telemetry.textfiles import TextFiles, write

UNREADABLE = UNREADABLE_FILES.name
GOOD = '# HELP rows Rows.\n# TYPE rows gauge\nrows{stage="raw"} 3.0\n'


def gauge(name, labels=None, value=1.0):
    family = GaugeMetricFamily(name, "What it is.", labels=list(labels or {}))
    family.add_metric(list((labels or {}).values()), value)
    return family


def scraped(folder):
    """Return the result of a scrape: the values by series, as Prometheus writes them."""
    lines = generate_latest(TextFiles(folder)).decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def test_written_metrics_are_read(tmp_path):
    families = [gauge("a_b", {"stage": 'odd "\\\n name'}, 2.5), CounterMetricFamily("done", "x", 7)]

    write(tmp_path / "new" / "folder", "task_one", families)

    assert scraped(tmp_path / "new" / "folder") == {
        'a_b{stage="odd \\"\\\\\\n name"}': "2.5",
        "done_total": "7.0",
        UNREADABLE: "0.0",
    }


def test_group_is_replaced_completely_and_leaves_no_other_file(tmp_path):
    write(tmp_path, "group", [gauge("a"), gauge("b")])
    write(tmp_path, "group", [gauge("b", value=2)])

    assert scraped(tmp_path) == {"b": "2.0", UNREADABLE: "0.0"}
    assert [path.name for path in tmp_path.iterdir()] == ["group.prom"]


def test_failed_write_leaves_the_group_unchanged(tmp_path, monkeypatch):
    write(tmp_path, "group", [gauge("a")])
    write_bytes = Path.write_bytes

    def write_half(path, content):
        write_bytes(path, content[: len(content) // 2])
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(OSError, match="no space"):
        write(tmp_path, "group", [gauge("a", value=2)])

    assert scraped(tmp_path) == {"a": "1.0", UNREADABLE: "0.0"}
    assert [path.name for path in tmp_path.iterdir()] == ["group.prom"]


def test_reader_sees_only_complete_groups(tmp_path, monkeypatch):
    seen = []
    replace = Path.replace

    def scrape_and_replace(path, target):
        seen.append(scraped(tmp_path))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", scrape_and_replace)
    write(tmp_path, "group", [gauge("a")])

    assert seen == [{UNREADABLE: "0.0"}]


def test_file_can_be_read_by_other_users(tmp_path):
    # The server of these files may run as another user, in another container.
    umask = os.umask(0o022)
    try:
        write(tmp_path, "group", [gauge("a")])
    finally:
        os.umask(umask)

    assert (tmp_path / "group.prom").stat().st_mode & 0o777 == 0o644


def test_families_of_the_same_name_are_one_family(tmp_path):
    write(tmp_path, "one", [gauge("rows", {"stage": "raw"}, 3)])
    write(tmp_path, "two", [gauge("rows", {"stage": "clean"}, 2)])

    text = generate_latest(TextFiles(tmp_path)).decode()

    assert text.count("# TYPE rows gauge") == 1
    assert 'rows{stage="raw"} 3.0\nrows{stage="clean"} 2.0' in text


def test_missing_folder_has_no_metrics(tmp_path):
    assert scraped(tmp_path / "none") == {UNREADABLE: "0.0"}


def test_other_files_are_ignored(tmp_path):
    write(tmp_path, "group", [gauge("a")])
    (tmp_path / "notes.txt").write_text("{{{")
    (tmp_path / ".group.4711").write_text("a ")

    assert scraped(tmp_path) == {"a": "1.0", UNREADABLE: "0.0"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty, after a power failure"),
        pytest.param(b"a{", id="cut off"),
        pytest.param(b"a 12", id="cut off within a number"),
        pytest.param(b'a 1\nb{stage="raw"} many\n', id="no number"),
        pytest.param(b"a 1\n\xff 2\n", id="no UTF-8"),
        pytest.param(b"a 1 1700000000000\n", id="with a time"),
        pytest.param(b"a " + b"9" * 400 + b"\n", id="no float can hold it"),
        pytest.param(b'a{b="1", ="x"} 1\n', id="a line that the parser fails on"),
        pytest.param(b"a 1\na 2\n", id="a series twice"),
        pytest.param(b'rows{stage="clean"} 9\n', id="another type than before"),
        pytest.param(GOOD.encode(), id="a series of another file"),
        pytest.param(f"{UNREADABLE} 0\n".encode(), id="our own series"),
        pytest.param(b"# TYPE a vector\na 1\n", id="unknown type"),
    ],
)
def test_invalid_file_is_left_out_as_a_whole_and_counted(tmp_path, content):
    (tmp_path / "good.prom").write_text(GOOD)
    (tmp_path / "other.prom").write_bytes(content)

    assert scraped(tmp_path) == {'rows{stage="raw"}': "3.0", UNREADABLE: "1.0"}


def test_folder_or_pipe_is_counted_as_an_error(tmp_path):
    (tmp_path / "folder.prom").mkdir()
    # Opened for reading, it would block until somebody writes.
    os.mkfifo(tmp_path / "pipe.prom")

    assert scraped(tmp_path) == {UNREADABLE: "2.0"}


def test_folder_that_is_a_file_is_counted(tmp_path):
    (tmp_path / "file").write_text("")

    assert scraped(tmp_path / "file") == {UNREADABLE: "1.0"}


def test_file_removed_meanwhile_is_not_counted(tmp_path):
    (tmp_path / "gone.prom").symlink_to(tmp_path / "nowhere")

    assert scraped(tmp_path) == {UNREADABLE: "0.0"}


PIECES = st.sampled_from(
    ["# HELP", "# TYPE", "gauge", "counter", "histogram", "summary", "untyped", "a", "a_total", "b",
     "a_bucket", "le", "{", "}", "=", ",", '"', "\\", "#", " ", "\t", "\n", "1", "1e400", "NaN",
     "+Inf", "-1", "_", "é", "\x00", "\x85", UNREADABLE]
)  # fmt: skip
FILES = st.lists(st.lists(PIECES, max_size=30).map("".join), max_size=4)


@given(st.lists(st.one_of(FILES.map("\n".join), st.text()).map(lambda s: s + "\n"), max_size=3))
@example(['# TYPE a histogram\na_bucket{le="x"} 1\n', "# TYPE a gauge\na_bucket 1\n"])
def test_no_file_can_fail_a_scrape(tmp_path_factory, contents):
    folder = tmp_path_factory.mktemp("any")
    for number, content in enumerate(contents):
        (folder / f"{number}.prom").write_bytes(content.encode(errors="replace"))
    (folder / "z.prom").write_text("own 1\n")

    for exposition in (generate_latest, openmetrics.generate_latest):
        text = exposition(TextFiles(folder)).decode()
        assert "\nown 1.0\n" in text
        assert f"\n{UNREADABLE} " in text
    shutil.rmtree(folder)


@pytest.mark.skipif(not shutil.which("promtool"), reason="no promtool on this machine")
def test_promtool_accepts_the_metrics(tmp_path):
    write(tmp_path, "one", [gauge("rows", {"stage": "raw"}, 3)])

    text = generate_latest(TextFiles(tmp_path))
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)

    assert (done.returncode, done.stderr) == (0, b"")
