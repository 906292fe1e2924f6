"""What happens around every request: its id, the headers of its answer, and its metrics.

WSGI middleware instead of Flask's hooks, which take as long as the rest of a short answer.
"""

import random
import time
from collections.abc import Callable, Iterable
from typing import Any

from gender_detection.serving.environ import RECEIVED, REQUEST_ID, ROUTE, Environ, Wsgi

from .http.headers import ALWAYS, NOTHING, POLICY
from .http.problems import valid_request_id
from .metrics.recorder import Metrics

# Where werkzeug keeps its request object.
_REQUEST = "werkzeug.request"


def observe_requests(wsgi: Wsgi, metrics: Metrics) -> Wsgi:
    """Return the application, with an id for every request, and every request counted and timed."""

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        started = environ.get(RECEIVED) or time.perf_counter()
        sent_id = environ.get("HTTP_X_REQUEST_ID")
        # The id is not a secret. Python seeds random anew in a forked process.
        request_id = (sent_id and valid_request_id(sent_id)) or f"{random.getrandbits(128):032x}"
        environ[REQUEST_ID] = request_id

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            # A test client leaves a request without url_rule there, until Flask has made its own.
            rule = getattr(environ.get(_REQUEST), "url_rule", None)
            environ[ROUTE] = route = rule.rule if rule else None
            all_headers = [*headers, ("X-Request-ID", request_id), *ALWAYS]
            if POLICY not in dict(headers):
                all_headers.append((POLICY, NOTHING))
            seconds = time.perf_counter() - started
            size = int(environ.get("CONTENT_LENGTH") or 0)
            metrics.count_request(route, environ["REQUEST_METHOD"], int(status[:3]), seconds, size)
            return start_response(status, all_headers, *error)

        return wsgi(environ, start)

    return answer
