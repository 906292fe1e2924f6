"""gender-detection aggregate: the share of women in groups of people."""

import argparse
import sys
import textwrap
from pathlib import Path
from typing import Any

import msgspec

from .. import aggregation
from ..config import Settings
from ..errors import InvalidInput
from ..evaluation import Table, interval_of, laid_out, percent
from ..interrupts import ending_at_once
from ..model import Model
from ..whole_files import write_whole
from .files import check_file
from .options import THRESHOLD_HELP, add_columns, add_country, add_family_name_first
from .people_tables import COLUMNS, FORMATS, PeopleTables, warn_of_bad_rows
from .progress import ProgressLine
from .remote import path_or_address
from .served_model import add_corrections, add_model, served_model

DESCRIPTION = f"""\
Estimate the share of women in groups of people, with a 95 % interval. The interval is wider for
small groups and for names that both women and men have.

{FORMATS}
These columns are read:

{COLUMNS}"""
NOTE = (
    "used: people with a probability; the estimate assumes that the others are like them. women: "
    "the estimated share, as likely too high as too low. 95% interval: includes the error of "
    "sampling and of names that both women and men have, but not errors of the model itself, such "
    "as on names from a culture that it knows badly."
)
WIDTH = 100


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    aggregate = commands.add_parser(
        "aggregate",
        help="estimate the share of women in groups of people",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    aggregate.add_argument("people", type=path_or_address, metavar="PEOPLE")
    aggregate.add_argument(
        "--by", default="", metavar="COLUMNS", help="columns to group by, such as year,country"
    )
    aggregate.add_argument("--json", action="store_true", help="print the groups as JSON")
    aggregate.add_argument(
        "--plot",
        type=Path,
        metavar="FILE",
        help="draw the shares with their intervals (.svg, .png or .pdf): the first column of --by "
        "on the axis, a line for each value of the others",
    )
    aggregate.add_argument("--threshold", type=float, help=THRESHOLD_HELP)
    add_family_name_first(aggregate)
    add_corrections(aggregate)
    add_model(aggregate)
    add_country(aggregate)
    add_columns(aggregate)
    aggregate.set_defaults(command=_aggregate)


def _aggregate(arguments: argparse.Namespace, settings: Settings) -> int:
    by = aggregation.grouped_by(arguments.by)
    if arguments.plot:
        _check_plot(arguments)
    model = served_model(arguments, settings)
    counts = aggregation.GroupCounts(by, model.parameters.base_share)
    _count(counts, model, arguments)
    groups, total = aggregation.summarise(counts)
    if not total.n:
        raise InvalidInput(f"{arguments.people} has a header but no people: add a row for each")
    warn_of_bad_rows(arguments.people, counts.lost, total.n, "are in no group")
    for sentence in counts.countries.sentences():
        print(f"warning: {arguments.people}: {sentence}", file=sys.stderr)
    if arguments.json:
        document = _document(groups, total, model, arguments.threshold)
        if warnings := counts.countries.warnings():
            document["warnings"] = warnings
        print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
    else:
        print(_as_text(by, groups, total))
    if arguments.plot:
        _plot(arguments.plot, by, groups, total)
    return 0


def _check_plot(arguments: argparse.Namespace) -> None:
    """Raise InvalidInput before the work where the figure could not be drawn."""
    check_file(arguments.plot, read=arguments.people)
    try:
        with ending_at_once():
            from .. import share_plot
    except ImportError as err:
        raise InvalidInput(
            "--plot needs matplotlib, which is not installed: run 'pip install matplotlib', or "
            "leave it out"
        ) from err
    if arguments.plot.suffix.lower().removeprefix(".") not in share_plot.FORMATS:
        endings = ", ".join(f".{form}" for form in share_plot.FORMATS)
        raise InvalidInput(f"{arguments.plot}: end the name of the figure with one of {endings}")


def _plot(
    path: Path, by: list[str], groups: list[aggregation.Summary], total: aggregation.Summary
) -> None:
    """Write the figure; raise InvalidInput if it would have too many lines."""
    from .. import share_plot  # matplotlib is not part of the runtime

    try:
        figure = share_plot.share_plot(by, groups, total)
    except ValueError as err:
        raise InvalidInput(f"--plot: {err}: group by fewer columns, or filter the rows") from err
    write_whole(path, share_plot.drawn(figure, path.suffix.lower().removeprefix(".")))


def _count(counts: aggregation.GroupCounts, model: Model, arguments: argparse.Namespace) -> None:
    """Count the people of all tables."""
    rows = 0
    with (
        PeopleTables(arguments) as tables,
        ProgressLine(lambda: tables.share_read) as progress,
    ):
        for file, table in tables:
            with file.naming():
                for answers in aggregation.count_table(
                    counts,
                    table,
                    model,
                    table.roles,
                    country=arguments.country,
                    threshold=arguments.threshold,
                    family_name_first=arguments.family_name_first,
                    has_nulls=table.has_nulls,
                ):
                    rows += len(answers)
                    progress(rows)


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
    return ", ".join(map(aggregation.value_text, values))


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
