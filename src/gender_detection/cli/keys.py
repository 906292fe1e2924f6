"""gender-detection keys: create, list and revoke API keys."""

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

# The file holds hashes, not keys, but other users need not read it.
OWNER_ONLY = 0o600
REMARK = (
    "This is the key of {name}. It is shown only once and not stored: copy it now. Send it with "
    'each request as "Authorization: Bearer KEY". A running server accepts it within a second.'
)
TITLES = ("created", "expires", "last used (UTC)", "limit", "name")


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its actions."""
    keys = commands.add_parser("keys", help="create, list and revoke API keys")
    actions = keys.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="create a key and print it, once")
    create.add_argument("name", metavar="NAME", help="name of the caller, shown in the access log")
    create.add_argument(
        "--expires",
        metavar="DAY",
        help="last day (UTC) on which the key is valid, such as 2027-06-30 (default: valid until "
        "it is revoked)",
    )
    create.add_argument(
        "--limit",
        metavar="LIMIT",
        default="",
        help="limit of names for this key, such as 1000/minute or 100/second;10000/day, instead of "
        f"{PREFIX}RATE_LIMIT",
    )
    create.set_defaults(command=_create)
    shown = actions.add_parser(
        "list",
        help="list the keys: when created, last used and expiring, and their limits",
    )
    shown.set_defaults(command=_list)
    revoke = actions.add_parser(
        "revoke", help="revoke a key; running servers refuse it within a second"
    )
    revoke.add_argument("name", metavar="NAME")
    revoke.set_defaults(command=_revoke)


def _create(arguments: argparse.Namespace, settings: Settings) -> int:
    path = _file(settings)
    expires = _day(arguments.expires) if arguments.expires else None
    if limit := arguments.limit.strip():
        with ending_at_once():
            from ..name_limits import parse_limits  # imports a library that only this action needs
        parse_limits(limit, "--limit")
    check_file(path)
    with locked(path.parent):
        before = api_keys.read(path) if path.exists() else []
        keys, secret = api_keys.create(before, arguments.name, expires, limit)
        write_whole(path, api_keys.encode(keys), OWNER_ONLY)
    # One write: where stdout and stderr are one stream, as in containers, the remark must not
    # come between the key and its line end.
    sys.stdout.write(f"{secret}\n")
    sys.stdout.flush()
    print(REMARK.format(name=arguments.name), file=sys.stderr)
    return 0


def _list(arguments: argparse.Namespace, settings: Settings) -> int:
    path = _file(settings)
    keys, last_uses = api_keys.read(path), key_uses.read(path)
    rows = [
        (
            str(key.created),
            str(key.expires or "never"),
            _last_use(last_uses, key.sha256),
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
        if last_uses := key_uses.read(path):
            kept = {key.sha256 for key in keys}
            key_uses.write(path, {key: at for key, at in last_uses.items() if key in kept})
    print(f"{arguments.name} is revoked: running servers refuse its key within a second")
    return 0


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as err:
        raise InvalidInput(f"--expires={text} is not a date: use the form 2027-06-30") from err


def _last_use(last_uses: dict[str, int] | None, sha256: str) -> str:
    if last_uses is None:
        return "not recorded"
    if sha256 not in last_uses:
        return "not yet"
    return datetime.datetime.fromtimestamp(last_uses[sha256], datetime.UTC).strftime(
        "%Y-%m-%d %H:%M"
    )


def _file(settings: Settings) -> Path:
    if not settings.api_keys:
        raise ConfigError(
            f"no file of API keys is configured: set {PREFIX}API_KEYS, for example to "
            f"{settings.home / 'api-keys.json'}, both here and for the API server"
        )
    return Path(settings.api_keys)
