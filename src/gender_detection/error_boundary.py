"""A context manager that logs and suppresses unexpected exceptions."""

import logging
import traceback
from types import TracebackType

log = logging.getLogger(__name__)


class ErrorBoundary:
    """Suppresses an exception and logs its type and traceback.

    The message of the exception is not logged: it may contain a name. caught is True if there was
    an exception.
    """

    caught = False

    def __enter__(self) -> "ErrorBoundary":
        """Return the boundary."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Return True, which suppresses the exception, for an Exception; else False."""
        if kind is None or not issubclass(kind, Exception):
            return False
        self.caught = True
        frames = traceback.extract_tb(trace)
        where = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
        log.error("unexpected %s at %s", kind.__qualname__, where)
        return True
