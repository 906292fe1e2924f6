"""A score that is interrupted, killed or loses a worker leaves no file that looks whole."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.command_line import COMMANDS

DEADLINE = 60  # seconds, on a busy machine
FILLER = "x" * 4000
# More than there can be under way in two processes, so that some of it is written.
ROWS = f"Maria,{FILLER}\n" * 8_000

pytestmark = [
    pytest.mark.usefixtures("published"),
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes in /proc"),
]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "made").mkdir()
    path = tmp_path / "made" / "out.csv"
    path.write_text("before")
    return path


@contextlib.contextmanager
def under_way(out: Path) -> Iterator[subprocess.Popen]:
    """A command that has written something, and waits for more of its standard input."""
    command = [*COMMANDS["module"], "score", "-", str(out), "--jobs", "2"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    try:
        process.stdin.write("name,filler\n" + ROWS)
        process.stdin.flush()
        wait_until(lambda: any(path.stat().st_size > 1_000_000 for path in asides(out)))
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def asides(out: Path) -> list[Path]:
    return [path for path in out.parent.iterdir() if path != out]


def children(process: subprocess.Popen) -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(pid) for pid in listed.split()]


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def ended(process: subprocess.Popen) -> tuple[str, str]:
    """Return what a command printed; its input stays open until it has ended."""
    process.wait(DEADLINE)
    assert process.stdout is not None
    assert process.stderr is not None
    return process.stdout.read(), process.stderr.read()


def test_ctrl_c_keeps_the_old_output(out: Path):
    with under_way(out) as process:
        workers = children(process)
        os.killpg(process.pid, signal.SIGINT)
        printed, err = ended(process)

    assert (process.returncode, printed) == (130, "")
    assert "Traceback" not in err
    assert out.read_text() == "before"
    assert not asides(out)
    assert len(workers) == 2
    assert all(map(is_gone, workers))


def test_killed_worker_ends_the_run_with_an_error(out: Path):
    with under_way(out) as process:
        os.kill(children(process)[0], signal.SIGKILL)
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(ROWS)
            process.stdin.close()
        _, err = ended(process)

    assert process.returncode == 1
    assert "error: a worker process died (signal 9)" in err
    assert "--jobs" in err
    assert "Traceback" not in err
    assert out.read_text() == "before"
    assert not asides(out)


def test_remains_of_a_killed_run_are_removed_only_by_the_next_run(out: Path, tmp_path: Path):
    with under_way(out) as process:
        workers = children(process)
        process.kill()
        process.wait()
        # A worker without a parent ends by itself.
        wait_until(lambda: all(map(is_gone, workers)))
    (left_over,) = asides(out)
    assert left_over.name.startswith(".")
    assert out.read_text() == "before"

    people = tmp_path / "people.csv"
    people.write_text("name\nMaria\n")
    with under_way(out) as process:
        assert not left_over.exists()
        (being_made,) = asides(out)
        done = subprocess.run(
            [*COMMANDS["module"], "score", str(people), str(out)], timeout=DEADLINE
        )
        assert done.returncode == 0
        assert asides(out) == [being_made]
    assert out.read_text().startswith("name,gender")


def test_standard_input_and_output_are_csv(published):
    command = [*COMMANDS["module"], "score", "-", "-"]
    done = subprocess.run(
        command, input="name\nMaria\n", capture_output=True, text=True, timeout=DEADLINE
    )

    assert done.returncode == 0
    assert done.stdout.splitlines()[1] == "Maria,female,0.998,0.998,name,"
    assert "1 rows in " in done.stderr


def test_closed_output_pipe_is_not_an_error(tmp_path: Path):
    path = tmp_path / "people.csv"
    path.write_text("name,filler\n" + ROWS)
    reader, output = os.pipe()
    os.close(reader)
    with os.fdopen(output, "wb") as gone:
        done = subprocess.run(
            [*COMMANDS["module"], "score", str(path), "-"],
            stdout=gone, stderr=subprocess.PIPE, text=True, timeout=DEADLINE,
        )  # fmt: skip

    assert done.returncode == 0
    assert "Traceback" not in done.stderr
