"""POST /predict: the gender of one person, of a list of people, or of the rows of a table."""

import time
from collections.abc import Callable

from flask import Flask, Response, request

from gender_detection.config import Settings
from gender_detection.model import Model, Prediction
from gender_detection.serving.environ import CALLER
from gender_detection.telemetry.shared_metrics import MetricsRow

from ..http.bodies import json_body, media_type
from ..http.parsing import PREDICT, parse_request
from ..http.queries import QueryOptions, options_of
from ..http.schemas import JSON, TABLES, PredictOptions, PredictRequest
from ..metrics.definitions import PREDICT_ROUTE
from ..metrics.recorder import Metrics
from ..security.access import NOBODY, Access, Caller
from ..served_model import ServedModel
from ..shadow import Shadow
from ..utils import (
    answer_many,
    encode_answer,
    encode_explained,
    explain,
    instances_of,
    people_in,
    predict,
    with_options,
)
from .predict_table import predict_table

# Answers a JSON body of a caller, with the options of a query.
JsonAnswerer = Callable[[bytes, QueryOptions | None, Caller], bytes]


def json_answerer(
    metrics: Metrics,
    models: ServedModel,
    settings: Settings,
    access: Access | None,
    shadow: Shadow | None = None,
) -> JsonAnswerer:
    """Return what answers the JSON bodies of POST /predict, and offers the answers to a shadow."""

    def answer_json(body: bytes, options: QueryOptions | None, caller: Caller) -> bytes:
        """Return the JSON answer to a JSON body.

        options apply where the body does not set them. Raise Problem if the body is invalid or has
        more names than the caller may send. Metrics are counted last: a request that fails is not
        counted, and the caller may send it again.
        """
        parsed = parse_request(body, PREDICT, settings.max_instances)
        if options:
            parsed = with_options(parsed, options)
        model = models.model()
        if access is not None:
            access.charge(caller, len(parsed.instances or ()))
        if parsed.explain:
            return _answer_explained(metrics, model, parsed, shadow)
        answer = _answer_one if parsed.instances is None else _answer_many
        return answer(metrics, model, parsed, shadow)

    return answer_json


def add_predict_route(
    app: Flask,
    metrics: Metrics,
    models: ServedModel,
    settings: Settings,
    access: Access | None,
    shadow: Shadow | None = None,
) -> None:
    """Add POST /predict to the application."""
    answer_json = json_answerer(metrics, models, settings, access, shadow)

    @app.post("/predict")
    def answer_predict() -> Response:
        # Read once: each access through Flask's proxy takes as long as parsing a name.
        environ = request.environ
        if media_type(environ) in TABLES:
            return predict_table(models.model(), settings.max_table_bytes, metrics, access)
        body = json_body(environ, settings.max_body_bytes, also=TABLES)
        options = options_of(PredictOptions) if environ.get("QUERY_STRING") else None
        caller = environ.get(CALLER, NOBODY)
        return Response(answer_json(body, options, caller), content_type=JSON)


def _answer_one(
    metrics: Metrics, model: Model, parsed: PredictRequest, shadow: Shadow | None
) -> bytes:
    started = time.perf_counter()
    prediction = predict(model, parsed)
    seconds = time.perf_counter() - started
    encoded = encode_answer(model, parsed, prediction)
    metrics.count_predictions(PREDICT_ROUTE, [prediction], seconds, _row(metrics, model, parsed))
    if shadow is not None:
        shadow.offer(model, parsed, [parsed], [prediction])
    return encoded


def _answer_many(
    metrics: Metrics, model: Model, parsed: PredictRequest, shadow: Shadow | None
) -> bytes:
    started = time.perf_counter()
    people = instances_of(parsed)
    encoded, codes = answer_many(model, parsed, people)
    seconds = time.perf_counter() - started
    threshold = model.threshold if parsed.threshold is None else parsed.threshold

    def predictions_at(indices: list[int]) -> list[Prediction]:
        chosen = people_in([people[index] for index in indices], parsed.country)
        return model.predict(chosen, family_name_first=bool(parsed.family_name_first))

    row = _row(metrics, model, parsed)
    metrics.count_many(PREDICT_ROUTE, codes, threshold, predictions_at, seconds, row)
    if shadow is not None:
        shadow.offer(model, parsed, people, codes)
    return encoded


def _answer_explained(
    metrics: Metrics, model: Model, parsed: PredictRequest, shadow: Shadow | None
) -> bytes:
    started = time.perf_counter()
    predictions = explain(model, parsed)
    seconds = time.perf_counter() - started
    encoded = encode_explained(model, parsed, predictions)
    metrics.count_predictions(PREDICT_ROUTE, predictions, seconds, _row(metrics, model, parsed))
    if shadow is not None:
        people = [parsed] if parsed.instances is None else instances_of(parsed)
        shadow.offer(model, parsed, people, predictions)
    return encoded


def _row(metrics: Metrics, model: Model, parsed: PredictRequest) -> MetricsRow:
    """Return the row that counts the answers to a request."""
    return metrics.row_of(model, parsed.threshold, parsed.female_share)
