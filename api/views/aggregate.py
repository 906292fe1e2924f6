"""POST /aggregate: estimate the share of women in groups of people."""

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

from ..http.bodies import TableBody, json_body, table_body
from ..http.parsing import Shape, at_most, located, missing_names, parse_request
from ..http.problems import Fault
from ..http.queries import QueryOptions, invalid_option, options_of
from ..http.schemas import (
    CSV,
    JSON,
    MAX_INSTANCES,
    AggregateAnswer,
    AggregateOptions,
    AggregateRequest,
    GroupedPersonRequest,
)
from ..http.table_options import TableReading
from ..metrics.definitions import AGGREGATE_ROUTE
from ..metrics.recorder import Metrics
from ..metrics.table_counts import TableCounts
from ..security.access import NOBODY, Access
from ..served_model import ServedModel
from ..utils import country_warnings, model_info, people_in, with_options
from .predict_table import charge_rows, started

EXAMPLE = '{"instances": [{"name": "Maria Rossi", "group": {"year": 2020}}, …], "by": ["year"]}'


def add_aggregate_route(
    app: Flask,
    metrics: Metrics,
    models: ServedModel,
    settings: Settings,
    access: Access | None,
) -> None:
    """Add POST /aggregate to the application."""

    @app.post("/aggregate")
    def answer_aggregate() -> Response:
        if request.mimetype == CSV:
            return _answer_table(models.model(), settings.max_table_bytes, metrics, access)
        body = json_body(request.environ, settings.max_body_bytes, also=(CSV,))
        parsed = parse_request(body, AGGREGATE, settings.max_instances)
        if request.query_string:
            parsed = with_options(parsed, _options())
        model = models.model()
        if access is not None:
            access.charge(request.environ.get(CALLER, NOBODY), len(parsed.instances))
        started = time.perf_counter()
        people = people_in(parsed.instances, parsed.country)
        family_name_first = bool(parsed.family_name_first)
        predictions = model.predict(
            people, threshold=parsed.threshold, family_name_first=family_name_first
        )
        seconds = time.perf_counter() - started
        row = metrics.row_of(model, parsed.threshold)
        metrics.count_predictions(AGGREGATE_ROUTE, predictions, seconds, row)
        counts = GroupCounts(parsed.by, model.parameters.base_share)
        counts.add_predictions(_groups(parsed, people, predictions), predictions)
        answer = _encoded(counts, model, parsed.threshold, country_warnings(people))
        return Response(answer, content_type=JSON)


def _answer_table(
    model: Model, max_bytes: int, metrics: Metrics, access: Access | None
) -> Response:
    """Return the answer to the request's table.

    Raise Problem if the request or the first block of the table is invalid, or has more rows than
    the caller may send. A later error breaks off the transfer.
    """
    options = _options(of_table=True)
    by = options.pop("by", [])
    reading = TableReading.taken_from(options)
    row = metrics.row_of(model, options.get("threshold"))
    table_counts = TableCounts(metrics, AGGREGATE_ROUTE, row)
    body = table_body(max_bytes)
    charge_rows(body, reading, access)
    parts = started(_parts(body, reading, model, by, options, table_counts))
    return Response(parts, headers=table_counts.reading(), content_type=JSON)


def _options(*, of_table: bool = False) -> QueryOptions:
    """Return the options in the query, by as a list; raise Problem 422 for an invalid one."""
    options = options_of(AggregateOptions, of_table=of_table)
    if "by" in options:
        try:
            options["by"] = grouped_by(options["by"] or '""')
        except InvalidInput as err:
            raise invalid_option("by", str(err)) from err
    return options


def _parts(
    body: TableBody,
    reading: TableReading,
    model: Model,
    by: list[str],
    options: QueryOptions,
    table_counts: TableCounts,
) -> Iterator[bytes]:
    """Yield white space, with which JSON may begin, after each block of rows, then the answer.

    Between two parts the server handles other requests, and checks whether the client is still
    connected.
    """
    counts = GroupCounts(by, model.parameters.base_share, max_groups=MAX_INSTANCES)
    opened = reading.opened(body)
    table_counts.notes = opened.notes
    table = opened.read_csv()
    table_counts.columns = columns = reading.columns(table.columns)
    on_answers = table_counts.count
    for answers in count_table(counts, table, model, columns, on_answers=on_answers, **options):
        table_counts.answers(answers)
        yield b"\n"
    table_counts.end()
    yield _encoded(counts, model, options.get("threshold"), counts.countries.warnings())


def _encoded(
    counts: GroupCounts, model: Model, threshold: float | None, warnings: list[CountryWarning]
) -> bytes:
    groups, total = summarise(counts)
    info = model_info(model, threshold)
    return msgspec.json.encode(AggregateAnswer(groups, total, info, warnings or msgspec.UNSET))


def _groups(
    parsed: AggregateRequest, people: Sequence[Person], predictions: Sequence[Prediction]
) -> Iterator[list[Value]]:
    """Yield the values that each instance is grouped by."""
    for item, person, prediction in zip(parsed.instances, people, predictions, strict=True):
        members = item.group if isinstance(item, GroupedPersonRequest) else {}
        # An unknown country is a group of its own.
        country = prediction.country or _as_sent(person.country)
        yield [country if name == COUNTRY else _whole(members.get(name)) for name in parsed.by]


def _as_sent(country: str | None) -> str | None:
    return None if country is None or is_missing(country) else country.strip()


def _whole(value: Value | float) -> Value:
    # 2020.0 and 2020 are the same number in JSON.
    return int(value) if isinstance(value, float) else value


def _faults(body: bytes, parsed: AggregateRequest) -> list[Fault]:
    """Return the duplicates in by, or else the persons without a name."""
    duplicates = (
        located(f"/by/{index}", "duplicate: give each column once")
        for index, name in enumerate(parsed.by)
        if name in parsed.by[:index]
    )
    return at_most(duplicates) or missing_names(body, parsed.instances)


AGGREGATE = Shape(AggregateRequest, GroupedPersonRequest, EXAMPLE, _faults)
