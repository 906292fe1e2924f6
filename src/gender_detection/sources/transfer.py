"""One attempt at a download: the request, the response, and the check that it is complete."""

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
# Progress is reported this often, and at the end.
PROGRESS_BYTES = 2_000_000
# An attempt fails if its average speed is lower.
MIN_BYTES_PER_SECOND = 1024
MIN_SPEED_AFTER_SECONDS = 30.0
TRANSIENT_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
# identity: so that lengths and ranges in responses are those of the file itself.
HEADERS = {"Accept-Encoding": "identity", "User-Agent": "gender-detection (open-source; requests)"}


class Fetched(msgspec.Struct, frozen=True):
    """The record of a downloaded file, kept beside it; etag and last_modified may be None."""

    url: str
    sha256: str
    size: int
    etag: str | None = None
    last_modified: str | None = None


Record = TypeVar("Record", bound=msgspec.Struct)


class _PartRecord(msgspec.Struct, frozen=True):
    """The record of a partial download, which is resumed only if these are unchanged."""

    url: str
    validator: str


class Transient(Exception):
    """An attempt failed, and another may succeed."""

    def __init__(self, cause: str, retry_after: float | None = None) -> None:
        super().__init__(cause)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Job:
    """One file to download, with its limits (bytes, seconds)."""

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
    def part_record_path(self) -> Path:
        return self.dest.with_name(self.dest.name + ".part.json")

    @property
    def record_path(self) -> Path:
        return self.dest.with_name(self.dest.name + ".json")

    def discard_part(self) -> None:
        self.part.unlink(missing_ok=True)
        self.part_record_path.unlink(missing_ok=True)


def failure(
    url: str, dest: Path, cause: str, kind: type[DownloadError] = DownloadError
) -> DownloadError:
    """Return the error for a failed download, with what the user can do."""
    return kind(
        f"{url}: {cause}. Try again later, or download it yourself and put it at {dest} (or make "
        'it a source of kind "file")'
    )


def attempt(job: Job, kept: Fetched | None, sha256: str) -> Fetched:
    """Download the file to job.dest and return its record, or return kept if it is unchanged.

    Raise Transient if another attempt may succeed now, else DownloadError.
    """
    headers = dict(HEADERS)
    if kept and not sha256:
        headers |= _without_none(
            {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified}
        )
    start = _resume_at(job)
    if start:
        record = read_json(job.part_record_path, _PartRecord)
        headers |= {"Range": f"bytes={start}-", "If-Range": record.validator if record else ""}
    try:
        with requests.get(job.url, headers=headers, stream=True, timeout=job.timeout) as response:
            if response.status_code == 304 and kept:
                return kept
            start = _check_status(job, response, start)
            _receive(job, response, start)
            return _publish(job, response, sha256)
    except (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError) as err:
        raise Transient(f"the connection failed or was interrupted ({_innermost(err)})") from err


def _innermost(err: BaseException) -> BaseException:
    # requests wraps urllib3, which wraps the socket's error; only that one has the cause.
    while inner := err.__cause__ or err.__context__:
        err = inner
    return err


def _without_none(headers: dict[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in headers.items() if value}


def _resume_at(job: Job) -> int:
    """Return the number of bytes to resume after, 0 to start from the beginning."""
    record = (
        read_json(job.part_record_path, _PartRecord) if job.part_record_path.is_file() else None
    )
    if record and record.url == job.url and job.part.is_file():
        return job.part.stat().st_size
    job.discard_part()
    return 0


def _check_status(job: Job, response: requests.Response, start: int) -> int:
    """Return the offset of the body in the file; raise if the response has no usable body."""
    status = response.status_code
    encoding = response.headers.get("Content-Encoding", "identity")
    if status in (200, 206) and encoding != "identity":
        raise failure(job.url, job.dest, f"the server sends it only as {encoding}")
    if status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
        return start
    if status == 200:
        # The whole file: a first attempt, a changed file, or a server without ranges.
        job.discard_part()
        if validator := _validator(response):
            job.part_record_path.write_bytes(msgspec.json.encode(_PartRecord(job.url, validator)))
        return 0
    if status in (206, 416):
        job.discard_part()
        raise Transient("the server resumed at the wrong position")
    if status in TRANSIENT_STATUS:
        raise Transient(f"HTTP {status} {response.reason}", _retry_after(response))
    hint = "; it may have moved: see the source's homepage" if status in (404, 410) else ""
    hint = "; the publisher may block programs" if status in (401, 403) else hint
    raise failure(job.url, job.dest, f"HTTP {status} {response.reason}{hint}")


def _validator(response: requests.Response) -> str | None:
    # Only a strong ETag or a date identifies every byte (RFC 9110, 13.1.5).
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
    done, reported, started = start, start, job.clock()
    with job.part.open("ab") as file:
        # read1 returns what has arrived, so that the speed of a slow server is checked in time.
        # urllib3 raises if the body is shorter than Content-Length.
        while chunk := response.raw.read1(CHUNK_BYTES):
            done += len(chunk)
            if done > job.max_bytes:
                raise _too_big(job, done)
            file.write(chunk)
            if done - reported >= PROGRESS_BYTES:
                job.progress(done, total)
                reported = done
            _check_pace(job, done - start, job.clock() - started)
    job.progress(done, total)


def _too_big(job: Job, size: int) -> DownloadError:
    job.discard_part()
    return DownloadError(
        f"{job.url}: the file has {size} bytes or more, the catalogue allows {job.max_bytes}: "
        "if it has grown, raise max_bytes"
    )


def _check_pace(job: Job, received: int, seconds: float) -> None:
    if job.clock() > job.ends_at:
        cause = f"took too long: {received} bytes received in {seconds:.0f} s"
        raise failure(job.url, job.dest, cause, DownloadInterrupted)
    if seconds > MIN_SPEED_AFTER_SECONDS and received < MIN_BYTES_PER_SECOND * seconds:
        raise Transient(f"too slow: {received} bytes in {seconds:.0f} s")


def _publish(job: Job, response: requests.Response, sha256: str) -> Fetched:
    checksum = sha256_of(job.part)
    if sha256 and checksum != sha256:
        job.discard_part()
        raise failure(
            job.url,
            job.dest,
            f"the file has sha256 {checksum}, the catalogue says {sha256}: it was altered in "
            "transit, or the publisher replaced it (then update the entry)",
        )
    fetched = Fetched(
        job.url,
        checksum,
        job.part.stat().st_size,
        response.headers.get("ETag"),
        response.headers.get("Last-Modified"),
    )
    # If killed between these two, the record does not match the file, which is downloaded again.
    job.record_path.write_bytes(msgspec.json.encode(fetched))
    job.part.replace(job.dest)
    job.discard_part()
    return fetched


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_json(path: Path, kind: type[Record]) -> Record | None:
    """Return the record in a file, None if it is incomplete."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except msgspec.DecodeError:
        # Written only in part by a killed run.
        return None
