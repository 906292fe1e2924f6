"""Counts of requests in memory that all worker processes share: a storage for the library limits.

A file of slots, mapped into each process: as large as it will ever be from the start, and where it
is full, the count that would end soonest makes room. Which slots a count can be in is told by a
hash whose key the first process draws and keeps in the file: nobody outside can tell whose counts
would make room for theirs. What has TOGETHER in its name shares a small part of the file with all
whose names begin in the same way: no number of them pushes others out.

Slots are changed under a lock that the system takes back from a process that ends, however it ends;
at worst it leaves one wrong count.
"""

import fcntl
import hashlib
import mmap
import os
import struct
import tempfile
import threading
import time
from math import floor
from pathlib import Path
from typing import IO

from limits.storage import SlidingWindowCounterSupport, Storage
from limits.storage.base import TimestampedSlidingWindow

# Whose count it is (a hash), the count, and the time at which it ends and the slot is free.
SLOT = struct.Struct("=QQd")
WAYS = 8  # slots that a count can be in
SLOTS = struct.Struct("=" + "QQd" * WAYS)
BUCKET = SLOTS.size
BUCKETS = 8192
# The beginning of the file is the key of the hash.
SECRET_BYTES, HEADER_BYTES = 32, 64
# What is before it in a count's name tells whose neighbours it is kept with: in so many buckets,
# so in 64 of 65,536 slots.
TOGETHER, NEIGHBOURS = "|", 8
# Nobody holds the lock for longer than microseconds, unless stopped: no request waits for that.
LOCK_SECONDS = 0.1
PAUSE_SECONDS = 0.0001


class Alone:
    """Keeps all other threads and processes out of what is done within; raises TimeoutError where
    the lock cannot be had."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._thread = threading.Lock()

    def __enter__(self) -> None:
        """Take the lock."""
        if not self._thread.acquire(timeout=LOCK_SECONDS):
            raise TimeoutError("another thread keeps the lock")
        try:
            self._lock_file()
        except OSError:
            self._thread.release()
            raise

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        fcntl.lockf(self._descriptor, fcntl.LOCK_UN)
        self._thread.release()

    def _lock_file(self) -> None:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                # Of POSIX (lockf), not of BSD (flock): that would be shared with a process forked.
                return fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TimeoutError("another process keeps the lock") from None
                time.sleep(PAUSE_SECONDS)


class SharedCounts(Storage, SlidingWindowCounterSupport, TimestampedSlidingWindow):
    """Counts in a file; without one, in one of its own that no other app can see.

    Methods raise limits.errors.StorageError where the lock cannot be had.
    """

    STORAGE_SCHEME = None

    def __init__(self, path: Path | None = None, buckets: int = BUCKETS) -> None:
        super().__init__(wrap_exceptions=True)
        self._buckets = buckets
        self._file = _open(path)
        _make_room(self._file.fileno(), HEADER_BYTES + buckets * BUCKET)
        self._table = mmap.mmap(self._file.fileno(), HEADER_BYTES + buckets * BUCKET)
        self._alone = Alone(self._file.fileno())
        self._hash = hashlib.blake2b(key=self._secret(), digest_size=8)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What StorageError stands for."""
        return OSError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to a count, which begins now where there is none and ends expiry seconds later."""
        with self._alone:
            now = time.time()
            at, owner, count, ends = self._find(key, now)
            SLOT.pack_into(self._table, at, owner, count + amount, ends or now + expiry)
            return count + amount

    def get(self, key: str) -> int:
        """Return a count, 0 where there is none."""
        return self._find(key, time.time())[2]

    def get_expiry(self, key: str) -> float:
        """Return the time (Unix) at which a count ends, now where there is none."""
        now = time.time()
        return self._find(key, now)[3] or now

    def check(self) -> bool:
        """Return whether the storage can be used."""
        with self._alone:
            return True

    def reset(self) -> int | None:
        """End all counts."""
        with self._alone:
            self._table[HEADER_BYTES:] = bytes(len(self._table) - HEADER_BYTES)
        return None

    def clear(self, key: str) -> None:
        """End a count."""
        with self._alone:
            at, owner, _, _ = self._find(key, time.time())
            SLOT.pack_into(self._table, at, owner, 0, 0.0)

    def acquire_sliding_window_entry(
        self, key: str, limit: int, expiry: int, amount: int = 1
    ) -> bool:
        """Count an amount and return True, unless that would be too many.

        Of the window before, the share counts that lies within the last expiry seconds. Less than
        nothing gives back what was counted.
        """
        with self._alone:
            now = time.time()
            before, current = self.sliding_window_keys(key, expiry, now)
            at, owner, count, ends = self._find(current, now)
            share = 1 - now % expiry / expiry
            if floor(self._find(before, now)[2] * share + count) + amount > limit:
                return False
            SLOT.pack_into(self._table, at, owner, max(0, count + amount), ends or now + 2 * expiry)
            return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Return the counts of the window before and of this one, and for how many seconds each
        goes on to count."""
        now = time.time()
        before, current = self.sliding_window_keys(key, expiry, now)
        left = expiry - now % expiry
        return self._find(before, now)[2], left, self._find(current, now)[2], left + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """End the counts of both windows."""
        for window in self.sliding_window_keys(key, expiry, time.time()):
            self.clear(window)

    def _find(self, key: str, now: float) -> tuple[int, int, int, float]:
        """Return where a count is or would be, the key's hash, the count, and when it ends."""
        owner = self._hashed(key)
        place, is_together, _ = key.partition(TOGETHER)
        bucket = self._hashed(place) + owner % NEIGHBOURS if is_together else owner
        start = HEADER_BYTES + bucket % self._buckets * BUCKET
        slots = SLOTS.unpack_from(self._table, start)
        owners, ends = slots[0::3], slots[2::3]
        way = owners.index(owner) if owner in owners else ends.index(min(ends))
        at = start + way * SLOT.size
        if owners[way] == owner and ends[way] > now:
            return at, owner, slots[3 * way + 1], ends[way]
        return at, owner, 0, 0.0

    def _hashed(self, name: str) -> int:
        keyed = self._hash.copy()
        keyed.update(name.encode())
        return int.from_bytes(keyed.digest(), "big")

    def _secret(self) -> bytes:
        """Return the key of the hash, that of whoever opened the file first."""
        with self._alone:
            if not any(self._table[:SECRET_BYTES]):
                self._table[:SECRET_BYTES] = os.urandom(SECRET_BYTES)
            return self._table[:SECRET_BYTES]


def _open(path: Path | None) -> IO[bytes]:
    if path is None:
        return tempfile.TemporaryFile()
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")


def _make_room(descriptor: int, size: int) -> None:
    """Make a file as long as that, without a change to what is in it."""
    if hasattr(os, "posix_fallocate"):
        # Really there: to write into a hole, when the disk is full, would end the process.
        os.posix_fallocate(descriptor, 0, size)
    else:
        os.ftruncate(descriptor, size)
