"""Who may call what, and how often: API keys and rate limits, and what else guards the routes.

Nothing of this is there unless it is configured: the way of a request stays as short as it was.
"""

import ipaddress
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from gender_detection import api_keys
from gender_detection.config import Settings

from .cors import Origins, parse_origins
from .metrics import Metrics
from .observing import Environ, Wsgi
from .problems import PROBLEM_JSON, REQUEST_ID, Problem, phrase, plain_problem

if TYPE_CHECKING:
    from .rate_limits import Counted, RateLimits

# Answered without a key and uncounted: what load balancers, Prometheus and browsers ask for
# without one. Whatever is not named here is protected, whether there is such a route or not.
OPEN = frozenset({"/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"})
OPEN_BELOW = "/docs/"
SCHEME = "Bearer"
CHALLENGE = f'{SCHEME} realm="gender-detection"'
# RFC 6750, section 3: no error code for those who showed no key.
WRONG = f'{CHALLENGE}, error="invalid_token"'
# Where the server's access log looks for the key's name (gender_detection.serving.door).
KEY = "gender_detection.key"
# Where the routes look for who calls, and where the server leaves it.
CALLER = "gender_detection.caller"


class Caller(msgspec.Struct, frozen=True):
    """Who calls: the name of its key, None without a good one, and what its names count for."""

    key: str | None = None
    counted: "tuple[Counted, ...]" = ()


# Whoever asks for what is open.
NOBODY = Caller()


class Refused(Problem):
    """A request that its caller may not make, or not now."""

    caller = NOBODY


def check_access(settings: Settings) -> None:
    """Raise ConfigError where keys, limits or origins cannot be used as they are configured.

    For the start of a server. Later a file of keys that is gone or damaged must not end it:
    Access lets nobody in who shows no good key, and goes on.
    """
    if settings.api_keys:
        api_keys.read(Path(settings.api_keys))
    if settings.rate_limit or settings.rate_limit_storage:
        from . import rate_limits  # as in access_of()

        if settings.rate_limit:
            rate_limits.parse(settings.rate_limit)
        rate_limits.open_counts(settings.rate_limit_storage)
    parse_origins(settings.cors_origins)


class Access:
    """Decides who is let in, by what is known when the head of a request is there.

    ring holds the keys, None where none is asked for; limits count what callers ask for, within
    what is allowed to each, None where there is no limit.
    """

    def __init__(self, ring: api_keys.KeyRing | None, limits: "RateLimits | None") -> None:
        self._ring = ring
        self._limits = limits
        self._caller = lru_cache(4096)(self._new_caller)

    def admit(self, method: str, path: str, authorization: str, address: str) -> Caller:
        """Count one name for whoever asks for a path, and return who that is.

        authorization is the header of that name, address that of the client. Raise Refused, a
        Problem 401 or 429.
        """
        # OPTIONS tells nothing but methods, and browsers ask it without a key.
        if path in OPEN or method == "OPTIONS" or path.startswith(OPEN_BELOW):
            return NOBODY
        secret = _shown(authorization)
        key = self._ring.name_of(secret) if self._ring is not None and secret else None
        # Whoever shows no good key is counted by address: the good keys pay for no one else.
        caller = self._caller(key, "" if key else address)
        if self._limits is not None and (seconds := self._limits.wait(caller.counted)):
            raise _too_many(caller, seconds)
        if self._ring is not None and key is None:
            raise _no_key(bool(secret))
        return caller

    def most_names(self, caller: Caller) -> int | None:
        """Return how many names a caller may ask for in one request, None without a limit."""
        return min((item.amount for item, _ in caller.counted), default=None)

    def charge(self, caller: Caller, names: int) -> None:
        """Count the names of a request beside the one that is counted: all of them, or none.

        Raise Refused, a Problem 429, where they are more than the caller's limits leave now, or
        ever.
        """
        if names <= 1 or self._limits is None or (most := self.most_names(caller)) is None:
            return
        if names > most:
            raise _never(caller, most)
        if seconds := self._limits.wait(caller.counted, names - 1, then=names):
            raise _too_many(caller, seconds)

    def _new_caller(self, key: str | None, address: str) -> Caller:
        if self._limits is None:
            return Caller(key)
        who = ("key", key) if key else ("address", _network(address))
        return Caller(key, self._limits.counted(*who))


def access_of(settings: Settings, metrics: Metrics) -> Access | None:
    """Return what guards the routes, None where neither keys nor limits are configured.

    Raise ConfigError where a setting is malformed.
    """
    if not settings.api_keys and not settings.rate_limit:
        return None
    ring = api_keys.KeyRing(Path(settings.api_keys)) if settings.api_keys else None
    return Access(ring, _limits(settings, metrics) if settings.rate_limit else None)


def _limits(settings: Settings, metrics: Metrics) -> "RateLimits":
    from . import rate_limits  # needed, with the library behind it, where there is a limit

    items = rate_limits.parse(settings.rate_limit)
    counts = rate_limits.open_counts(settings.rate_limit_storage)
    return rate_limits.RateLimits(items, counts, metrics.count_uncounted)


def guarded(wsgi: Wsgi, access: Access, origins: Origins) -> Wsgi:
    """Return the application, which answers nobody who is not let in.

    The server asks access itself, before it reads a body, and leaves a note of whom it let in. This
    is for servers that do not.
    """

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if CALLER in environ:
            return wsgi(environ, start_response)
        try:
            caller = access.admit(
                environ["REQUEST_METHOD"],
                environ.get("PATH_INFO") or "/",
                environ.get("HTTP_AUTHORIZATION", ""),
                environ.get("REMOTE_ADDR", ""),
            )
        except Refused as refused:
            environ[KEY] = refused.caller.key
            body = plain_problem(refused.status, refused.detail, environ[REQUEST_ID])
            headers = [
                ("Content-Type", PROBLEM_JSON),
                ("Content-Length", str(len(body))),
                *refused.headers.items(),
                *origins.headers(environ.get("HTTP_ORIGIN", "")),
            ]
            start_response(f"{refused.status} {phrase(refused.status)}", headers)
            return (body,)
        environ[CALLER], environ[KEY] = caller, caller.key
        return wsgi(environ, start_response)

    return answer


def _shown(authorization: str) -> str:
    """Return the key that a request shows, "" for none; only a header counts, never the URL."""
    scheme, _, secret = authorization.partition(" ")
    return secret.strip() if scheme.lower() == SCHEME.lower() else ""


def _no_key(shown: bool) -> Refused:
    return Refused(
        401,
        "this API key is none, or is revoked: ask for a new one"
        if shown
        else f"this route wants an API key: send it as 'Authorization: {SCHEME} KEY'",
        headers={"WWW-Authenticate": WRONG if shown else CHALLENGE},
    )


def _too_many(caller: Caller, seconds: int) -> Refused:
    refused = Refused(
        429,
        f"more names than the rate limit allows now: try again in {seconds} s",
        headers={"Retry-After": str(seconds)},
    )
    refused.caller = caller
    return refused


def _never(caller: Caller, most: int) -> Refused:
    refused = Refused(
        429,
        f"more names than the rate limit ever allows: send at most {most} names in one request, "
        "or ask for a limit of your own",
    )
    refused.caller = caller
    return refused


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
