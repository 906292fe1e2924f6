"""When API keys were last used: kept by their hashes, in a small file beside that of the keys."""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import msgspec

from . import os_errors
from .errors import InvalidInput
from .whole_files import locked, write_whole

log = logging.getLogger(__name__)

# Of each key at most one use in so much time is recorded: who asks when a key was last used wants
# to know the day, and each use recorded is a file written.
EVERY_SECONDS = 60.0
OWNER_ONLY = 0o600


class _File(msgspec.Struct):
    # Seconds since 1970 (UTC), by the SHA-256 of the key.
    used: dict[str, int]


def file_beside(keys: Path) -> Path:
    """Return where the uses of a file of keys are recorded."""
    return keys.with_name(f"{keys.stem}.used{keys.suffix}")


def read(keys: Path) -> dict[str, int] | None:
    """Return when keys were last used (Unix time), by their hash; None where that is not
    recorded, or cannot be read."""
    try:
        return msgspec.json.decode(file_beside(keys).read_bytes(), type=_File).used
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def write(keys: Path, used: Mapping[str, int]) -> None:
    """Record these uses in place of those there are; call it alone in the folder.

    Raise InvalidInput or OSError where that cannot be done.
    """
    content = msgspec.json.format(msgspec.json.encode(_File(dict(used))), indent=2) + b"\n"
    write_whole(file_beside(keys), content, OWNER_ONLY)


class KeyUses:
    """Records uses, in a thread of its own: whoever notes one does not wait for a disk.

    Several processes may do so for one file. Where it cannot be written, that is logged once.
    """

    def __init__(self, keys: Path, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._clock = clock
        self._due: dict[str, float] = {}
        self._thread = ThreadPoolExecutor(1, "key uses")
        self._is_told = False

    def note(self, sha256: str) -> Future[None] | None:
        """Note that a key is used now; return what is done when that is recorded, None where a use
        was a short time ago."""
        now = self._clock()
        if now < self._due.get(sha256, 0.0):
            return None
        self._due[sha256] = now + EVERY_SECONDS
        return self._thread.submit(self._record, sha256, int(now))

    def _record(self, sha256: str, now: int) -> None:
        try:
            with locked(self._keys.parent):
                used = read(self._keys) or {}
                used[sha256] = max(now, used.get(sha256, 0))
                write(self._keys, used)
        except InvalidInput as err:
            self._tell(str(err))
        except OSError as err:
            self._tell(os_errors.describe(err))
        else:
            self._is_told = False

    def _tell(self, cause: str) -> None:
        if not self._is_told:
            log.warning("when API keys are used cannot be recorded: %s", cause)
        self._is_told = True
