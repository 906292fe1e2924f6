"""Whether a client prefers HTML to JSON, from its header Accept."""

from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from .schemas import HTML, JSON, PROBLEM_JSON

# Browsers send about 150. A longer header is not worth parsing for a refusal under load.
LONGEST = 1000


@lru_cache(256)
def prefers_html(accept: str) -> bool:
    """Return whether the client prefers HTML, as browsers do; curl takes all alike."""
    if len(accept) > LONGEST or "text/" not in accept.lower():
        return False
    accepted = parse_accept_header(accept, MIMEAccept)
    return bool(accepted[HTML] > max(accepted[JSON], accepted[PROBLEM_JSON]))
