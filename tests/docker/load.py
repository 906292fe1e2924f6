"""Clients that send requests without a pause, each on a new connection."""

import http.client
import json
import threading

CLIENTS = 12
BODY = json.dumps({"name": "Maria Rossi", "country": "IT"})
JSON = {"Content-Type": "application/json"}


class Load:
    """Send requests to an address until the end; refused connections do not count."""

    def __init__(self, address: str) -> None:
        self.answered = 0
        self.broken: list[str] = []
        self._address = address
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]

    def __enter__(self) -> "Load":
        """Start the clients."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, when each client has a response or an error."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        while not self._ended.is_set():
            connection = http.client.HTTPConnection(self._address, timeout=10)
            try:
                connection.connect()
            except OSError:
                self._ended.wait(0.01)
                continue
            try:
                connection.request("POST", "/predict", BODY, JSON)
                answer = connection.getresponse()
                answer.read()
                # At its capacity the server may shed requests.
                assert answer.status in (200, 503), answer.status
                self.answered += 1
            except (OSError, http.client.HTTPException, AssertionError) as err:
                self.broken.append(repr(err))
            finally:
                connection.close()
