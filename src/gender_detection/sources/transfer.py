"""One attempt at a download: what is asked for, what comes back, and when it counts as whole."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TypeVar

import msgspec
import requests
import urllib3

from ..errors import DownloadError, DownloadInterrupted

CHUNK_BYTES = 1 << 16
# Progress is told this often, and at the end: a line each, where it is printed.
PROGRESS_BYTES = 2_000_000
# A server that gives less than this, on average over an attempt, is as good as silent.
MIN_BYTES_PER_SECOND = 1024
MIN_SPEED_AFTER_SECONDS = 30.0
TRANSIENT_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
# identity: the length and the ranges that a server states are then those of the file itself.
HEADERS = {"Accept-Encoding": "identity", "User-Agent": "gender-detection (open-source; requests)"}


class Fetched(msgspec.Struct, frozen=True):
    """A downloaded file as the sidecar beside it records it; etag and last_modified may be None."""

    url: str
    sha256: str
    size: int
    etag: str | None = None
    last_modified: str | None = None


Record = TypeVar("Record", bound=msgspec.Struct)


class _PartMark(msgspec.Struct, frozen=True):
    """What must still hold for a partial download to be continued."""

    url: str
    validator: str


class Transient(Exception):
    """An attempt failed in a way that another may not."""

    def __init__(self, cause: str, retry_after: float | None = None) -> None:
        super().__init__(cause)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Job:
    """One file to fetch, and the bounds within which to do so (bytes, seconds)."""

    url: str
    dest: Path
    max_bytes: int
    timeout: float
    ends_at: float
    clock: Callable[[], float]
    progress: Callable[[int, int | None], None]

    @property
    def part(self) -> Path:
        return self.dest.with_name(self.dest.name + ".part")

    @property
    def part_mark(self) -> Path:
        return self.dest.with_name(self.dest.name + ".part.json")

    @property
    def sidecar(self) -> Path:
        return self.dest.with_name(self.dest.name + ".json")

    def discard_part(self) -> None:
        self.part.unlink(missing_ok=True)
        self.part_mark.unlink(missing_ok=True)


def failure(
    url: str, dest: Path, cause: str, kind: type[DownloadError] = DownloadError
) -> DownloadError:
    """Return the error that says what went wrong with url, and what the user can do."""
    return kind(
        f"{url}: {cause}. Try again later, or download it yourself and put it at {dest} (or point "
        'a source of kind "file" at it)'
    )


def attempt(job: Job, kept: Fetched | None, sha256: str) -> Fetched:
    """Return the file once it is at job.dest, or kept if it has not changed since.

    Raises Transient where another attempt may do better at once, else DownloadError.
    """
    headers = dict(HEADERS)
    if kept and not sha256:
        headers |= _given({"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified})
    start = _resume_at(job)
    if start:
        mark = read_json(job.part_mark, _PartMark)
        headers |= {"Range": f"bytes={start}-", "If-Range": mark.validator if mark else ""}
    try:
        with requests.get(job.url, headers=headers, stream=True, timeout=job.timeout) as response:
            if response.status_code == 304 and kept:
                return kept
            start = _check_status(job, response, start)
            _receive(job, response, start)
            return _publish(job, response, sha256)
    except (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError) as err:
        raise Transient(f"the connection failed or broke off ({_innermost(err)})") from err


def _innermost(err: BaseException) -> BaseException:
    # requests wraps urllib3, which wraps the socket's error; that one says what happened.
    while inner := err.__cause__ or err.__context__:
        err = inner
    return err


def _given(headers: dict[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in headers.items() if value}


def _resume_at(job: Job) -> int:
    """Return the bytes of the file that are here already and may be continued; 0 to begin anew."""
    mark = read_json(job.part_mark, _PartMark) if job.part_mark.is_file() else None
    if mark and mark.url == job.url and job.part.is_file():
        return job.part.stat().st_size
    job.discard_part()
    return 0


def _check_status(job: Job, response: requests.Response, start: int) -> int:
    """Return the offset at which the body begins; raise if the status or headers bring no file."""
    status = response.status_code
    encoding = response.headers.get("Content-Encoding", "identity")
    if status in (200, 206) and encoding != "identity":
        raise failure(job.url, job.dest, f"the server insists on sending it as {encoding}")
    if status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
        return start
    if status == 200:
        # All of it: a first attempt, a file that changed since, or a server without ranges.
        job.discard_part()
        if validator := _validator(response):
            job.part_mark.write_bytes(msgspec.json.encode(_PartMark(job.url, validator)))
        return 0
    if status in (206, 416):
        job.discard_part()
        raise Transient("the server continued at the wrong place")
    if status in TRANSIENT_STATUS:
        raise Transient(f"HTTP {status} {response.reason}", _retry_after(response))
    hint = "; it may have moved: see the source's homepage" if status in (404, 410) else ""
    hint = "; the publisher may turn programs away" if status in (401, 403) else hint
    raise failure(job.url, job.dest, f"HTTP {status} {response.reason}{hint}")


def _validator(response: requests.Response) -> str | None:
    # Only a strong ETag, or a date, vouches for every byte (RFC 9110, 13.1.5).
    etag = response.headers.get("ETag", "")
    return etag if etag.startswith('"') else response.headers.get("Last-Modified")


def _retry_after(response: requests.Response) -> float | None:
    value = response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    try:
        then = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (then - datetime.now(UTC)).total_seconds()) if then.tzinfo else None


def _receive(job: Job, response: requests.Response, start: int) -> None:
    length = response.headers.get("Content-Length", "")
    total = start + int(length) if length.isdigit() else None
    if total is not None and total > job.max_bytes:
        raise _too_big(job, total)
    done, told, began = start, start, job.clock()
    with job.part.open("ab") as file:
        # read1 returns what has come, so that a server that drips cannot hide behind a full chunk;
        # urllib3 raises if less comes in all than Content-Length says.
        while chunk := response.raw.read1(CHUNK_BYTES):
            done += len(chunk)
            if done > job.max_bytes:
                raise _too_big(job, done)
            file.write(chunk)
            if done - told >= PROGRESS_BYTES:
                job.progress(done, total)
                told = done
            _check_pace(job, done - start, job.clock() - began)
    job.progress(done, total)


def _too_big(job: Job, size: int) -> DownloadError:
    job.discard_part()
    return DownloadError(
        f"{job.url}: has {size} bytes or more, the catalogue allows {job.max_bytes}; if the file "
        "has grown, raise max_bytes"
    )


def _check_pace(job: Job, received: int, seconds: float) -> None:
    if job.clock() > job.ends_at:
        cause = f"took too long; {received} bytes came in {seconds:.0f} s"
        raise failure(job.url, job.dest, cause, DownloadInterrupted)
    if seconds > MIN_SPEED_AFTER_SECONDS and received < MIN_BYTES_PER_SECOND * seconds:
        raise Transient(f"too slow: {received} bytes in {seconds:.0f} s")


def _publish(job: Job, response: requests.Response, sha256: str) -> Fetched:
    found = sha256_of(job.part)
    if sha256 and found != sha256:
        job.discard_part()
        raise failure(
            job.url,
            job.dest,
            f"the file has sha256 {found}, the catalogue says {sha256}: it was altered on the way, "
            "or the publisher replaced it (then update the entry)",
        )
    fetched = Fetched(
        job.url,
        found,
        job.part.stat().st_size,
        response.headers.get("ETag"),
        response.headers.get("Last-Modified"),
    )
    # Killed between these two, the sidecar does not fit the file, which is then fetched again.
    job.sidecar.write_bytes(msgspec.json.encode(fetched))
    job.part.replace(job.dest)
    job.discard_part()
    return fetched


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_json(path: Path, kind: type[Record]) -> Record | None:
    """Return what a sidecar file records, None if it is not whole."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except msgspec.DecodeError:
        # Half-written when a run was killed: as good as absent.
        return None
