"""CORS: which web pages may call the API from a browser. None by default (CORS_ORIGINS)."""

import re
from typing import Any

from flask import Flask, Response
from flask_cors import CORS
from flask_cors.core import get_cors_headers, serialize_options
from werkzeug.datastructures import Headers

from gender_detection.config import PREFIX
from gender_detection.errors import ConfigError

from ..http.headers import TABLE_COLUMNS, TABLE_NOTES, WARNINGS

ANY = "*"
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?")
METHODS = ("GET", "HEAD", "POST")
REQUEST_HEADERS = ("Accept", "Authorization", "Content-Type", "X-Request-ID")
EXPOSED_HEADERS = (
    "Retry-After",
    "WWW-Authenticate",
    "X-Data-Version",
    "X-Model-Version",
    "X-Request-ID",
    TABLE_COLUMNS,
    TABLE_NOTES,
    "X-Threshold",
    WARNINGS,
)
PREFLIGHT_SECONDS = 3600


def parse_origins(text: str) -> list[str]:
    """Return the origins in the setting, in the form that browsers send; raise ConfigError."""
    origins = [origin.strip().lower() for origin in text.split(",") if origin.strip()]
    if origins == [ANY]:
        return origins
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise ConfigError(
                f"{PREFIX}CORS_ORIGINS has an invalid origin, {origin}: use scheme, host and port, "
                "for example https://example.org or http://localhost:3000 (* alone: any origin)"
            )
    return [_without_default_port(origin) for origin in origins]


def _without_default_port(origin: str) -> str:
    for scheme, port in (("http:", ":80"), ("https:", ":443")):
        if origin.startswith(scheme):
            return origin.removesuffix(port)
    return origin


class Origins:
    """Allows pages of these origins to call the API, without cookies."""

    def __init__(self, origins: list[str]) -> None:
        self._origins = origins
        self._any = origins == [ANY]
        # Compiled here: flask-cors would read the brackets of an IPv6 address as an expression.
        exact = [re.compile(re.escape(origin) + r"\Z", re.IGNORECASE) for origin in origins]
        self._options: dict[str, Any] = {
            "origins": ANY if self._any else exact,
            "send_wildcard": self._any,
            "methods": METHODS,
            "allow_headers": REQUEST_HEADERS,
            "expose_headers": EXPOSED_HEADERS,
            "max_age": PREFLIGHT_SECONDS,
            # Errors are ordinary answers here, and get the headers as well.
            "intercept_exceptions": False,
            "vary_header": False,
        }
        # What the extension adds to an app's answers, for answers that the app does not give.
        self._standalone = serialize_options({"always_send": True, **self._options})

    def allow(self, app: Flask) -> None:
        """Add the headers to an app's answers."""
        if not self._origins:
            return
        CORS(app, **self._options)
        if not self._any:

            @app.after_request
            def vary(response: Response) -> Response:
                # Also for requests without an allowed origin: their answers differ.
                response.headers.add("Vary", "Origin")
                return response

    def headers(self, origin: str) -> list[tuple[str, str]]:
        """Return the headers for an answer that the app does not give; origin may be empty."""
        if not self._origins:
            return []
        request_headers = Headers([("Origin", origin)] if origin else [])
        added = get_cors_headers(self._standalone, request_headers, "GET")
        vary = [] if self._any else [("Vary", "Origin")]
        return [*((name, str(value)) for name, value in added.items()), *vary]
