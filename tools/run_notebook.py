"""Execute a notebook, print a line for each cell, and save it as a report (HTML) beside the model.

    python tools/run_notebook.py notebooks/exploratory_analysis.ipynb

A task of the DAG model_training; `make train` shows the lines that start with
[gender-detection]. The report is saved before the first cell with the tag "report"
(tools/report.py), which can log it, else after the last cell. The notebook file is not changed. If
a cell fails, the terminal shows its title and the last line of the error; the traceback goes into
log/notebook.log below GENDER_DETECTION_HOME.
"""

if __name__ == "__main__":
    # Before the slow imports below, so that Ctrl-C ends them without a traceback.
    from gender_detection import interrupts

    interrupts.end_at_once()

import asyncio
import os
import re
import signal
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import report
from airflow_env import airflow_environment
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from gender_detection import os_errors
from gender_detection.config import Settings
from gender_detection.errors import ConfigError
from gender_detection.jobs import REFUSED, say
from gender_detection.telemetry.reports import attempt

ROOT = Path(__file__).resolve().parent.parent
ANSI = re.compile(r"\x1b\[[0-9;]*m")
# Warnings in the format of the notebook's first cell. Those of Spark, Java and MLflow are left out.
WARNED = re.compile(r"^gender_detection[\w.]*: (.+)$", re.MULTILINE)
# The name of this run in the pipeline's metrics, beside the tasks of the DAG.
TASK = "report"


class ThisPython(KernelSpecManager):
    """Has one kernel, the Python that runs this: kernels installed by the user are ignored."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the kernel for any name."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name=kernel_name, language="python")


class InterruptibleClient(NotebookClient):
    """A client that a signal cancels, which it can tell from a dead kernel."""

    interrupted = False

    async def async_start_new_kernel(self, **kwargs: object) -> None:
        """Start the kernel, then replace the signal handlers that the caller has just set."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - this is a coroutine

        def cancel() -> None:
            self.interrupted = True
            task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, cancel)
        await super().async_start_new_kernel(**kwargs)


def cell_titles(notebook: NotebookNode) -> dict[int, str]:
    """Return index -> title of each cell with code: its first comment, else the last heading.

    Below a heading, cells after the first should begin with a comment.
    """
    titles, heading = {}, ""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            if found := re.findall(r"^#+\s+(.+?)\s*#*$", cell.source, re.MULTILINE):
                heading = found[-1]
        elif cell.cell_type == "code" and cell.source.strip():
            first = cell.source.strip().splitlines()[0]
            titles[index] = report.title_of(cell) or heading or first
    return titles


class Report:
    """Saves the notebook as a page at target, once."""

    def __init__(self, notebook: NotebookNode, target: Path) -> None:
        self._notebook = notebook
        self._target = target
        self._saved = False

    def before(self, cell: NotebookNode) -> None:
        """Save the page before a cell that needs it."""
        if report.has_tag(cell, report.REPORT):
            self.save()

    def save(self) -> None:
        """Save the page unless that is done."""
        if not self._saved:
            report.save_html(self._notebook, self._target)
        self._saved = True


class Progress:
    """Prints a line for each cell, before which page is saved if the cell needs it.

    current is the title of the running cell.
    """

    def __init__(self, titles: dict[int, str], page: Report) -> None:
        self.current = "start"
        self._page = page
        self._numbers = {index: number for number, index in enumerate(titles, start=1)}
        self._titles = titles
        self._started = 0.0

    def start(self, cell: NotebookNode, cell_index: int) -> None:
        """Print the title of the cell that starts."""
        self._page.before(cell)
        if cell_index not in self._titles:
            return
        self.current, self._started = self._titles[cell_index], time.monotonic()
        number, total = self._numbers[cell_index], len(self._titles)
        print(f"[{number:{len(str(total))}}/{total}] {self.current} ...", end="", flush=True)

    def end(self, cell: NotebookNode, cell_index: int, execute_reply: object) -> None:
        """Print how long the cell took, and the warnings of this project's library."""
        if cell_index in self._titles:
            print(f" {time.monotonic() - self._started:.1f} s", flush=True)
            for message in WARNED.findall("".join(o.get("text", "") for o in cell.outputs)):
                say(f"warning: {message}")


