"""A fake Pushgateway that records the requests it gets."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Gateway(ThreadingHTTPServer):
    """Records each request as (method, path, body), and answers with a status."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[str, str, str]] = []
        self.status = 200
        self.silent_until = threading.Event()
        self.silent_until.set()

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Gateway

    def _take(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.requests.append((self.command, self.path, body))
        self.server.silent_until.wait()
        self.send_response(self.server.status)
        self.end_headers()

    do_PUT = do_POST = _take  # noqa: N815 - names that http.server asks for

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@contextmanager
def running_gateway() -> Iterator[Gateway]:
    """Yield a gateway that runs until the block ends."""
    with Gateway() as gateway:
        thread = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield gateway
        finally:
            gateway.silent_until.set()
            gateway.shutdown()
            thread.join()
