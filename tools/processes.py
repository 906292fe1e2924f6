"""Child processes that end, with all their own children, when their parent ends."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
GRACE_SECONDS = 5
# Kills the process group $0 when the process at the other end of its input has ended, even by
# SIGKILL: nothing may go on building while the next run starts.
GUARD = 'read -r done || kill -s KILL -- "-$0"'


def interrupt_on_signals() -> None:
    """Make SIGTERM and a closed terminal raise KeyboardInterrupt, as Ctrl-C does."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


@contextlib.contextmanager
def process_group(
    command: list[str], env: dict[str, str], stdout: IO[str] | int
) -> Iterator[subprocess.Popen[str]]:
    """Run command in its own process group; end all processes of the group with the block."""
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=env,
        cwd=ROOT,
        start_new_session=True,
    )
    guard = subprocess.Popen(
        ["/bin/sh", "-c", GUARD, str(child.pid)], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        yield child
    finally:
        _end_group(child)
        guard.communicate(b"done\n")


def _end_group(child: subprocess.Popen[str]) -> None:
    # Airflow first: it would retry the jobs that end.
    child.kill()
    child.wait()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        # SIGTERM lets Spark remove its temporary files.
        os.killpg(child.pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < deadline and _group_lives(child.pid):
            time.sleep(0.05)
        os.killpg(child.pid, signal.SIGKILL)


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):  # macOS: the group has only zombies left
        return False
    return True
