"""API keys and rate limits: who may call which route, and how often.

Without keys and limits in the settings, requests skip all of this.
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

from ..http.problems import Problem, phrase, plain_problem
from ..metrics.recorder import Metrics
from ..spec.routes import ROUTES
from .cors import Origins, parse_origins
from .networks import networks_of

if TYPE_CHECKING:
    from .rate_limits import Counted, RateLimits

# Answered without a key and not counted: load balancers, Prometheus and browsers send no key. All
# other paths are protected, including those without a route.
OPEN = frozenset(route.path for route in ROUTES if route.is_open and not route.parameters)
OPEN_BELOW = tuple(
    route.path.partition("{")[0] for route in ROUTES if route.is_open and route.parameters
)
# Protected, although another method of the same path is open.
PROTECTED = frozenset((route.method, route.path) for route in ROUTES if not route.is_open)
SCHEME = "Bearer"
CHALLENGE = f'{SCHEME} realm="gender-detection"'
# RFC 6750, section 3: no error code if no key was sent.
INVALID = f'{CHALLENGE}, error="invalid_token"'


class Caller(msgspec.Struct, frozen=True):
    """Who calls: the name of their valid key, None without one, and the limits that apply."""

    key: str | None = None
    counted: "tuple[Counted, ...]" = ()


# The caller of an open route.
NOBODY = Caller()


class Refused(Problem):
    """A request that its caller may not make, or not yet."""

    caller = NOBODY


def check_access(settings: Settings) -> None:
    """Raise ConfigError if the settings of keys, limits or origins are invalid.

    For the start of a server. A running server keeps running if the key file is lost or damaged:
    Access then refuses all requests without a valid key.
    """
    if settings.api_keys or settings.rate_limit or settings.rate_limit_storage:
        from . import rate_limits  # as in access_of()

        for key in api_keys.read(Path(settings.api_keys)) if settings.api_keys else ():
            rate_limits.limits_of(key)
        rate_limits.parse(settings.rate_limit)
        rate_limits.open_counts(settings.rate_limit_storage)
    parse_origins(settings.cors_origins)


class Access:
    """Admits or refuses a request, from its head alone.

    limits counts the names of callers; ring holds the keys and uses records when they are used,
    both None if no key is required.
    """

    def __init__(
        self, limits: "RateLimits", ring: KeyRing | None = None, uses: KeyUses | None = None
    ) -> None:
        self._limits = limits
        self._ring = ring
        self._uses = uses
        self._key_holder = lru_cache(4096)(self._new_key_holder)
        self._anonymous = lru_cache(4096)(self._new_anonymous)

    def admit(self, method: str, path: str, authorization: str, address: str) -> Caller:
        """Count one name for the caller of a path, and return the caller.

        authorization is the header of that name, address the client's IP address. Raise Refused, a
        Problem 401 or 429.
        """
        # OPTIONS answers with methods only, and browsers send it without a key.
        if method == "OPTIONS" or path.startswith(OPEN_BELOW):
            return NOBODY
        if path in OPEN and (method, path) not in PROTECTED:
            return NOBODY
        secret = _sent_key(authorization)
        key = self._ring.find(secret) if self._ring is not None and secret else None
        if key is not None:
            caller, ends = self._key_holder(key)
            if time.time() < ends:
                self._count_one(caller)
                if self._uses is not None:
                    self._uses.record(key.sha256)
                return caller
        # Callers without a valid key are counted by address, so that they use up no key's limit.
        caller = self._anonymous(address)
        self._count_one(caller)
        if self._ring is not None:
            raise _no_key(bool(secret), key)
        return caller

    def max_names(self, caller: Caller) -> int | None:
        """Return how many names a caller may send in one request, None without a limit."""
        return min((limit.amount for limit in caller.counted), default=None)

    def charge(self, caller: Caller, names: int) -> None:
        """Count all names of a request except the first, which admit() counted: all or none.

        Raise Refused, a Problem 429, if the caller's limits do not allow so many now, or ever.
        """
        if names <= 1 or (max_names := self.max_names(caller)) is None:
            return
        if names > max_names:
            raise _above_limit(caller, max_names)
        if seconds := self._limits.wait(caller.counted, names - 1, then=names):
            raise _too_many(caller, seconds)

    def _count_one(self, caller: Caller) -> None:
        if caller.counted and (seconds := self._limits.wait(caller.counted)):
            raise _too_many(caller, seconds)

    def _new_key_holder(self, key: ApiKey) -> tuple[Caller, float]:
        """Return the caller with a key, and the time (Unix) at which the key expires."""
        return Caller(key.name, self._limits.of_key(key)), key.ends

    def _new_anonymous(self, address: str) -> Caller:
        return Caller(None, self._limits.of_networks(networks_of(address)))


def access_of(settings: Settings, metrics: Metrics) -> Access | None:
    """Return the access control, None if neither keys nor limits are configured.

    Raise ConfigError for an invalid setting.
    """
    if not settings.api_keys and not settings.rate_limit:
        return None
    from . import rate_limits  # imports the library limits: only if configured

    limits = rate_limits.RateLimits(
        rate_limits.parse(settings.rate_limit),
        rate_limits.open_counts(settings.rate_limit_storage),
        metrics.count_not_rate_limited,
    )
    if not settings.api_keys:
        return Access(limits)
    path = Path(settings.api_keys)
    return Access(limits, KeyRing(path, check=rate_limits.limits_of), KeyUses(path))


def guarded(wsgi: Wsgi, access: Access, origins: Origins) -> Wsgi:
    """Return the application behind access control, for servers other than ours.

    Our server calls access itself, before it reads a body, and sets CALLER in the environ.
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
            negotiated, body = plain_problem(
                refused.status, refused.detail, environ[REQUEST_ID], environ
            )
            headers = [
                *negotiated,
                ("Content-Length", str(len(body))),
                *refused.headers.items(),
                *origins.headers(environ.get("HTTP_ORIGIN", "")),
            ]
            start_response(f"{refused.status} {phrase(refused.status)}", headers)
            return (body,)
        environ[CALLER], environ[KEY] = caller, caller.key
        return wsgi(environ, start_response)

    return answer


def _sent_key(authorization: str) -> str:
    """Return the key in the header, "" if there is none; a key in the URL does not count."""
    scheme, _, secret = authorization.partition(" ")
    return secret.strip() if scheme.lower() == SCHEME.lower() else ""


def _no_key(sent: bool, key: ApiKey | None) -> Refused:
    if key is not None:
        detail = f"the API key expired at the end of {key.expires} (UTC): ask for a new one"
    elif sent:
        detail = "invalid or revoked API key: create one with 'gender-detection keys create NAME'"
    else:
        detail = f"API key required: send it as 'Authorization: {SCHEME} KEY'"
    return Refused(401, detail, headers={"WWW-Authenticate": INVALID if sent else CHALLENGE})


def _too_many(caller: Caller, seconds: int) -> Refused:
    refused = Refused(
        429,
        f"rate limit exceeded: try again in {seconds} s",
        headers={"Retry-After": str(seconds)},
    )
    refused.caller = caller
    return refused


def _above_limit(caller: Caller, max_names: int) -> Refused:
    refused = Refused(
        429,
        f"more names than the rate limit allows in one request: send at most {max_names} names, or "
        "ask for a higher limit",
    )
    refused.caller = caller
    return refused
