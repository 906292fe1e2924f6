"""Which pages may call the API from a browser: none, unless CORS_ORIGINS names their origins."""

import re
from typing import Any

from flask import Flask, Response
from flask_cors import CORS
from flask_cors.core import get_cors_headers, serialize_options
from werkzeug.datastructures import Headers

from gender_detection.config import PREFIX
from gender_detection.errors import ConfigError

from ..http.headers import WARNINGS

ANY = "*"
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?")
METHODS = ("GET", "HEAD", "POST")
ASKED_HEADERS = ("Accept", "Authorization", "Content-Type", "X-Request-ID")
SHOWN_HEADERS = (
    "Retry-After",
    "WWW-Authenticate",
    "X-Data-Version",
    "X-Model-Version",
    "X-Request-ID",
    "X-Threshold",
    WARNINGS,
)
PREFLIGHT_SECONDS = 3600


def parse_origins(text: str) -> list[str]:
    """Return the origins of the setting, as browsers write them; raise ConfigError for others."""
    origins = [origin.strip().lower() for origin in text.split(",") if origin.strip()]
    if origins == [ANY]:
        return origins
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise ConfigError(
                f"{PREFIX}CORS_ORIGINS has {origin}, which is no origin: give scheme, host and "
                "port alone, such as https://example.org or http://localhost:3000 (* alone for any)"
            )
    return [_without_default_port(origin) for origin in origins]


def _without_default_port(origin: str) -> str:
    for scheme, port in (("http:", ":80"), ("https:", ":443")):
        if origin.startswith(scheme):
            return origin.removesuffix(port)
    return origin


class Origins:
    """Pages of these origins may call, without cookies: what their browsers are told."""

    def __init__(self, origins: list[str]) -> None:
        self._origins = origins
        self._any = origins == [ANY]
        # As expressions of ours: flask-cors takes the brackets of an IPv6 address for its own.
        exact = [re.compile(re.escape(origin) + r"\Z", re.IGNORECASE) for origin in origins]
        self._options: dict[str, Any] = {
            "origins": ANY if self._any else exact,
            "send_wildcard": self._any,
            "methods": METHODS,
            "allow_headers": ASKED_HEADERS,
            "expose_headers": SHOWN_HEADERS,
            "max_age": PREFLIGHT_SECONDS,
            # Every error is an answer like others here, and passes there.
            "intercept_exceptions": False,
            "vary_header": False,
        }
        # What the extension would add for an app that does not say otherwise.
        self._by_itself = serialize_options({"always_send": True, **self._options})

    def allow(self, app: Flask) -> None:
        """Let an app say so in its answers."""
        if not self._origins:
            return
        CORS(app, **self._options)
        if not self._any:

            @app.after_request
            def vary(response: Response) -> Response:
                # Also to requests from no origin, or a wrong one: their answers differ.
                response.headers.add("Vary", "Origin")
                return response

    def headers(self, origin: str) -> list[tuple[str, str]]:
        """Return the headers of an answer that no app gives, to a page of an origin ("": none)."""
        if not self._origins:
            return []
        asked = Headers([("Origin", origin)] if origin else [])
        told = get_cors_headers(self._by_itself, asked, "GET")
        vary = [] if self._any else [("Vary", "Origin")]
        return [*((name, str(value)) for name, value in told.items()), *vary]
