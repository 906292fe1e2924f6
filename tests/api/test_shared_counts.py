"""Counts in a file: shared by processes, bounded, and never locked by one that is gone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import limits
import pytest
from limits.errors import StorageError
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, SlidingWindowCounterRateLimiter

from gender_detection.api.security import shared_counts
from gender_detection.api.security.shared_counts import BUCKET, HEADER_BYTES, TOGETHER, SharedCounts

# No turn of a window within a test.
FIVE = limits.parse("5/year")
HIT_50_TIMES = """
import sys, limits
from pathlib import Path
from limits.strategies import SlidingWindowCounterRateLimiter
from gender_detection.api.security.shared_counts import SharedCounts
limiter = SlidingWindowCounterRateLimiter(SharedCounts(Path(sys.argv[1])))
sys.stdin.read(1)
print(sum(limiter.hit(limits.parse("70/year"), "a") for _ in range(50)))
"""
KEEP_THE_LOCK = """
import sys
from pathlib import Path
from gender_detection.api.security.shared_counts import SharedCounts
counts = SharedCounts(Path(sys.argv[1]))
with counts._lock:
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "counts"


@pytest.fixture
def hour(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of day, which passes when a test says so: the start of an hour."""
    at = [1_800_000_000.0]
    monkeypatch.setattr(time, "time", lambda: at[0])
    return at


def hits(
    counts: SharedCounts, times: int, item: limits.RateLimitItem = FIVE, who: str = "a"
) -> int:
    limiter = SlidingWindowCounterRateLimiter(counts)
    return sum(limiter.hit(item, who) for _ in range(times))


def other_process(program: str, path: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_each_caller_is_limited_separately():
    counts = SharedCounts()

    assert hits(counts, 9, who="a") == 5
    assert hits(counts, 9, who="b") == 5
    assert hits(counts, 9, limits.parse("3/year"), who="a") == 3


def test_processes_share_one_count_and_lose_no_hit(path: Path):
    counts = SharedCounts(path)
    others = [other_process(HIT_50_TIMES, path) for _ in range(3)]
    for other in others:
        assert other.stdin is not None
        other.stdin.write("x")
        other.stdin.flush()

    assert sum(int(other.communicate()[0]) for other in others) == 70
    assert hits(counts, 5, limits.parse("70/year")) == 0


def test_two_apps_without_a_file_count_separately():
    first, second = SharedCounts(), SharedCounts()

    assert hits(first, 9) == 5
    assert hits(second, 9) == 5


def test_lock_of_a_killed_process_is_released(path: Path):
    counts = SharedCounts(path)
    other = other_process(KEEP_THE_LOCK, path)
    assert other.stdout is not None
    assert other.stdout.readline() == "locked\n"
    with pytest.raises(StorageError) as caught:
        counts.incr("a", 60)
    assert isinstance(caught.value.storage_error, TimeoutError)

    os.kill(other.pid, signal.SIGKILL)
    other.communicate()

    assert hits(counts, 9) == 5


def test_count_survives_the_process_that_made_it(path: Path):
    assert hits(SharedCounts(path), 3) == 3
    other = other_process(HIT_50_TIMES.replace("70/year", "5/year"), path)

    assert int(other.communicate("x")[0]) == 2


def test_fork_has_its_own_lock(path: Path):
    """BSD locks would be shared by the two, and so lock nobody out."""
    counts = SharedCounts(path)
    with counts._lock:
        if not (child := os.fork()):
            # What the thread holds is copied, what the process holds is not.
            counts._lock._thread.release()
            try:
                counts.incr("a", 60)
            except StorageError:
                os._exit(0)
            os._exit(1)
        _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0


def test_window_slides(hour: list[float]):
    counts, item = SharedCounts(), limits.parse("10/hour")
    assert hits(counts, 20, item) == 10

    hour[0] += 3600 + 1800  # the middle of the next hour, of which half of the last one counts
    assert hits(counts, 20, item) == 5
    hour[0] += 3600
    assert hits(counts, 20, item) == 8  # 10 less 2.5, the last of them not whole
    hour[0] += 7200
    assert hits(counts, 20, item) == 10


def test_answers_equal_those_of_the_library_storage(hour: list[float]):
    ours, theirs = SharedCounts(), MemoryStorage()
    limiters = [SlidingWindowCounterRateLimiter(storage) for storage in (ours, theirs)]
    items = [limits.parse("7/minute"), limits.parse("3/10 seconds")]
    for step in range(300):
        hour[0] += 0.25 * (step % 17)
        for item in items:
            assert len({limiter.hit(item, "a") for limiter in limiters}) == 1
            assert len({limiter.test(item, "a") for limiter in limiters}) == 1


def test_fixed_windows_are_counted_too(hour: list[float]):
    counts = SharedCounts()
    limiter, item = FixedWindowRateLimiter(counts), limits.parse("2/minute")

    assert [limiter.hit(item, "a") for _ in range(3)] == [True, True, False]
    assert limiter.get_window_stats(item, "a") == (hour[0] + 60, 0)
    hour[0] += 61
    assert limiter.hit(item, "a")


def test_counts_can_be_cleared():
    counts = SharedCounts()
    assert counts.check()
    assert hits(counts, 9, who="a") + hits(counts, 9, who="b") == 10

    SlidingWindowCounterRateLimiter(counts).clear(FIVE, "a")
    assert (hits(counts, 9, who="a"), hits(counts, 9, who="b")) == (5, 0)
    counts.reset()
    assert (hits(counts, 9, who="a"), hits(counts, 9, who="b")) == (5, 5)


def test_file_keeps_its_size_for_any_number_of_callers(path: Path, hour: list[float]):
    counts = SharedCounts(path, buckets=4)
    for caller in range(1000):
        hits(counts, 1, who=str(caller))

    assert path.stat().st_size == HEADER_BYTES + 4 * BUCKET
    assert hits(counts, 9, who="newcomer") == 5


def test_full_bucket_drops_the_count_that_ends_first(hour: list[float]):
    counts = SharedCounts(buckets=1)
    counts.incr("soon", 10)
    for key in range(7):
        counts.incr(f"late {key}", 100)

    counts.incr("new", 50)

    assert [counts.get(f"late {key}") for key in range(7)] == [1] * 7
    assert (counts.get("soon"), counts.get("new")) == (0, 1)


def test_file_exists_from_the_start_and_only_its_owner_can_read_it(path: Path):
    SharedCounts(path)

    # Not a hole: to write into one when the disk is full would kill the worker.
    assert (
        path.stat().st_blocks * 512
        >= path.stat().st_size - HEADER_BYTES
        == (shared_counts.BUCKETS * BUCKET)
    )
    assert path.stat().st_mode & 0o777 == 0o600


def test_buckets_of_callers_cannot_be_predicted(tmp_path: Path):
    """What is in the same bucket in one server is not in the next."""
    first, second = (SharedCounts(tmp_path / name) for name in "ab")

    def bucket(counts: SharedCounts, name: str) -> int:
        return counts._find(name, 0.0)[0] // BUCKET

    names = [f"caller {number}" for number in range(64)]
    assert [bucket(first, name) for name in names] != [bucket(second, name) for name in names]


def test_process_that_opens_the_file_later_sees_the_counts(path: Path):
    first = SharedCounts(path)
    first.incr("a", 60)
    second = SharedCounts(path)
    second.reset()
    second.incr("a", 60)

    assert (first.get("a"), SharedCounts(path).get("a")) == (1, 1)


def test_counts_of_one_site_do_not_evict_others():
    counts = SharedCounts(buckets=1024)
    for number in range(1000):
        counts.incr(f"other {number}", 60)

    for number in range(20_000):
        counts.incr(f"site{TOGETHER}{number}", 60)

    # At most 8 buckets were touched, of which some may have been full.
    assert sum(counts.get(f"other {number}") for number in range(1000)) >= 1000 - 64
    assert sum(counts.get(f"site{TOGETHER}{number}") for number in range(20_000)) <= 64


def test_negative_amount_returns_at_most_the_count(hour: list[float]):
    counts = SharedCounts()
    assert hits(counts, 3) == 3

    assert counts.acquire_sliding_window_entry("LIMITER/a/5/1/year", 5, FIVE.get_expiry(), -9)
    assert hits(counts, 9) == 5
