"""GET /openapi.json: the document is whole, and says what the API does."""

import json

import jsonschema
import pytest
import schemathesis

from tests.api.table_strategies import ARROW

PREDICT = "#/paths/~1predict/post/requestBody/content/application~1json/schema"


@pytest.fixture
def document(client) -> dict:
    response = client.get("/openapi.json")
    assert (response.status_code, response.content_type) == (200, "application/json")
    return dict(response.json)


def operations(document: dict) -> dict[str, dict]:
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def validator(document: dict, schema: dict) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**document, **schema})


def test_document_is_openapi_3_1(document):
    assert document["openapi"] == "3.1.0"

    schemathesis.openapi.from_dict(document).validate()


def test_every_schema_is_a_json_schema(document):
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_document_describes_exactly_the_existing_routes(app, document):
    there = {
        f"{method} {rule.rule.replace('<', '{').replace('>', '}')}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert set(operations(document)) == there


def test_every_reference_resolves(document):
    def references(node: object):
        if isinstance(node, dict):
            yield from [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    found = set(references(document))
    assert found
    for reference in found:
        target = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/")]


def test_every_example_body_gets_200_in_the_documented_shape(client, document):
    tried = set()
    for name, operation in operations(document).items():
        method, path = name.split(" ")
        answered = operation["responses"]["200"]["content"]
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            for example in content.get("examples", {}).values():
                value = example["value"]
                body = value if isinstance(value, str) else json.dumps(value)
                response = client.open(path, method=method, data=body, content_type=media_type)
                tried.add((path, media_type))
                assert response.status_code == 200, response.text
                schema = answered[response.mimetype]["schema"]
                parsed = response.json if response.is_json else response.text
                validator(document, schema).validate(parsed)
    bodies = {
        (name.split(" ")[1], media_type)
        for name, operation in operations(document).items()
        for media_type in operation.get("requestBody", {}).get("content", {})
        if media_type != ARROW  # binary: JSON cannot hold an example
    }
    assert tried == bodies, "give each body an example in api/spec/routes.py"


def test_every_example_has_the_shape_of_its_schema(document):
    contents = [
        content
        for operation in operations(document).values()
        for part in (operation.get("requestBody", {}), operation["responses"]["200"])
        for media_type, content in part.get("content", {}).items()
        if media_type == "application/json"
    ]
    examples = [(c["schema"], e["value"]) for c in contents for e in c.get("examples", {}).values()]

    assert examples
    for schema, value in examples:
        validator(document, schema).validate(value)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "J"},
        {"name": None},
        {"given_name": "J", "name": None},
        {"family_name": "J", "instances": None},
        {"instances": ["J"], "name": None, "id": None, "country": "IT"},
        {"instances": [{"name": "J"}, {"given_name": None}], "threshold": None},
        {},
        {"id": 7, "country": "IT"},
        {"instances": None},
        {"instances": []},
        {"instances": None, "name": "J", "x": 1},
        {"instances": ["J"], "name": "J"},
        {"instances": ["J"], "id": 0},
        {"instances": [{}]},
        {"instances": [{"id": 7}]},
        {"instances": [None]},
        {"instances": [{"name": "J", "threshold": 0.8}]},
        {"name": "J", "country": "ITA"},
        {"name": "J", "country": "1T"},
        {"name": "J", "id": 2**63},
        {"name": "J", "id": 7.0},
        {"name": "J", "id": 7.5},
        {"name": "x" * 1001},
        {"name": "J", "female_share": 1},
        {"name": "J", "explain": True},
        {"instances": ["J"], "explain": True},
        {"instances": [{"name": "J", "explain": True}]},
        {"name": "J", "explain": 1},
        [],
        None,
    ],
)
def test_schema_allows_exactly_the_answers_of_the_api(client, document, body):
    response = client.post("/predict", json=body)

    allowed = validator(document, {"$ref": PREDICT}).is_valid(body)
    assert allowed == (response.status_code == 200)


def test_every_error_is_a_problem_document_with_a_request_id(document):
    responses = document["components"]["responses"]

    assert responses
    for response in responses.values():
        assert list(response["content"]) == ["application/problem+json"]
        assert "X-Request-ID" in response["headers"]


def test_fields_with_defaults_are_required_in_answers_except_errors(document):
    schemas = document["components"]["schemas"]

    assert set(schemas["Ready"]["required"]) == {"model", "status"}
    assert "errors" not in schemas["ProblemDocument"]["required"]


def test_document_has_no_path_of_this_machine(client, settings):
    assert settings.model_dir not in json.dumps(client.get("/openapi.json").json)


def test_get_routes_answer_head_with_the_same_headers_and_no_body(client, document):
    for name in operations(document):
        method, path = name.split(" ")
        if method == "GET" and "{" not in path:
            got, head = client.get(path), client.head(path)
            assert (head.status_code, head.data) == (got.status_code, b"")
            assert head.content_type == got.content_type
            assert len(head.headers["X-Request-ID"]) == 32


@pytest.mark.parametrize("path", ["/predict", "/nope"])
def test_head_of_a_missing_route_is_a_problem_without_a_body(client, path):
    response = client.head(path)

    assert response.status_code in (404, 405)
    assert (response.content_type, response.data) == ("application/problem+json", b"")
    assert len(response.headers["X-Request-ID"]) == 32


def test_options_lists_the_described_methods(client, document):
    described: dict[str, set[str]] = {}
    for name in operations(document):
        method, path = name.split(" ")
        described.setdefault(path, {"OPTIONS"}).add(method)
    for path, methods in described.items():
        response = client.options(path)
        assert response.status_code == 200
        assert set(response.headers["Allow"].split(", ")) - {"HEAD"} == methods
