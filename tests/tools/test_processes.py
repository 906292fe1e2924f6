import os
import signal
import subprocess
import sys
from typing import IO

import processes
import pytest


@pytest.fixture
def pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def command(pipe):
    """Return a command that never ends, with a child that never ends and keeps the pipe open."""
    wait = "import threading; threading.Event().wait()"
    child = f"pipe = open({str(pipe)!r}, 'w'); print('x', file=pipe, flush=True); {wait}"
    script = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}]); {wait}"
    return [sys.executable, "-c", script]


def test_interrupt_leaves_no_process_of_the_group(pipe):
    def interrupted():
        with processes.process_group(command(pipe), {}, subprocess.DEVNULL) as child:
            pipes.append(pipe.open())
            assert pipes[0].readline() == "x\n"
            children.append(child)
            raise KeyboardInterrupt

    pipes: list[IO[str]] = []
    children: list[subprocess.Popen[str]] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert children[0].returncode is not None
    assert pipes[0].read() == ""  # the last holder of the other end is gone
    pipes[0].close()


def test_killed_runner_leaves_no_process_of_the_group(pipe):
    script = (
        f"import sys; sys.path.insert(0, {str(processes.ROOT / 'tools')!r})\n"
        "import os, signal, subprocess, processes\n"
        f"with processes.process_group({command(pipe)!r}, {{}}, subprocess.DEVNULL):\n"
        "    sys.stdin.readline()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE) as runner:
        with pipe.open() as held:
            assert held.readline() == "x\n"
            runner.communicate(b"die\n")
            assert held.read() == ""
        assert runner.returncode == -signal.SIGKILL
