"""Private copies of tables at addresses, and what may go wrong while they are made."""

import asyncio
import errno
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any

from .. import os_errors
from ..errors import GenderDetectionError, InvalidInput
from ..whole_files import made_in

LONGEST_NAME = 100
SECONDS_TO_END = 5
NO_PERMISSION = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
LATER = "try again later"
AGAIN = "try again"
# By the names of classes, as each protocol has its own packages, which may not be installed. The
# texts of these errors hold addresses with their signatures, and are not shown.
PROBLEMS = {
    "ClientConnectorCertificateError": (
        "the certificate of the server is not valid",
        "check the address, or ask who runs the server",
    ),
    "ClientConnectorSSLError": ("no secure connection", "check the address; is it http://?"),
    "ClientConnectorDNSError": ("no such host", "check the address and your connection"),
    "NonHttpUrlClientError": (
        "the server leads away from http",
        "check the address",
    ),
    "InvalidURL": ("not a valid address", "check the address"),
    "TooManyRedirects": ("the server leads in circles", "check the address"),
    "ClientPayloadError": ("the connection was cut", AGAIN),
    "ServerDisconnectedError": ("the server ended the connection", AGAIN),
    "TimeoutError": ("no answer", LATER),
    "NoCredentialsError": ("no login", "log in as the programs of the store do"),
}


@contextmanager
def private_copy(name: str) -> Iterator[Path]:
    """Yield the path of an empty file that only this user can read, and remove it afterwards.

    Its name ends as name does. It is in the folder of temporary files (TMPDIR). Raise InvalidInput
    if it cannot be made.
    """
    with made_in(Path(tempfile.gettempdir())):
        folder = tempfile.TemporaryDirectory(prefix="gender-detection-")
    with folder:
        ending = re.sub(r"[^A-Za-z0-9_.-]", "_", name)[-LONGEST_NAME:]
        copy = Path(folder.name, f"table-{ending}")
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield copy


class Sized:
    """Counts the bytes that are copied; show is called with them."""

    def __init__(self) -> None:
        self._size: int | None = None
        self._done = 0
        self.show: Callable[[int], None] = lambda done: None

    @property
    def share(self) -> float | None:
        """The share that is copied, None if the size is not known."""
        return min(self._done / self._size, 1.0) if self._size else None

    def callback(self, copy: Path | None) -> Any:
        """Return a callback of fsspec; it raises OSError if there is no space for copy."""
        import fsspec.callbacks  # not part of the runtime

        counted = self

        class Callback(fsspec.callbacks.Callback):  # type: ignore[misc]
            def set_size(self, size: int | None) -> None:
                counted._size = size
                if copy is not None and size and size > shutil.disk_usage(copy.parent).free:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(copy))

            def relative_update(self, inc: int = 1) -> None:
                counted._done += inc
                counted.show(counted._done)

        return Callback()

    def check_complete(self, given: object, copy: Path) -> None:
        """Raise InvalidInput if a copy has fewer bytes than the server said."""
        if self._size is not None and copy.stat().st_size < self._size:
            raise InvalidInput(f"{given} cannot be read (the connection was cut): {AGAIN}")


@contextmanager
def ended_by_ctrl_c(system: Any) -> Iterator[None]:
    """Let Ctrl-C end what a file system of fsspec does in its own thread, before it is raised.

    Otherwise it would still write to the copy, and print an error when the program ends.
    """
    try:
        yield
    except KeyboardInterrupt:
        loop = getattr(system, "loop", None)
        if loop is not None:
            asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result(SECONDS_TO_END)
        raise


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class Reporting:
    """Raises InvalidInput, without secrets, where the block fails to copy a table.

    Errors of any class are reported, as the packages of the protocols have no class in common.
    """

    def __init__(self, given: object, copy: Path | None = None, what: str = "read") -> None:
        """given is named in messages; what is done with it. copy is its copy on this machine."""
        self._given, self._copy, self._what = given, copy, what

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Raise InvalidInput for any Exception but those of this package."""
        if not isinstance(err, Exception) or isinstance(err, GenderDetectionError):
            return
        copy = self._copy
        if copy is not None and isinstance(err, OSError) and is_disk_full(err, copy):
            raise no_space(self._given, copy, self._what) from err
        raise InvalidInput(_message(self._given, self._what, err)) from err


def no_space(given: object, copy: Path, what: str) -> InvalidInput:
    """Return the error that the disk is full."""
    return InvalidInput(
        f"{given} cannot be {what}: no space for a copy of it in {copy.parent.parent}: free some, "
        "or name a folder on another disk in the variable TMPDIR"
    )


def is_disk_full(err: OSError, copy: Path) -> bool:
    """Return whether the disk of a copy is full."""
    return err.errno in os_errors.WRITE_ERRORS and err.filename in (None, str(copy))


def _message(given: object, what: str, err: Exception) -> str:
    status = getattr(err, "status", None)
    if isinstance(err, FileNotFoundError):
        pattern = ", without *; a folder of a store is read whole" if "*" in str(given) else ""
        missing = "file" if what == "read" else "place for"
        return f"no {missing} {given}: check the address{pattern}"
    if isinstance(err, PermissionError) or status in NO_PERMISSION:
        return (
            f"no permission: {given} cannot be {what}: log in as the programs of the store do, or "
            "get a new address if its signature has expired"
        )
    cause, remedy = _cause(err, status)
    return f"{given} cannot be {what} ({cause}): {remedy}"


def _cause(err: Exception, status: object) -> tuple[str, str]:
    for kind in type(err).__mro__:
        if kind.__name__ in PROBLEMS:
            return PROBLEMS[kind.__name__]
    if isinstance(status, int):
        # The phrase that the server sends could be anything.
        phrases = {known.value: f" {known.phrase}" for known in HTTPStatus}
        remedy = LATER if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "check the address"
        return f"{status}{phrases.get(status, '')}", remedy
    if isinstance(err, OSError) and err.errno:
        return os_errors.cause(err), os_errors.remedy(err) or "check the address, or try again"
    return type(err).__name__, "check the address, and your login to the store"
