"""Requests that POST /predict refuses, each with a problem document that says why."""

import dataclasses
import io

import pytest
from prometheus_client import CollectorRegistry

from gender_detection.api.app import create_app

JSON = "application/json"
INVALID = "urn:problem-type:gender-detection:invalid-request"
MALFORMED = "urn:problem-type:gender-detection:malformed-json"
PERSON_FIELDS = "name, given_name, family_name, country, id"


def post(client, body: bytes):
    return client.post("/predict", data=body, content_type=JSON, headers={"X-Request-ID": "r-1"})


def problem(response) -> dict:
    assert response.content_type == "application/problem+json"
    assert response.get_json()["status"] == response.status_code
    assert response.get_json()["request_id"] == response.headers["X-Request-ID"] == "r-1"
    return dict(response.json)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"{",
        b'{"name": "John"',
        b'{"name": "John",}',
        b"{'name': 'John'}",
        b'{"name": "John"} {}',
        b'{"name": "Jo\xff"}',
        b'{"name": "\xed\xa0\x80"}',
        b'{"name": "\\ud800"}',
        b'{"name": "\\udc00 x"}',
        b'{"name": "John", "threshold": NaN}',
        b'{"name": "John", "threshold": Infinity}',
        b'\xef\xbb\xbf{"name": "John"}',
        b'{"name": "a\nb"}',
        b"not json",
    ],
)
def test_invalid_json_is_a_400(client, body):
    document = problem(post(client, body))

    assert (document["status"], document["type"]) == (400, MALFORMED)
    assert document["title"] == "Bad Request"
    assert "errors" not in document


def test_empty_body_is_answered_with_an_example(client):
    assert problem(post(client, b"")) == {
        "type": MALFORMED,
        "title": "Bad Request",
        "status": 400,
        "detail": 'the body is empty: send {"name": "Maria Rossi"} or '
        '{"instances": ["Maria Rossi", …]}',
        "request_id": "r-1",
    }


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        (b"null", "", "expected object, got null"),
        (b"[]", "", "expected object, got array"),
        (b'"John"', "", "expected object, got string"),
        (b"1.5", "", "expected object, got number"),
        (b"1e400", "", "number out of range"),
        (b'{"name": 3}', "/name", "expected string | null, got integer"),
        (b'{"name": ["John"]}', "/name", "expected string | null, got array"),
        (b'{"name": "' + b"x" * 1001 + b'"}', "/name", "expected string of length <= 1000"),
        (
            b'{"name": "J", "country": "%s"}' % (b"I" * 101),
            "/country",
            "expected string of length <= 100",
        ),
        (b'{"name": "J", "country": 380}', "/country", "expected string | null, got integer"),
        (b'{"name": "J", "threshold": 0.4}', "/threshold", "expected number >= 0.5"),
        (b'{"name": "J", "threshold": 1.01}', "/threshold", "expected number <= 1.0"),
        (b'{"name": "J", "threshold": 1e999}', "/threshold", "number out of range"),
        (b'{"name": "J", "threshold": "0.7"}', "/threshold", "expected number | null, got string"),
        (
            b'{"name": "J", "family_name_first": "yes"}',
            "/family_name_first",
            "expected boolean | null, got string",
        ),
        (b'{"name": "J", "female_share": 0}', "/female_share", "expected number > 0.0"),
        (b'{"name": "J", "female_share": 1}', "/female_share", "expected number < 1.0"),
        (b'{"name": "J", "explain": 1}', "/explain", "expected boolean | null, got integer"),
        (b'{"name": "J", "id": 1.5}', "/id", "expected integer"),
        (b'{"name": "J", "id": 1e19}', "/id", "expected number <= 9.223372036854775e+18"),
        (b'{"name": "J", "id": true}', "/id", "expected integer | string | null, got boolean"),
        (b'{"instances": []}', "/instances", "expected array of length >= 1"),
        (b'{"instances": "John"}', "/instances", "expected array | null, got string"),
    ],
)
def test_invalid_value_is_a_422_that_points_to_it(client, body, pointer, detail):
    document = problem(post(client, body))

    assert document["detail"] == f"{pointer or 'the body'}: {detail}"
    assert document == {
        "type": INVALID,
        "title": "Invalid request",
        "status": 422,
        "detail": document["detail"],
        "request_id": "r-1",
        "errors": [{"pointer": pointer, "detail": detail}],
    }


@pytest.mark.parametrize("digits", [19, 30, 5000])
def test_huge_number_is_refused(client, digits):
    document = problem(post(client, b'{"name": "J", "id": ' + b"9" * digits + b"}"))

    assert document["status"] in (400, 422)


def test_more_than_ten_thousand_instances_are_refused(client):
    document = problem(client.post(
        "/predict", json={"instances": ["J"] * 10_001}, headers={"X-Request-ID": "r-1"}
    ))  # fmt: skip

    assert document["errors"] == [
        {"pointer": "/instances", "detail": "expected array of length <= 10000"}
    ]


def test_misspelt_field_gets_a_suggestion(client):
    document = problem(post(client, b'{"instances": ["J", {"nmae": "John"}], "country": "IT"}'))

    assert document["errors"] == [
        {
            "index": 1,
            "pointer": "/instances/1/nmae",
            "detail": f"unknown field: did you mean 'name'? the fields are {PERSON_FIELDS}",
        }
    ]


def test_unknown_field_of_the_request_is_named_and_escaped(client):
    (fault,) = problem(post(client, b'{"a/b~`$.name`": 1}'))["errors"]

    assert fault["pointer"] == "/a~1b~0`$.name`"
    assert fault["detail"] == (
        f"unknown field: the fields are {PERSON_FIELDS}, instances, threshold, female_share, "
        "family_name_first, explain"
    )


