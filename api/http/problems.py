"""The error bodies of the API: problem documents (RFC 9457), or pages for browsers."""

import logging
import re
import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import msgspec
from flask import Flask, Response, request
from msgspec import UNSET, UnsetType
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from gender_detection.serving.environ import REQUEST_ID

from ..page import rendering
from .accepting import prefers_html
from .headers import ALWAYS, NOTHING, POLICY
from .schemas import HTML, PROBLEM_JSON

log = logging.getLogger(__name__)

# RFC 9457, section 4.2.1: the type of a problem that its HTTP status describes fully.
BLANK = "about:blank"
TYPE_PREFIX = "urn:problem-type:gender-detection:"
NO_ENVIRON: Mapping[str, Any] = MappingProxyType({})
# Safe in a log line and a header.
_VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")


class Fault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One error in a request: where (JSON pointer, RFC 6901) and what."""

    index: int | UnsetType = UNSET
    pointer: str
    detail: str


class ProblemDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of every error answer; type and title follow RFC 9457, section 3.1."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: Sequence[Fault] | UnsetType = UNSET


class Problem(Exception):
    """A request that the API refuses, or cannot answer now.

    kind is the last part of the problem's type; empty if the status describes it fully.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        kind: str = "",
        title: str = "",
        errors: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.kind = kind
        self.title = title or phrase(status)
        self.errors = errors
        self.headers = dict(headers or {})


def request_id() -> str:
    """Return the id of the current request."""
    current: str = request.environ[REQUEST_ID]
    return current


def valid_request_id(sent: str) -> str | None:
    """Return the id that a caller sent, None if it is not safe in a header and a log line."""
    return sent if _VALID_REQUEST_ID.fullmatch(sent) else None


def standalone_problem(
    status: int, detail: str, request_id: str, environ: Mapping[str, Any] = NO_ENVIRON
) -> tuple[list[tuple[str, str]], bytes]:
    """Return headers and body of a problem that the server sends without calling the app.

    environ is the request's (PEP 3333), empty if its head could not be read.
    """
    negotiated, body = plain_problem(status, detail, request_id, environ)
    headers = [*negotiated, ("X-Request-ID", request_id), *ALWAYS]
    if POLICY not in dict(headers):
        headers.append((POLICY, NOTHING))
    return headers, body


def plain_problem(
    status: int, detail: str, request_id: str, environ: Mapping[str, Any]
) -> tuple[list[tuple[str, str]], bytes]:
    """Return headers and body of a problem that its HTTP status describes fully."""
    document = ProblemDocument(
        type=BLANK, title=phrase(status), status=status, detail=detail, request_id=request_id
    )
    return _negotiated(document, environ)


def _negotiated(
    document: ProblemDocument, environ: Mapping[str, Any]
) -> tuple[list[tuple[str, str]], bytes]:
    """Return headers and body of a problem: a page for who prefers HTML, JSON for all others."""
    # Without Vary: nobody may store an answer (headers.ALWAYS).
    if not prefers_html(environ.get("HTTP_ACCEPT", "")):
        return [("Content-Type", PROBLEM_JSON)], msgspec.json.encode(document)
    page = rendering.render_refusal(
        document.status, document.detail, document.request_id, environ.get("PATH_INFO") or "/"
    )
    headers = [("Content-Type", f"{HTML}; charset=utf-8"), (POLICY, rendering.POLICY)]
    return headers, page.encode()


def table_too_long(max_bytes: int) -> str:
    """Return the message for a table above the limit."""
    return f"the table is longer than {max_bytes} bytes: send it in parts"


def body_too_long(max_bytes: int) -> str:
    """Return the message for any other body above the limit."""
    return f"the body is longer than {max_bytes} bytes: send fewer instances in one request"


def problem_response(problem: Problem) -> Response:
    """Return the error answer for this problem."""
    document = ProblemDocument(
        type=TYPE_PREFIX + problem.kind if problem.kind else BLANK,
        title=problem.title,
        status=problem.status,
        detail=problem.detail,
        request_id=request_id(),
        errors=problem.errors or UNSET,
    )
    headers, body = _negotiated(document, request.environ)
    response = Response(body, status=problem.status, headers=problem.headers)
    # Not appended: werkzeug's answer has a content type already.
    response.headers.update(headers)
    return response


def handle_problems(app: Flask) -> None:
    """Make the app answer every error with a problem document."""
    app.register_error_handler(Problem, problem_response)
    app.register_error_handler(HTTPException, _answer_http_exception)
    # Unexpected errors become 500.
    app.register_error_handler(Exception, _answer_unexpected)


def _answer_http_exception(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    # Keep headers such as Allow and Retry-After, not werkzeug's HTML body.
    headers = {
        name: value
        for name, value in error.get_headers(request.environ)
        if name.lower() != "content-type"
    }
    return problem_response(Problem(status, _detail(status, error, headers), headers=headers))


def _detail(status: int, error: HTTPException, headers: Mapping[str, str]) -> str:
    match status:
        case HTTPStatus.NOT_FOUND:
            return "no such route: GET / lists the routes"
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return _other_method(headers.get("Allow", "another"))
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            limit = (request.max_content_length or 1) - 1
            return body_too_long(limit)
        case HTTPStatus.INTERNAL_SERVER_ERROR:
            return "internal error: look up the request id in the server's log for the cause"
    return error.description or phrase(status)


def _other_method(allowed: str) -> str:
    if request.method == "GET" and request.query_string and "POST" in allowed:
        return (
            "names do not belong in a URL, which servers and proxies log: send them in the body of "
            "a request with POST"
        )
    return f"this route does not support that method: use {allowed}"


def _answer_unexpected(error: Exception) -> Response:
    # The position only: the text of the exception may quote a name.
    frames = traceback.extract_tb(error.__traceback__)
    log.error(
        "unexpected %s request_id=%s at %s",
        type(error).__qualname__,
        request_id(),
        " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames),
    )
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return problem_response(Problem(status, _detail(status, HTTPException(), {})))


def phrase(status: int) -> str:
    """Return the reason phrase of a status."""
    # werkzeug's phrases: those of http.HTTPStatus depend on the version of Python.
    return HTTP_STATUS_CODES.get(status, "Error")
