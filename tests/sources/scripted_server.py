"""A web server on loopback with scripted behaviour."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Writes one response; the last of the list is used for all further requests.
Behaviour = Callable[[BaseHTTPRequestHandler], None]


class ScriptedServer:
    """Answers the n-th request with the n-th behaviour, and records the headers."""

    def __init__(self) -> None:
        self.script: list[Behaviour] = []
        self.requests: list[dict[str, str]] = []
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                behaviour = outer.script[min(len(outer.requests), len(outer.script) - 1)]
                outer.requests.append(dict(self.headers))
                behaviour(self)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self._thread.start()

    def url(self, path: str = "/names.txt") -> str:
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def respond(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    """A whole response; header names are given with "_" for "-"."""

    def behaviour(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        sent = {"Content-Length": str(len(body))}
        sent |= {key.replace("_", "-"): value for key, value in headers.items()}
        for key, value in sent.items():
            handler.send_header(key, value)
        handler.end_headers()
        handler.wfile.write(body)

    return behaviour


def cut_off_after(n_bytes: int, body: bytes, **headers: str) -> Behaviour:
    """A response that announces all of body and stops after n_bytes of it."""

    def behaviour(handler: BaseHTTPRequestHandler) -> None:
        whole = {"Content_Length": str(len(body)), **headers}
        respond(200, body[:n_bytes], **whole)(handler)
        handler.close_connection = True

    return behaviour


def range_of(body: bytes, **headers: str) -> Behaviour:
    """A server with Range support: the rest of body from the requested offset."""

    def behaviour(handler: BaseHTTPRequestHandler) -> None:
        start = int(handler.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        content_range = f"bytes {start}-{len(body) - 1}/{len(body)}"
        respond(206, body[start:], Content_Range=content_range, **headers)(handler)

    return behaviour
