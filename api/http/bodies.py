"""The body of a request: JSON, read at once, or a table, read block by block."""

from typing import IO, Any

from flask import request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from gender_detection.errors import InvalidInput
from gender_detection.tables.text_encoding import declared_encoding

from .problems import Problem, table_too_long
from .schemas import CSV, FORM, JSON, TABLES

# Parameters of the content type text/csv (RFC 4180).
CHARSET, HEADER = "charset", "header"
PRESENT, ABSENT = "present", "absent"


def json_body(environ: dict[str, Any], max_bytes: int, *, also: tuple[str, ...] = ()) -> bytes:
    """Return the JSON body of the request with this environ.

    Raise Problem 415, whose message also names the media types in also, which the route accepts
    elsewhere; RequestEntityTooLarge before the body is read.
    """
    return _short_body(environ, max_bytes, JSON, *also)


def form_body(environ: dict[str, Any], max_bytes: int) -> bytes:
    """Return the body of the request with this environ, which a form of a page sent.

    Raise Problem 415; RequestEntityTooLarge before the body is read.
    """
    return _short_body(environ, max_bytes, FORM)


def _short_body(environ: dict[str, Any], max_bytes: int, kind: str, *also: str) -> bytes:
    if media_type(environ) != kind:
        _refuse_type(kind, *also)
    _refuse_encoding(environ)
    body = _whole_body(environ, max_bytes)
    if body is None:
        body = request.get_data(cache=False)
    if len(body) > max_bytes:
        raise RequestEntityTooLarge
    return body


def media_type(environ: dict[str, Any]) -> str:
    """Return the body's media type, without parameters, in lower case."""
    content_type: str = environ.get("CONTENT_TYPE", "")
    return content_type if content_type == JSON else request.mimetype


def _whole_body(environ: dict[str, Any], max_bytes: int) -> bytes | None:
    """Return a body whose declared length is within the limit; None if werkzeug has to read it.

    werkzeug's stream handles all other cases, but takes longer than decoding the JSON. Raise
    ClientDisconnected if the body is shorter than declared.
    """
    length = environ.get("CONTENT_LENGTH", "")
    if not length.isdecimal() or int(length) > max_bytes or "HTTP_TRANSFER_ENCODING" in environ:
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    if len(body) < int(length):
        raise ClientDisconnected
    return body


def table_body(max_bytes: int) -> "TableBody":
    """Return the request's table as a file; raise Problem 413 or 415."""
    if request.mimetype not in TABLES:
        _refuse_type(*TABLES)
    _refuse_encoding(request.environ)
    if request.mimetype == CSV:
        _refuse_unknown_charset()
        _refuse_parameter(HEADER, (PRESENT, ABSENT), "say header=absent if there is no header row")
    # One byte above the limit, as in create_app.
    request.max_content_length = max_bytes + 1
    if (request.content_length or 0) > max_bytes:
        raise _too_large(max_bytes)
    return TableBody(request.environ, max_bytes)


class TableBody:
    """A body as a file, readable up to its limit."""

    def __init__(self, environ: dict[str, Any], max_bytes: int) -> None:
        self._environ = environ
        self._max_bytes = max_bytes
        self._begin()

    def rewind(self) -> None:
        """Go back to the start of the body, which the server keeps in a file."""
        self._environ["wsgi.input"].seek(0)
        self._begin()

    def _begin(self) -> None:
        # One byte above the limit, as in create_app.
        self._stream: IO[bytes] = get_input_stream(
            self._environ, max_content_length=self._max_bytes + 1
        )
        self._read = 0

    def read(self, size: int, /) -> bytes:
        """Return at most size bytes; raise Problem 413 if the body is longer than its limit."""
        part = self._stream.read(size)
        self._read += len(part)
        if self._read > self._max_bytes:
            raise _too_large(self._max_bytes)
        return part


def shown(parameter: str) -> str:
    """Return the name of a parameter, shortened, for a message."""
    return repr(parameter[:60])


def _too_large(max_bytes: int) -> Problem:
    return Problem(413, table_too_long(max_bytes))


def _refuse_type(first: str, *others: str) -> None:
    alternatives = f" (or {', '.join(others)})" if others else ""
    detail = f"unsupported content type of the body: send 'Content-Type: {first}'{alternatives}"
    raise Problem(415, detail, headers={"Accept": ", ".join((first, *others))})


def _refuse_encoding(environ: dict[str, Any]) -> None:
    if environ.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        detail = "the body is compressed: send it uncompressed, without Content-Encoding"
        raise Problem(415, detail, headers={"Accept-Encoding": "identity"})


def _refuse_unknown_charset() -> None:
    charset = request.mimetype_params.get(CHARSET)
    try:
        if charset is not None:
            declared_encoding(charset)
    except InvalidInput as err:
        raise Problem(415, f"the charset in the content type: {err}") from err


def _refuse_parameter(name: str, allowed: tuple[str, ...], remedy: str) -> None:
    value = request.mimetype_params.get(name, allowed[0]).lower()
    if value not in allowed:
        raise Problem(415, f"unsupported {name}={value[:60]} in the content type: {remedy}")
