"""gender-detection keys: who may call the API."""

import argparse
import datetime
import sys
from pathlib import Path

from .. import api_keys, key_uses
from ..config import PREFIX, Settings
from ..errors import ConfigError, InvalidInput
from ..interrupts import ending_at_once
from ..whole_files import locked, write_whole
from .files import check_file

# The hashes give no key away, and yet are nobody else's business.
OWNER_ONLY = 0o600
REMARK = (
    "That is the key of {name}. It is shown this once and kept nowhere: copy it now. Calls show it "
    'as "Authorization: Bearer KEY"; a running server knows it within a second.'
)
TITLES = ("created", "expires", "last used (UTC)", "limit", "name")


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its actions."""
    keys = commands.add_parser("keys", help="make, list and revoke keys of the API")
    actions = keys.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a key and print it, this once")
    create.add_argument("name", metavar="NAME", help="whose key it is; stands in the access log")
    create.add_argument(
        "--expires",
        metavar="DAY",
        help="the last day (UTC) on which the key is good, such as 2027-06-30; by default it is "
        "good until it is revoked",
    )
    create.add_argument(
        "--limit",
        metavar="LIMIT",
        default="",
        help="how many names the key may ask for, such as 1000/minute or 100/second;10000/day, in "
        f"place of {PREFIX}RATE_LIMIT",
    )
    create.set_defaults(command=_create)
    shown = actions.add_parser(
        "list", help="print the keys: when they were made, last used and expire, their limits"
    )
    shown.set_defaults(command=_list)
    revoke = actions.add_parser("revoke", help="make a key useless, within a second")
    revoke.add_argument("name", metavar="NAME")
    revoke.set_defaults(command=_revoke)


def _create(arguments: argparse.Namespace, settings: Settings) -> int:
    path = _file(settings)
    expires = _day(arguments.expires) if arguments.expires else None
    if limit := arguments.limit.strip():
        with ending_at_once():
            from ..name_limits import parse_limits  # its library is needed here alone
        parse_limits(limit, "--limit")
    check_file(path)
    with locked(path.parent):
        before = api_keys.read(path) if path.exists() else []
        keys, secret = api_keys.create(before, arguments.name, expires, limit)
        write_whole(path, api_keys.encode(keys), OWNER_ONLY)
    # In one piece: where both streams end in one, as in containers, the remark could come between.
    sys.stdout.write(f"{secret}\n")
    sys.stdout.flush()
    print(REMARK.format(name=arguments.name), file=sys.stderr)
    return 0


def _list(arguments: argparse.Namespace, settings: Settings) -> int:
    path = _file(settings)
    keys, used = api_keys.read(path), key_uses.read(path)
    rows = [
        (
            str(key.created),
            str(key.expires or "never"),
            _last_use(used, key.sha256),
            key.limit or "general",
            key.name,
        )
        for key in keys
    ]
    widths = [max(map(len, column)) for column in zip(TITLES, *rows, strict=True)]
    for row in (TITLES, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    return 0


def _revoke(arguments: argparse.Namespace, settings: Settings) -> int:
    path = _file(settings)
    check_file(path)
    with locked(path.parent):
        keys = api_keys.revoke(api_keys.read(path), arguments.name)
        write_whole(path, api_keys.encode(keys), OWNER_ONLY)
        if used := key_uses.read(path):
            left = {key.sha256 for key in keys}
            key_uses.write(path, {hashed: at for hashed, at in used.items() if hashed in left})
    print(f"{arguments.name} is revoked: a running server refuses its key within a second")
    return 0


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as err:
        raise InvalidInput(f"--expires={text}: give a day, such as 2027-06-30") from err


def _last_use(used: dict[str, int] | None, sha256: str) -> str:
    if used is None:
        return "not recorded"
    if sha256 not in used:
        return "not yet"
    return datetime.datetime.fromtimestamp(used[sha256], datetime.UTC).strftime("%Y-%m-%d %H:%M")


def _file(settings: Settings) -> Path:
    if not settings.api_keys:
        raise ConfigError(
            f"no file for API keys is named: set {PREFIX}API_KEYS, such as to "
            f"{settings.home / 'api-keys.json'}, here and where the API runs"
        )
    return Path(settings.api_keys)
