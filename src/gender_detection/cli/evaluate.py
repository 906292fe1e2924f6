"""gender-detection evaluate: the accuracy of the model on people whose gender is known."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .. import evaluation
from ..config import Settings
from ..errors import InvalidInput
from ..interrupts import ending_at_once
from ..model import Model
from ..tables.genders import GENDER
from ..whole_files import sha256_of, write_whole
from . import register_figures
from .files import check_file, check_folder
from .options import (
    FEMALE_SHARE_HELP,
    THRESHOLD_HELP,
    add_columns,
    add_country,
    add_family_name_first,
)
from .people_tables import COLUMNS, FORMATS, PeopleTables, warn_of_bad_rows
from .progress import ProgressLine
from .remote import path_or_address
from .served_model import add_corrections, add_model, served_model

DESCRIPTION = f"""\
Compare the model's answers with the known gender of people.

{FORMATS}
These columns are read:

{COLUMNS}\
  gender    female or male, or f, w, woman, m, man; people with another value are excluded
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    evaluate = commands.add_parser(
        "evaluate",
        help="evaluate the model on people whose gender is known",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    evaluate.add_argument("people", type=path_or_address, metavar="PEOPLE")
    evaluate.add_argument("--json", action="store_true", help="print the report as JSON")
    evaluate.add_argument("--threshold", type=float, help=THRESHOLD_HELP)
    evaluate.add_argument("--female-share", type=float, help=FEMALE_SHARE_HELP)
    add_family_name_first(evaluate)
    add_corrections(evaluate)
    add_model(evaluate)
    add_country(evaluate)
    add_columns(evaluate)
    evaluate.add_argument(
        "--gender-column", metavar="COLUMN", help="column of genders (default: gender)"
    )
    evaluate.add_argument(
        "--report", type=Path, metavar="FILE", help="write the report as HTML, with figures"
    )
    evaluate.add_argument(
        "--plots", type=Path, metavar="FOLDER", help="write reliability.png and coverage.png to it"
    )
    evaluate.add_argument("--register", action="store_true", help=register_figures.HELP)
    evaluate.set_defaults(command=_evaluate)


def _evaluate(arguments: argparse.Namespace, settings: Settings) -> int:
    wants_figures = arguments.report or arguments.plots
    if wants_figures:
        _check_outputs(arguments)
    to_register = None
    if arguments.register:
        register_figures.check_arguments(arguments, settings)
        to_register = register_figures.version_to_register(arguments, settings)
    model = to_register.model if to_register else served_model(arguments, settings)
    checksums: list[str] = []
    judged = _judged(model, arguments, checksums)
    report = evaluation.report_of(judged)
    rows = report["n"] + report["excluded"] + report["bad_rows"]
    if not report["n"]:
        unread = (
            f" (rows that cannot be read: {report['bad_rows']:,})" if report["bad_rows"] else ""
        )
        raise InvalidInput(
            f"{arguments.people}: the column {arguments.gender_column or GENDER} is female or male "
            f"for none of {report['excluded']:,} people{unread}: write female or male (or f, w, "
            "woman, m, man) there"
        )
    warn_of_bad_rows(arguments.people, report["bad_rows"], rows, "are left out")
    for warning in report["warnings"]:
        print(f"warning: {arguments.people}: {warning}", file=sys.stderr)
    if wants_figures:
        _write(arguments, model, report, _figures(judged))
    if to_register:
        register_figures.register(to_register, judged, arguments, checksums[0])
    if arguments.json:
        print(json.dumps(report, indent=2, allow_nan=False))
    else:
        print(evaluation.as_text(report))
    return 0


def _judged(model: Model, arguments: argparse.Namespace, checksums: list[str]) -> evaluation.Judged:
    """Return the answers for the people of all tables; with --register, add their checksums."""
    with (
        PeopleTables(arguments) as tables,
        ProgressLine(lambda: tables.share_read) as progress,
    ):
        return evaluation.judge(
            model,
            _people(tables, arguments.gender_column, checksums if arguments.register else None),
            country=arguments.country,
            threshold=arguments.threshold,
            female_share=arguments.female_share,
            family_name_first=arguments.family_name_first,
            progress=progress,
        )


def _people(
    tables: PeopleTables, gender_column: str | None, checksums: list[str] | None
) -> Iterator[evaluation.LabelledPerson]:
    """Yield the people of all tables; of several, without the numbers of their rows.

    The SHA-256 of each file is added to checksums, if that is a list; raise InvalidInput if it is
    another after reading.
    """
    for file, table in tables:
        before = "" if checksums is None else sha256_of(file.path)
        with file.naming():
            for person in evaluation.people_of(table, gender_column):
                yield person._replace(row=None) if tables.is_folder else person
        if checksums is not None:
            if sha256_of(file.path) != before:
                raise InvalidInput(f"{file.given} was changed while it was read: run it again")
            checksums.append(before)


def _check_outputs(arguments: argparse.Namespace) -> None:
    """Raise InvalidInput before the work where writing its results would fail."""
    if arguments.report:
        check_file(arguments.report, read=arguments.people)
    if arguments.plots:
        check_folder(arguments.plots)
    try:
        with ending_at_once():
            from .. import plots  # noqa: F401 - checks that it can be imported
    except ImportError as err:
        raise InvalidInput(
            "--report and --plots need matplotlib, which is not installed: "
            "run 'pip install matplotlib', or leave these options out"
        ) from err


def _figures(judged: evaluation.Judged) -> dict[str, tuple[str, bytes]]:
    """Return the title of each figure and its PNG, by file name."""
    from .. import plots  # matplotlib is not part of the runtime

    # Names without a probability say nothing about calibration.
    named = judged.answered
    p_female, is_female = judged.p_female[named], judged.is_female[named]
    calibration = plots.reliability(p_female, is_female, "Calibration on these people")
    sure = evaluation.confidence(p_female) >= judged.threshold
    share = float(sure.mean()) if len(sure) else None
    curves = {"people with a probability": (p_female, is_female)}
    coverage = plots.coverage(curves, threshold_at=share)
    drawn = {"reliability": calibration, "coverage": coverage}
    return {name: (figure.title, plots.as_png(figure)) for name, figure in drawn.items()}


def _write(
    arguments: argparse.Namespace,
    model: Model,
    report: Mapping[str, Any],
    figures: Mapping[str, tuple[str, bytes]],
) -> None:
    if arguments.plots:
        for name, (_, png) in figures.items():
            write_whole(arguments.plots / f"{name}.png", png)
    if arguments.report:
        title = f"{model.name} {model.version} on {arguments.people.name}"
        page = evaluation.as_html(report, title, dict(figures.values()))
        write_whole(arguments.report, page.encode())
