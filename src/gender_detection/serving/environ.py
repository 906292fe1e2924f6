"""Keys of the WSGI environ by which the server and the application tell each other things."""

from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# Set by the server: when the whole request was there (time.perf_counter), so that the time a
# request waits for its turn counts; and whom the server let in. Without it the application asks.
RECEIVED = "gender_detection.received"
CALLER = "gender_detection.caller"
# Set by the application for the server's access log: the rule that matched, the API key's name.
ROUTE = "gender_detection.route"
KEY = "gender_detection.key"
# Set by the application for itself.
REQUEST_ID = "gender_detection.request_id"
