"""gender-detection score: a table of people in, the same table with answers out."""

import argparse
import functools
import os
import sys
import time
from pathlib import Path

import numpy as np

from ..config import Settings
from ..countries.report import CountryReport
from ..errors import InvalidInput
from ..model import Model, store
from ..scoring.block_scorer import Counted, Counts, Scorer, answers_of
from ..scoring.file_job import JobOptions, Plan
from ..scoring.process_pool import InProcess, Workers
from ..scoring.without_pandas import leave_pandas_out
from ..tables import BLOCK_BYTES, Columns, format_of, is_table
from ..tables.table_file import STANDARD
from .files import check_file, check_folder, folder_written_aside, written_aside
from .predict import country_code
from .progress import ProgressLine
from .scored import summary

DESCRIPTION = """\
Append to a table of people what is inferred from their names: gender, probability, p_female, basis
and reason. IN and OUT are told by the ends of their names: .csv, .tsv (in UTF-8), .jsonl, .parquet,
.xlsx, .arrow or .feather, .arrows; CSV and JSON lines may also end in .gz, .bz2 or .zst. They may
differ. - is CSV from the standard input, or to the standard output. A folder's tables, also those
in folders within, go to files of the same names in the folder OUT.

The columns read are, in any case: name, or given_name and family_name (or full_name, author;
first_name, forename, last_name, surname), and country or country_code. Rows that cannot be read
are kept, and unknown for the reason bad_row. OUT is put in its place when all of it is written, and
then replaces what was there.
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    score = commands.add_parser(
        "score",
        help="answer the names in a table, or in a folder of tables",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    score.add_argument("table", type=Path, metavar="IN")
    score.add_argument("out", type=Path, metavar="OUT")
    for part in ("name", "given-name", "family-name"):
        score.add_argument(f"--{part}-column", metavar="COLUMN", help=f"column of the {part}s")
    columns = score.add_mutually_exclusive_group()
    columns.add_argument("--country-column", metavar="COLUMN", help="column of the countries")
    columns.add_argument("--no-country", action="store_true", help="judge without countries")
    score.add_argument(
        "--country", type=country_code, help="country of rows that name none, such as IT"
    )
    score.add_argument("--threshold", type=float, help="answer from this probability on")
    score.add_argument("--female-share", type=float, help="known share of women among them")
    score.add_argument(
        "--model", type=Path, metavar="FOLDER", help="models other than those served"
    )
    score.add_argument(
        "--jobs", type=_jobs, metavar="N", help="processes that score (default: one a core)"
    )
    score.add_argument(
        "--escape-formulas",
        action="store_true",
        help="for spreadsheets: put an apostrophe before text that begins with = + - @, a tab or a "
        "carriage return (but for numbers such as -5) where .csv or .tsv is made of another form",
    )
    score.set_defaults(command=_score)


def _jobs(text: str) -> int:
    if text.isdecimal() and int(text) >= 1:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of processes, such as 2")


def _model(arguments: argparse.Namespace, settings: Settings) -> Model:
    """Return the model that is served, which may be pinned, or the one that was asked for."""
    if arguments.model:
        return Model.load(store.served(arguments.model, ""))
    folder = store.served(Path(settings.model_dir), settings.model_uri)
    return Model.load(folder, settings.model_sha256)


def _score(arguments: argparse.Namespace, settings: Settings) -> int:
    pairs = _pairs(arguments.table, arguments.out)
    # Where it is installed it would be imported, for nothing, and by each process.
    leave_pandas_out()
    model = _model(arguments, settings)
    workers = _workers(model, arguments, pairs)
    try:
        work = _Work(model, workers, _options(arguments))
        if arguments.table.is_dir():
            work.folder(arguments.out, pairs)
        else:
            work.file(*pairs[0])
    finally:
        workers.close()
    to_stdout = str(arguments.out) == STANDARD
    print(work.summary(), file=sys.stderr if to_stdout else sys.stdout)
    return 0


def _pairs(source: Path, out: Path) -> list[tuple[Path, Path]]:
    """Return which file goes to which; raise InvalidInput now where writing would fail."""
    if not source.is_dir():
        if str(out) != STANDARD:
            check_file(out, read=source)
        for path in (source, out):
            format_of(path)
        return [(source, out)]
    if out.resolve().is_relative_to(source.resolve()):
        raise InvalidInput(f"{out} is in what is read: name a folder elsewhere")
    check_folder(out)
    hidden = (".", "_")
    files = [
        path
        for path in sorted(source.rglob("*"))
        if path.is_file()
        and is_table(path)
        and not any(part.startswith(hidden) for part in path.relative_to(source).parts)
    ]
    if not files:
        raise InvalidInput(f"{source} holds no table: name a folder of .csv, .parquet and the like")
    return [(path, path.relative_to(source)) for path in files]


def _options(arguments: argparse.Namespace) -> JobOptions:
    return JobOptions(
        Columns(
            arguments.name_column,
            arguments.given_name_column,
            arguments.family_name_column,
            arguments.country_column,
        ),
        without_country=arguments.no_country,
        country=arguments.country,
        threshold=arguments.threshold,
        female_share=arguments.female_share,
        escape_formulas=arguments.escape_formulas,
    )


def _workers(
    model: Model, arguments: argparse.Namespace, pairs: list[tuple[Path, Path]]
) -> InProcess | Workers:
    scorer = functools.partial(Scorer, model)
    jobs = arguments.jobs or _cores()
    # What fits into one block is done sooner than a process is forked.
    small = all(path.is_file() and path.stat().st_size <= BLOCK_BYTES for path, _ in pairs)
    if jobs == 1 or (small and arguments.jobs is None):
        return InProcess(scorer)
    return Workers(scorer, jobs)


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _warn_of_formulas(cells: int, out: Path) -> None:
    if cells:
        print(
            f"warning: {out}: a spreadsheet takes {cells:,} cells of text for formulas: add "
            "--escape-formulas if this goes into one",
            file=sys.stderr,
        )


class _Work:
    """Tables scored one after the other, and what came of all of them."""

    def __init__(self, model: Model, workers: InProcess | Workers, options: JobOptions) -> None:
        self._model, self._workers, self._options = model, workers, options
        self._answers = answers_of(model, model.checked(options.threshold, options.female_share))
        self._counts: Counts = np.zeros(len(self._answers), np.int64)
        self._countries = CountryReport()
        self._started = time.monotonic()
        self._said = ""

    def folder(self, out: Path, pairs: list[tuple[Path, Path]]) -> None:
        """Score tables into files below a folder."""
        with folder_written_aside(out) as aside:
            for path, name in pairs:
                (aside / name).parent.mkdir(parents=True, exist_ok=True)
                self._table(path, name, aside / name)

    def file(self, path: Path, out: Path) -> None:
        """Score a table into a file."""
        self._table(path, out, None)

    def _table(self, path: Path, out: Path, aside: Path | None) -> None:
        """Score a table into a file called out, which is put in its place unless it is aside."""
        try:
            plan = Plan(path, format_of(path), format_of(out), self._options)
            try:
                plan.check(self._model)
                self._say(path, plan)
                self._run(plan, out, aside)
                _warn_of_formulas(plan.formulas, out)
                if plan.skipped_content:
                    print(f"{path}: {plan.skipped_content}", file=sys.stderr)
            finally:
                plan.close()
        except InvalidInput as err:
            told = str(err)
            raise InvalidInput(told if str(path) in told else f"{path}: {told}") from err

    def _run(self, plan: Plan, out: Path, aside: Path | None) -> None:
        before = int(self._counts.sum())

        def count(counted: Counted) -> None:
            self._counts += counted.answers
            self._countries.add(counted.countries)

        with ProgressLine(lambda: plan.share_read) as progress:

            def tell(rows: int) -> None:
                progress(before + rows)

            if aside is not None or str(out) == STANDARD:
                count(plan.run(aside, self._workers, tell))
                return
            with written_aside(out) as target:
                count(plan.run(target, self._workers, tell))

    def _say(self, path: Path, plan: Plan) -> None:
        """Say which columns are read, once where it is the same for all tables."""
        columns = plan.columns
        named = {
            "names": columns.name,
            "given names": columns.given_name,
            "family names": columns.family_name,
            "countries": columns.country,
        }
        said = ", ".join(f"{what} in {name!r}" for what, name in named.items() if name is not None)
        if plan.note:
            said += f"; {plan.note}"
        if said != self._said:
            print(f"{path}: {said}", file=sys.stderr)
        self._said = said

    def summary(self) -> str:
        """Return what came of all rows."""
        seconds = time.monotonic() - self._started
        # What the probabilities are made for.
        base = self._options.female_share or self._model.parameters.base_share
        counted = Counted(self._counts, self._countries)
        return summary(self._answers, counted, base, seconds)
