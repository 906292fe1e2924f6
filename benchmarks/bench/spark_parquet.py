"""Spark on local[2], Parquet in and out: beside the same job without scoring, and beside a pandas
UDF that calls gender-guesser on the given names.

Each job runs in a process of its own; its time does not include the start of Spark. gender-guesser
runs once on all rows. The memory of Java and of the Python workers is measured in separate runs.
"""

import itertools
import shutil
from collections.abc import Sequence

import pyarrow.parquet as pq

from benchmarks.load_tests.report import Report, median

from . import spark_job
from .names_drawn import CHUNK, Pool
from .plan import Plan, at_least, at_most, in_turn, progress, rates, ratios
from .processes import Peaks, measured

ROWS = (1_000_000, 10_000_000, 50_000_000)
OF_COPY, OF_GUESSER, FLAT = 0.5, 10.0, 1.2
# Spark splits work by row groups: one file has enough of them for two tasks.
GROUP_ROWS = 131_072
KINDS = {
    "full names": {"name": "name", "country_column": "country"},
    "given names": {"name": "given_name"},
}
GROWING = "full names"


def figures(report: Report, plan: Plan) -> None:
    """Measure, and add the figures to a report."""
    sizes = [plan.rows(rows) for rows in ROWS]
    progress(f"writing {sizes[-1]:,} rows of Parquet")
    parts = write(plan, sizes[-1])
    files = {rows: parts[: max(1, rows // CHUNK)] for rows in sizes}
    progress("a pandas UDF that calls gender-guesser")
    guessed = [job(plan, "guess", parts, KINDS["given names"])]
    report.add(
        f"gender-guesser in a pandas UDF, {sizes[-1]:,} rows: rows/s", rates(guessed, sizes[-1])
    )
    ours = {kind: _speed(report, plan, kind, parts, sizes[-1], guessed) for kind in KINDS}
    _growth(report, plan, files, {sizes[-1]: ours[GROWING]})


def write(plan: Plan, rows: int) -> list[str]:
    """Write people into files of CHUNK rows; return their paths."""
    paths = []
    for number, chunk in enumerate(Pool.read(plan.small).chunks(rows, seed=5)):
        path = plan.work / f"people-{number:03}.parquet"
        pq.write_table(chunk, path, row_group_size=GROUP_ROWS)
        paths.append(str(path))
    return paths


def job(
    plan: Plan, work: str, paths: Sequence[str], columns: dict[str, str], peaks: Peaks | None = None
) -> float:
    """Return the seconds that a job takes: copy, score or guess."""
    out = plan.work / "answered.parquet"
    shutil.rmtree(out, ignore_errors=True)
    try:
        took: float = measured(
            spark_job.run, peaks=peaks, variables=spark_job.VARIABLES, work=work,
            paths=list(paths), out=str(out), columns=columns, model=str(plan.model_dir.absolute()),
        )  # fmt: skip
        return took
    finally:
        shutil.rmtree(out, ignore_errors=True)


def _speed(
    report: Report,
    plan: Plan,
    kind: str,
    paths: Sequence[str],
    rows: int,
    guessed: Sequence[float],
) -> list[float]:
    """Report how fast all rows are scored; return the seconds of each round."""
    columns = KINDS[kind]
    progress(f"{kind}: {rows:,} rows scored, and copied")
    ours, copied = in_turn(
        plan.few(),
        lambda: job(plan, "score", paths, columns),
        lambda: job(plan, "copy", paths, columns),
    )
    report.add(f"{kind}, {rows:,} rows scored: rows/s", rates(ours, rows))
    report.add(f"{kind}, {rows:,} rows copied: rows/s", rates(copied, rows))
    at_least(report, f"{kind}: rate of the copy", ratios(copied, ours), OF_COPY)
    what = f"{kind}: rate of the job with gender-guesser, times"
    at_least(report, what, ratios(guessed, ours), OF_GUESSER)
    # Without the time for reading and writing, which both jobs spend.
    added = [max(a - b, 1e-9) for a, b in zip(ours, copied, strict=True)]
    theirs = [took - median(copied) for took in guessed]
    times = median(ratios(theirs, added))
    report.add(f"{kind}: gender-guesser's time beyond the copy, times ours", f"{times:,.2f}")
    return ours


def _growth(
    report: Report, plan: Plan, files: dict[int, list[str]], took: dict[int, list[float]]
) -> None:
    """Report how time and memory grow with the rows; took has the seconds measured before."""
    columns = KINDS[GROWING]
    held: dict[int, Peaks] = {}
    for rows, paths in files.items():
        progress(f"{rows:,} rows: time, and memory")
        if rows not in took:
            took[rows] = [job(plan, "score", paths, columns) for _ in range(plan.few())]
        held[rows] = Peaks()
        job(plan, "score", paths, columns, held[rows])
        report.add(f"{rows:,} rows scored, s", f"{median(took[rows]):,.1f}")
        shown = f"{held[rows].java_mb:,.0f}, {held[rows].below_java_mb:,.0f}"
        report.add(f"{rows:,} rows: peak memory of Java, of Python workers, MB", shown)
    for fewer, more in itertools.pairwise(files):
        growth = [times * fewer / more for times in ratios(took[more], took[fewer])]
        at_most(report, f"time for a row, {more:,} rows, times that of {fewer:,}", growth, 1.0)
    _flat(report, held)


def _flat(report: Report, held: dict[int, Peaks]) -> None:
    fewest, middle, most = held
    python = held[most].below_java_mb / held[fewest].below_java_mb
    what = f"memory of Python workers, {most:,} rows, times that of {fewest:,}"
    at_most(report, what, [python], FLAT)
    # Java fills its heap before it collects garbage, so small jobs are not compared.
    whole = {rows: peaks.java_mb + peaks.below_java_mb for rows, peaks in held.items()}
    what = f"memory of Java and workers, {most:,} rows, times that of {middle:,}"
    at_most(report, what, [whole[most] / whole[middle]], FLAT)
