"""The application as gender_detection.serving runs it."""

import uuid

from gender_detection.config import Settings
from gender_detection.scoring.without_pandas import leave_pandas_out
from gender_detection.serving.application import Application, Headers

from .access import check_access
from .app import METRICS, serving_app
from .problems import sane_request_id, standalone_problem

# Who asks these decides what becomes of the server; they cost next to nothing.
ALWAYS_ANSWERED = frozenset({"/healthz", "/readyz", "/metrics"})
TABLES = frozenset({"text/csv", "application/vnd.apache.arrow.stream"})


def check(settings: Settings) -> None:
    """Raise ConfigError, before any worker starts, where a setting cannot be used."""
    check_access(settings)


def application(settings: Settings) -> Application:
    """Return the app with what the server needs to speak in its name."""
    leave_pandas_out()
    app = serving_app(settings)
    metrics = app.extensions[METRICS]

    def problem(status: int, detail: str, asked_id: str) -> tuple[Headers, bytes]:
        return standalone_problem(status, detail, sane_request_id(asked_id) or uuid.uuid4().hex)

    return Application(
        wsgi=app.wsgi_app,
        problem=problem,
        refused=metrics.count_refusal,
        always=ALWAYS_ANSWERED,
        tables=TABLES,
    )
