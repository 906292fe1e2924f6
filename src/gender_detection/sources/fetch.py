"""Download a file: with retries, resuming, limits, and a check of its checksum."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from .. import os_errors
from ..config import PREFIX
from ..errors import DownloadError, DownloadInterrupted
from .transfer import Fetched, Job, Transient, attempt, failure, read_json, sha256_of

log = logging.getLogger(__name__)

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 60.0


def fetch(
    url: str,
    dest: Path,
    *,
    max_bytes: int,
    sha256: str = "",
    timeout: float = 30.0,
    deadline: float = 3600.0,
    retries: int = 5,
    progress: Callable[[int, int | None], None] = lambda done, total: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Fetched:
    """Download url to dest, which is replaced in one step when the file is complete and checked.

    With sha256, a dest that has it is kept without a request; without, the server is asked whether
    the file changed (If-None-Match, If-Modified-Since). timeout (seconds) limits connecting and
    each wait for data, deadline (seconds) the whole. Connection failures, interrupted or slow
    transfers, 429 and 5xx are retried up to retries times, with doubled, jittered delays or the
    server's Retry-After. A retry resumes the download if the file is still the same.
    Raise DownloadError with url, cause and remedy: DownloadInterrupted if a later try may succeed.
    """
    job = Job(url, dest, max_bytes, timeout, clock() + deadline, clock, progress)
    with _plain_errors(url, dest):
        dest.parent.mkdir(parents=True, exist_ok=True)
        kept = _kept(job)
        if kept and (kept.sha256 == sha256 or (not sha256 and not job.record_path.exists())):
            return kept
        for tried in range(retries + 1):
            try:
                return attempt(job, kept, sha256)
            except Transient as err:
                delay = _delay(tried, err.retry_after)
                if tried == retries or clock() + delay >= job.ends_at:
                    cause = f"{err} (tried {tried + 1} times)"
                    raise failure(url, dest, cause, DownloadInterrupted) from err
                log.warning("download of %s failed: %s; retry in %.0f s", url, err, delay)
                sleep(delay)
    raise AssertionError("unreachable")  # pragma: no cover


@contextmanager
def _plain_errors(url: str, dest: Path) -> Iterator[None]:
    try:
        yield
    except OSError as err:
        if isinstance(err, requests.RequestException):
            raise failure(url, dest, f"the URL cannot be requested ({err})") from err
        kind = DownloadError if os_errors.is_lasting(err) else DownloadInterrupted
        problem = os_errors.describe_for(dest, "cannot be written", err)
        raise kind(f"{url}: {problem}; {PREFIX}CACHE_DIR sets the folder") from err


def _kept(job: Job) -> Fetched | None:
    """Return the record of dest; None if dest is missing or does not match its record.

    A file that the user put there has no record and is accepted.
    """
    if not job.dest.is_file():
        return None
    sha256 = sha256_of(job.dest)
    size = job.dest.stat().st_size
    if not job.record_path.is_file():
        return Fetched(job.url, sha256, size)
    record = read_json(job.record_path, Fetched)
    return record if record and (record.url, record.sha256) == (job.url, sha256) else None


def _delay(tried: int, retry_after: float | None) -> float:
    if retry_after is not None:
        return retry_after
    # Full jitter would allow a delay of 0; half still separates clients and backs off.
    delay = min(FIRST_DELAY_SECONDS * 2.0**tried, LONGEST_DELAY_SECONDS)
    return delay * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret
