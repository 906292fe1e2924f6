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
from ..tables import Columns, are_plain, described, find_columns, read_csv
from ..tables.table_file import TableFile, delimiter_of
from .files import located
from .options import THRESHOLD_HELP, add_family_name_first
from .progress import ProgressLine

DESCRIPTION = """\
Estimate the share of women in groups of people, with a 95 % interval. The interval is wider for
small groups and for names that both women and men have. PEOPLE is a table in UTF-8 (.csv or .tsv,
may be gzipped) whose header names these columns:

  name, or given_name and family_name
  country   for example IT, ITA, 380 or Italy; may be empty or absent
"""
NOTE = (
    "used: people with a probability; the estimate assumes that the others are like them. women: "
    "the estimated share, as likely too high as too low. 95% interval: includes the error of "
    "sampling and of names that both women and men have, but not errors of the model itself, such "
    "as on names from a culture that it knows badly."
)
# Bytes read from a file at once; the header is looked for in the first of them.
BUFFER_BYTES = 1 << 20
WIDTH = 100


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    aggregate = commands.add_parser(
        "aggregate",
        help="estimate the share of women in groups of people",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    aggregate.add_argument("people", type=Path, metavar="PEOPLE")
    aggregate.add_argument(
        "--by", default="", metavar="COLUMNS", help="columns to group by, such as year,country"
    )
    aggregate.add_argument("--json", action="store_true", help="print the groups as JSON")
    aggregate.add_argument("--threshold", type=float, help=THRESHOLD_HELP)
    add_family_name_first(aggregate)
    columns = aggregate.add_mutually_exclusive_group()
    columns.add_argument("--country-column", metavar="COLUMN", help="column of countries")
    columns.add_argument("--no-country", action="store_true", help="ignore countries")
    aggregate.set_defaults(command=_aggregate)


def _aggregate(arguments: argparse.Namespace, settings: Settings) -> int:
    by = aggregation.grouped_by(arguments.by)
    folder = store.served(Path(settings.model_dir), settings.model_uri)
    model = Model.load(folder, settings.model_sha256)
    counts = aggregation.GroupCounts(by, model.parameters.base_share)
    with TableFile(arguments.people) as file, ProgressLine(lambda: file.share_read) as progress:
        try:
            _count(counts, file, model, arguments, progress)
        except InvalidInput as err:
            raise located(err, arguments.people) from err
    groups, total = aggregation.summarise(counts)
    if not total.n:
        raise InvalidInput(f"{arguments.people} has a header but no people: add a row for each")
    if counts.lost:
        print(
            f"warning: {arguments.people}: {counts.lost:,} of {total.n:,} rows cannot be read and "
            "are in no group: give each row all its cells, and quote cells with the delimiter",
            file=sys.stderr,
        )
    for sentence in counts.countries.sentences():
        print(f"warning: {arguments.people}: {sentence}", file=sys.stderr)
    if arguments.json:
        document = _document(groups, total, model, arguments.threshold)
        if warnings := counts.countries.warnings():
            document["warnings"] = warnings
        print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
    else:
        print(_as_text(by, groups, total))
    return 0


def _count(
    counts: aggregation.GroupCounts,
    file: TableFile,
    model: Model,
    arguments: argparse.Namespace,
    progress: ProgressLine,
) -> None:
    stream = io.BufferedReader(file, BUFFER_BYTES)
    header = stream.peek().partition(b"\n")[0].decode(errors="replace")
    table = read_csv(stream, delimiter_of(arguments.people, header))
    columns = _columns(table.columns, arguments)
    if not are_plain(columns):
        print(f"{arguments.people}: reading {described(columns)}", file=sys.stderr)
    rows = 0
    for answers in aggregation.count_table(
        counts,
        table,
        model,
        columns,
        threshold=arguments.threshold,
        family_name_first=arguments.family_name_first,
    ):
        rows += len(answers)
        progress(rows)


def _columns(names: tuple[str, ...], arguments: argparse.Namespace) -> Columns:
    columns = find_columns(names, Columns(country=arguments.country_column))
    return dataclasses.replace(columns, country=None) if arguments.no_country else columns


def _document(
    groups: list[aggregation.Summary],
    total: aggregation.Summary,
    model: Model,
    threshold: float | None,
) -> dict[str, Any]:
    """Return the same document as POST /aggregate."""
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
    codes = {caution.code for summary in (*shown, total) for caution in summary.warnings}
    notes = [f"{code}: {text}" for code, text in aggregation.MEANINGS.items() if code in codes]
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
