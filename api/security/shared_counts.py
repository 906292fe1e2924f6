"""Counts in memory that all worker processes share: a storage for the library limits.

A file of fixed size, mapped into each process, holds slots of counts. A hash of its name decides
which slots a count may use; if they are full, the count that expires first is evicted. The first
process draws a random key for the hash and keeps it in the file, so that no outsider can find names
that evict a certain count. Counts whose names have the same beginning before TOGETHER share a small
part of the file, so that no number of them evicts others.

A file lock protects the slots. The system releases it when a process ends, in whatever way; at
worst one count is wrong then.
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

# The hash of the name, the count, and the time at which it expires and the slot is free.
SLOT = struct.Struct("=QQd")
WAYS = 8  # slots that a count may use
SLOTS = struct.Struct("=" + "QQd" * WAYS)
BUCKET = SLOTS.size
BUCKETS = 8192
# The file begins with the key of the hash.
SECRET_BYTES, HEADER_BYTES = 32, 64
# Counts whose names are equal up to TOGETHER share so many buckets: 64 of 65,536 slots.
TOGETHER, NEIGHBOURS = "|", 8
# A process holds the lock for microseconds unless it is stopped: no request waits for that.
LOCK_SECONDS = 0.1
PAUSE_SECONDS = 0.0001


class FileLock:
    """A lock among threads and processes, as a context manager; raises TimeoutError."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._thread = threading.Lock()

    def __enter__(self) -> None:
        """Take the lock."""
        if not self._thread.acquire(timeout=LOCK_SECONDS):
            raise TimeoutError("another thread holds the lock")
        try:
            self._lock_file()
        except OSError:
            self._thread.release()
            raise

    def __exit__(self, *_: object) -> None:
        """Release the lock."""
        fcntl.lockf(self._descriptor, fcntl.LOCK_UN)
        self._thread.release()

    def _lock_file(self) -> None:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                # POSIX (lockf), not BSD (flock): forked processes would share the latter.
                fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TimeoutError("another process holds the lock") from None
                time.sleep(PAUSE_SECONDS)


class SharedCounts(Storage, SlidingWindowCounterSupport, TimestampedSlidingWindow):
    """Counts in a file; without a path, in a temporary file of its own.

    Methods raise limits.errors.StorageError if they do not get the lock in time.
    """

    STORAGE_SCHEME = None

    def __init__(self, path: Path | None = None, buckets: int = BUCKETS) -> None:
        super().__init__(wrap_exceptions=True)
        self._buckets = buckets
        self._file = _open(path)
        _allocate(self._file.fileno(), HEADER_BYTES + buckets * BUCKET)
        self._table = mmap.mmap(self._file.fileno(), HEADER_BYTES + buckets * BUCKET)
        self._lock = FileLock(self._file.fileno())
        self._hash = hashlib.blake2b(key=self._secret(), digest_size=8)

    @property
    def base_exceptions(self) -> type[Exception]:
        """The errors that the library wraps in StorageError."""
        return OSError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to a count; a new one starts now and expires after expiry seconds."""
        with self._lock:
            now = time.time()
            at, owner, count, ends = self._find(key, now)
            SLOT.pack_into(self._table, at, owner, count + amount, ends or now + expiry)
            return count + amount

    def get(self, key: str) -> int:
        """Return a count, 0 if there is none."""
        return self._find(key, time.time())[2]

    def get_expiry(self, key: str) -> float:
        """Return the time (Unix) at which a count expires, now if there is none."""
        now = time.time()
        return self._find(key, now)[3] or now

    def check(self) -> bool:
        """Return whether the storage can be used."""
        with self._lock:
            return True

    def reset(self) -> int | None:
        """Delete all counts."""
        with self._lock:
            self._table[HEADER_BYTES:] = bytes(len(self._table) - HEADER_BYTES)
        return None

    def clear(self, key: str) -> None:
        """Delete a count."""
        with self._lock:
            at, owner, _, _ = self._find(key, time.time())
            SLOT.pack_into(self._table, at, owner, 0, 0.0)

    def acquire_sliding_window_entry(
        self, key: str, limit: int, expiry: int, amount: int = 1
    ) -> bool:
        """Count an amount and return True, or return False if that would exceed the limit.

        The previous window counts with the share of it that is within the last expiry seconds. A
        negative amount gives back what was counted.
        """
        with self._lock:
            now = time.time()
            before, current = self.sliding_window_keys(key, expiry, now)
            at, owner, count, ends = self._find(current, now)
            share = 1 - now % expiry / expiry
            if floor(self._find(before, now)[2] * share + count) + amount > limit:
                return False
            SLOT.pack_into(self._table, at, owner, max(0, count + amount), ends or now + 2 * expiry)
            return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Return the count of the previous window and for how many seconds it still counts, and the
        same for this window."""
        now = time.time()
        before, current = self.sliding_window_keys(key, expiry, now)
        left = expiry - now % expiry
        return self._find(before, now)[2], left, self._find(current, now)[2], left + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Delete the counts of both windows."""
        for window in self.sliding_window_keys(key, expiry, time.time()):
            self.clear(window)

    def _find(self, key: str, now: float) -> tuple[int, int, int, float]:
        """Return a count's position in the file, the hash of its key, its value and its expiry."""
        owner = self._hashed(key)
        prefix, is_together, _ = key.partition(TOGETHER)
        bucket = self._hashed(prefix) + owner % NEIGHBOURS if is_together else owner
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
        """Return the key of the hash, which the first process to open the file draws."""
        with self._lock:
            if not any(self._table[:SECRET_BYTES]):
                self._table[:SECRET_BYTES] = os.urandom(SECRET_BYTES)
            return self._table[:SECRET_BYTES]


def _open(path: Path | None) -> IO[bytes]:
    if path is None:
        return tempfile.TemporaryFile()
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")


def _allocate(descriptor: int, size: int) -> None:
    """Extend a file to that size, without a change to its content."""
    if hasattr(os, "posix_fallocate"):
        # Allocate for real: writing into a hole on a full disk would kill the process.
        os.posix_fallocate(descriptor, 0, size)
    else:
        os.ftruncate(descriptor, size)
