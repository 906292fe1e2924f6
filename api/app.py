"""The Flask application: create_app() takes what it needs; serving_app() is what a server runs."""

from pathlib import Path

import msgspec
from flask import Flask, Response, request
from prometheus_client import CollectorRegistry

from gender_detection.config import Settings, registered_model
from gender_detection.model import Model
from gender_detection.model_sync import challenger_dir
from gender_detection.serving.environ import Wsgi

from .http.problems import handle_problems
from .http.schemas import JSON, Ready
from .metrics.model_metrics import ModelMetrics
from .metrics.recorder import Metrics
from .metrics.shared_state import SharedState
from .metrics.sync_metrics import ChallengerMetrics, SyncMetrics
from .middleware import observe_requests
from .security.access import Access, access_of, guarded
from .security.cors import Origins, parse_origins
from .served_model import ServedModel
from .shadow import Shadow
from .spec.docs_page import docs
from .utils import model_answer, model_info
from .views.aggregate import add_aggregate_route
from .views.index import add_index_routes
from .views.predict import add_predict_route

METRICS = "gender_detection_metrics"
# (access, origins), which the server asks before it reads a body; access is None if all may call.
ACCESS = "gender_detection_access"
MODELS = "gender_detection_models"
# None without a shadow_share.
SHADOW = "gender_detection_shadow"


def serving_app(
    settings: Settings | None = None, shared: SharedState | None = None, slot: int = 0
) -> Flask:
    """Return the app that a server runs, with the model to serve if there is one.

    settings come from the environment by default (raises ConfigError). Without a usable model the
    app still answers; /readyz and /predict say what is missing. A thread checks for another model
    every second. shared is the memory that the worker processes share, slot this one's row in it.
    """
    settings = Settings.from_env() if settings is None else settings
    models = ServedModel(settings)
    app = create_app(settings, models, shared=shared, slot=slot)
    models.watch()
    if (shadow := app.extensions[SHADOW]) is not None:
        shadow.start()
    return app


def create_app(
    settings: Settings,
    models: ServedModel | Model | None = None,
    registry: CollectorRegistry | None = None,
    shared: SharedState | None = None,
    slot: int = 0,
) -> Flask:
    """Return the application for the model in service, or for one fixed model.

    registry is where the metrics are registered, by default a new one. shared is the memory in
    which several processes count together, slot this one's row in it.
    """
    if not isinstance(models, ServedModel):
        models = ServedModel(settings, models)
    app = Flask(__name__, static_folder=None)
    # One byte above the limit: werkzeug silently cuts off a chunked body at its limit, and the
    # extra byte shows that the body was too long.
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes + 1
    metrics = Metrics(CollectorRegistry() if registry is None else registry, shared, slot)
    metrics.expose(ModelMetrics(metrics.shared, models.model_or_none))
    app.extensions[METRICS] = metrics
    app.extensions[MODELS] = models
    models.report_to(metrics)
    if registered_model(settings.model_uri):
        metrics.expose(SyncMetrics(Path(settings.model_dir), settings.auto_rollback))
    shadow = app.extensions[SHADOW] = _shadow_of(settings, metrics)

    access = access_of(settings, metrics)
    _add_middleware(app, metrics, settings, access)
    _add_service_routes(app, metrics)
    add_index_routes(app, metrics, models, settings, access)
    _add_model_routes(app, models)
    app.register_blueprint(docs())
    add_predict_route(app, metrics, models, settings, access, shadow)
    add_aggregate_route(app, metrics, models, settings, access)
    handle_problems(app)
    return app


def _shadow_of(settings: Settings, metrics: Metrics) -> Shadow | None:
    """Return what asks the challenger as well; None without a share of the requests."""
    if not settings.shadow_share:
        return None
    metrics.expose(ChallengerMetrics(challenger_dir(Path(settings.model_dir))))
    return Shadow(settings, metrics)


def _add_middleware(
    app: Flask, metrics: Metrics, settings: Settings, access: Access | None
) -> None:
    """Wrap the app in what applies to every request."""
    wsgi: Wsgi = app.wsgi_app
    origins = Origins(parse_origins(settings.cors_origins))
    origins.allow(app)
    if access is not None:
        wsgi = guarded(wsgi, access, origins)
    app.wsgi_app = observe_requests(wsgi, metrics)  # type: ignore[method-assign,assignment]
    app.extensions[ACCESS] = access, origins


def _add_service_routes(app: Flask, metrics: Metrics) -> None:
    @app.get("/healthz")
    def healthz() -> Response:
        return _json({"status": "alive"})

    @app.get("/metrics")
    def show_metrics() -> Response:
        body, content_type = metrics.exposition(request.headers.get("Accept", ""))
        return Response(body, content_type=content_type)


def _add_model_routes(app: Flask, models: ServedModel) -> None:
    @app.get("/readyz")
    def readyz() -> Response:
        return _json(Ready(model_info(models.model())))

    @app.get("/model")
    def show_model() -> Response:
        loaded = models.loaded()
        return _json(model_answer(loaded.model, loaded.loaded_at))


def _json(document: object) -> Response:
    return Response(msgspec.json.encode(document), content_type=JSON)
