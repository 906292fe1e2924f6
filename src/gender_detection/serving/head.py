"""Parsing the head of a request into a WSGI environ (PEP 3333), and checking it."""

import sys
from dataclasses import dataclass
from typing import Any

from .application import Refusal
from .trusted_proxies import TrustedProxies

Scope = dict[str, Any]

_ENVIRON = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
# Cached names of headers; bounded, as clients can invent any number.
MAX_CACHED_NAMES = 256
HEAD_BYTES = 32 * 1024
HEAD_TOO_LONG = Refusal(431, f"the request's head is longer than {HEAD_BYTES} bytes: shorten it")
_INVALID_HTTP = "the request is not valid HTTP/1.1 (RFC 9112)"
HOST = Refusal(400, f"{_INVALID_HTTP}: send one Host header")
FRAMING = Refusal(400, f"{_INVALID_HTTP}: send one Content-Length, or a chunked body")
CODING = Refusal(501, "unsupported Transfer-Encoding: send chunked, or leave it out")
UPGRADE = Refusal(
    501,
    "the server supports only HTTP/1.1 and cannot read a body after an Upgrade: leave it out "
    "(in Java: HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1))",
)
EXPECTATION = Refusal(417, "unsupported Expect header: send 100-continue, or leave it out")


@dataclass(slots=True)
class RequestHead:
    """A request without its body.

    length            bytes of the body; None if it is chunked
    expects_continue  the client waits for a 100 Continue before it sends the body
    is_last           no other request can be read after it: httptools takes an Upgrade for the end
                      of HTTP
    fault             the refusal of an invalid head
    """

    environ: dict[str, Any]
    method: str
    path: str
    client: str
    length: int | None
    is_table: bool
    expects_continue: bool
    is_last: bool
    fault: Refusal | None


class HeadParser:
    """Parses heads; tables are the media types of tables."""

    def __init__(self, proxies: TrustedProxies, tables: frozenset[str]) -> None:
        self._proxies = proxies
        self._tables = tables
        self._names: dict[bytes, str] = {}

    def parse(self, scope: Scope) -> RequestHead:
        """Return the head of a request in a scope (ASGI 3)."""
        server, client = scope["server"] or ("", None), scope["client"] or ("", None)
        environ: dict[str, Any] = {
            **_ENVIRON,
            "REQUEST_METHOD": scope["method"],
            # PEP 3333: bytes beyond ASCII are decoded as Latin-1.
            "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
            "QUERY_STRING": scope["query_string"].decode("latin-1"),
            "SERVER_NAME": server[0],
            "SERVER_PORT": str(server[1] or ""),
            "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
            "wsgi.url_scheme": scope["scheme"],
        }
        hosts, size = 0, len(scope["query_string"]) + len(scope["path"])
        for name, value in scope["headers"]:
            size += len(name) + len(value)
            variable = self._names.get(name)
            if variable is None:
                variable = self._variable_of(name)
            if not variable:
                continue
            hosts += variable == "HTTP_HOST"
            text = value.decode("latin-1")
            environ[variable] = f"{environ[variable]},{text}" if variable in environ else text
        environ["REMOTE_ADDR"] = self._proxies.client_address(
            client[0], environ.get("HTTP_X_FORWARDED_FOR", "")
        )
        return self._head(scope, environ, hosts, size)

    def _head(self, scope: Scope, environ: dict[str, Any], hosts: int, size: int) -> RequestHead:
        expects = environ.get("HTTP_EXPECT", "")
        announced = environ.get("CONTENT_LENGTH", "")
        coding = environ.get("HTTP_TRANSFER_ENCODING", "")
        is_http_10 = scope["http_version"] == "1.0"
        connection = environ.get("HTTP_CONNECTION", "").lower()
        upgrades = bool(environ.pop("HTTP_UPGRADE", "")) and "upgrade" in connection
        fault = None
        if size > HEAD_BYTES:
            fault = HEAD_TOO_LONG
        elif hosts != 1 and not (is_http_10 and not hosts):
            fault = HOST
        elif coding and coding.lower() != "chunked":
            fault = CODING
        elif (coding and (announced or is_http_10)) or (announced and not announced.isdecimal()):
            fault = FRAMING
        elif expects and expects.lower() != "100-continue":
            fault = EXPECTATION
        elif upgrades and (coding or announced):
            fault = UPGRADE
        length = None if coding or fault is FRAMING else int(announced or 0)
        return RequestHead(
            environ,
            scope["method"],
            scope["path"],
            environ["REMOTE_ADDR"],
            length,
            self._is_table(environ.get("CONTENT_TYPE", "")),
            bool(expects),
            upgrades,
            fault,
        )

    def _is_table(self, content_type: str) -> bool:
        return content_type.partition(";")[0].strip().lower() in self._tables

    def _variable_of(self, name: bytes) -> str:
        """Return the environ variable of a header, "" for one that is left out.

        A name with an underscore is left out: X_Forwarded_For would have the same variable as
        X-Forwarded-For, which proxies set.
        """
        variable = "" if b"_" in name else name.decode("latin-1").upper().replace("-", "_")
        if variable and variable not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            variable = "HTTP_" + variable
        if len(self._names) < MAX_CACHED_NAMES:
            self._names[name] = variable
        return variable
