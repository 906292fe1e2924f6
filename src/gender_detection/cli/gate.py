"""gender-detection model check: what the gate says of a version; and promoting one against it."""

import argparse
import getpass
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..config import Settings
from ..errors import GateRefusal, InvalidInput
from ..interrupts import ending_at_once

if TYPE_CHECKING:
    from ..registry import Registry

CHAMPION = "champion"
REFUSED = 1


def add_check(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    registry: Callable[[Settings], "Registry"],
) -> None:
    """Add the action check to those of model; registry returns that of the settings."""
    check = actions.add_parser(
        "check",
        help="compare a version with the champion, and say whether the gate lets it pass",
        description="Compare a version with the champion by the rules of the gate, and print the "
        "verdict. Nothing is changed. The exit code is 1 if the version is refused.",
    )
    check.add_argument("version", metavar="VERSION")
    check.add_argument("--json", action="store_true", help="print the verdict as JSON")
    check.set_defaults(command=lambda arguments, settings: _check(arguments, settings, registry))


def add_force(promote: argparse.ArgumentParser) -> None:
    """Add the options with which a version is promoted that the gate refused."""
    promote.add_argument(
        "--force",
        action="store_true",
        help="promote the version even if the gate refused it, or it was rolled back by itself",
    )
    promote.add_argument(
        "--why", metavar="REASON", help="why, with --force; kept with the version, with your name"
    )


def _check(
    arguments: argparse.Namespace, settings: Settings, registry: Callable[[Settings], "Registry"]
) -> int:
    with ending_at_once():
        from .. import gate  # only this action needs it
        from ..card import plain

    verdict = gate.check(registry(settings), settings, arguments.version)
    if arguments.json:
        sys.stdout.write(gate.as_json(verdict))
    else:
        print(plain(gate.render(verdict)))
    return 0 if verdict.passed else REFUSED


def check_allowed(arguments: argparse.Namespace, registry: "Registry") -> None:
    """Raise GateRefusal if a version that the gate refused, or one that was rolled back by itself,
    is to be champion, unless it is forced.

    Raise InvalidInput if --force has no reason, or a reason is given without it.
    """
    why = (arguments.why or "").strip()
    if arguments.force and not why:
        raise InvalidInput('--force needs a reason: add --why "…"')
    if why and not arguments.force:
        raise InvalidInput("--why is the reason of --force: add --force, or leave both out")
    if arguments.force or arguments.alias != CHAMPION:
        return
    action = "check"
    refusal = registry.refusal(arguments.version)
    if refusal is None:
        action, refusal = "show", registry.rolled_back(arguments.version)
    if refusal is None:
        return
    words = " ".join(refusal.replace("**Gate:** ", "").split())
    raise GateRefusal(
        f"{words} It is not promoted: see 'gender-detection model {action} {arguments.version}', "
        'or promote it all the same with --force --why "…"'
    )


def note_forced(arguments: argparse.Namespace, registry: "Registry") -> None:
    """Keep with the version who forces it, when, and why."""
    if not arguments.force:
        return
    now = datetime.now(UTC).isoformat(timespec="seconds")
    registry.note_forced(arguments.version, by=_who(), at=now, why=arguments.why.strip())


def _who() -> str:
    """Return the name of this user on this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError) as err:  # a container may run as a number without a name
        raise InvalidInput(
            "--force is logged with your name, and this user has none: set LOGNAME to it"
        ) from err
