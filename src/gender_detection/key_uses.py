"""Records when API keys were last used, by their hashes, in a file beside that of the keys."""

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

# At most one use of each key is recorded in this time: users want to know the day, and every record
# writes the file.
EVERY_SECONDS = 60.0
OWNER_ONLY = 0o600


class _File(msgspec.Struct):
    # Unix time by the SHA-256 of the key.
    used: dict[str, int]


def file_beside(keys: Path) -> Path:
    """Return the path of the file with the uses of the keys in a file."""
    return keys.with_name(f"{keys.stem}.used{keys.suffix}")


def read(keys: Path) -> dict[str, int] | None:
    """Return when keys were last used (Unix time) by their hash; None if there is no record, or it
    cannot be read."""
    try:
        return msgspec.json.decode(file_beside(keys).read_bytes(), type=_File).used
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def write(keys: Path, used: Mapping[str, int]) -> None:
    """Replace the recorded uses; call it within alone_in() the folder.

    Raise InvalidInput or OSError if that fails.
    """
    content = msgspec.json.format(msgspec.json.encode(_File(dict(used))), indent=2) + b"\n"
    write_whole(file_beside(keys), content, OWNER_ONLY)


class KeyUses:
    """Records uses in a thread of its own, so that no request waits for a disk.

    Several processes may record in one file. If it cannot be written, that is logged once.
    """

    def __init__(self, keys: Path, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._clock = clock
        self._next_record: dict[str, float] = {}
        self._thread = ThreadPoolExecutor(1, "key uses")
        self._is_logged = False

    def record(self, sha256: str) -> Future[None] | None:
        """Record that a key is used now.

        Return a future that is done when that is written, None if a recent use is recorded already.
        """
        now = self._clock()
        if now < self._next_record.get(sha256, 0.0):
            return None
        self._next_record[sha256] = now + EVERY_SECONDS
        return self._thread.submit(self._write, sha256, int(now))

    def _write(self, sha256: str, now: int) -> None:
        try:
            with locked(self._keys.parent):
                used = read(self._keys) or {}
                used[sha256] = max(now, used.get(sha256, 0))
                write(self._keys, used)
        except InvalidInput as err:
            self._log(str(err))
        except OSError as err:
            self._log(os_errors.describe(err))
        else:
            self._is_logged = False

    def _log(self, cause: str) -> None:
        if not self._is_logged:
            log.warning("cannot record when API keys are used: %s", cause)
        self._is_logged = True
