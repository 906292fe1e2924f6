"""How many names one caller may ask for, counted by the library limits for all workers together."""

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

# The folder that the workers of a server share, and that goes with it (gender_detection.serving).
SHARED_FOLDER = "GENDER_DETECTION_SHARED_FOLDER"
FILE = "rate-limits"
REDIS = ("redis://", "rediss://", "redis+unix://")
# An answer is not worth waiting longer for, as everything waits with it; nor asking all the time.
REDIS_SECONDS = 0.1
PAUSE_SECONDS = 1.0
TELL_SECONDS = 60.0


def parse(text: str) -> list[limits.RateLimitItem]:
    """Return the limits of the setting, none where it is empty; raise ConfigError where it says
    none."""
    return parse_limits(text, f"{PREFIX}RATE_LIMIT") if text else []


def limits_of(key: ApiKey) -> list[limits.RateLimitItem]:
    """Return the limits of a key's own, none where it has none; raise ConfigError for others."""
    return parse_limits(key.limit, f"limit of the API key {key.name}") if key.limit else []


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
                f"no room to count requests in ({os_errors.cause(err)}): "
                f"free some below {folder or '/tmp'}"  # noqa: S108
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


class Counted(NamedTuple):
    """The count of a caller, or of the network that it is in, within one limit.

    key     what it is stored by
    amount  the most names in each window of expiry seconds
    """

    key: str
    amount: int
    expiry: int


def _counted(items: list[limits.RateLimitItem], *who: str, times: int = 1) -> list[Counted]:
    return [Counted(item.key_for(*who), times * item.amount, item.get_expiry()) for item in items]


class RateLimits:
    """Counts names by caller, each within all limits; by a sliding window, so that no burst at
    the turn of a minute gets in twice.

    While counts are out of reach, callers are let in: uncounted is called for each request.
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
        self._uncounted = uncounted
        self._clock = clock
        self._ask_at = self._tell_at = -TELL_SECONDS

    def of_key(self, key: ApiKey) -> tuple[Counted, ...]:
        """Return what is counted for a key, within limits of its own if it has any."""
        return tuple(_counted(limits_of(key) or self._items, "key", key.name))

    def of_networks(self, networks: Sequence[tuple[str, int]]) -> tuple[Counted, ...]:
        """Return what is counted for whoever shows no good key: for each of the networks that it is
        in, from large to small, which may ask for so many times the limit.

        What a large one is refused makes no count for a small one; and the small ones of one large
        one are counted together, so that they push no others out.
        """
        (largest, times), *within = ((name.replace(TOGETHER, ""), of) for name, of in networks)
        counted = _counted(self._items, "address", largest, times=times)
        for name, times in within:
            counted += _counted(self._items, "address", largest, TOGETHER, name, times=times)
        return tuple(counted)

    def wait(self, counted: Sequence[Counted], names: int = 1, *, then: int = 0) -> int:
        """Count so many names within all limits, or in none.

        Return 0, or in how many seconds there is room for so many then, by default for as many.
        """
        if not counted:
            return 0
        now = self._clock()
        try:
            if now < self._ask_at:
                self._let_in(then)
                return 0
            if self._count(counted, names):
                return 0
            return max(1, *(self._seconds(one, then or names) for one in counted))
        except StorageError as err:
            self._ask_at = now + PAUSE_SECONDS
            self._let_in(then)
            if now >= self._tell_at:
                self._tell_at = now + TELL_SECONDS
                cause = type(err.storage_error).__name__
                log.error("requests cannot be counted, and are let in uncounted: %s", cause)
            return 0

    def _let_in(self, then: int) -> None:
        # Once for each request: not again for the rest of its names.
        if not then:
            self._uncounted()

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
        # Of a window that has turned meanwhile: no more than there is.
        if self._counts.get_sliding_window(key, expiry)[2] >= names:
            self._counts.acquire_sliding_window_entry(key, amount, expiry, -names)

    def _seconds(self, counted: Counted, names: int) -> int:
        """Return in how many whole seconds so many names come within a limit, 0 where they do."""
        key, amount, expiry = counted
        before, left, current, _ = self._counts.get_sliding_window(key, expiry)
        # What counts has to fall below this, a share of the window before included.
        below = amount - names + 1
        if before * left / expiry + current < below:
            return 0
        if current < below:
            left -= (below - current) * expiry / before
        elif below > 0:
            # This window becomes the one before, of which less and less counts.
            left += expiry * (1 - below / current)
        return floor(max(left, 0)) + 1
