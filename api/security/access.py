"""Who may call what, and how often: API keys and rate limits, and what else guards the routes.

Nothing of this is there unless it is configured: the way of a request stays as short as it was.
"""

import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from gender_detection import api_keys
from gender_detection.api_keys import ApiKey, KeyRing
from gender_detection.config import Settings
from gender_detection.key_uses import KeyUses
from gender_detection.serving.environ import CALLER, KEY, REQUEST_ID, Environ, Wsgi

from ..http.problems import PROBLEM_JSON, Problem, phrase, plain_problem
from ..metrics.recorder import Metrics
from ..spec.routes import ROUTES
from .cors import Origins, parse_origins
from .networks import networks_of

if TYPE_CHECKING:
    from .rate_limits import Counted, RateLimits

# Answered without a key and uncounted: what load balancers, Prometheus and browsers ask for
# without one. Whatever is not named here is protected, whether there is such a route or not.
OPEN = frozenset(route.path for route in ROUTES if route.is_open and not route.parameters)
OPEN_BELOW = tuple(
    route.path.partition("{")[0] for route in ROUTES if route.is_open and route.parameters
)
SCHEME = "Bearer"
CHALLENGE = f'{SCHEME} realm="gender-detection"'
# RFC 6750, section 3: no error code for those who showed no key.
WRONG = f'{CHALLENGE}, error="invalid_token"'


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
    if settings.api_keys or settings.rate_limit or settings.rate_limit_storage:
        from . import rate_limits  # as in access_of()

        for key in api_keys.read(Path(settings.api_keys)) if settings.api_keys else ():
            rate_limits.limits_of(key)
        rate_limits.parse(settings.rate_limit)
        rate_limits.open_counts(settings.rate_limit_storage)
    parse_origins(settings.cors_origins)


class Access:
    """Decides who is let in, by what is known when the head of a request is there.

    limits count what callers ask for; ring holds the keys and uses record when they are used, both
    None where no key is asked for.
    """

    def __init__(
        self, limits: "RateLimits", ring: KeyRing | None = None, uses: KeyUses | None = None
    ) -> None:
        self._limits = limits
        self._ring = ring
        self._uses = uses
        self._holder = lru_cache(4096)(self._new_holder)
        self._stranger = lru_cache(4096)(self._new_stranger)

    def admit(self, method: str, path: str, authorization: str, address: str) -> Caller:
        """Count one name for whoever asks for a path, and return who that is.

        authorization is the header of that name, address that of the client. Raise Refused, a
        Problem 401 or 429.
        """
        # OPTIONS tells nothing but methods, and browsers ask it without a key.
        if path in OPEN or method == "OPTIONS" or path.startswith(OPEN_BELOW):
            return NOBODY
        secret = _shown(authorization)
        key = self._ring.find(secret) if self._ring is not None and secret else None
        if key is not None:
            caller, ends = self._holder(key)
            if time.time() < ends:
                self._count_one(caller)
                if self._uses is not None:
                    self._uses.note(key.sha256)
                return caller
        # Whoever shows no good key is counted by address: the good keys pay for no one else.
        caller = self._stranger(address)
        self._count_one(caller)
        if self._ring is not None:
            raise _no_key(bool(secret), key)
        return caller

    def most_names(self, caller: Caller) -> int | None:
        """Return how many names a caller may ask for in one request, None without a limit."""
        return min((one.amount for one in caller.counted), default=None)

    def charge(self, caller: Caller, names: int) -> None:
        """Count the names of a request beside the one that is counted: all of them, or none.

        Raise Refused, a Problem 429, where they are more than the caller's limits leave now, or
        ever.
        """
        if names <= 1 or (most := self.most_names(caller)) is None:
            return
        if names > most:
            raise _never(caller, most)
        if seconds := self._limits.wait(caller.counted, names - 1, then=names):
            raise _too_many(caller, seconds)

    def _count_one(self, caller: Caller) -> None:
        if caller.counted and (seconds := self._limits.wait(caller.counted)):
            raise _too_many(caller, seconds)

    def _new_holder(self, key: ApiKey) -> tuple[Caller, float]:
        """Return who shows a key, and the time from which on it is good no more."""
        return Caller(key.name, self._limits.of_key(key)), key.ends

    def _new_stranger(self, address: str) -> Caller:
        return Caller(None, self._limits.of_networks(networks_of(address)))


def access_of(settings: Settings, metrics: Metrics) -> Access | None:
    """Return what guards the routes, None where neither keys nor limits are configured.

    Raise ConfigError where a setting is malformed.
    """
    if not settings.api_keys and not settings.rate_limit:
        return None
    from . import rate_limits  # with the library behind it, needed where something is configured

    limits = rate_limits.RateLimits(
        rate_limits.parse(settings.rate_limit),
        rate_limits.open_counts(settings.rate_limit_storage),
        metrics.count_uncounted,
    )
    if not settings.api_keys:
        return Access(limits)
    path = Path(settings.api_keys)
    return Access(limits, KeyRing(path, check=rate_limits.limits_of), KeyUses(path))


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


def _no_key(shown: bool, key: ApiKey | None) -> Refused:
    if key is not None:
        detail = f"this API key expired at the end of {key.expires} (UTC): ask for a new one"
    elif shown:
        detail = "this API key is none, or is revoked: ask for a new one"
    else:
        detail = f"this route wants an API key: send it as 'Authorization: {SCHEME} KEY'"
    return Refused(401, detail, headers={"WWW-Authenticate": WRONG if shown else CHALLENGE})


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
