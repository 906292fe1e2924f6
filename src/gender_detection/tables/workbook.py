"""A sheet of an untrusted workbook, which another process reads (sheet_process)."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from ..errors import InvalidInput
from . import sheet_process
from .sheet_process import DAMAGED, LENGTH, TOO_LARGE, End, Fault, Found, Message, Row

_OTHERS = msgspec.msgpack.Decoder(Found | End | Fault)
_ROWS = msgspec.msgpack.Decoder(list[Row], ext_hook=sheet_process.unpacked)
# The first byte of an array in MessagePack, a map has others.
_ARRAYS = frozenset((*range(0x90, 0xA0), 0xDC, 0xDD))


class Sheet:
    """An open sheet.

    title       its title
    others      how many other sheets with cells there are
    hidden      whether there are hidden sheets before it
    blank_rows  how many blank rows between others were skipped so far
    counts      what is known when all rows are read
    """

    def __init__(self, path: Path, title: str | None) -> None:
        """Open the sheet of a title or a number from 1, the first visible one without either.

        Raise InvalidInput if there is none, the workbook is not valid, or it needs too much memory.
        """
        self._path = path
        self.blank_rows, self.counts = 0, End()
        arguments = [str(path.resolve()), *([] if title is None else [title])]
        # It finds the libraries where this process does.
        places = {"PYTHONPATH": os.pathsep.join(sys.path), "RUST_BACKTRACE": "0"}
        self._process = subprocess.Popen(
            [sys.executable, "-P", sheet_process.__file__, *arguments],
            env=os.environ | places,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            found = self._next()
            undo.pop_all()
        if not isinstance(found, Found):
            raise TypeError("the first message is not on the sheet")
        self.title, self.others, self.hidden = found.title, found.others, found.hidden
        self._height, self._read = found.height, 0

    @property
    def share_read(self) -> float | None:
        """The share of rows read so far."""
        return min(self._read / self._height, 1.0) if self._height else None

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield the rows that are not blank: their numbers, from 1 on, and their cells.

        Empty cells are None, and left out at the end of a row. Can be called once. Raise
        InvalidInput if the sheet is damaged.
        """
        last: int | None = None
        while not isinstance(block := self._next(), End):
            if not isinstance(block, list):
                raise TypeError("a message is not rows")
            for row in block:
                self._read += 1
                if not row:
                    continue
                self.blank_rows += 0 if last is None else self._read - last - 1
                last = self._read
                yield last, row
        self.counts = block

    def _next(self) -> Message:
        """Return the next message; raise InvalidInput if it is a fault, or the process ended."""
        stream = self._process.stdout
        assert stream is not None  # noqa: S101 - for mypy
        length = stream.read(LENGTH.size)
        packed = stream.read(LENGTH.unpack(length)[0]) if len(length) == LENGTH.size else b""
        if not packed:
            # Without memory, calamine does not raise an error, but ends the process by a signal.
            fault = TOO_LARGE if self._process.wait() < 0 else DAMAGED
            raise InvalidInput(f"{self._path} {fault.text}")
        decoder: msgspec.msgpack.Decoder[Any] = _ROWS if packed[0] in _ARRAYS else _OTHERS
        message: Message = decoder.decode(packed)
        if isinstance(message, Fault):
            raise InvalidInput(f"{self._path} {message.text}")
        return message

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
