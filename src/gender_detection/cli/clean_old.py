"""gender-detection clean-old: remove old versions of the model, old runs and old data."""

import argparse
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..config import Settings
from ..interrupts import ending_at_once
from ..lineage.layout import table
from .registered import check_registry_exists, open_registry

if TYPE_CHECKING:
    from ..upkeep import Item, Outcome, Plan

DESCRIPTION = """\
Remove what is no longer needed: versions of the model beyond the newest, training runs that failed
long ago, copies of models that are no longer served, and the data that no kept version was made
from.

What is champion or challenger, within a rollback's reach, or served is never removed, nor is the
data that a kept version was made from. What would be removed is printed first. It is removed only
with --yes, or if you answer yes.
"""
UPKEEP = "upkeep"


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    clean = commands.add_parser(
        "clean-old",
        help="remove old versions of the model, old runs and old data, by rule",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    clean.add_argument("--yes", action="store_true", help="remove it, without asking")
    clean.add_argument("--why", action="store_true", help="also print what is kept, and why")
    clean.set_defaults(command=_clean)


def _clean(arguments: argparse.Namespace, settings: Settings) -> int:
    check_registry_exists(settings)
    registry = open_registry(settings)
    with ending_at_once():
        from .. import upkeep  # only this command needs it
        from ..telemetry import reports

    looked = upkeep.Upkeep(registry, settings)
    plan = looked.plan()
    print(_shown(plan, why=arguments.why), flush=True)
    if not arguments.yes and not (plan.removed and _is_confirmed()):
        if plan.removed:
            print("Nothing was removed: add --yes (make clean-old YES=1) to remove this")
        return 0
    with reports.attempt(settings.metrics_uri, UPKEEP, _warn) as attempt:
        outcome = upkeep.remove(looked, plan, lambda line: print(line, flush=True))
        attempt.made = outcome.metrics(plan)
        attempt.failed = bool(outcome.failed)
    print(_told(outcome))
    return 1 if outcome.failed else 0


def _warn(line: str) -> None:
    print(f"warning: {line}", file=sys.stderr)


def _is_confirmed() -> bool:
    """Ask on a terminal; without one, the answer is no."""
    if not _is_terminal():
        return False
    try:
        return input("Remove this? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _shown(plan: "Plan", *, why: bool) -> str:
    parts = []
    if plan.removed:
        parts.append(f"To be removed, {_size(plan.removed)} together:\n{_table(plan.removed)}")
    else:
        parts.append("There is nothing to remove")
    if why and plan.kept:
        parts.append(f"Kept, {_size(plan.kept)} together:\n{_table(plan.kept)}")
    elif plan.kept:
        parts.append(f"{len(plan.kept)} are kept, {_size(plan.kept)} together (--why says why)")
    parts += [f"note: {note}" for note in plan.notes]
    return "\n\n".join(parts)


def _told(outcome: "Outcome") -> str:
    told = f"{len(outcome.removed)} removed, {_size(outcome.removed)} together"
    if outcome.spared:
        told += f"; {len(outcome.spared)} stay, as they are needed now"
    if outcome.failed:
        told += f"; {len(outcome.failed)} could not be removed: see above, and run it again"
    return told


def _table(items: "Iterable[Item]") -> str:
    rows = [(item.name, _megabytes(item.size), item.why) for item in items]
    return table(("", "MB", ""), rows, text=(0, 2))


def _size(items: "Iterable[Item]") -> str:
    return f"{_megabytes(sum(item.size for item in items))} MB"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f}"
