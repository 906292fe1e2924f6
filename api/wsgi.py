"""The application as gender_detection.serving runs it."""

import uuid
from collections.abc import Mapping
from typing import Any

from gender_detection.config import Settings
from gender_detection.rollback import check_settings
from gender_detection.scoring.without_pandas import leave_pandas_out
from gender_detection.serving.application import Admitted, Application, Headers, Refusal

from .app import ACCESS, METRICS, serving_app
from .http.problems import body_too_long, standalone_problem, table_too_long, valid_request_id
from .http.schemas import TABLES
from .metrics.promotion_watch import WatchedState
from .metrics.shared_state import SharedState
from .security.access import NOBODY, Refused, check_access
from .spec.routes import ROUTES

# Answered even above capacity: orchestrators act on the result, and an answer costs little.
ALWAYS_ANSWERED = frozenset(route.path for route in ROUTES if route.is_probe)
# For servers without keys and limits.
LET_IN = Admitted(caller=NOBODY)


def check(settings: Settings) -> None:
    """Raise ConfigError for an invalid setting, before any worker starts.

    Also loads what all workers need, so that they share its memory.
    """
    leave_pandas_out()
    check_settings(settings)
    check_access(settings)


def shared_state(settings: Settings) -> SharedState:
    """Return the memory that the workers share; call it before they start."""
    if settings.auto_rollback:
        return WatchedState(settings)
    return SharedState(settings.workers, settings.drift_seconds)


def application(settings: Settings, shared: SharedState, slot: int) -> Application:
    """Return the app of the worker in a slot, with what the server needs to refuse requests."""
    leave_pandas_out()
    app = serving_app(settings, shared, slot)
    metrics = app.extensions[METRICS]
    access, origins = app.extensions[ACCESS]

    def admit(method: str, path: str, authorization: str, address: str) -> Admitted | Refusal:
        if access is None:
            return LET_IN
        try:
            caller = access.admit(method, path, authorization, address)
        except Refused as refused:
            headers = list(refused.headers.items())
            return Refusal(refused.status, refused.detail, headers, refused.caller.key or "")
        return Admitted(caller.key or "", caller, may_send=caller is not NOBODY)

    def problem(refusal: Refusal, environ: Mapping[str, Any]) -> tuple[Headers, bytes]:
        request_id = valid_request_id(environ.get("HTTP_X_REQUEST_ID", "")) or uuid.uuid4().hex
        headers, body = standalone_problem(refusal.status, refusal.detail, request_id, environ)
        return [*headers, *origins.headers(environ.get("HTTP_ORIGIN", ""))], body

    def too_long(is_table: bool) -> Refusal:
        if is_table:
            return Refusal(413, table_too_long(settings.max_table_bytes))
        return Refusal(413, body_too_long(settings.max_body_bytes))

    return Application(
        wsgi=app.wsgi_app,
        admit=admit,
        too_long=too_long,
        problem=problem,
        refused=metrics.count_refusal,
        in_flight=metrics.count_in_flight,
        always=ALWAYS_ANSWERED,
        tables=frozenset(TABLES),
    )
