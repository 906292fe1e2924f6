"""API keys: how they are made, what is kept of them, and who it is that shows one.

A key is 256 random bits, so nobody can guess it from its hash, and a plain SHA-256 is enough: salt
and slow hashes are for secrets that people choose (NIST SP 800-63B, 2017, section 5.1.2.2: secrets
of at least 112 bits need an approved one-way function, weaker ones a salted, slow one). Looking the
hash up in a dict gives no time to measure either: whoever chooses the key cannot choose its hash.
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
LOOK_SECONDS = 1.0
# What may go into a log line and a terminal as it came.
_NAME = r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}\Z"
_SHA256 = r"^[0-9a-f]{64}\Z"


class ApiKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is kept of a key: whose it is, its SHA-256 in hexadecimal, the day it was made.

    expires  the last day (UTC) on which it is good; None where it is so until it is revoked
    limit    how many names it may ask for (name_limits); empty where the general limit holds
    """

    name: Annotated[str, Meta(pattern=_NAME)]
    sha256: Annotated[str, Meta(pattern=_SHA256)]
    created: datetime.date
    expires: datetime.date | None = None
    limit: str = ""

    @property
    def ends(self) -> float:
        """The time (Unix) from which on it is good no more."""
        if self.expires is None:
            return math.inf
        end = datetime.datetime.combine(self.expires, datetime.time.max, datetime.UTC)
        return math.ceil(end.timestamp())


class _File(msgspec.Struct, forbid_unknown_fields=True):
    keys: list[ApiKey]


def create(
    keys: Sequence[ApiKey], name: str, expires: datetime.date | None = None, limit: str = ""
) -> tuple[list[ApiKey], str]:
    """Return the keys with a new one, and that key itself, which is kept nowhere.

    Raise InvalidInput where the name cannot be used, or is taken, or where the last day is over.
    """
    if not re.match(_NAME, name):
        raise InvalidInput(
            f"{name!r} cannot name a key: use up to 64 of the letters a to z, digits and . _ @ -"
        )
    if any(key.name == name for key in keys):
        raise InvalidInput(f"there is a key {name}: revoke it first, or choose another name")
    today = datetime.datetime.now(datetime.UTC).date()
    if expires is not None and expires < today:
        raise InvalidInput(f"{expires} is over: give {today} (UTC) or a later day")
    secret = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    return [*keys, ApiKey(name, _hashed(secret), today, expires, limit)], secret


def revoke(keys: Sequence[ApiKey], name: str) -> list[ApiKey]:
    """Return the keys without the one of that name; raise InvalidInput where there is none."""
    left = [key for key in keys if key.name != name]
    if len(left) == len(keys):
        known = ", ".join(key.name for key in keys) or "none"
        raise InvalidInput(f"there is no key {name!r}: the keys are {known}")
    return left


def encode(keys: Sequence[ApiKey]) -> bytes:
    """Return a file of keys."""
    return msgspec.json.format(msgspec.json.encode(_File(list(keys))), indent=2) + b"\n"


def read(path: Path) -> list[ApiKey]:
    """Return the keys of a file; raise ConfigError where it is missing or cannot be understood.

    Their limits are not looked at.
    """
    try:
        keys = msgspec.json.decode(path.read_bytes(), type=_File).keys
    except FileNotFoundError as err:
        raise ConfigError(
            f"no file of API keys at {path}: make one with 'gender-detection keys create NAME'"
        ) from err
    except OSError as err:
        cause = os_errors.describe_for(path, "cannot be read", err)
        raise ConfigError(f"API keys {cause}") from err
    except (msgspec.DecodeError, UnicodeDecodeError) as err:
        raise ConfigError(
            f"{path} is no file of API keys: take it from a backup, or remove it and make new ones"
        ) from err
    return keys


class KeyRing:
    """The keys of a file, read again when it changes, which is looked for once a second.

    A file that is gone leaves no key that is good. One that cannot be understood, or read, changes
    nothing: the last good keys stay, none if there were none yet. Both are logged. check is called
    with each key, and raises ConfigError where it cannot be used.
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
        self._seen: tuple[int, ...] | None = None
        self._look_at = -LOOK_SECONDS
        self._told = ""

    def find(self, secret: str) -> ApiKey | None:
        """Return what is kept of a key, which may have expired; None where it is none of ours."""
        now = self._clock()
        if now >= self._look_at:
            self._look_at = now + LOOK_SECONDS
            self._look()
        return self._keys.get(_hashed(secret))

    def _look(self) -> None:
        try:
            status = os.stat(self._path)  # noqa: PTH116 - a path's own stat() costs more
        except FileNotFoundError:
            self._keys, self._seen = {}, None
            self._tell(f"no API key is good: {self._path} is gone")
            return
        except OSError as err:
            self._tell(f"{self._path} is out of reach ({err.strerror}): {self._still()}")
            return
        seen = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            keys = read(self._path)
            if self._check is not None:
                for key in keys:
                    self._check(key)
        except ConfigError as err:
            self._tell(f"{err}: {self._still()}")
        else:
            self._keys = {key.sha256: key for key in keys}
            self._told = ""
            log.info("API keys read: %d", len(self._keys))

    def _still(self) -> str:
        return f"{len(self._keys)} API keys from before stay good"

    def _tell(self, what: str) -> None:
        if what != self._told:
            log.error("%s", what)
        self._told = what


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
