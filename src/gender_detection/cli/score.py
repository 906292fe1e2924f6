"""gender-detection score: add the answers to a table of people."""

import argparse
import functools
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..config import Settings
from ..countries.report import CountryReport
from ..errors import InvalidInput, naming
from ..model import Model
from ..model.answers import FIRST_REASON, REASONS
from ..scoring.block_scorer import Counted, Counts, Scorer, answers_of
from ..scoring.file_job import JobOptions, Plan
from ..scoring.order_counts import OrderCounts
from ..scoring.process_pool import InProcess, Workers
from ..scoring.without_pandas import leave_pandas_out
from ..tables import BLOCK_BYTES, Columns, described, format_of, written_format_of
from ..tables.formats import Format, format_to_read, name_to_write
from ..tables.people_table import PeopleTable
from ..tables.several import separators_in
from ..tables.table_file import STANDARD
from ..tables.text_layout import TextOptions
from .files import check_file, check_folder, folder_written_aside, written
from .options import (
    FEMALE_SHARE_HELP,
    THRESHOLD_HELP,
    add_columns,
    add_country,
    add_family_name_first,
    chosen_columns,
    text_options,
)
from .people_tables import tables_below
from .progress import ProgressLine
from .remote import Given, Remote, check_packages, fetched, file_name, is_folder, path_or_address
from .scored import summary
from .served_model import add_corrections, add_model, corrections_file, print_unused, served_model

DESCRIPTION = """\
Add five columns to a table of people, which are estimated from the names: gender, probability,
p_female, basis and reason. The file names of IN and OUT give their formats, which may differ: .csv,
.tsv or .txt (text), .jsonl, .parquet, .xlsx, .arrow or .feather, .arrows. CSV and JSON lines may be
compressed (.gz, .bz2, .zst, .xz). .xls, .xlsb, .xlsm, .ods and .zip are only read. - is CSV from
standard input or to standard output. If IN is a folder, its tables, also those in subfolders, are
written to files of the same names in the folder OUT, bibliographies to papers.bib.csv.

IN may also be an address: of a file on a web server (https://), or of a file or folder in a store
(s3://, gs://, az://). It is copied to this machine first. OUT may be a file in a store. Without a
known ending, what an address names is read as CSV.

IN may also be a bibliography, which becomes a table with a row for each author: .bib, .ris, .nbib
(PubMed), .ciw (Web of Science), .txt (one of these four), .json or .jsonl (CSL, Crossref,
OpenAlex), .csv or .tsv (Scopus, Web of Science).

These columns are read: name, or given_name and family_name, and country, also under headers in many
languages and of many programs, such as Last Name, Vorname or Pays. Rows that cannot be read are
kept: their gender is unknown, for the reason bad_row. OUT appears, or replaces an existing file,
only when it is complete.
"""

