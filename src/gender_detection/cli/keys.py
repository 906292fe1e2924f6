"""gender-detection keys: who may call the API."""

import argparse
import sys
from pathlib import Path

from .. import api_keys
from ..config import PREFIX, Settings
from ..errors import ConfigError
from .files import alone_in, check_file, write_whole

# The hashes give no key away, and yet are nobody else's business.
OWNER_ONLY = 0o600
REMARK = (
    "That is the key of {name}. It is shown this once and kept nowhere: copy it now. Calls show it "
    'as "Authorization: Bearer KEY"; a running server knows it within a second.'
)


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its actions."""
    keys = commands.add_parser("keys", help="make, list and revoke keys of the API")
    actions = keys.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a key and print it, this once")
    create.add_argument("name", metavar="NAME", help="whose key it is; stands in the access log")
    create.set_defaults(command=_create)
    shown = actions.add_parser("list", help="print the names of the keys, and when they were made")
    shown.set_defaults(command=_list)
    revoke = actions.add_parser("revoke", help="make a key useless, within a second")
    revoke.add_argument("name", metavar="NAME")
    revoke.set_defaults(command=_revoke)


def _create(arguments: argparse.Namespace, settings: Settings) -> int:
    path = _file(settings)
    check_file(path)
    with alone_in(path.parent):
        before = api_keys.read(path) if path.exists() else []
        keys, secret = api_keys.create(before, arguments.name)
        write_whole(path, api_keys.encode(keys), OWNER_ONLY)
    print(secret)
    print(REMARK.format(name=arguments.name), file=sys.stderr)
    return 0


def _list(arguments: argparse.Namespace, settings: Settings) -> int:
    for key in api_keys.read(_file(settings)):
        print(f"{key.created}  {key.name}")
    return 0


def _revoke(arguments: argparse.Namespace, settings: Settings) -> int:
    path = _file(settings)
    check_file(path)
    with alone_in(path.parent):
        keys = api_keys.revoke(api_keys.read(path), arguments.name)
        write_whole(path, api_keys.encode(keys), OWNER_ONLY)
    print(f"{arguments.name} is revoked: a running server refuses its key within a second")
    return 0


def _file(settings: Settings) -> Path:
    if not settings.api_keys:
        raise ConfigError(
            f"no file for API keys is named: set {PREFIX}API_KEYS, such as to "
            f"{settings.home / 'api-keys.json'}, here and where the API runs"
        )
    return Path(settings.api_keys)
