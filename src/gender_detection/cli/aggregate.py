"""gender-detection aggregate: the share of women in groups of people."""

import argparse
import dataclasses
import io
import sys
import textwrap
from pathlib import Path
from typing import Any

import msgspec

from .. import aggregation
from ..config import Settings
from ..errors import InvalidInput
from ..evaluation import Table, interval_of, laid_out, percent
from ..model import Model, store
from ..tables import Columns, find_columns, read_csv
from ..tables.table_file import TableFile, delimiter_of
from .progress import ProgressLine

DESCRIPTION = """\
Tell the share of women in groups of people, with the interval that it lies in with 95 % certainty:
names that women and men bear, and the few who happen to be in a group, widen it. PEOPLE is a table,
.csv or .tsv, gzipped or not, in UTF-8, whose header names these columns:

  name, or given_name and family_name
  country   such as IT, ITA, 380 or Italy; may be empty or absent
"""
NOTE = (
    "used: whose name says something; the others are taken to be like them. women: as likely too "
    "high as too low. 95% interval: of sampling and of names that both bear; errors of the model "
    "itself, on names of a culture that it reads badly, come on top."
)
# What is read of a file at once; also what its header is looked for in.
BUFFER_BYTES = 1 << 20
WIDTH = 100


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    aggregate = commands.add_parser(
        "aggregate",
        help="tell the share of women in groups of people",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    aggregate.add_argument("people", type=Path, metavar="PEOPLE")
    aggregate.add_argument(
        "--by", default="", metavar="COLUMNS", help="group by these, such as year,country"
    )
    aggregate.add_argument("--json", action="store_true", help="print the groups as JSON")
    aggregate.add_argument("--threshold", type=float, help="answer from this probability on")
    columns = aggregate.add_mutually_exclusive_group()
    columns.add_argument("--country-column", metavar="COLUMN", help="column of the countries")
    columns.add_argument("--no-country", action="store_true", help="judge without countries")
    aggregate.set_defaults(command=_aggregate)


def _aggregate(arguments: argparse.Namespace, settings: Settings) -> int:
    by = aggregation.grouped_by(arguments.by)
    folder = store.served(Path(settings.model_dir), settings.model_uri)
    model = Model.load(folder, settings.model_sha256)
    tally = aggregation.GroupCounts(by, model.parameters.base_share)
    with TableFile(arguments.people) as file, ProgressLine(lambda: file.share_read) as progress:
        try:
            _tally(tally, file, model, arguments, progress)
        except InvalidInput as err:
            told = str(err)
            named = told if str(arguments.people) in told else f"{arguments.people}: {told}"
            raise InvalidInput(named) from err
    groups, total = aggregation.summarise(tally)
    if not total.n:
        raise InvalidInput(f"{arguments.people} has a header and no people: add a line for each")
    if tally.lost:
        print(
            f"warning: {arguments.people}: {tally.lost:,} of {total.n:,} rows cannot be read and "
            "are in no group: leave no cell out, and quote those that hold the delimiter",
            file=sys.stderr,
        )
    for said in tally.countries.sentences():
        print(f"warning: {arguments.people}: {said}", file=sys.stderr)
    if arguments.json:
        document = _document(groups, total, model, arguments.threshold)
        if warnings := tally.countries.warnings():
            document["warnings"] = warnings
        print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
    else:
        print(_as_text(by, groups, total))
    return 0


def _tally(
    tally: aggregation.GroupCounts,
    file: TableFile,
    model: Model,
    arguments: argparse.Namespace,
    progress: ProgressLine,
) -> None:
    stream = io.BufferedReader(file, BUFFER_BYTES)
    header = stream.peek().partition(b"\n")[0].decode(errors="replace")
    table = read_csv(stream, delimiter_of(arguments.people, header))
    columns = _columns(table.columns, arguments)
    rows = 0
    for answers in aggregation.count_table(
        tally, table, model, columns, threshold=arguments.threshold
    ):
        rows += len(answers)
        progress(rows)


def _columns(names: tuple[str, ...], arguments: argparse.Namespace) -> Columns:
    columns = find_columns(names)
    if arguments.no_country:
        return dataclasses.replace(columns, country=None)
    if (asked := arguments.country_column) is None:
        return columns
    if asked not in names:
        raise InvalidInput(f"no column {asked}: name one of those there ({', '.join(names[:20])})")
    return dataclasses.replace(columns, country=asked)


def _document(
    groups: list[aggregation.Summary],
    total: aggregation.Summary,
    model: Model,
    threshold: float | None,
) -> dict[str, Any]:
    """Return what POST /aggregate answers."""
    return {
        "groups": groups,
        "total": total,
        "model": {
            "name": model.name,
            "version": model.version,
            "data_version": model.data_version,
            "threshold": model.threshold if threshold is None else threshold,
        },
    }


def _as_text(by: list[str], groups: list[aggregation.Summary], total: aggregation.Summary) -> str:
    shown = groups if by else []
    rows = [_row(_label(group), group) for group in shown]
    header = (", ".join(by), "people", "answered", "used", "women", "95% interval", "warnings")
    table = Table("Share of women", header, [*rows, _row("all", total)])
    warned = {caution.code for summary in (*shown, total) for caution in summary.warnings}
    notes = [f"{code}: {text}" for code, text in aggregation.MEANINGS.items() if code in warned]
    wrapped = [textwrap.fill(line, WIDTH) for line in (NOTE, *notes)]
    return "\n".join([laid_out(table), "", *wrapped])


def _label(group: aggregation.Summary) -> str:
    values = group.group.values() if group.group else ()
    return ", ".join("(none)" if value is None else str(value) for value in values)


def _row(label: str, summary: aggregation.Summary) -> list[str]:
    bounds = [bound for bound in (summary.low, summary.high) if bound is not None]
    return [
        label,
        f"{summary.n:,}",
        f"{summary.answered:,}",
        f"{summary.used:,}",
        percent(summary.female_share),
        interval_of(bounds or None),
        " ".join(caution.code for caution in summary.warnings),
    ]