SEVERAL_PEOPLE = FIRST_REASON + REASONS.index("several_people")


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    score = commands.add_parser(
        "score",
        help="add answers to a table, or to a folder of tables",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    score.add_argument("table", type=path_or_address, metavar="IN")
    score.add_argument("out", type=path_or_address, metavar="OUT")
    add_columns(score)
    add_country(score)
    score.add_argument("--threshold", type=float, help=THRESHOLD_HELP)
    score.add_argument("--female-share", type=float, help=FEMALE_SHARE_HELP)
    add_family_name_first(score)
    add_corrections(score)
    add_model(score)
    score.add_argument(
        "--jobs", type=_jobs, metavar="N", help="number of worker processes (default: one per core)"
    )
    _add_output(score)
    score.set_defaults(command=_score)


def _add_output(score: argparse.ArgumentParser) -> None:
    """Add the options that say what is written."""
    score.add_argument(
        "--matched",
        action="store_true",
        help="add a sixth column, matched: the key of the name that the answer is based on",
    )
    score.add_argument(
        "--bom",
        action="store_true",
        help="write CSV with a byte order mark, by which Excel sees that it is UTF-8",
    )
    score.add_argument(
        "--escape-formulas",
        action="store_true",
        help="for spreadsheets: put an apostrophe before text that begins with = + - @, a tab or a "
        "carriage return (except numbers such as -5) when writing .csv or .tsv from another format",
    )


def _jobs(text: str) -> int:
    if text.isdecimal() and int(text) >= 1:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes: use 1 or more")


def _score(arguments: argparse.Namespace, settings: Settings) -> int:
    source, out = arguments.table, arguments.out
    below = _tables_below(source, out)
    if below is None:
        _check_file(source, out)
    # Otherwise each process would import pandas, where it is installed, without using it.
    leave_pandas_out()
    model = served_model(arguments, settings)
    workers = _workers(model, arguments, [file for file, _ in below or [(source, out)]])
    try:
        run = _Run(model, workers, _options(arguments), corrections_file(arguments, settings))
        if below is None:
            run.file(source, out)
        else:
            run.folder(out, below)
    finally:
        workers.close()
    to_stdout = str(out) == STANDARD
    print(run.summary(), file=sys.stderr if to_stdout else sys.stdout)
    return 0


def _check_file(source: Given, out: Given) -> None:
    """Raise InvalidInput where reading or writing a file would fail later."""
    if str(out) != STANDARD:
        check_file(out, read=source)
    if isinstance(source, Path):
        format_of(source)
    with naming(file_name(out), out):
        written_format_of(file_name(out))


def _tables_below(source: Given, out: Given) -> list[tuple[Given, Path]] | None:
    """Return the tables in a folder with their paths below it, None if source is a file.

    Raise InvalidInput where reading or writing would fail later.
    """
    check_packages(source)
    if not is_folder(source):
        return None
    if isinstance(out, Remote):
        raise InvalidInput(
            f"{out}: a folder of tables is written to this machine: name a folder here, and copy it"
        )
    if isinstance(source, Path) and out.resolve().is_relative_to(source.resolve()):
        raise InvalidInput(f"{out} is inside the input folder: name another output folder")
    check_folder(out)
    return [(given, name_to_write(name)) for given, name in tables_below(source)]


def _format(given: Given, path: Path) -> Format:
    """Return the format of a file; that of an address need not have an ending."""
    return format_of(path) if isinstance(given, Path) else format_to_read(path)


def _options(arguments: argparse.Namespace) -> JobOptions:
    return JobOptions(
        chosen_columns(arguments),
        without_country=arguments.no_country,
        country=arguments.country,
        threshold=arguments.threshold,
        female_share=arguments.female_share,
        family_name_first=arguments.family_name_first,
        escape_formulas=arguments.escape_formulas,
        matched=arguments.matched,
        text=text_options(arguments),
        bom=arguments.bom,
    )


def _workers(
    model: Model, arguments: argparse.Namespace, files: Iterable[Given]
) -> InProcess | Workers:
    scorer = functools.partial(Scorer, model)
    jobs = arguments.jobs or _cores()
    # A table of one block is scored faster than a process is forked.
    small = all(
        isinstance(file, Path) and file.is_file() and file.stat().st_size <= BLOCK_BYTES
        for file in files
    )
    if jobs == 1 or (small and arguments.jobs is None):
        return InProcess(scorer)
    return Workers(scorer, jobs)


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _warn_of_formulas(cells: int, out: Given) -> None:
    if cells:
        print(
            f"warning: {out}: a spreadsheet would read {cells:,} cells of text as formulas: add "
            "--escape-formulas if you open the file in one",
            file=sys.stderr,
        )


def _separators(path: Path, columns: Columns, text: TextOptions) -> str:
    """Return what stands between the people that the first rows of a file name."""
    if not path.is_file() or columns.name is None:
        return ";"
    with PeopleTable(path, columns, text=text) as table:
        rows = next(table.blocks([columns.name])).cells.column(columns.name)
    return separators_in([cell for cell in rows.slice(0, 100).to_pylist() if cell])


class _Run:
    """Scores tables one after the other, and counts the answers of all of them."""

    def __init__(
        self,
        model: Model,
        workers: InProcess | Workers,
        options: JobOptions,
        corrections: Path | None,
    ) -> None:
        self._model, self._workers, self._options = model, workers, options
        self._corrections, self._used = corrections, model.corrections.used.copy()
        self._answers = answers_of(model, model.checked(options.threshold, options.female_share))
        self._counts: Counts = np.zeros(len(self._answers), np.int64)
        self._countries = CountryReport()
        self._started = time.monotonic()
        self._last_message = ""

    def folder(self, out: Path, pairs: list[tuple[Given, Path]]) -> None:
        """Score tables into files below a folder."""
        with folder_written_aside(out) as aside:
            for given, name in pairs:
                (aside / name).parent.mkdir(parents=True, exist_ok=True)
                self._table(given, name, aside / name)

    def file(self, given: Given, out: Given) -> None:
        """Score a table into a file."""
        self._table(given, out, None)

    def _table(self, given: Given, out: Given, aside: Path | None) -> None:
        """Score a table into aside, or else into out, once it is complete."""
        with fetched(given) as path, naming(path, given):
            form = format_of(file_name(out))
            plan = Plan(path, _format(given, path), form, self._options)
            try:
                plan.check(self._model)
                self._print_columns(given, plan)
                before = self._counts.copy()
                orders = self._run(plan, out, aside)
                self._offer_several(given, path, plan.columns, self._counts - before)
                _warn_of_formulas(plan.formulas, out)
                if note := orders.note():
                    print(f"note: {given}: {note}", file=sys.stderr)
                if plan.skipped_content:
                    print(f"{given}: {plan.skipped_content}", file=sys.stderr)
            finally:
                plan.close()

    def _offer_several(self, file: Given, path: Path, columns: Columns, counts: Counts) -> None:
        """Print a note if most names of a table are those of several people."""
        several, rows = int(counts[SEVERAL_PEOPLE]), int(counts.sum())
        if 2 * several > rows:
            separators = _separators(path, columns, self._options.text)
            print(
                f"note: {file}: {several:,} of {rows:,} names are those of several people: "
                f"--several '{separators}' makes a row for each of them (give what stands between "
                "them)",
                file=sys.stderr,
            )

    def _run(self, plan: Plan, out: Given, aside: Path | None) -> OrderCounts:
        """Score a table, and return what its names tell about their order."""
        before = int(self._counts.sum())

        def count(counted: Counted) -> OrderCounts:
            self._counts += counted.answers
            self._countries.add(counted.countries)
            self._used |= counted.corrections_used
            return counted.orders

        with ProgressLine(lambda: plan.share_read) as progress:

            def show(rows: int) -> None:
                progress(before + rows)

            if aside is not None or str(out) == STANDARD:
                return count(plan.run(aside, self._workers, show))
            with written(out) as target:
                return count(plan.run(target, self._workers, show))

    def _print_columns(self, file: Given, plan: Plan) -> None:
        """Print which columns are read, unless they are those of the table before."""
        message = f"reading {described(plan.columns)}"
        if plan.note:
            message += f"; {plan.note}"
        if message != self._last_message:
            print(f"{file}: {message}", file=sys.stderr)
        self._last_message = message

    def summary(self) -> str:
        """Return the counts of answers to all rows, as text, and print which corrections have
        answered none."""
        if self._corrections is not None:
            print_unused(self._corrections, self._model, self._used)
        seconds = time.monotonic() - self._started
        # The share of women that the probabilities are calibrated for.
        base = self._options.female_share or self._model.parameters.base_share
        return summary(self._answers, self._counts, self._countries, base, seconds)
