"""Clients that ask without a pause, each time on a connection of its own."""

import http.client
import json
import threading

CLIENTS = 12
BODY = json.dumps({"name": "Maria Rossi", "country": "IT"})
JSON = {"Content-Type": "application/json"}


class Load:
    """Keep asking an address until the end; connections that are refused do not count."""

    def __init__(self, address: str) -> None:
        self.answered = 0
        self.broken: list[str] = []
        self._address = address
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]

    def __enter__(self) -> "Load":
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, when all have heard an answer or that there is none."""
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
                # At its capacity it may say so.
                assert answer.status in (200, 503), answer.status
                self.answered += 1
            except (OSError, http.client.HTTPException, AssertionError) as err:
                self.broken.append(repr(err))
            finally:
                connection.close()
