"""How many requests one caller may make, counted by the library limits for all workers together."""

import logging
import os
import time
from collections.abc import Callable
from math import floor
from pathlib import Path
from typing import Any

import limits
from limits.errors import StorageError
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from gender_detection.config import PREFIX
from gender_detection.errors import ConfigError

from .shared_counts import SharedCounts

log = logging.getLogger(__name__)

# The folder that the workers of a server share, and that goes with it (gender_detection.serving).
SHARED_FOLDER = "GENDER_DETECTION_SHARED_FOLDER"
FILE = "rate-limits"
REDIS = ("redis://", "rediss://", "redis+unix://")
# An answer is not worth waiting longer for, as everything waits with it; nor asking all the time.
REDIS_SECONDS = 0.1
PAUSE_SECONDS = 1.0
TELL_SECONDS = 60.0


def parse(text: str) -> list[limits.RateLimitItem]:
    """Return the limits of a setting such as 10/second;1000/hour, all of which hold; raise
    ConfigError where it says none."""
    try:
        items = limits.parse_many(text)
    except ValueError as err:
        raise _unusable(text) from err
    if not all(item.amount > 0 for item in items):
        raise _unusable(text)
    return items


def open_counts(uri: str) -> SharedCounts | RedisStorage:
    """Return where requests are counted: in Redis, or on this machine where uri is empty.

    Raise ConfigError where that cannot be. Whether Redis answers is not asked: it may come later.
    """
    if not uri:
        folder = os.environ.get(SHARED_FOLDER)
        try:
            return SharedCounts(Path(folder) / FILE if folder else None)
        except OSError as err:
            raise ConfigError(
                f"no room to count requests in ({err.strerror}): free some below {folder or '/tmp'}"  # noqa: S108
            ) from err
    if not uri.startswith(REDIS):
        raise ConfigError(
            f"{PREFIX}RATE_LIMIT_STORAGE is no Redis: give such as redis://cache:6379, or nothing "
            "to count on this machine"
        )
    try:
        return RedisStorage(uri, wrap_exceptions=True, **_redis_options())
    except ValueError as err:
        # The address may hold a password, and so may what redis says of it.
        raise ConfigError(
            f"{PREFIX}RATE_LIMIT_STORAGE is no address: give such as redis://cache:6379"
        ) from err


def _redis_options() -> dict[str, Any]:
    try:
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError as err:
        raise ConfigError(
            f"{PREFIX}RATE_LIMIT_STORAGE: to count in Redis, install the Python package redis too"
        ) from err
    return {
        "socket_timeout": REDIS_SECONDS,
        "socket_connect_timeout": REDIS_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }


class RateLimits:
    """Counts requests by caller, each within all limits; by a sliding window, so that no burst at
    the turn of a minute gets in twice.

    While counts are out of reach, callers are let in: uncounted is called for each.
    """

    def __init__(
        self,
        items: list[limits.RateLimitItem],
        counts: SharedCounts | RedisStorage,
        uncounted: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._items = items
        self._counts = counts
        self._limiter = SlidingWindowCounterRateLimiter(counts)
        self._uncounted = uncounted
        self._clock = clock
        self._ask_at = self._tell_at = -TELL_SECONDS

    def wait(self, *caller: str) -> int:
        """Count a request; return 0, or in how many seconds it may be made again."""
        now = self._clock()
        if now < self._ask_at:
            self._uncounted()
            return 0
        try:
            return max((self._seconds(item, *caller) for item in self._refused(caller)), default=0)
        except StorageError as err:
            self._ask_at = now + PAUSE_SECONDS
            self._uncounted()
            if now >= self._tell_at:
                self._tell_at = now + TELL_SECONDS
                cause = type(err.storage_error).__name__
                log.error("requests cannot be counted, and are let in uncounted: %s", cause)
            return 0

    def _refused(self, caller: tuple[str, ...]) -> list[limits.RateLimitItem]:
        """Count a request within all limits, or in none; return those that it is too many for."""
        refused = []
        if len(self._items) > 1:
            refused = [item for item in self._items if not self._limiter.test(item, *caller)]
        return refused or [item for item in self._items if not self._limiter.hit(item, *caller)]

    def _seconds(self, item: limits.RateLimitItem, *caller: str) -> int:
        """Return in how many whole seconds one more request comes within a limit."""
        expiry = item.get_expiry()
        before, left, current, _ = self._counts.get_sliding_window(item.key_for(*caller), expiry)
        if current < item.amount and before:
            # until so much of the window before has passed that there is room
            left -= (item.amount - current) * expiry / before
        return floor(max(left, 0)) + 1


def _unusable(text: str) -> ConfigError:
    return ConfigError(
        f"{PREFIX}RATE_LIMIT={text}: give such as 100/second, or several as 10/second;1000/hour"
    )
