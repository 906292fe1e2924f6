"""POST /aggregate: the share of women in groups of people."""

import time
from collections.abc import Iterator, Sequence

import msgspec
from flask import Flask, Response, request

from gender_detection.aggregation import (
    COUNTRY,
    GroupCounts,
    Value,
    count_table,
    grouped_by,
    summarise,
)
from gender_detection.config import Settings
from gender_detection.countries.report import CountryWarning
from gender_detection.errors import InvalidInput
from gender_detection.missing import is_missing
from gender_detection.model import Model, Person, Prediction
from gender_detection.serving.environ import CALLER
from gender_detection.tables import ByteStream, find_columns, read_csv

from ..http.bodies import json_body, table_body
from ..http.parsing import Shape, at_most, located, missing_names, parse_request
from ..http.problems import Fault
from ..http.queries import QueryOptions, invalid_option, options_of
from ..http.schemas import (
    CSV,
    MAX_INSTANCES,
    AggregateAnswer,
    AggregateOptions,
    AggregateRequest,
    GroupedPersonRequest,
)
from ..metrics.definitions import AGGREGATE_ROUTE
from ..metrics.recorder import Metrics
from ..metrics.table_counts import TableCounts
from ..security.access import NOBODY, Access
from ..served_model import ServedModel
from ..spec.routes import JSON
from ..utils import country_warnings, model_info, people_in, with_options
from .predict_table import begun, charge_rows

EXAMPLE = '{"instances": [{"name": "Maria Rossi", "group": {"year": 2020}}, …], "by": ["year"]}'


def add_aggregate_route(
    app: Flask,
    metrics: Metrics,
    models: ServedModel,
    settings: Settings,
    access: Access | None,
) -> None:
    """Let the application answer POST /aggregate."""

    @app.post("/aggregate")
    def answer_aggregate() -> Response:
        if request.mimetype == CSV:
            return _answer_table(models.model(), settings.max_table_bytes, metrics, access)
        body = json_body(request.environ, settings.max_body_bytes, beside=(CSV,))
        asked = parse_request(body, AGGREGATE, settings.max_instances)
        if request.query_string:
            asked = with_options(asked, _options())
        model = models.model()
        if access is not None:
            access.charge(request.environ.get(CALLER, NOBODY), len(asked.instances))
        started = time.perf_counter()
        people = people_in(asked.instances, asked.country)
        predictions = model.predict(people, threshold=asked.threshold)
        metrics.count_predictions(AGGREGATE_ROUTE, predictions, time.perf_counter() - started)
        tally = GroupCounts(asked.by, model.parameters.base_share)
        tally.add_predictions(_groups(asked, people, predictions), predictions)
        told = _encoded(tally, model, asked.threshold, country_warnings(people))
        return Response(told, content_type=JSON)


def _answer_table(
    model: Model, max_bytes: int, metrics: Metrics, access: Access | None
) -> Response:
    """Return the answer to the request's table; raise Problem for what is wrong with the request or
    with the first block of the table, and where the caller may not ask for so many rows. A fault
    after that breaks the transfer off.
    """
    options = _options()
    by = options.pop("by", [])
    counts = TableCounts(metrics, AGGREGATE_ROUTE)
    body = table_body(max_bytes)
    charge_rows(body, access)
    parts = _parts(body, model, by, options, counts)
    return Response(begun(parts), content_type=JSON)


def _options() -> QueryOptions:
    """Return what the query says, by as a list; raise Problem 422 that names the one at fault."""
    options = options_of(AggregateOptions)
    if "by" in options:
        try:
            options["by"] = grouped_by(options["by"] or '""')
        except InvalidInput as err:
            raise invalid_option("by", str(err)) from err
    return options


def _parts(
    body: ByteStream, model: Model, by: list[str], options: QueryOptions, counts: TableCounts
) -> Iterator[bytes]:
    """Yield white space, which JSON may begin with, after each block of rows, and the answer.

    Between two parts the server sees to others, and to whether anybody still waits for this.
    """
    tally = GroupCounts(by, model.parameters.base_share, max_groups=MAX_INSTANCES)
    table = read_csv(body)
    columns = find_columns(table.columns)
    for answers in count_table(tally, table, model, columns, on_answers=counts.count, **options):
        counts.answers(answers)
        yield b"\n"
    counts.end()
    yield _encoded(tally, model, options.get("threshold"), tally.countries.warnings())


def _encoded(
    tally: GroupCounts, model: Model, threshold: float | None, warnings: list[CountryWarning]
) -> bytes:
    groups, total = summarise(tally)
    info = model_info(model, threshold)
    return msgspec.json.encode(AggregateAnswer(groups, total, info, warnings or msgspec.UNSET))


def _groups(
    asked: AggregateRequest, people: Sequence[Person], predictions: Sequence[Prediction]
) -> Iterator[list[Value]]:
    """Yield the values that each instance is grouped by."""
    for item, person, prediction in zip(asked.instances, people, predictions, strict=True):
        members = item.group if isinstance(item, GroupedPersonRequest) else {}
        # One that is not understood is a group of its own.
        country = prediction.country or _written(person.country)
        yield [country if name == COUNTRY else _whole(members.get(name)) for name in asked.by]


def _written(country: str | None) -> str | None:
    return None if country is None or is_missing(country) else country.strip()


def _whole(value: Value | float) -> Value:
    # 2020.0 and 2020 are one number to JSON.
    return int(value) if isinstance(value, float) else value


def _faults(body: bytes, asked: AggregateRequest) -> list[Fault]:
    """Return the names that stand in by twice, or else the persons without a name."""
    twice = (
        located(f"/by/{at}", "the name stands there more than once")
        for at, name in enumerate(asked.by)
        if name in asked.by[:at]
    )
    return at_most(twice) or missing_names(body, asked.instances)


AGGREGATE = Shape(AggregateRequest, GroupedPersonRequest, EXAMPLE, _faults)
