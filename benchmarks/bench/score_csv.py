"""`gender-detection score` on CSV: beside pyarrow, which only reads and writes the same file.

Times are those of whole commands on all cores; for pyarrow, that of the faster of two ways. Memory
is the peak of the sum of all processes' proportional set sizes. It is measured in separate runs,
because sampling it takes time.
"""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from pyarrow import csv

from benchmarks.load_tests.report import Report, median

from .names_drawn import Pool
from .plan import Plan, at_least, at_most, in_turn, progress, rates, ratios
from .processes import Peaks, run

ROWS, FEWER_ROWS = 10_000_000, 1_000_000
OF_ARROW, MEMORY_OF_FEWER = 0.5, 1.2
# The columns of each file.
KINDS = {"full names": ["id", "name", "country"], "given names": ["id", "given_name", "country"]}
COMMAND = str(Path(sys.executable).with_name("gender-detection"))


def figures(report: Report, plan: Plan) -> None:
    """Measure, and add the figures to a report."""
    rows, fewer = plan.rows(ROWS), plan.rows(FEWER_ROWS) // (4 if plan.small else 1)
    for kind, columns in KINDS.items():
        many, few = plan.work / "many.csv", plan.work / "few.csv"
        progress(f"{kind}: writing {rows:,} and {fewer:,} rows")
        write(plan, many, rows, columns)
        write(plan, few, fewer, columns)
        report.add(f"{kind}: {rows:,} rows, MB", f"{many.stat().st_size / 1e6:,.0f}")
        _speed(report, plan, kind, many, rows)
        _memory(report, plan, kind, many, few)


def write(plan: Plan, path: Path, rows: int, columns: Sequence[str]) -> None:
    """Write a table of people."""
    writer = None
    for chunk in Pool.read(plan.small).chunks(rows, seed=4):
        table = chunk.select(columns)
        writer = writer or csv.CSVWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _speed(report: Report, plan: Plan, kind: str, path: Path, rows: int) -> None:
    progress(f"{kind}: scored, and copied by pyarrow")
    copy = [sys.executable, "-m", "benchmarks.bench.csv_copy"]
    ours, whole, streamed = in_turn(
        plan.few(),
        lambda: seconds(plan, [COMMAND, "score"], path),
        lambda: seconds(plan, [*copy, "whole"], path),
        lambda: seconds(plan, [*copy, "streamed"], path),
    )
    faster = min(whole, streamed, key=median)
    report.add(f"{kind}: score, rows/s", rates(ours, rows))
    report.add(f"{kind}: pyarrow reads all, then writes, rows/s", rates(whole, rows))
    report.add(f"{kind}: pyarrow writes block by block, rows/s", rates(streamed, rows))
    at_least(report, f"{kind}: rate of pyarrow alone", ratios(faster, ours), OF_ARROW)


def seconds(plan: Plan, command: Sequence[str], path: Path, peaks: Peaks | None = None) -> float:
    """Return the seconds that a command takes to write a file from another."""
    target = plan.work / "answered.csv"
    target.unlink(missing_ok=True)
    # So that earlier writes do not slow down this command.
    os.sync()
    start = time.perf_counter()
    variables = {"GENDER_DETECTION_MODEL_DIR": str(plan.model_dir.absolute())}
    run([*command, str(path), str(target)], peaks=peaks, variables=variables)
    took = time.perf_counter() - start
    target.unlink()
    return took


def _memory(report: Report, plan: Plan, kind: str, many: Path, few: Path) -> None:
    progress(f"{kind}: memory")
    of_many, of_few = in_turn(plan.few(), lambda: _peak(plan, many), lambda: _peak(plan, few))
    report.add(f"{kind}: peak memory of the many rows, MB", f"{median(of_many):,.0f}")
    report.add(f"{kind}: peak memory of the fewer rows, MB", f"{median(of_few):,.0f}")
    what = f"{kind}: memory of the fewer rows, times"
    at_most(report, what, ratios(of_many, of_few), MEMORY_OF_FEWER)


def _peak(plan: Plan, path: Path) -> float:
    peaks = Peaks()
    seconds(plan, [COMMAND, "score"], path, peaks)
    return peaks.all_mb
