"""The order to roll back: a file in model_dir that the server writes and the follower carries out.

The server has the counts and must not wait for a registry; the follower has the registry.
"""

from pathlib import Path

import msgspec

from ..whole_files import write_whole
from .judging import Cause

ORDER = "rollback.json"


class Order(msgspec.Struct, frozen=True):
    """Roll back a version to the one before it: for which cause, in words, and when (ISO 8601)."""

    version: str
    back: str
    cause: Cause
    why: str
    at: str


def give(model_dir: Path, order: Order) -> None:
    """Write the order; raise InvalidInput or OSError if it cannot be written."""
    write_whole(model_dir / ORDER, msgspec.json.encode(order))


def read(model_dir: Path) -> Order | None:
    """Return the order that is not settled yet; None if there is none, or it is invalid."""
    try:
        return msgspec.json.decode((model_dir / ORDER).read_bytes(), type=Order)
    except (OSError, msgspec.DecodeError):
        return None


def settle(model_dir: Path) -> None:
    """Remove the order; raise OSError if it cannot be removed."""
    (model_dir / ORDER).unlink(missing_ok=True)
