"""Measure all figures, or some parts of them, on the model that is served.

    python -m benchmarks.bench --only memory,spelling

Each part prints a table of figures, aims and verdicts, and its section of benchmarks/RESULTS.md is
written; the exit code is 1 where any aim was missed. All of it takes hours, and a quiet machine
with two cores; --small tries the code out in minutes, and writes no results.
"""

import argparse
import importlib
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from subprocess import SubprocessError

from benchmarks.load_tests.report import Report
from gender_detection.config import Settings
from gender_detection.errors import ConfigError, GenderDetectionError
from gender_detection.model import Model, store

from . import machine, results
from .plan import MeasurementFailed, Plan

RESULTS = Path(__file__).resolve().parents[1] / "RESULTS.md"
# 50 million rows of Parquet and their answers, which go before a CSV and its answers come.
NEEDED_BYTES = 10e9
SHOWN_CHARACTERS = 300
# The module of each part, and its title.
PARTS = {
    "memory": ("in_memory", "Names in memory, on one core"),
    "spelling": ("spellings", "Spellings that no source knows, on one core"),
    "score_csv": ("score_csv", "The command score on CSV"),
    "spark": ("spark_parquet", "Spark from Parquet to Parquet"),
    "api": ("api_requests", "The API"),
    "worker": ("new_worker", "A new worker, and the artifact"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, tell and write; return the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        return _bench(asked)
    except GenderDetectionError as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _bench(asked: argparse.Namespace) -> int:
    model = Model.load(store.current(asked.model_dir))
    home = Path(Settings.from_env().home)
    home.mkdir(parents=True, exist_ok=True)
    if not asked.small and shutil.disk_usage(home).free < NEEDED_BYTES:
        raise ConfigError(f"less than {NEEDED_BYTES / 1e9:.0f} GB free at {home}: free some space")
    missed = []
    for part in asked.only:
        # What a part writes goes when it is done.
        with tempfile.TemporaryDirectory(prefix="bench-", dir=home) as work:
            plan = Plan(asked.model_dir, Path(work), asked.rounds, asked.small)
            told, section = measure(part, plan, model)
        missed += [f"{part}: {what}" for what in report.missed()]
        if not asked.small:
            results.write(asked.results, {part: section}, list(PARTS))
    for what in missed:
        print(f"missed: {what}")
    if asked.small:
        print("a small run: its figures say nothing, and are written nowhere")
    return 1 if missed else 0


def measure(part: str, plan: Plan, model: Model) -> tuple[Report, str]:
    """Measure a part and print its table; return it, and its section of the results."""
    module, title = PARTS[part]
    print(f"{part}: {title}", file=sys.stderr, flush=True)
    report = Report(title)
    date, before, busy, start = machine.today(), machine.load(), machine.Busy(), time.monotonic()
    try:
        # Imported when it is needed: MLflow takes seconds.
        importlib.import_module(f".{module}", __package__).figures(report, plan)
    # The drills' server ends the program where it does not start; here other parts wait.
    except (MeasurementFailed, GenderDetectionError, OSError, SubprocessError, SystemExit) as err:
        reason = " ".join(str(err).split())[:SHOWN_CHARACTERS]
        report.check(f"the rest of {part}", f"not measured: {reason}", "measured", False)
    took = time.monotonic() - start
    report.show()
    measured = results.Circumstances(
        date=date,
        command=f"make bench ONLY={part}",
        machine=machine.machine(),
        versions=machine.versions(),
        code=machine.code(model),
        busy=f"load of {before:.1f} before, {busy.told()}",
        minutes=took / 60,
    )
    return told, results.section(part, told, measured)


def _parts(text: str) -> list[str]:
    asked = [part.strip() for part in text.split(",") if part.strip()]
    if unknown := [part for part in asked if part not in PARTS]:
        known = ", ".join(PARTS)
        raise argparse.ArgumentTypeError(f"no part {unknown[0]!r}: the parts are {known}")
    return [part for part in PARTS if part in asked] or list(PARTS)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--only", type=_parts, default=list(PARTS), help="parts: " + ",".join(PARTS)
    )
    parser.add_argument("--small", action="store_true", help="try the code out on few rows")
    parser.add_argument("--rounds", type=int, default=5, help="of each comparison; long ones do 3")
    parser.add_argument("--model-dir", type=Path, default=Path(Settings.from_env().model_dir))
    parser.add_argument("--results", type=Path, default=RESULTS)
    return parser


if __name__ == "__main__":
    # Whoever ends it so wants the gigabytes gone too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
