"""The Flask application: create_app() takes what it needs; serving_app() is what a server runs."""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from flask import Flask, Response, request
from prometheus_client import CollectorRegistry

from gender_detection.config import Settings, registered_model
from gender_detection.model import Model, Prediction
from gender_detection.serving.environ import CALLER, Wsgi

from .http.bodies import json_body, media_type
from .http.parsing import PREDICT, parse_request
from .http.problems import handle_problems
from .http.queries import QueryOptions, options_of
from .http.schemas import JSON, TABLES, PredictOptions, PredictRequest, Ready
from .metrics.definitions import PREDICT_ROUTE
from .metrics.model_metrics import ModelMetrics
from .metrics.recorder import Metrics
from .metrics.shared_state import SharedState
from .metrics.sync_metrics import FollowerMetrics
from .middleware import observe_requests
from .security.access import NOBODY, Access, Caller, access_of, guarded
from .security.cors import Origins, parse_origins
from .served_model import ServedModel
from .spec.docs_page import docs
from .spec.routes import listing
from .utils import (
    answer_many,
    encode_answer,
    instances_of,
    model_answer,
    model_info,
    people_in,
    predict,
    with_options,
)
from .views.aggregate import add_aggregate_route
from .views.predict_table import predict_table

METRICS = "gender_detection_metrics"
# What the server asks before it lets anybody in: access, None where all may, and origins.
DOOR = "gender_detection_door"
MODELS = "gender_detection_models"


def serving_app(
    settings: Settings | None = None, shared: SharedState | None = None, slot: int = 0
) -> Flask:
    """Return the app that a server runs, with the model to be served if there is one.

    Settings come from the environment unless given (raises ConfigError). Without a usable model
    the app still answers, and says in /readyz and /predict what is missing. A thread looks for
    another model every second. shared are those that it shares with others, at its slot.
    """
    settings = Settings.from_env() if settings is None else settings
    models = ServedModel(settings)
    app = create_app(settings, models, shared=shared, slot=slot)
    models.watch()
    return app


def create_app(
    settings: Settings,
    models: ServedModel | Model | None = None,
    registry: CollectorRegistry | None = None,
    shared: SharedState | None = None,
    slot: int = 0,
) -> Flask:
    """Return the application around the model in service, of which a model alone makes one.

    registry takes the app's metrics, by default one of its own; shared are what it counts in, at
    its slot, where several processes count together.
    """
    if not isinstance(models, ServedModel):
        models = ServedModel(settings, models)
    app = Flask(__name__, static_folder=None)
    # One more than allowed: werkzeug cuts a chunked body off at the limit without a word, and
    # the byte too many is what tells such a body from one that just fits.
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes + 1
    metrics = Metrics(CollectorRegistry() if registry is None else registry, shared, slot)
    metrics.expose(ModelMetrics(metrics.shared, models.now))
    app.extensions[METRICS] = metrics
    app.extensions[MODELS] = models
    models.report_to(metrics)
    if registered_model(settings.model_uri):
        metrics.expose(FollowerMetrics(Path(settings.model_dir)))

    access = access_of(settings, metrics)
    answer = _answering(metrics, models, settings, access)
    _put_in_front(app, metrics, settings, access)
    _add_service_routes(app, metrics)
    _add_model_routes(app, models)
    app.register_blueprint(docs())
    _add_predict_route(app, answer, metrics, models, settings, access)
    add_aggregate_route(app, metrics, models, settings, access)
    handle_problems(app)
    return app


def _put_in_front(app: Flask, metrics: Metrics, settings: Settings, access: Access | None) -> None:
    """Put before the app's routes what every request goes through."""
    wsgi: Wsgi = app.wsgi_app
    origins = Origins(parse_origins(settings.cors_origins))
    origins.allow(app)
    if access is not None:
        wsgi = guarded(wsgi, access, origins)
    app.wsgi_app = observe_requests(wsgi, metrics)  # type: ignore[method-assign,assignment]
    app.extensions[DOOR] = access, origins


def _answering(
    metrics: Metrics, models: ServedModel, settings: Settings, access: Access | None
) -> Callable[..., bytes]:
    def answer(body: bytes, options: QueryOptions | None = None, caller: Caller = NOBODY) -> bytes:
        """Return the JSON that answers a body of JSON; raise Problem for what is wrong with it, and
        where the caller may not ask for so many names.

        options hold where the body says nothing. What the metrics count comes last: what fails is
        not counted, and may be asked again.
        """
        asked = parse_request(body, PREDICT, settings.max_instances)
        if options:
            asked = with_options(asked, options)
        model = models.model()
        if access is not None:
            access.charge(caller, len(asked.instances or ()))
        if asked.instances is not None:
            return _answer_many(metrics, model, asked)
        started = time.perf_counter()
        prediction = predict(model, asked)
        seconds = time.perf_counter() - started
        encoded = encode_answer(model, asked, prediction)
        metrics.count_predictions(PREDICT_ROUTE, [prediction], seconds)
        return encoded

    return answer


def _answer_many(metrics: Metrics, model: Model, asked: PredictRequest) -> bytes:
    started = time.perf_counter()
    people = instances_of(asked)
    encoded, codes = answer_many(model, asked, people)
    seconds = time.perf_counter() - started
    threshold = model.threshold if asked.threshold is None else asked.threshold

    def look(places: list[int]) -> list[Prediction]:
        return model.predict(people_in([people[at] for at in places], asked.country))

    metrics.count_many(PREDICT_ROUTE, codes, threshold, look, seconds)
    return encoded


def _add_predict_route(
    app: Flask,
    answer: Callable[..., bytes],
    metrics: Metrics,
    models: ServedModel,
    settings: Settings,
    access: Access | None,
) -> None:
    @app.post("/predict")
    def answer_predict() -> Response:
        # Asked for once: each look through Flask's stand-in costs as much as to read a name.
        environ = request.environ
        if media_type(environ) in TABLES:
            return predict_table(models.model(), settings.max_table_bytes, metrics, access)
        body = json_body(environ, settings.max_body_bytes, beside=TABLES)
        options = options_of(PredictOptions) if environ.get("QUERY_STRING") else None
        caller = environ.get(CALLER, NOBODY)
        return Response(answer(body, options, caller), content_type=JSON)


def _add_service_routes(app: Flask, metrics: Metrics) -> None:
    @app.get("/")
    def index() -> Response:
        return _json({"service": "gender-detection", "routes": listing()})

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
        loaded = models.present()
        return _json(model_answer(loaded.model, loaded.at))


def _json(document: object) -> Response:
    return Response(msgspec.json.encode(document), content_type=JSON)
