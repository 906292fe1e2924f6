"""The message on the terminal once the API answers."""

import http.client
import json
from typing import Any

from .. import compiled
from ..config import Settings
from .address import ANY_ADDRESS, reachable

TIMEOUT_SECONDS = 1.0


def request_readiness(host: str, port: int) -> tuple[int, dict[str, Any]] | None:
    """Return the status and the body of /readyz; None while nothing answers."""
    connection = http.client.HTTPConnection(reachable(host), port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


def open_access_warning(settings: Settings) -> str:
    """Return a warning if the API is open to other machines and needs no key, else ""."""
    if settings.host not in ANY_ADDRESS or settings.api_keys:
        return ""
    return (
        "It listens on all addresses and needs no key: set GENDER_DETECTION_HOST=127.0.0.1 to "
        "allow only this machine, or GENDER_DETECTION_API_KEYS (see 'gender-detection keys "
        "--help').\n"
    )


def compilation_warning() -> str:
    """Return a warning if the library is not compiled, else ""."""
    return f"{compiled.describe()}\n" if compiled.uncompiled() else ""


def startup_message(host: str, port: int, status: int, answer: dict[str, Any]) -> str:
    """Return the address of the API and an example, or why it has no model; status and answer are
    those of /readyz."""
    host = reachable(host)
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if status != http.client.OK:
        return f"The API listens at {url}, without a model: {answer.get('detail')}\n"
    # The message is in the same output as the access log, which has no real names.
    example = (
        f"curl {url}/predict -H 'Content-Type: application/json' "
        """-d '{"name": "Your Name"}'"""
    )
    return f"The API answers at {url} (Ctrl-C stops it). Try: {example}\n"
