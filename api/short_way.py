"""POST /predict ahead of Flask, for what nearly everybody sends: a short body of JSON, on its own.

Flask's routing, its request and its response cost as much as all the rest of the answer to one
name. Whatever is not plain, whatever fails, and every app that has something registered around its
requests (keys, limits, origins) goes Flask's way, which finds the request as it came.
"""

import io
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from flask import Flask

from gender_detection.serving.boundary import Boundary

from .access import CALLER, NOBODY
from .bodies import whole_body
from .families import PREDICT_ROUTE
from .observing import ROUTE, Environ, Wsgi
from .routes import JSON

# What fails is looked at twice: by Flask again, which shapes the answer.
MOST_BYTES = 16 * 1024
# Others may be none that Flask takes.
_HOST = re.compile(r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*(:[1-9][0-9]{0,4})?")


def short_way(app: Flask, answer: Callable[..., bytes], max_bytes: int) -> Wsgi:
    """Return the app's WSGI application, which gives plain bodies of at most so many bytes straight
    to answer: what the app's own route calls, and what counts nothing where it fails."""
    by_flask: Wsgi = app.wsgi_app
    most = min(max_bytes, MOST_BYTES)

    def by_short_way(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not _is_plain(environ) or _is_guarded(app):
            return by_flask(environ, start_response)
        told = None
        # What fails does so again in Flask's way, which tells of it.
        with Boundary(quiet=True):
            if (sent := whole_body(environ, most)) is not None:
                told = answer(sent, caller=environ.get(CALLER, NOBODY))
        if told is None:
            environ["wsgi.input"].seek(0)
            return by_flask(environ, start_response)
        environ[ROUTE] = PREDICT_ROUTE
        start_response("200 OK", [("Content-Type", JSON), ("Content-Length", str(len(told)))])
        return (told,)

    return by_short_way


def _is_plain(environ: Environ) -> bool:
    return (
        environ.get("PATH_INFO") == PREDICT_ROUTE
        and environ["REQUEST_METHOD"] == "POST"
        and environ.get("CONTENT_TYPE") == JSON
        and not environ.get("QUERY_STRING")
        and not environ.get("SCRIPT_NAME")
        and "HTTP_CONTENT_ENCODING" not in environ
        # There as a whole, and to be read again.
        and type(environ["wsgi.input"]) is io.BytesIO
        and _is_host(environ.get("HTTP_HOST", ""))
    )


def _is_guarded(app: Flask) -> bool:
    """Return whether anything is done before or after each of the app's requests."""
    return None in app.before_request_funcs or None in app.after_request_funcs


@lru_cache(256)
def _is_host(host: str) -> bool:
    return _HOST.fullmatch(host) is not None
