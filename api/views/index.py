"""GET /: the list of routes, or the page for browsers, whose form POST / answers."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import parse_qsl

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from gender_detection.config import Settings
from gender_detection.model import artifact
from gender_detection.serving.environ import CALLER

from ..http.accepting import prefers_html
from ..http.bodies import form_body
from ..http.headers import POLICY
from ..http.parsing import invalid, located
from ..http.problems import Problem
from ..http.schemas import HTML, JSON, MAX_NAME_CHARACTERS
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

    render = partial(
        rendering.render_page,
        needs_key=bool(settings.api_keys),
        max_names=settings.max_instances,
        max_characters=MAX_NAME_CHARACTERS,
    )

    @app.get("/")
    def index() -> Response:
        if prefers_html(request.headers.get("Accept", "")):
            response = _html(render())
        else:
            document = {"service": "gender-detection", "routes": listing()}
            response = Response(msgspec.json.encode(document), content_type=JSON)
        response.headers.add("Vary", "Accept")
        return response

    _add_form(app, json_answerer(metrics, models, settings, access), settings, render)
    _add_files(app, models)


def _add_form(
    app: Flask, answer_json: JsonAnswerer, settings: Settings, render: Callable[..., str]
) -> None:
    """Add POST /, which the form of names calls where there is no script."""

    # No token against requests forged by other sites: nothing is stored or changed, no cookie says
    # who asks, and no other site can read the answer.
    @app.post("/")
    def answer_form() -> Response:
        form = _form(form_body(request.environ, settings.max_body_bytes))
        filled = partial(render, names=form.get("names", ""), country=form.get("country", ""))
        try:
            caller = request.environ.get(CALLER, NOBODY)
            answered = answer_json(_predict_body(form, settings.max_instances), None, caller)
        except Problem as problem:
            if not prefers_html(request.headers.get("Accept", "")):
                raise
            # People see a form, in which a JSON pointer leads nowhere.
            said = problem.errors[0].detail if problem.errors else problem.detail
            return _html(filled(error=said), problem.status, problem.headers)
        return _html(filled(answers=msgspec.json.decode(answered)))


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


def _predict_body(form: Mapping[str, str], max_names: int) -> bytes:
    """Return the body of POST /predict that asks for the names of a form; raise Problem 422."""
    lines = [line.strip() for line in _LINE_END.split(form.get("names", ""))]
    names = [line for line in lines if line]
    said = rendering.TEXTS["names"]
    if not names:
        raise invalid([located("/names", "no name: write at least one")])
    if len(names) > max_names:
        raise invalid([located("/names", said["too_many"].format(n=len(names), most=max_names))])
    for at, line in enumerate(lines, 1):
        if len(line) > MAX_NAME_CHARACTERS:
            detail = said["too_long"].format(n=at, longest=MAX_NAME_CHARACTERS)
            raise invalid([located("/names", detail)])
    document: dict[str, object] = {"instances": names}
    if country := form.get("country"):
        document["country"] = country
    return msgspec.json.encode(document)