async def execute(notebook: NotebookNode, progress: Progress, home: Path, scratch: Path) -> None:
    """Execute the notebook in memory; the kernel has ended when this returns or raises.

    Output of the kernel and Spark that is not in the notebook goes into log/kernel.log.
    """
    manager = AsyncKernelManager(
        kernel_spec_manager=ThisPython(),
        connection_file=str(scratch / "kernel.json"),
        # Sockets in a private folder: other users of this machine cannot reach the kernel.
        transport="ipc",
        ip=str(scratch / "kernel"),
    )
    client = InterruptibleClient(
        notebook,
        km=manager,
        timeout=None,
        on_cell_execute=progress.start,
        on_cell_executed=progress.end,
    )
    # A training run must not load the user's IPython start-up files.
    own = {"IPYTHONDIR": str(scratch), "MPLCONFIGDIR": str(scratch)}
    env = {**os.environ, **airflow_environment(home, os.environ), **own}
    try:
        with (home / "log" / "kernel.log").open("wb") as noise:
            await client.async_execute(cwd=str(ROOT), env=env, stdout=noise, stderr=noise)
    except DeadKernelError as err:
        # nbclient raises this for a cancelled cell, too.
        if client.interrupted:
            raise KeyboardInterrupt from err
        raise
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
        if manager.has_kernel:
            await manager.shutdown_kernel(now=True)


def run(source: Path, settings: Settings) -> int:
    """Execute the notebook at source, save its HTML, and return the exit code."""
    log = settings.home / "log" / "notebook.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("")
    notebook = nbformat.read(source, as_version=4)
    page = Report(notebook, Path(settings.model_dir) / f"{source.stem}.html")
    progress = Progress(cell_titles(notebook), page)
    try:
        with tempfile.TemporaryDirectory(prefix="notebook-") as scratch:
            asyncio.run(execute(notebook, progress, settings.home, Path(scratch)))
    except CellExecutionError as err:
        log.write_text(ANSI.sub("", err.traceback) + "\n", encoding="utf-8")
        last = ANSI.sub("", f"{err.ename}: {err.evalue}".strip().splitlines()[-1])
        _fail(f"{progress.current}: {last} (details: {log})")
        # It would fail again.
        return REFUSED
    except DeadKernelError:
        _fail(
            f"{progress.current}: Python was killed, probably because memory ran out: "
            "close other programs, or set GENDER_DETECTION_SAMPLE=0.5"
        )
        return 1
    page.save()
    return 0


def _fail(why: str) -> None:
    print()
    say(f"error: {why}")


def warn(message: str) -> None:
    """Print a problem that does not affect the model."""
    say(f"warning: {message}")


def main(arguments: list[str]) -> int:
    """Run the notebook named in arguments; return the exit code."""
    started = time.monotonic()
    try:
        settings = Settings.from_env()
        say(f"executing {arguments[0]}")
        with attempt(settings.metrics_uri, TASK, warn) as under_way:
            code = run(Path(arguments[0]), settings)
            under_way.failed = code != 0
    except (ConfigError, nbformat.reader.NotJSONError, nbformat.ValidationError) as err:
        say(f"error: {err}")
        return 1
    except OSError as err:
        say(f"error: {os_errors.describe(err)}")
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        print()
        say("interrupted; 'gender-detection model list' says which version is champion")
        return 130
    if code == 0:
        say(f"done in {time.monotonic() - started:.1f} s")
    return code


if __name__ == "__main__":
    interrupts.run(main, sys.argv[1:])
