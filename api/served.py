"""The application as gender_detection.serving runs it."""

import uuid

from gender_detection.config import Settings
from gender_detection.scoring.without_pandas import leave_pandas_out
from gender_detection.serving.application import Application, Headers

from .access import check_access
from .app import METRICS, serving_app
from .many import make_shared
from .numbers import Numbers
from .problems import sane_request_id, standalone_problem

# Who asks these decides what becomes of the server; they cost next to nothing.
ALWAYS_ANSWERED = frozenset({"/healthz", "/readyz", "/metrics"})
TABLES = frozenset({"text/csv", "application/vnd.apache.arrow.stream"})


def check(settings: Settings) -> None:
    """Raise ConfigError, before any worker starts, where a setting cannot be used.

    What answers are put together from is made here too: workers share it, and need not make it.
    """
    leave_pandas_out()
    check_access(settings)
    make_shared()


def numbers(settings: Settings) -> Numbers:
    """Return the memory that the workers are to share; make it before them."""
    return Numbers(settings.workers, settings.drift_seconds)


def application(settings: Settings, shared: Numbers, place: int) -> Application:
    """Return the app of a worker, in its place, with what the server needs to speak in its name."""
    leave_pandas_out()
    app = serving_app(settings, shared, place)
    metrics = app.extensions[METRICS]

    def problem(status: int, detail: str, asked_id: str) -> tuple[Headers, bytes]:
        return standalone_problem(status, detail, sane_request_id(asked_id) or uuid.uuid4().hex)

    return Application(
        wsgi=app.wsgi_app,
        problem=problem,
        refused=metrics.count_refusal,
        in_flight=metrics.count_in_flight,
        always=ALWAYS_ANSWERED,
        tables=TABLES,
    )
