"""API keys: creates them, stores their hashes, and finds the owner of a key.

A key is 256 random bits, so nobody can guess it from its hash, and a plain SHA-256 is enough: salt
and slow hashes are for secrets that people choose (NIST SP 800-63B, 2017, section 5.1.2.2: secrets
of at least 112 bits need an approved one-way function, weaker ones a salted, slow one). Looking the
hash up in a dict is safe from timing attacks: an attacker cannot choose the hash of a key.
"""

import datetime
import hashlib
import logging
import math
import os
import re
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from . import os_errors
from .errors import ConfigError, InvalidInput

log = logging.getLogger(__name__)

PREFIX = "gdk_"
RANDOM_BYTES = 32
CHECK_SECONDS = 1.0
# Safe in a log line and on a terminal.
_NAME = r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}\Z"
_SHA256 = r"^[0-9a-f]{64}\Z"


class ApiKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The stored data of a key: its name, its SHA-256 in hexadecimal, the day it was created.

    expires  the last day (UTC) on which it is valid; None if it is valid until it is revoked
    limit    its own rate limit (name_limits); empty if the general limit applies
    """

    name: Annotated[str, Meta(pattern=_NAME)]
    sha256: Annotated[str, Meta(pattern=_SHA256)]
    created: datetime.date
    expires: datetime.date | None = None
    limit: str = ""

    @property
    def ends(self) -> float:
        """The time (Unix) at which it expires."""
        if self.expires is None:
            return math.inf
        end = datetime.datetime.combine(self.expires, datetime.time.max, datetime.UTC)
        return math.ceil(end.timestamp())


class _File(msgspec.Struct, forbid_unknown_fields=True):
    keys: list[ApiKey]


def create(
    keys: Sequence[ApiKey], name: str, expires: datetime.date | None = None, limit: str = ""
) -> tuple[list[ApiKey], str]:
    """Return the keys with a new one, and the new key itself, which is stored nowhere.

    Raise InvalidInput if the name is invalid or taken, or the last day is in the past.
    """
    if not re.match(_NAME, name):
        raise InvalidInput(
            f"invalid key name {name!r}: use up to 64 letters (a to z), digits and . _ @ -"
        )
    if any(key.name == name for key in keys):
        raise InvalidInput(
            f"a key named {name} already exists: revoke it first, or choose another name"
        )
    today = datetime.datetime.now(datetime.UTC).date()
    if expires is not None and expires < today:
        raise InvalidInput(f"the last day {expires} is in the past: give {today} (UTC) or later")
    secret = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    return [*keys, ApiKey(name, _hashed(secret), today, expires, limit)], secret


def revoke(keys: Sequence[ApiKey], name: str) -> list[ApiKey]:
    """Return the keys without the one of that name; raise InvalidInput if there is none."""
    left = [key for key in keys if key.name != name]
    if len(left) == len(keys):
        known = ", ".join(key.name for key in keys) or "none"
        raise InvalidInput(f"no key named {name!r}: the keys are {known}")
    return left


def encode(keys: Sequence[ApiKey]) -> bytes:
    """Return the content of a key file."""
    return msgspec.json.format(msgspec.json.encode(_File(list(keys))), indent=2) + b"\n"


def read(path: Path) -> list[ApiKey]:
    """Return the keys of a file; raise ConfigError if it is missing or invalid.

    Their limits are not checked.
    """
    try:
        keys = msgspec.json.decode(path.read_bytes(), type=_File).keys
    except FileNotFoundError as err:
        raise ConfigError(
            f"no API key file at {path}: create one with 'gender-detection keys create NAME'"
        ) from err
    except OSError as err:
        cause = os_errors.describe_for(path, "cannot be read", err)
        raise ConfigError(f"API keys {cause}") from err
    except (msgspec.DecodeError, UnicodeDecodeError) as err:
        raise ConfigError(
            f"{path} is not a valid API key file: restore it from a backup, or remove it and "
            "create new keys"
        ) from err
    return keys


class KeyRing:
    """The keys of a file, checked for changes once a second and read again if it has changed.

    Without the file, no key is valid. If it is invalid or cannot be read, the keys read before stay
    valid. Both are logged. check is called with each key, and raises ConfigError to reject the
    file.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float] = time.monotonic,
        check: Callable[[ApiKey], object] | None = None,
    ) -> None:
        self._path = path
        self._clock = clock
        self._check = check
        self._keys: dict[str, ApiKey] = {}
        self._signature: tuple[int, ...] | None = None
        self._check_at = -CHECK_SECONDS
        self._logged = ""

    def find(self, secret: str) -> ApiKey | None:
        """Return the data of a key, which may have expired; None if it is not in the file."""
        now = self._clock()
        if now >= self._check_at:
            self._check_at = now + CHECK_SECONDS
            self._read_if_changed()
        return self._keys.get(_hashed(secret))

    def _read_if_changed(self) -> None:
        try:
            status = os.stat(self._path)  # noqa: PTH116 - a path's own stat() costs more
        except FileNotFoundError:
            self._keys, self._signature = {}, None
            self._log(f"no API key is valid: {self._path} is missing")
            return
        except OSError as err:
            self._log(f"cannot read {self._path} ({err.strerror}): {self._kept()}")
            return
        signature = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        if signature == self._signature:
            return
        self._signature = signature
        try:
            keys = read(self._path)
            if self._check is not None:
                for key in keys:
                    self._check(key)
        except ConfigError as err:
            self._log(f"{err}: {self._kept()}")
        else:
            self._keys = {key.sha256: key for key in keys}
            self._logged = ""
            log.info("API keys read: %d", len(self._keys))

    def _kept(self) -> str:
        return f"{len(self._keys)} API keys read before stay valid"

    def _log(self, message: str) -> None:
        if message != self._logged:
            log.error("%s", message)
        self._logged = message


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
