"""GET /: the list of routes, or the page for browsers, whose form POST / answers."""

import re
from collections.abc import Mapping
from functools import partial
from urllib.parse import parse_qsl

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from gender_detection.config import Settings
from gender_detection.model import artifact
from gender_detection.serving.environ import CALLER

from ..http.bodies import form_body
from ..http.headers import POLICY
from ..http.parsing import invalid, located
from ..http.problems import Problem
from ..http.schemas import HTML, JSON
from ..metrics.recorder import Metrics
from ..page import rendering
from ..security.access import NOBODY, Access
from ..served_model import ServedModel
from ..spec.routes import ICON, ICON_TYPE, NAMES_FORM, PAGE_FILES, listing
from .predict import JsonAnswerer, json_answerer

# As browsers end the lines of a text area, and as programs may.
_LINE_END = re.compile(r"\r\n|\r|\n")
FIELDS = tuple(NAMES_FORM["properties"])


def add_index_routes(
    app: Flask,
    metrics: Metrics,
    models: ServedModel,
    settings: Settings,
    access: Access | None,
) -> None:
    """Add GET / and POST /, GET /card, and the files of the page to the application."""

    @app.get("/")
    def index() -> Response:
        if _prefers_html():
            response = _html(rendering.render_page(needs_key=bool(settings.api_keys)))
        else:
            document = {"service": "gender-detection", "routes": listing()}
            response = Response(msgspec.json.encode(document), content_type=JSON)
        response.headers.add("Vary", "Accept")
        return response

    _add_form(app, json_answerer(metrics, models, settings, access), settings)
    _add_files(app, models)


def _add_form(app: Flask, answer_json: JsonAnswerer, settings: Settings) -> None:
    """Add POST /, which the form of names calls where there is no script."""

    # No token against requests forged by other sites: nothing is stored or changed, no cookie says
    # who asks, and no other site can read the answer.
    @app.post("/")
    def answer_form() -> Response:
        form = _form(form_body(request.environ, settings.max_body_bytes))
        render = partial(
            rendering.render_page,
            needs_key=bool(settings.api_keys),
            names=form.get("names", ""),
            country=form.get("country", ""),
        )
        try:
            caller = request.environ.get(CALLER, NOBODY)
            answered = answer_json(_predict_body(form), None, caller)
        except Problem as problem:
            if not _prefers_html():
                raise
            return _html(render(error=problem.detail), problem.status, problem.headers)
        return _html(render(answers=msgspec.json.decode(answered)))


def _add_files(app: Flask, models: ServedModel) -> None:
    """Add what the page links to."""

    @app.get("/card")
    def show_card() -> Response:
        return _html(rendering.render_card(models.model().documents.get(artifact.CARD)))

    @app.get("/page/<file>")
    def show_page_file(file: str) -> Response:
        if file not in PAGE_FILES:
            raise NotFound
        return Response((rendering.FOLDER / file).read_bytes(), content_type=PAGE_FILES[file])

    @app.get(f"/{ICON}")
    def show_icon() -> Response:
        return Response((rendering.FOLDER / ICON).read_bytes(), content_type=ICON_TYPE)


def _prefers_html() -> bool:
    """Return whether the client prefers HTML, as browsers do; curl takes all alike."""
    accepted = request.accept_mimetypes
    return accepted[HTML] > accepted[JSON]


def _html(page: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    response = Response(
        page, status=status, headers=dict(headers or {}), content_type=f"{HTML}; charset=utf-8"
    )
    response.headers[POLICY] = rendering.POLICY
    return response


def _form(body: bytes) -> dict[str, str]:
    """Return the fields of a form; raise Problem 400 if it cannot be decoded, 422 for others."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=len(FIELDS),
        )
    except ValueError as err:
        detail = f"the body is not a valid form: send {' and '.join(FIELDS)}, encoded as UTF-8"
        raise Problem(400, detail, kind="malformed-form") from err
    form = dict(pairs)
    if unknown := [name for name in form if name not in FIELDS]:
        detail = f"unknown field: the fields are {', '.join(FIELDS)}"
        raise invalid([located(f"/{name[:60]}", detail) for name in unknown])
    if len(form) < len(pairs):
        raise invalid([located("", "a field is given more than once: give it once")])
    return form


def _predict_body(form: Mapping[str, str]) -> bytes:
    """Return the body of POST /predict that asks for the names of a form; raise Problem 422."""
    names = [line.strip() for line in _LINE_END.split(form.get("names", ""))]
    document: dict[str, object] = {"instances": [name for name in names if name]}
    if not document["instances"]:
        raise invalid([located("/names", "no name: write at least one")])
    if country := form.get("country"):
        document["country"] = country
    return msgspec.json.encode(document)
