"""Who may call what, and how often: API keys and rate limits, and what else guards the routes.

Nothing of this is there unless it is configured: the way of a request stays as short as it was.
"""

import ipaddress
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from gender_detection import api_keys
from gender_detection.config import Settings

from .cors import allow_origins, parse_origins
from .metrics import Metrics
from .problems import Problem

# Answered without a key and uncounted, as Flask's rules: what load balancers, Prometheus and
# browsers ask for without one. Whatever is not named here is protected.
OPEN = frozenset(
    {"/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/<file>"}
)  # fmt: skip
SCHEME = "Bearer"
CHALLENGE = f'{SCHEME} realm="gender-detection"'
# RFC 6750, section 3: no error code for those who showed no key.
WRONG = f'{CHALLENGE}, error="invalid_token"'
# Where the server's access log looks for the key's name (gender_detection.serving.bridge).
KEY = "gender_detection.key"


def check_access(settings: Settings) -> None:
    """Raise ConfigError where keys, limits or origins cannot be used as they are configured.

    For the start of a server. Later a file of keys that is gone or damaged must not end it:
    protect() lets nobody in who shows no good key, and goes on.
    """
    if settings.api_keys:
        api_keys.read(Path(settings.api_keys))
    if settings.rate_limit or settings.rate_limit_storage:
        from . import rate_limits  # as in protect()

        if settings.rate_limit:
            rate_limits.parse(settings.rate_limit)
        rate_limits.open_counts(settings.rate_limit_storage)
    parse_origins(settings.cors_origins)


def protect(app: Flask, settings: Settings, metrics: Metrics) -> None:
    """Put in force what is configured; raise ConfigError where a setting is malformed.

    To be called before routes and after what gives a request its id.
    """
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    if origins := parse_origins(settings.cors_origins):
        allow_origins(app, origins)
    ring = api_keys.KeyRing(Path(settings.api_keys)) if settings.api_keys else None
    wait = _limit(settings, metrics) if settings.rate_limit else None
    if ring is not None or wait is not None:
        _guard(app, ring, wait)


def _limit(settings: Settings, metrics: Metrics) -> Callable[..., int]:
    from . import rate_limits  # needed, with the library behind it, where there is a limit

    items = rate_limits.parse(settings.rate_limit)
    counts = rate_limits.open_counts(settings.rate_limit_storage)
    return rate_limits.RateLimits(items, counts, metrics.count_uncounted).wait


def _guard(app: Flask, ring: api_keys.KeyRing | None, wait: Callable[..., int] | None) -> None:
    @app.before_request
    def admit() -> None:
        asked = request._get_current_object()  # type: ignore[attr-defined] # once, for speed
        rule, environ = asked.url_rule, asked.environ
        # OPTIONS tells nothing but methods, and browsers ask it without a key.
        if rule is None or rule.rule in OPEN or asked.method == "OPTIONS":
            return
        secret = _shown(environ)
        name = environ[KEY] = ring.name_of(secret) if ring is not None and secret else None
        if wait is not None:
            # Whoever shows no good key is counted by address: the good keys pay for no one else.
            caller = (
                ("key", name) if name else ("address", _network(environ.get("REMOTE_ADDR", "")))
            )
            if seconds := wait(*caller):
                raise _too_many(seconds)
        if ring is not None and name is None:
            raise _no_key(bool(secret))


def _shown(environ: Mapping[str, Any]) -> str:
    """Return the key that a request shows, "" for none; only a header counts, never the URL."""
    scheme, _, secret = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return secret.strip() if scheme.lower() == SCHEME.lower() else ""


def _no_key(shown: bool) -> Problem:
    return Problem(
        401,
        "this API key is none, or is revoked: ask for a new one"
        if shown
        else f"this route wants an API key: send it as 'Authorization: {SCHEME} KEY'",
        headers={"WWW-Authenticate": WRONG if shown else CHALLENGE},
    )


def _too_many(seconds: int) -> Problem:
    return Problem(
        429,
        f"more requests than the rate limit allows: try again in {seconds} s, or put several "
        "persons into one request",
        headers={"Retry-After": str(seconds)},
    )


@lru_cache(4096)
def _network(text: str) -> str:
    """Return whose address it is: itself, or the /64 of IPv6, of which one host has them all."""
    # Some proxies add the port; of what is no address at all, no more than that is kept.
    address = _address(text.strip("[]")) or _address(text.rpartition(":")[0].strip("[]"))
    if address is None:
        return text[:64]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
