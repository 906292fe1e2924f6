"""A Flask app with empty routes behind the project's server: the least that a request costs.

    python -m benchmarks.bench.empty_route

serves it as `gender-detection serve` serves the API, with the same settings.
"""

import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from flask import Flask, Response

from gender_detection.config import Settings
from gender_detection.serving.application import Admitted, Application, Headers, Refusal
from gender_detection.serving.server import serve

NOTHING = b'{"answer":null}'


def check(_: Settings) -> None:
    """Accept all settings."""


def shared_state(_: Settings) -> Any:
    """Return shared state that counts nothing."""
    return SimpleNamespace(tick=lambda: None, record_exit=lambda *exited: None)


def application(_: Settings, shared: Any, slot: int) -> Application:
    """Return the app as gender_detection.serving expects it."""
    app = Flask(__name__, static_folder=None)

    @app.post("/predict")
    @app.get("/readyz")
    def answer() -> Response:
        return Response(NOTHING, content_type="application/json")

    return Application(
        wsgi=app.wsgi_app,
        admit=lambda method, path, authorization, address: Admitted(),
        too_long=lambda is_table: Refusal(413, "too long"),
        problem=_problem,
        refused=lambda method, status, cause: None,
        in_flight=lambda change: None,
        always=frozenset(),
        tables=frozenset(),
    )


def _problem(refusal: Refusal, environ: Mapping[str, Any]) -> tuple[Headers, bytes]:
    return [("Content-Type", "application/json")], NOTHING


if __name__ == "__main__":
    sys.exit(serve(Settings.from_env(), sys.modules[__name__]))
