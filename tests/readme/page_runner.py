"""Runs a page of the documentation as a reader does: every block, in order, in one folder.

- A block of bash is run by one shell for the whole page, so that variables stay; a command that
  fails ends the run. A block of Python is run by one interpreter, which the first of them starts
  from that shell.
- A block with a title (```csv title="people.csv") is written to that file.
- A block of text directly after one of these is what it prints. The answers depend on the model,
  and are not compared: each line has to begin as one of the output does.
- A server that the page starts in the background (a line that ends in &) gets a port of its own in
  place of 5000, and is waited for; http://localhost:5000 is otherwise the server of make run.
- A file that the text of a tutorial names in `code`, such as `shares.svg`, has to be there in the
  end.
"""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.api.server_process import free_port
from tests.spark.pipeline_fixtures import ROOT

FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
NAMED_FILE = re.compile(r"`([\w./-]+\.(?:csv|html|json|md|parquet|png|svg|toml))`")
RUN = ("bash", "python")
CHECKOUT = (".venv", "tools", "airflow")
OF_TESTS = ("PYSPARK_PYTHON", "SPARK_CONF_DIR")
READY_SECONDS = 120  # on a busy machine
# Reads the paths of a block and of its output, and runs the block; ends with the first error.
SESSION = """
import contextlib, sys, traceback
names = {"__name__": "__main__"}
for line in sys.stdin:
    block, output = line.split()
    with open(output, "w") as out, contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            exec(compile(open(block).read(), "block.py", "exec"), names)
        except BaseException:
            traceback.print_exc()
            sys.exit(1)
    print("done", file=sys.__stdout__, flush=True)
"""


@dataclass(frozen=True)
class Block:
    """A block of code of a page, with the number of its first line."""

    kind: str
    title: str | None
    text: str
    line: int
    shown: str  # The block of text directly after it, or nothing.

    @property
    def is_run(self) -> bool:
        """Whether it is run, and not only written or shown."""
        return self.kind in RUN and self.title is None


def blocks_of(text: str) -> list[Block]:
    """Return the blocks of a page, in order."""
    found = list(FENCE.finditer(text))
    ends = {match.end(): match for match in found}
    outputs = {}
    for match in found:
        before = ends.get(len(text[: match.start()].rstrip()))
        if match[1] == "text" and before is not None:
            outputs[before.start()] = match[3]
    return [
        Block(m[1], m[2], m[3], text.count("\n", 0, m.start()) + 2, outputs.get(m.start(), ""))
        for m in found
    ]


def files_named(text: str) -> set[str]:
    """Return the files that the text around the blocks names."""
    return set(NAMED_FILE.findall(FENCE.sub("", text)))


class PageFailed(AssertionError):
    """A block of a page did not do what the page says; the message shows where and how."""


class Page:
    """A page that runs in a folder; home is that of make run, env its environment."""

    def __init__(self, path: Path, folder: Path, home: Path, env: Mapping[str, str]) -> None:
        self.path, self.folder = path, folder
        self.text = path.read_text(encoding="utf-8")
        self.blocks = blocks_of(self.text)
        for name in CHECKOUT:
            (folder / name).symlink_to(ROOT / name)
        (folder / "var").symlink_to(home)
        self._port = env["GENDER_DETECTION_PORT"]
        if any(block.is_run and _starts_a_server(block) for block in self.blocks):
            self._port = str(free_port())
        self._aside = folder / ".page"  # what a reader does not have
        self._aside.mkdir()
        (self._aside / "session.py").write_text(SESSION)
        # A reader's Spark has neither the Python nor the configuration of these tests.
        others = {name: value for name, value in env.items() if name not in OF_TESTS}
        self._env = {**others, "GENDER_DETECTION_PORT": self._port}
        self._has_python = False

    def run(self, not_run: Mapping[str, str], *, compared: bool = True) -> None:
        """Run all blocks but those that begin as one of not_run; raise PageFailed for an error.

        Unless compared, what they print is not looked at.
        """
        with self._shell() as shell:
            for block in self.blocks:
                text = block.text.replace("localhost:5000", f"localhost:{self._port}")
                if block.title is not None:
                    (self.folder / block.title).write_text(text)
                elif block.is_run and not block.text.startswith(tuple(not_run)):
                    printed = self._printed(shell, block, text)
                    if compared:
                        self._check(block, printed)

    def check_files(self) -> None:
        """Raise PageFailed if a file that the text of the page names is not there."""
        named = sorted(files_named(self.text))
        if missing := [name for name in named if not (self.folder / name).exists()]:
            raise PageFailed(f"{self.path.name} names files that are not there: {missing}")

    @contextlib.contextmanager
    def _shell(self) -> Iterator[subprocess.Popen[str]]:
        """Yield a shell in the folder; end it with all that it has started."""
        with (self._aside / "shell.log").open("w") as log:
            shell = subprocess.Popen(
                ["bash", "-e"], cwd=self.folder, env=self._env, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            yield shell
        finally:
            with contextlib.suppress(subprocess.TimeoutExpired, BrokenPipeError):
                shell.communicate("kill $(jobs -p) || true; wait || true\n", timeout=60)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()

    def _printed(self, shell: subprocess.Popen[str], block: Block, text: str) -> str:
        """Run a block and return its output."""
        assert shell.stdin is not None
        assert shell.stdout is not None
        script, output = (self._aside / f"{block.line}{end}" for end in (".block", ".out"))
        script.write_text(text)
        command = f". {script} >{output} 2>&1 </dev/null"
        if block.kind == "python":
            command = self._python_command(script, output)
        with contextlib.suppress(BrokenPipeError):
            shell.stdin.write(f"{command}\necho done\n")
            shell.stdin.flush()
        ended = shell.stdout.readline() == "done\n"
        printed = output.read_text(errors="replace") if output.exists() else ""
        if not ended:
            log = (self._aside / "shell.log").read_text()
            raise self._failed(block, f"failed:\n{text}\n{printed}{log}")
        if _starts_a_server(block):
            self._wait_until_ready(block)
        return printed

    def _python_command(self, script: Path, output: Path) -> str:
        start = "" if self._has_python else f"coproc .venv/bin/python {script.parent}/session.py\n"
        self._has_python = True
        return f'{start}echo {script} {output} >&"${{COPROC[1]}}"; read -r -u "${{COPROC[0]}}"'

    def _wait_until_ready(self, block: Block) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(URLError, OSError):
                if urlopen(f"http://localhost:{self._port}/readyz", timeout=10).status == 200:
                    return
            time.sleep(0.05)
        raise self._failed(block, f"no server was ready after {READY_SECONDS} s")

    def _check(self, block: Block, printed: str) -> None:
        """Raise PageFailed if a line of the output that the page shows begins as none does."""
        begins = {_beginning(line) for line in printed.splitlines()}
        missing = [line for line in block.shown.splitlines() if _beginning(line) not in begins]
        if missing := [line for line in missing if line.strip() not in ("", "…")]:
            raise self._failed(block, f"does not print {missing}, but:\n{printed}")

    def _failed(self, block: Block, what: str) -> PageFailed:
        return PageFailed(f"{self.path.name}, the block at line {block.line} {what}")


def _starts_a_server(block: Block) -> bool:
    return re.search(r" serve\b.*&$", block.text, re.MULTILINE) is not None


def _beginning(line: str) -> str:
    """Return the first word of a line, or its first sign; a digest and digits are 0."""
    word = re.search(r"\w+", line)
    return re.sub(r"^[0-9a-f]{64}$|\d+", "0", word[0]) if word else line.strip()[:1]
