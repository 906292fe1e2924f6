"""Rate limits on names, counted by the library limits for all workers together."""

import logging
import os
import time
from collections.abc import Callable, Sequence
from math import floor
from pathlib import Path
from typing import Any, NamedTuple

import limits
from limits.errors import StorageError
from limits.storage import RedisStorage

from gender_detection import os_errors
from gender_detection.api_keys import ApiKey
from gender_detection.config import PREFIX
from gender_detection.errors import ConfigError
from gender_detection.name_limits import parse_limits

from .shared_counts import TOGETHER, SharedCounts

log = logging.getLogger(__name__)

# A folder that the workers of a server share, deleted when it ends (gender_detection.serving).
SHARED_FOLDER = "GENDER_DETECTION_SHARED_FOLDER"
FILE = "rate-limits"
REDIS = ("redis://", "rediss://", "redis+unix://")
# All requests of a worker wait for Redis: wait briefly, and pause after an error.
REDIS_SECONDS = 0.1
PAUSE_SECONDS = 1.0
LOG_SECONDS = 60.0


def parse(text: str) -> list[limits.RateLimitItem]:
    """Return the limits in the setting, none if it is empty; raise ConfigError if it is invalid."""
    return parse_limits(text, f"{PREFIX}RATE_LIMIT") if text else []


def limits_of(key: ApiKey) -> list[limits.RateLimitItem]:
    """Return a key's own limits, none if it has none; raise ConfigError if they are invalid."""
    return parse_limits(key.limit, f"limit of the API key {key.name}") if key.limit else []


def open_counts(uri: str) -> SharedCounts | RedisStorage:
    """Return the storage of counts: Redis, or memory of this machine if uri is empty.

    Raise ConfigError if it cannot be used. Redis is not contacted: it may start later.
    """
    if not uri:
        folder = os.environ.get(SHARED_FOLDER)
        try:
            return SharedCounts(Path(folder) / FILE if folder else None)
        except OSError as err:
            raise ConfigError(
                f"no space for the counts of the rate limit ({os_errors.cause(err)}): "
                f"free some in {folder or '/tmp'}"  # noqa: S108
            ) from err
    if not uri.startswith(REDIS):
        raise ConfigError(
            f"{PREFIX}RATE_LIMIT_STORAGE is not an address of Redis: use for example "
            "redis://cache:6379, or leave it empty to count on this machine"
        )
    try:
        return RedisStorage(uri, wrap_exceptions=True, **_redis_options())
    except ValueError as err:
        # The address may contain a password, and so may the message of redis.
        raise ConfigError(
            f"{PREFIX}RATE_LIMIT_STORAGE is not a valid address: use for example redis://cache:6379"
        ) from err


def _redis_options() -> dict[str, Any]:
    try:
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError as err:
        raise ConfigError(
            f"{PREFIX}RATE_LIMIT_STORAGE needs the Python package redis: install it"
        ) from err
    return {
        "socket_timeout": REDIS_SECONDS,
        "socket_connect_timeout": REDIS_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }


class Counted(NamedTuple):
    """One limit on a caller, or on a network of its address.

    key     the key of its count in the storage
    amount  how many names each window of expiry seconds allows
    """

    key: str
    amount: int
    expiry: int


def _counted(items: list[limits.RateLimitItem], *who: str, times: int = 1) -> list[Counted]:
    return [Counted(item.key_for(*who), times * item.amount, item.get_expiry()) for item in items]


class RateLimits:
    """Counts names by caller, within all limits that apply.

    The window slides, so that a caller cannot use the limit twice around the turn of a minute.
    While the storage cannot be reached, requests are accepted: on_uncounted is called for each.
    """

    def __init__(
        self,
        items: list[limits.RateLimitItem],
        counts: SharedCounts | RedisStorage,
        on_uncounted: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._items = items
        self._counts = counts
        self._on_uncounted = on_uncounted
        self._clock = clock
        self._retry_at = self._log_at = -LOG_SECONDS

    def of_key(self, key: ApiKey) -> tuple[Counted, ...]:
        """Return the limits on a key: its own if it has any."""
        return tuple(_counted(limits_of(key) or self._items, "key", key.name))

    def of_networks(self, networks: Sequence[tuple[str, int]]) -> tuple[Counted, ...]:
        """Return the limits on a caller without a valid key, for the networks of its address.

        networks are sorted from large to small, each with how many times the limit it may use. If a
        large one is refused, no small one is counted. The counts of networks in the same large one
        are stored together, so that they evict no others.
        """
        (largest, times), *smaller = ((name.replace(TOGETHER, ""), n) for name, n in networks)
        counted = _counted(self._items, "address", largest, times=times)
        for name, times in smaller:
            counted += _counted(self._items, "address", largest, TOGETHER, name, times=times)
        return tuple(counted)

    def wait(self, counted: Sequence[Counted], names: int = 1, *, then: int = 0) -> int:
        """Count names within all limits, or within none; return 0 if they are allowed.

        Otherwise return after how many seconds then names, by default as many, would be allowed.
        """
        if not counted:
            return 0
        now = self._clock()
        try:
            if now < self._retry_at:
                self._accept_uncounted(then)
                return 0
            if self._count(counted, names):
                return 0
            return max(1, *(self._seconds(limit, then or names) for limit in counted))
        except StorageError as err:
            self._retry_at = now + PAUSE_SECONDS
            self._accept_uncounted(then)
            if now >= self._log_at:
                self._log_at = now + LOG_SECONDS
                cause = type(err.storage_error).__name__
                log.error("rate limit not enforced, as requests cannot be counted: %s", cause)
            return 0

    def _accept_uncounted(self, then: int) -> None:
        # Once per request: not again for the rest of its names.
        if not then:
            self._on_uncounted()

    def _count(self, counted: Sequence[Counted], names: int) -> bool:
        acquire = self._counts.acquire_sliding_window_entry
        for at, (key, amount, expiry) in enumerate(counted):
            if not acquire(key, amount, expiry, names):
                for before in counted[:at]:
                    self._give_back(before, names)
                return False
        return True

    def _give_back(self, counted: Counted, names: int) -> None:
        key, amount, expiry = counted
        # A new window may have started meanwhile: never give back more than it has.
        if self._counts.get_sliding_window(key, expiry)[2] >= names:
            self._counts.acquire_sliding_window_entry(key, amount, expiry, -names)

    def _seconds(self, counted: Counted, names: int) -> int:
        """Return after how many whole seconds a limit allows so many names, 0 if it does now."""
        key, amount, expiry = counted
        before, left, current, _ = self._counts.get_sliding_window(key, expiry)
        # The count, with its share of the previous window, has to fall below this.
        below = amount - names + 1
        if before * left / expiry + current < below:
            return 0
        if current < below:
            left -= (below - current) * expiry / before
        elif below > 0:
            # This window becomes the previous one, whose share decreases.
            left += expiry * (1 - below / current)
        return floor(max(left, 0)) + 1
