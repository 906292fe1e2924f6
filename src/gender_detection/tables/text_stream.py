"""Streams of text that are converted to UTF-8, and looked at before they are read."""

import codecs
import io
import re

from ..errors import InvalidInput
from .csv_table import ByteStream

# Stands for bytes that cannot be decoded. Its bytes are not UTF-8, so the row becomes a bad one.
_UNREADABLE = "\udc80"
_UNREADABLE_BYTES = b"\x80"
_ERRORS = "gender_detection.unreadable"
_QUOTED = re.compile(rb'"[^"]*"')


class LookAhead(io.RawIOBase):
    """A stream of bytes whose beginning can be looked at before it is read."""

    def __init__(self, stream: ByteStream) -> None:
        super().__init__()
        self._stream = stream
        self._ahead = b""
        self._at_end = False

    def look(self, size: int) -> bytes:
        """Return at least size bytes from here on, fewer only at the end; they are still read."""
        parts = [self._ahead]
        have = len(self._ahead)
        while have < size and not self._at_end:
            part = bytes(self._stream.read(size - have))
            self._at_end = not part
            parts.append(part)
            have += len(part)
        self._ahead = b"".join(parts)
        return self._ahead

    @property
    def ends_ahead(self) -> bool:
        """Whether the stream ends with what was looked at."""
        return self._at_end

    def drop(self, size: int) -> None:
        """Leave out so many of the bytes that were looked at."""
        self._ahead = self._ahead[size:]

    def put_before(self, text: bytes) -> None:
        """Let a text be read before the rest."""
        self._ahead = text + self._ahead

    def read(self, size: int = -1, /) -> bytes:
        """Return at most size bytes, all of them if it is negative, b"" only at the end."""
        if size < 0:
            return self.readall()
        if not self._ahead:
            return self._stream.read(size)
        part, self._ahead = self._ahead[:size], self._ahead[size:]
        return part

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        """Read into a buffer and return how many bytes; 0 at the end."""
        part = self.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)


class Utf8Stream:
    """Text in UTF-8 from a stream of text in another encoding, in bounded memory.

    A byte that cannot be decoded becomes one that is not UTF-8 either.
    """

    def __init__(self, stream: ByteStream, codec: str) -> None:
        codecs.register_error(_ERRORS, _mark)
        self._stream, self._codec = stream, codec
        self._decoder = codecs.getincrementaldecoder(codec)(_ERRORS)
        self._left = b""
        self._at_end = False

    def read(self, size: int, /) -> bytes:
        """Return at most size bytes, b"" only at the end; raise InvalidInput if it cannot."""
        while not self._left and not self._at_end:
            # A byte becomes at most three in UTF-8.
            part = self._stream.read(max(size // 3, 1))
            self._at_end = not part
            try:
                text = self._decoder.decode(part, final=self._at_end)
            except UnicodeError as err:
                # Some codecs do not ask what to do.
                raise InvalidInput(
                    f"the table cannot be read as {self._codec}: name another encoding"
                ) from err
            self._left = text.encode(errors=_ERRORS)
        part, self._left = self._left[:size], self._left[size:]
        return part


def _mark(err: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(err, UnicodeDecodeError):
        return _UNREADABLE, err.end
    if isinstance(err, UnicodeEncodeError):
        # UTF-7 can also have halves of characters.
        return _UNREADABLE_BYTES, err.end
    raise err


class ReturnsAsLineEnds:
    """Text in UTF-8 whose lines end with CR alone, as old programs on Macs write them, with LF."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        """Return at most size bytes, b"" only at the end."""
        return bytes(self._stream.read(size)).replace(b"\r", b"\n")


def ends_with_returns(text: bytes) -> bool:
    """Return whether the lines of a text in UTF-8 end with CR alone; cells may have other ends."""
    if b"\r" not in text or b"\r\n" in text:
        return False
    outside = _QUOTED.sub(b"", text) if b"\n" in text else text
    return b"\r" in outside and b"\n" not in outside
