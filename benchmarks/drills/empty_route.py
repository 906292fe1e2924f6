"""A Flask app of empty routes behind our own server: what a request costs at the least.

    python benchmarks/drills/empty_route.py

serves it as `gender-detection serve` serves the API, with the same settings.
"""

import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from flask import Flask, Response

from gender_detection import serving
from gender_detection.config import Settings
from gender_detection.serving.application import Admitted, Application, Headers, Refusal

NOTHING = b'{"answer":null}'


def check(_: Settings) -> None:
    """Find nothing wrong with the settings."""


def numbers(_: Settings) -> Any:
    """Return what counts nothing."""
    return SimpleNamespace(tick=lambda: None, record_exit=lambda *death: None)


def application(_: Settings, shared: Any, place: int) -> Application:
    """Return the app, as gender_detection.serving asks for it."""
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
    serving.API = "empty_route"
    sys.exit(serving.serve(Settings.from_env()))
