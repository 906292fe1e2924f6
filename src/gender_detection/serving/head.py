"""The head of a request, as PEP 3333 gives it to an application, and what is wrong with it."""

import sys
from dataclasses import dataclass
from typing import Any

from .application import Refusal
from .clients import Clients

Scope = dict[str, Any]

_ENVIRON = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
# Names of headers are looked up here, up to so many: clients could invent others without end.
NAMES = 256
HEAD_BYTES = 32 * 1024
LONG = Refusal(431, f"the request's head is longer than {HEAD_BYTES} bytes: shorten it")
_NO_HTTP = "this is not HTTP/1.1 as RFC 9112 has it"
HOST = Refusal(400, f"{_NO_HTTP}: send one Host header")
FRAMING = Refusal(400, f"{_NO_HTTP}: give the body's length once, or send it chunked")
CODING = Refusal(501, "a body is taken as it is or chunked: send no other Transfer-Encoding")
UPGRADE = Refusal(
    501,
    "this is HTTP/1.1 alone, and a body that comes with an Upgrade cannot be read: leave it out "
    "(in Java: HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1))",
)
EXPECTATION = Refusal(417, "of expectations only 100-continue can be met: leave Expect out")


@dataclass(slots=True)
class Head:
    """What is known of a request before its body; length is None where it is not said.

    waits: the client sends its body when it has been asked to (Expect: 100-continue).
    is_last: no other request can be read behind it, as with an Upgrade, which httptools takes for
    the end of HTTP.
    """

    environ: dict[str, Any]
    method: str
    path: str
    client: str
    length: int | None
    is_table: bool
    waits: bool
    is_last: bool
    fault: Refusal | None


class Heads:
    """Reads heads; clients tells whose they are, tables are media types of tables."""

    def __init__(self, clients: Clients, tables: frozenset[str]) -> None:
        self._clients = clients
        self._tables = tables
        self._names: dict[bytes, str] = {}

    def read(self, scope: Scope) -> Head:
        """Return the head in a scope (ASGI 3)."""
        server, client = scope["server"] or ("", None), scope["client"] or ("", None)
        environ: dict[str, Any] = {
            **_ENVIRON,
            "REQUEST_METHOD": scope["method"],
            # PEP 3333: bytes beyond ASCII stand for themselves.
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
                variable = self._named(name)
            if not variable:
                continue
            hosts += variable == "HTTP_HOST"
            text = value.decode("latin-1")
            environ[variable] = f"{environ[variable]},{text}" if variable in environ else text
        environ["REMOTE_ADDR"] = self._clients.address(
            client[0], environ.get("HTTP_X_FORWARDED_FOR", "")
        )
        return self._head(scope, environ, hosts, size)

    def _head(self, scope: Scope, environ: dict[str, Any], hosts: int, size: int) -> Head:
        expects = environ.get("HTTP_EXPECT", "")
        announced = environ.get("CONTENT_LENGTH", "")
        coding = environ.get("HTTP_TRANSFER_ENCODING", "")
        is_old = scope["http_version"] == "1.0"
        connection = environ.get("HTTP_CONNECTION", "").lower()
        upgrades = bool(environ.pop("HTTP_UPGRADE", "")) and "upgrade" in connection
        fault = None
        if size > HEAD_BYTES:
            fault = LONG
        elif hosts != 1 and not (is_old and not hosts):
            fault = HOST
        elif coding and coding.lower() != "chunked":
            fault = CODING
        elif (coding and (announced or is_old)) or (announced and not announced.isdecimal()):
            fault = FRAMING
        elif expects and expects.lower() != "100-continue":
            fault = EXPECTATION
        elif upgrades and (coding or announced):
            fault = UPGRADE
        length = None if coding or fault is FRAMING else int(announced or 0)
        return Head(
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

    def _named(self, name: bytes) -> str:
        """Return the variable of a header, "" for one that is left out.

        With an underscore in its name it would pass for another: X_Forwarded_For for
        X-Forwarded-For, which proxies set.
        """
        variable = "" if b"_" in name else name.decode("latin-1").upper().replace("-", "_")
        if variable and variable not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            variable = "HTTP_" + variable
        if len(self._names) < NAMES:
            self._names[name] = variable
        return variable
