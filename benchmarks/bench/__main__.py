"""Measure all parts of the benchmark, or some of them, on the current model.

    python -m benchmarks.bench --only memory,spelling

Each part prints a table of figures, aims and verdicts, and writes its section of
benchmarks/RESULTS.md; the exit code is 1 if any figure missed its aim. All parts take hours on a
quiet machine with two cores. --small tries the code in minutes and writes no results.
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
# For 50 million rows of Parquet and their answers, which are removed before the CSV is written.
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
    """Measure, print and write; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _bench(options)
    except GenderDetectionError as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _bench(options: argparse.Namespace) -> int:
    model = Model.load(store.current(options.model_dir))
    home = Path(Settings.from_env().home)
    home.mkdir(parents=True, exist_ok=True)
    if not options.small and shutil.disk_usage(home).free < NEEDED_BYTES:
        raise ConfigError(f"less than {NEEDED_BYTES / 1e9:.0f} GB free at {home}: free some space")
    missed = []
    for part in options.only:
        # The files of a part are removed when it is done.
        with tempfile.TemporaryDirectory(prefix="bench-", dir=home) as work:
            plan = Plan(options.model_dir, Path(work), options.rounds, options.small)
            report, section = measure(part, plan, model)
        missed += [f"{part}: {what}" for what in report.missed()]
        if not options.small:
            results.write(options.results, {part: section}, list(PARTS))
    for what in missed:
        print(f"missed: {what}")
    if options.small:
        print("a small run: its figures are meaningless and are not written")
    return 1 if missed else 0


def measure(part: str, plan: Plan, model: Model) -> tuple[Report, str]:
    """Measure a part and print its table; return its report and its section of RESULTS.md."""
    module, title = PARTS[part]
    print(f"{part}: {title}", file=sys.stderr, flush=True)
    report = Report(title)
    date, before, busy, start = machine.today(), machine.load(), machine.Busy(), time.monotonic()
    try:
        # Imported only if it is measured: MLflow takes seconds.
        importlib.import_module(f".{module}", __package__).figures(report, plan)
    # running() raises SystemExit if the server does not start: go on with the other parts.
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
        busy=f"load of {before:.1f} before, {busy.shown()}",
        minutes=took / 60,
    )
    return report, results.section(part, report, measured)


def _parts(text: str) -> list[str]:
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    if unknown := [part for part in wanted if part not in PARTS]:
        known = ", ".join(PARTS)
        raise argparse.ArgumentTypeError(f"no part {unknown[0]!r}: the parts are {known}")
    return [part for part in PARTS if part in wanted] or list(PARTS)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make bench", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "--only", type=_parts, default=list(PARTS), help="parts: " + ",".join(PARTS)
    )
    parser.add_argument("--small", action="store_true", help="try the code on few rows")
    parser.add_argument(
        "--rounds", type=int, default=5, help="of each comparison; at most 3 of long ones"
    )
    parser.add_argument("--model-dir", type=Path, default=Path(Settings.from_env().model_dir))
    parser.add_argument("--results", type=Path, default=RESULTS)
    return parser


if __name__ == "__main__":
    # Remove the temporary gigabytes on SIGTERM, as on Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
