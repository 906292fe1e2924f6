"""The page at /: what it says first, its form without a script, and what it lets a browser do."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

import msgspec
import pytest
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry

from gender_detection.aggregation.summary import CautionCode
from gender_detection.api.app import create_app
from gender_detection.api.page import rendering
from gender_detection.api.spec.routes import PAGE_FILES
from gender_detection.countries import ISO_ALPHA_2
from gender_detection.model import answers
from tests.api.parsed_page import BROWSER, FORM, Parsed

TEMPLATES = sorted(rendering.FOLDER.glob("*.html"))
SCRIPTS = sorted(rendering.FOLDER.glob("*.js"))
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_LITERAL = re.compile(r'"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`')


def page(client: FlaskClient, **fields: str) -> Parsed:
    """Return the page, with the answers to its form if there are fields."""
    response = (
        client.post("/", data=fields, headers=BROWSER)
        if fields
        else client.get("/", headers=BROWSER)
    )
    assert (response.status_code, response.mimetype) == (200, "text/html")
    return Parsed(response.text)


@pytest.fixture
def limited(settings, model) -> FlaskClient:
    """A client that may ask for three names."""
    app = create_app(replace(settings, rate_limit="3/year"), model, CollectorRegistry())
    return app.test_client()


@pytest.fixture
def guarded(settings, model, tmp_path) -> FlaskClient:
    """A client of a server that requires a key, and has given none."""
    keys = str(tmp_path / "keys.json")
    return create_app(replace(settings, api_keys=keys), model, CollectorRegistry()).test_client()


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/json, text/html;q=0.9", "application/json"),
        ("text/html, application/json", "application/json"),
        ("image/png", "application/json"),
        (BROWSER["Accept"], "text/html"),
        ("text/html", "text/html"),
        ("application/json;q=0.5, text/*", "text/html"),
    ],
)
def test_browsers_get_the_page_and_programs_the_listing(client, accept, kind):
    response = client.get("/", headers={"Accept": accept} if accept else {})

    assert (response.status_code, response.mimetype) == (200, kind)
    assert response.headers["Vary"] == "Accept"


def test_first_of_all_the_page_says_what_it_is_not_for(client):
    shown = page(client)

    headings = [attributes.get("id") for tag, attributes in shown.tags if tag == "h2"]
    assert headings[0] == "limits-title"
    for said in ("It does not tell who somebody is", "A name is not an identity", "single person"):
        assert shown.text.index(said) < shown.text.index(rendering.TEXTS["names"]["label"])
    assert ("a", {"id": "card-link", "href": "card"}) in shown.tags


def test_card_is_shown_as_text(settings, model):
    model.documents = {"card.md": "# Card\n<script>alert(1)</script>\n"}
    response = create_app(settings, model, CollectorRegistry()).test_client().get("/card")

    assert response.mimetype == "text/html"
    assert "# Card\n&lt;script&gt;alert(1)&lt;/script&gt;" in response.text
    assert response.headers["Content-Security-Policy"] == rendering.POLICY


def test_model_without_a_card_says_so(settings, model):
    model.documents = {}
    response = create_app(settings, model, CollectorRegistry()).test_client().get("/card")

    assert rendering.TEXTS["card"]["none"] in response.text


def test_form_without_a_script_is_answered(client, model):
    shown = page(client, names="Maria\r\n\r\n  Robin \r\nnobody", country="IT")

    assert [(p.name, p.country) for p in model.asked] == [
        ("Maria", "IT"), ("Robin", "IT"), ("nobody", "IT"),
    ]  # fmt: skip
    for said in (
        "mostly women probability 0.99",
        "unknown rather women, probability 0.6",
        "both women and men have this name",
        "this text is not a name",
        "worldwide, 2 sources count about 12 people with the name",
    ):
        assert said in shown.text
    scales = [a["aria-label"] for tag, a in shown.tags if tag == "svg" and "hidden" not in a]
    assert scales == [
        "Probability of female: 0.99. Between 0.2 and 0.8, the answer is unknown.",
        "Probability of female: 0.6. Between 0.2 and 0.8, the answer is unknown.",
    ]
    assert ("option", {"value": "IT", "selected": None}) in shown.tags


def test_form_keeps_what_was_written(client):
    response = client.post("/", data={"names": "Maria\r\nJohn"}, headers=BROWSER)

    assert re.search(r"<textarea[^>]*>\nMaria\r?\nJohn</textarea>", response.text)


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</textarea><b>", "{{ 7*7 }}"],
)
def test_names_are_escaped(client, name):
    response = client.post("/", data={"names": name, "country": name[:90]}, headers=BROWSER)

    assert response.status_code == 200
    assert not re.search(r"<script>|<img|<b>", response.text)
    assert "49" not in Parsed(response.text).words


def test_unknown_country_is_reported(client):
    shown = page(client, names="Maria", country="Atlantis")

    assert rendering.TEXTS["names"]["unknown_country"] in shown.text
    assert rendering.TEXTS["names"]["unknown_country"] not in page(client, names="Maria").text


def test_more_answers_than_shown_are_counted(client):
    shown = page(client, names="Maria\n" * (rendering.SHOWN_ANSWERS + 1))

    items = [tag for tag, attributes in shown.tags if attributes.get("class") == "answer"]
    assert len(items) == rendering.SHOWN_ANSWERS + 1  # with the template's
    assert f"The first {rendering.SHOWN_ANSWERS} of {rendering.SHOWN_ANSWERS + 1}" in shown.text


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ("", 422, "no name: write at least one"),
        ("names=", 422, "no name: write at least one"),
        ("names=%20%0A", 422, "no name: write at least one"),
        ("names=Maria%0A%0A" + "x" * 1001, 422, "Line 3 is longer than 1000 characters"),
        ("names=" + "x%0A" * 10_001, 422, "These are 10001 names. At most 10000"),
        ("names=Maria&country=" + "x" * 101, 422, "expected string of length <= 100"),
        ("names=Maria&x=1", 422, "unknown field: the fields are names, country"),
        ("names=Maria&names=John", 422, "a field is given more than once"),
        ("names=Maria&country=IT&country=DE", 400, "not a valid form"),
        ("names=%ff", 400, "not a valid form"),
        ("names", 400, "not a valid form"),
    ],
)
def test_invalid_form_is_refused_with_the_reason(client, body, status, detail):
    response = client.post("/", data=body, content_type=FORM)

    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert detail in response.json["detail"]


def test_browser_sees_the_reason_on_the_page(client):
    response = client.post("/", data={"names": " "}, headers=BROWSER)

    assert (response.status_code, response.mimetype) == (422, "text/html")
    assert "no name: write at least one" in Parsed(response.text).text
    # Programs get a JSON pointer.
    assert "/names:" not in response.text


def test_other_content_types_are_refused(client):
    response = client.post("/", json={"names": "Maria"})

    assert response.status_code == 415
    assert FORM in response.json["detail"]


def test_longer_form_than_allowed_is_refused(client, settings):
    response = client.post("/", data={"names": "x" * settings.max_body_bytes})

    assert response.status_code == 413


class Unreadable:
    """A body that nobody may read."""

    def read(self, *_: object) -> bytes:
        raise AssertionError("the body was read")

    readline = readlines = __iter__ = read


def unread(client: FlaskClient):
    """Ask with a body that fails if it is read."""
    return client.post(
        "/", headers=BROWSER, content_type=FORM,
        environ_overrides={"wsgi.input": Unreadable(), "CONTENT_LENGTH": "11"},
    )  # fmt: skip


def test_form_needs_a_key_before_it_is_read(guarded):
    response = unread(guarded)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="gender-detection"'
    assert guarded.get("/card").status_code == 401


def test_page_itself_needs_no_key_and_has_a_field_for_one(guarded, client):
    fields = [a for tag, a in page(guarded).tags if tag == "input" and a.get("id") == "key"]

    assert [(field["type"], field["autocomplete"], "name" in field) for field in fields] == [
        ("password", "off", False)
    ]
    assert rendering.TEXTS["page"]["script_key"] in page(guarded).text
    assert not [a for _, a in page(client).tags if a.get("id") == "key"]


def test_names_of_the_form_count_against_the_limit(limited):
    assert limited.post("/", data={"names": "Maria\nJohn"}, headers=BROWSER).status_code == 200
    many = limited.post("/", data={"names": "Maria\nJohn\nRobin\nMaria"}, headers=BROWSER)
    assert (many.status_code, many.mimetype) == (429, "text/html")
    assert "more names than the rate limit allows" in Parsed(many.text).text

    assert unread(limited).status_code == 429
    assert page(limited)


def test_page_lets_a_browser_load_only_from_this_host(client):
    for response in (client.get("/", headers=BROWSER), client.post("/", data={"names": "Maria"})):
        directives = response.headers["Content-Security-Policy"].split("; ")
        policy = dict(directive.split(" ", 1) for directive in directives)
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert {*policy.values()} == {"'none'", "'self'"}


def test_page_has_no_script_style_or_handler_of_its_own(client):
    for tag, attributes in page(client, names="Maria").tags:
        assert tag != "style"
        assert (tag == "script") == ("src" in attributes and tag != "img")
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("file", PAGE_FILES)
def test_files_of_the_page_are_served_and_name_no_other_host(client, file):
    response = client.get(f"/page/{file}")

    assert (response.status_code, response.mimetype) == (200, PAGE_FILES[file])
    hosts = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+", response.text))
    assert hosts <= {"http://www.w3.org"}  # the namespace of SVG


def test_pages_name_no_other_host(client):
    for html in (client.get("/", headers=BROWSER).text, client.get("/card").text):
        assert "//" not in re.sub(r"<pre.*</pre>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("file", ["rendering.py", "page.html", "favicon.ico", "..%2fapp.py", "x"])
def test_no_other_file_is_served(client, file):
    assert client.get(f"/page/{file}").status_code == 404


def test_every_file_that_the_page_loads_exists(client):
    loaded = [
        address
        for _, attributes in page(client).tags
        for name in ("src", "href")
        if (address := attributes.get(name)) and not address.startswith("#")
    ]
    for script in SCRIPTS:
        loaded += [f"page/{found}" for found in re.findall(r'from "\./(.+?)"', script.read_text())]

    assert len(loaded) > 8
    for address in loaded:
        assert client.get(f"/{address}").status_code == 200, address


def test_icon_is_an_icon(client):
    response = client.get("/favicon.ico")

    assert (response.status_code, response.mimetype) == (200, "image/vnd.microsoft.icon")
    assert response.data.startswith(b"\0\0\1\0\1\0")


def test_docs_answer_with_a_slash_too(client):
    plain, slashed = client.get("/docs"), client.get("/docs/")

    assert slashed.status_code == 200
    assert slashed.headers["Content-Security-Policy"] == plain.headers["Content-Security-Policy"]
    links = re.findall(r'(?:src|href|data-description)="([^"]+)"', slashed.text)
    assert links == [
        f"../{link}" for link in re.findall(r'(?:src|href|data-description)="([^"]+)"', plain.text)
    ]


@pytest.mark.parametrize("path", ["/predict", "/aggregate"])
def test_names_in_a_url_are_refused_with_the_reason(client, path):
    response = client.get(f"{path}?name=Maria")

    assert (response.status_code, response.mimetype) == (405, "application/problem+json")
    assert "POST" in response.headers["Allow"]
    for said in ("names do not belong in a URL", "log", "POST"):
        assert said in response.json["detail"]
    assert "Maria" not in response.text


def test_every_answer_has_its_words():
    texts = rendering.TEXTS

    assert set(texts["basis"]) == set(answers.BASES)
    assert set(texts["reason"]) == {*answers.ALL_REASONS, answers.BAD_ROW}
    assert set(texts["answers"]) >= set(answers.GENDERS)
    assert set(texts["shares"]) >= set(get_args(CautionCode))
    assert set(texts["countries"]) == ISO_ALPHA_2


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_have_no_texts_of_their_own(template):
    parsed = Parsed(_JINJA.sub("", template.read_text()))

    assert not re.search(r"[A-Za-z]", parsed.text)
    for _, attributes in parsed.tags:
        assert not {*attributes} & {"title", "placeholder", "alt"}


def literals(script: str) -> Iterator[str]:
    """Yield the strings in a script, without its comments."""
    code = re.sub(r"/\*.*?\*/|(?<![:\w])//[^\n]*", "", script, flags=re.DOTALL)
    for found in _LITERAL.findall(code):
        yield re.sub(r"\$\{[^}]*\}", "", found)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_have_no_texts_of_their_own(script):
    sentences = [
        text for text in literals(script.read_text()) if re.search(r"[A-Za-z]{2,} [a-z]{2,}", text)
    ]

    assert not sentences


def used_texts() -> Iterator[str]:
    for template in TEMPLATES:
        yield from re.findall(r"\bt\.((?:\w+\.)*\w+)", template.read_text())
    for script in SCRIPTS:
        yield from re.findall(r"(?<!/)\btexts\.(\w+(?:\.\w+)*)", script.read_text())


def test_every_text_that_is_used_exists():
    used = {
        text.removesuffix(".format").removesuffix(".items").removesuffix(".length")
        for text in used_texts()
    }

    assert len(used) > 80
    for path in used:
        found: object = rendering.TEXTS
        for step in path.split("."):
            assert isinstance(found, dict), path
            assert step in found, path
            found = found[step]


def test_no_text_has_the_name_of_a_method_of_its_dict():
    """Jinja would show the method."""

    def names(texts: object) -> Iterator[str]:
        if isinstance(texts, dict):
            yield from texts
            for text in texts.values():
                yield from names(text)

    assert not {*names(rendering.TEXTS)} & {*dir(dict)}


def test_only_the_base_template_has_a_head():
    assert [path.name for path in TEMPLATES if "<head>" in path.read_text()] == ["base.html"]


def test_texts_have_no_markup():
    assert not re.search(r"[<>]", msgspec.json.encode(rendering.TEXTS).decode())


def test_script_shows_as_many_answers_as_the_page():
    script = (rendering.FOLDER / "names.js").read_text()

    assert f"const SHOWN_ANSWERS = {rendering.SHOWN_ANSWERS};" in script


def test_script_stores_nothing():
    for script in SCRIPTS:
        assert not re.search(
            r"localStorage|sessionStorage|indexedDB|cookie|innerHTML|history\.", script.read_text()
        )
