"""The outermost boundary: what nobody foresaw ends here, and no further."""

import logging
import traceback
from types import TracebackType

log = logging.getLogger(__name__)


class ErrorBoundary:
    """Keeps an exception from going on, and logs where it happened.

    Never the exception's own text, which may quote a name. broken tells whether there was one.
    quiet logs nothing: where what failed is done again, by what tells of it.
    """

    broken = False

    def __init__(self, *, quiet: bool = False) -> None:
        """Keep the exceptions of one block."""
        self._quiet = quiet

    def __enter__(self) -> "ErrorBoundary":
        """Enter."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Return whether the exception ends here; KeyboardInterrupt and its like do not."""
        if kind is None or not issubclass(kind, Exception):
            return False
        self.broken = True
        if self._quiet:
            return True
        frames = traceback.extract_tb(trace)
        where = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
        log.error("unexpected %s at %s", kind.__qualname__, where)
        return True
