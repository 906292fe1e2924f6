"""A word on the terminal as soon as the API answers."""

import http.client
import json
from typing import Any

from .. import compiled
from ..config import Settings
from .address import ANY_ADDRESS, reachable

SECONDS = 1.0


def ask_ready(host: str, port: int) -> tuple[int, dict[str, Any]] | None:
    """Return status and body of /readyz; None as long as nothing answers."""
    connection = http.client.HTTPConnection(reachable(host), port, timeout=SECONDS)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


def warning(settings: Settings) -> str:
    """Return a line for whoever lets all in without knowing, "" where that is not so."""
    if settings.host not in ANY_ADDRESS or settings.api_keys:
        return ""
    return (
        "It listens on all addresses and asks for no key: set GENDER_DETECTION_HOST=127.0.0.1 for "
        "this machine alone, or GENDER_DETECTION_API_KEYS (see 'gender-detection keys --help').\n"
    )


def slowness() -> str:
    """Return a line for whoever runs what is not compiled, "" where all is."""
    return f"{compiled.describe()}\n" if compiled.uncompiled() else ""


def startup_message(host: str, port: int, status: int, answer: dict[str, Any]) -> str:
    """Return where the API answers, and an example; or what is missing."""
    host = reachable(host)
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if status != http.client.OK:
        return f"The API listens at {url}, without a model: {answer.get('detail')}\n"
    # What is printed here stands beside the access log: no name that somebody could have sent.
    example = (
        f"curl {url}/predict -H 'Content-Type: application/json' "
        """-d '{"name": "Your Name"}'"""
    )
    return f"The API answers at {url} (Ctrl-C stops it). Try: {example}\n"