def test_every_invalid_instance_is_named_by_its_index(client):
    body = b'{"instances": ["J", {"name": 3}, {"country": "IT"}, null, {"name": "J", "id": {}}]}'
    document = problem(post(client, body))

    assert document["detail"] == (
        "/instances/1/name: expected string | null, got integer (and 3 more, see errors)"
    )
    assert document["errors"] == [
        {
            "index": 1,
            "pointer": "/instances/1/name",
            "detail": "expected string | null, got integer",
        },
        {
            "index": 2,
            "pointer": "/instances/2",
            "detail": "no name: give name, or given_name and family_name",
        },
        {"index": 3, "pointer": "/instances/3", "detail": "expected string | object, got null"},
        {
            "index": 4,
            "pointer": "/instances/4/id",
            "detail": "expected integer | string | null, got object",
        },
    ]


def test_at_most_ten_invalid_instances_are_named(client):
    document = problem(post(client, b'{"instances": [' + b", ".join([b"1"] * 50) + b"]}"))

    assert [fault["index"] for fault in document["errors"]] == list(range(10))


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        (b"{}", [(None, "")]),
        (b'{"id": 7, "country": "IT"}', [(None, "")]),
        (b'{"instances": ["J", {"id": 7}, {}]}', [(1, "/instances/1"), (2, "/instances/2")]),
        (b'{"instances": ["J"], "name": "John"}', [(None, "")]),
        (b'{"instances": ["J"], "id": 7}', [(None, "")]),
    ],
)
def test_person_without_a_name_or_together_with_instances_is_refused(client, body, faults):
    document = problem(post(client, body))

    assert document["status"] == 422
    assert [(f.get("index"), f["pointer"]) for f in document["errors"]] == faults


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"name": "John", "name": "Maria"}', "/name"),
        (b'{"name": "John", "country": null, "country": null}', "/country"),
        (b'{"na\\u006de": "John", "name": "Maria"}', "/name"),
        (b'{"name": "\\u003a", "name": "\\u003a"}', "/name"),
        (b'{"instances": ["J"], "instances": ["J"]}', "/instances"),
        (b'{"instances": ["J", {"name": "J", "id": 1, "id": 2}]}', "/instances/1/id"),
    ],
)
def test_repeated_key_is_refused(client, body, pointer):
    document = problem(post(client, body))

    assert document["status"] == 422
    (fault,) = document["errors"]
    assert (fault["pointer"], fault["detail"]) == (pointer, "duplicate key: send it once")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"name": ' + b"[" * 500_000,
        b'{"instances": [' + b"[" * 500_000,
        b'{"instances": [' + b"[" * 500_000 + b"]" * 500_000 + b"]}",
        b'{"x": ' + b'{"x": ' * 100_000,
        b'{"instances": [' + b"1," * 900_000 + b"1]}",
    ],
)
def test_deep_or_endless_nesting_is_refused(client, body):
    assert problem(post(client, body))["status"] in (400, 422)


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/xml", "multipart/form"])
def test_other_content_type_is_a_415(client, content_type):
    response = client.post(
        "/predict", data=b"{}", content_type=content_type, headers={"X-Request-ID": "r-1"}
    )

    assert problem(response) == {
        "type": "about:blank",
        "title": "Unsupported Media Type",
        "status": 415,
        "detail": "unsupported content type of the body: send 'Content-Type: application/json' "
        "(or text/csv, application/vnd.apache.arrow.stream)",
        "request_id": "r-1",
    }
    assert response.headers["Accept"].split(", ")[0] == JSON


def test_compressed_body_is_a_415(client):
    headers = {"Content-Encoding": "gzip", "X-Request-ID": "r-1"}
    response = client.post("/predict", data=b"\x1f\x8b", content_type=JSON, headers=headers)

    assert problem(response)["status"] == 415
    assert response.headers["Accept-Encoding"] == "identity"


class CountedBody(io.BytesIO):
    """Counts what is read at once."""

    largest = 0

    def read(self, size: int | None = -1) -> bytes:
        self.largest = max(self.largest, size if size is not None and size >= 0 else 2**62)
        return super().read(size)


@pytest.mark.parametrize("length", [20_000_000, 2 * 1024 * 1024 + 1])
def test_body_over_the_limit_is_a_413_and_never_read_whole(client, length):
    body = CountedBody(b" " * length)
    response = client.post(
        "/predict",
        input_stream=body,
        content_length=length,
        content_type=JSON,
        headers={"X-Request-ID": "r-1"},
    )

    assert problem(response) == {
        "type": "about:blank",
        "title": "Request Entity Too Large",
        "status": 413,
        "detail": "the body is longer than 2097152 bytes: send fewer instances in one request",
        "request_id": "r-1",
    }
    assert body.largest <= 64 * 1024


@pytest.mark.parametrize(
    ("length", "status"), [(2 * 1024 * 1024, 200), (2 * 1024 * 1024 + 1, 413), (20_000_000, 413)]
)
def test_chunked_body_is_cut_exactly_at_the_limit(client, length, status):
    person = b'{"name": "John"}'
    response = client.post(
        "/predict",
        input_stream=io.BytesIO(person + b" " * (length - len(person))),
        content_type=JSON,
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )

    assert response.status_code == status


def test_configured_maximum_of_instances_is_applied(settings, model):
    few = dataclasses.replace(settings, max_instances=2)
    client = create_app(few, model, CollectorRegistry()).test_client()

    assert client.post("/predict", json={"instances": ["Maria"] * 2}).status_code == 200
    refused = client.post("/predict", json={"instances": ["Maria"] * 3})
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["pointer"] == "/instances"
    assert "at most 2" in refused.get_json()["detail"]
