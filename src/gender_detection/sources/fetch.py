"""Downloads a file whole and unaltered, or says why not: retried, resumed, bounded, checked."""

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
    """Download url to dest, which is replaced in one step when all is there and checked.

    With sha256, a dest that has it is left alone and the server not asked; without, the server is
    asked whether it changed (If-None-Match, If-Modified-Since). timeout (seconds) bounds connecting
    and each wait for data, deadline everything. Connection failures, cut-off or crawling transfers,
    429 and 5xx are tried again up to retries times, with doubled, jittered delays or the server's
    own Retry-After, going on where the last attempt stopped if the file is still the same.
    Raises DownloadError naming url, cause and remedy: DownloadInterrupted if that may pass.
    """
    job = Job(url, dest, max_bytes, timeout, clock() + deadline, clock, progress)
    with _in_words(url, dest):
        dest.parent.mkdir(parents=True, exist_ok=True)
        kept = _kept(job)
        if kept and (kept.sha256 == sha256 or (not sha256 and not job.sidecar.exists())):
            return kept
        for tried in range(retries + 1):
            try:
                return attempt(job, kept, sha256)
            except Transient as err:
                delay = _delay(tried, err.retry_after)
                if tried == retries or clock() + delay >= job.ends_at:
                    cause = f"{err} (tried {tried + 1} times)"
                    raise failure(url, dest, cause, DownloadInterrupted) from err
                log.warning("download of %s failed: %s; again in %.0f s", url, err, delay)
                sleep(delay)
    raise AssertionError("unreachable")  # pragma: no cover


@contextmanager
def _in_words(url: str, dest: Path) -> Iterator[None]:
    try:
        yield
    except OSError as err:
        if isinstance(err, requests.RequestException):
            raise failure(url, dest, f"cannot be asked for ({err})") from err
        kind = DownloadError if os_errors.is_lasting(err) else DownloadInterrupted
        written = os_errors.describe_for(dest, "cannot be written", err)
        raise kind(f"{url}: {written}; {PREFIX}CACHE_DIR is the folder") from err


def _kept(job: Job) -> Fetched | None:
    """Return what is known of dest, None if it is not there or no longer what its sidecar says.

    A file put there by hand has no sidecar and is taken as it is.
    """
    if not job.dest.is_file():
        return None
    sha256 = sha256_of(job.dest)
    size = job.dest.stat().st_size
    if not job.sidecar.is_file():
        return Fetched(job.url, sha256, size)
    record = read_json(job.sidecar, Fetched)
    return record if record and (record.url, record.sha256) == (job.url, sha256) else None


def _delay(tried: int, retry_after: float | None) -> float:
    if retry_after is not None:
        return retry_after
    # Full jitter would allow none at all; half keeps clients apart and still backs off.
    delay = min(FIRST_DELAY_SECONDS * 2**tried, LONGEST_DELAY_SECONDS)
    return delay * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret
