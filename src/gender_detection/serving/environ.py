"""Keys of the WSGI environ that the server and the application exchange values by."""

from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# Set by the server: when the whole request was there (time.perf_counter), so that its wait for its
# turn counts; and the client it admitted. Without CALLER the application admits the request itself.
RECEIVED = "gender_detection.received"
CALLER = "gender_detection.caller"
# Set for the access log: the rule that matched (by the application), the name of the API key.
ROUTE = "gender_detection.route"
KEY = "gender_detection.key"
# Set by the application for itself.
REQUEST_ID = "gender_detection.request_id"
