"""gender-detection check: rows whose recorded gender differs from what their names suggest."""

import argparse
import sys
import textwrap
from typing import Any

import msgspec
import pyarrow as pa

from ..config import Settings
from ..countries.report import shortened
from ..errors import InvalidInput, naming
from ..evaluation import Table, laid_out
from ..evaluation.disagreements import THRESHOLD, Comparison, Counts, most_frequent
from ..model import Model
from ..tables import format_of
from ..tables.genders import GENDER
from ..tables.table_file import STANDARD
from ..tables.writers import write_table
from .files import check_file, written
from .options import FEMALE_SHARE_HELP, add_columns, add_country, add_family_name_first
from .people_tables import COLUMNS, FORMATS, PeopleTables, warn_of_bad_rows
from .progress import ProgressLine
from .remote import Given, file_name, path_or_address
from .served_model import add_corrections, add_model, served_model

DESCRIPTION = f"""\
List the rows whose recorded gender differs from what the name suggests, the surest first, and say
how many are to be expected by chance. Nothing is changed: a disagreement does not say which of the
two is wrong, or that anything is. Ask the person or the source.

{FORMATS}
These columns are read:

{COLUMNS}\
  gender    female or male, or f, w, woman, m, man; other values are counted and listed
"""
NOTE = (
    "A disagreement says that few people with this name are recorded so. It does not say that the "
    "record is wrong: a name does not tell who somebody is. Do not correct data by it; ask the "
    "person or the source."
)
MOST = 100
SHOWN_VALUES = 10
WIDTH = 100
DIGITS = 4


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    check = commands.add_parser(
        "check",
        help="list rows whose recorded gender differs from what the name suggests",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("people", type=path_or_address, metavar="PEOPLE")
    check.add_argument(
        "--gender-column", metavar="COLUMN", help="column of recorded genders (default: gender)"
    )
    check.add_argument(
        "--threshold",
        type=float,
        default=THRESHOLD,
        help=f"lowest probability of an answer to compare, from 0.5 to 1 (default: {THRESHOLD})",
    )
    check.add_argument(
        "--most",
        type=_most,
        default=MOST,
        metavar="N",
        help=f"how many disagreements to print (default: {MOST})",
    )
    _add_output(check)
    check.add_argument("--female-share", type=float, help=FEMALE_SHARE_HELP)
    add_family_name_first(check)
    add_corrections(check)
    add_model(check)
    add_country(check)
    add_columns(check)
    check.set_defaults(command=_check)


def _add_output(check: argparse.ArgumentParser) -> None:
    """Add the options that say what is written."""
    check.add_argument(
        "--out",
        type=path_or_address,
        metavar="FILE",
        help="write all disagreements to a table, such as .csv",
    )
    check.add_argument(
        "--json",
        action="store_true",
        help="print JSON lines: first the counts, then one object for each disagreement",
    )


def _most(text: str) -> int:
    if text.isdecimal():
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of rows: use 0 or more")


def _check(arguments: argparse.Namespace, settings: Settings) -> int:
    out: Given | None = arguments.out
    if out is not None:
        if str(out) == STANDARD:
            raise InvalidInput("--out - is not possible: name a file, or use --json")
        with naming(file_name(out), out):
            form = format_of(file_name(out))
        check_file(out, read=arguments.people)
    model = served_model(arguments, settings)
    comparison = _compared(model, arguments)
    if out is not None:
        with written(out) as target:
            write_table(target, form, comparison.surest())
    rows = comparison.surest(arguments.most)
    if arguments.json:
        _print_json(model, arguments.threshold, comparison.counts, rows)
    else:
        print(_as_text(comparison.counts, rows, arguments.threshold))
    return 0


def _compared(model: Model, arguments: argparse.Namespace) -> Comparison:
    """Return the comparison of all tables; raise InvalidInput if no row can be compared."""
    comparison = Comparison(
        model,
        country=arguments.country,
        threshold=arguments.threshold,
        female_share=arguments.female_share,
        family_name_first=arguments.family_name_first,
        most=None if arguments.out is not None else arguments.most,
    )
    people = arguments.people
    with (
        PeopleTables(arguments) as tables,
        ProgressLine(lambda: tables.share_read) as progress,
    ):
        for file, table in tables:
            name = str(file.name) if tables.is_folder else None
            with file.naming():
                for rows in comparison.add(table, arguments.gender_column, name):
                    progress(rows)
    counts = comparison.counts
    if not counts.rows:
        raise InvalidInput(f"{people} has columns but no people: add a row for each")
    if not counts.understood:
        raise InvalidInput(
            f"{people}: the column {arguments.gender_column or GENDER} is female or male in none "
            f"of {counts.rows:,} rows{_values(counts)}: write female or male (or f, w, woman, m, "
            "man) there"
        )
    warn_of_bad_rows(people, counts.bad_rows, counts.rows, "are not compared")
    for sentence in comparison.countries.sentences():
        print(f"warning: {people}: {sentence}", file=sys.stderr)
    return comparison


def _values(counts: Counts) -> str:
    """Return the recorded values that are not understood, in brackets."""
    if not counts.not_understood:
        return ""
    return f" ({most_frequent(counts.not_understood, SHOWN_VALUES)})"


def _print_json(model: Model, threshold: float, counts: Counts, rows: pa.Table) -> None:
    used: dict[str, Any] = {
        "name": model.name,
        "version": model.version,
        "data_version": model.data_version,
    }
    used["threshold"] = threshold
    head: dict[str, Any] = msgspec.to_builtins(counts)
    head["expected_by_chance"] = round(counts.expected_by_chance, DIGITS)
    head["model"] = used
    for line in (head, *rows.to_pylist()):
        print(msgspec.json.encode(line).decode())


def _as_text(counts: Counts, rows: pa.Table, threshold: float) -> str:
    other = sum(counts.not_understood.values())
    lines = [
        f"rows: {counts.rows:,}",
        f"recorded gender understood: {counts.understood:,}; blank: {counts.blank:,}; not "
        f"understood: {other:,}{_values(counts)}",
        f"compared: {counts.compared:,}, whose names have an answer with a probability of at "
        f"least {threshold:g}",
        f"disagreeing: {counts.disagreeing:,}; by chance, "
        f"{counts.expected_by_chance:,.1f} are to be expected if every record is "
        "right",
    ]
    parts = ["\n".join(lines)]
    if len(rows):
        parts.append(laid_out(_table(rows, counts.disagreeing)))
    if counts.disagreeing:
        parts.append(textwrap.fill(NOTE, WIDTH))
    return "\n\n".join(parts)


def _table(rows: pa.Table, disagreeing: int) -> Table:
    title = f"Disagreements, the surest first ({len(rows):,} of {disagreeing:,})"
    names = ["name", "row", "country", "recorded", "answer", "probability", "basis"]
    if "file" in rows.schema.names:
        names.insert(1, "file")
    return Table(title, names, [[_cell(row[name]) for name in names] for row in rows.to_pylist()])


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2%}"
    return shortened(str(value)) if value is not None else ""
