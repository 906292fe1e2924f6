"""What happens around every request: its id, the headers of its answer, its place in the metrics.

A WSGI middleware, not Flask's hooks: those cost as much as the rest of a short answer.
"""

import random
import time
from collections.abc import Callable, Iterable
from typing import Any

from gender_detection.serving.environ import RECEIVED, REQUEST_ID, ROUTE, Environ, Wsgi

from .http.headers import ALWAYS, NOTHING, POLICY
from .http.problems import valid_request_id
from .metrics.recorder import Metrics

# Where werkzeug leaves the request that it made.
_REQUEST = "werkzeug.request"


def observe_requests(wsgi: Wsgi, metrics: Metrics) -> Wsgi:
    """Return the application, each of whose requests has an id and is counted and timed."""

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        started = environ.get(RECEIVED) or time.perf_counter()
        asked = environ.get("HTTP_X_REQUEST_ID")
        # Nothing secret; after a fork, random draws from another seed by itself.
        request_id = (asked and valid_request_id(asked)) or f"{random.getrandbits(128):032x}"
        environ[REQUEST_ID] = request_id

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            # None before Flask has seen it, as what is there then is a test client's.
            rule = getattr(environ.get(_REQUEST), "url_rule", None)
            environ[ROUTE] = route = rule.rule if rule else None
            told = [*headers, ("X-Request-ID", request_id), *ALWAYS]
            if POLICY not in dict(headers):
                told.append((POLICY, NOTHING))
            seconds = time.perf_counter() - started
            size = int(environ.get("CONTENT_LENGTH") or 0)
            metrics.count_request(route, environ["REQUEST_METHOD"], int(status[:3]), seconds, size)
            return start_response(status, told, *error)

        return wsgi(environ, start)

    return answer
