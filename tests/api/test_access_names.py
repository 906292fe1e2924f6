"""Rate limits count names, however they are sent, and before any of them is answered."""

import dataclasses
import io
import json

import pyarrow as pa
import pytest
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry

from gender_detection import api_keys
from gender_detection.api.app import create_app
from gender_detection.api.http.bodies import TableBody
from gender_detection.config import Settings

ARROW = "application/vnd.apache.arrow.stream"
PEOPLE = ["Maria", "John", "Robin", "Zoë", "Li", "Ada", "Bo", "Eva", "Tom", "Ines", "Kai"]


@pytest.fixture
def client(settings: Settings, model):
    """Make a client of an app with these settings, limited to 10 names."""

    def client(**more) -> FlaskClient:
        # By the year, which will not turn within a test.
        changed = dataclasses.replace(settings, **{"rate_limit": "10/year", **more})
        return create_app(changed, model, CollectorRegistry()).test_client()

    return client


def one_by_one(client: FlaskClient, names: list[str], route: str):
    return client.post(route, json={"instances": names})


def many_at_once(client: FlaskClient, names: list[str], route: str):
    """Ask for so many that they are answered in columns, the same names again and again."""
    return client.post(route, json={"instances": names * 10})


def csv_table(client: FlaskClient, names: list[str], route: str):
    lines = "\r\n".join(["note,name", *(f'"a\nb ""c""",{name}' for name in names)])
    return client.post(route, data=lines.encode(), content_type="text/csv")


def dumped(names: list[str], rows: int) -> bytes:
    table = pa.table({"name": pa.array(names).dictionary_encode()})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=rows)
    return sink.getvalue()


def arrow_table(client: FlaskClient, names: list[str], route: str):
    return client.post(route, data=dumped(names, 2), content_type=ARROW)


WAYS = [
    (one_by_one, "/predict", "10/year"),
    (many_at_once, "/predict", "100/year"),
    (csv_table, "/predict", "10/year"),
    (arrow_table, "/predict", "10/year"),
    (one_by_one, "/aggregate", "10/year"),
    (csv_table, "/aggregate", "10/year"),
]
ways = pytest.mark.parametrize(("send", "route", "limit"), WAYS)


@ways
def test_each_name_counts(client, send, route: str, limit: str):
    limited = client(rate_limit=limit)

    assert send(limited, PEOPLE[:7], route).status_code == 200
    refused = send(limited, PEOPLE[:4], route)

    assert refused.status_code == 429
    assert refused.content_type == "application/problem+json"
    assert int(refused.headers["Retry-After"]) > 0
    # Of those refused, the one that every request counts is gone, and no other.
    room = 2 if limit == "10/year" else 29
    assert one_by_one(limited, ["Maria"] * room, "/predict").status_code == 200
    assert one_by_one(limited, ["Maria"], "/predict").status_code == 429


@ways
def test_more_names_than_the_limit_can_ever_allow_are_refused_with_the_maximum(
    client, model, send, route: str, limit: str
):
    refused = send(client(rate_limit=limit), PEOPLE, route)

    assert (refused.status_code, "Retry-After" in refused.headers) == (429, False)
    most = limit.partition("/")[0]
    assert f"send at most {most} names, or ask for a higher limit" in refused.json["detail"]
    assert model.asked == []


@ways
def test_answer_is_the_same_with_a_limit_and_without(client, send, route: str, limit: str):
    limited, unlimited = client(rate_limit=limit), client(rate_limit="")

    answers = [send(one, PEOPLE[:10], route) for one in (limited, unlimited)]

    assert answers[0].status_code == 200
    assert answers[0].data == answers[1].data


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"instances": ["Maria", 7, "John"]}', "application/json"),
        (b"year\n1\n2\n3\n", "text/csv"),
        (b"name,name\n1\n2\n3\n", "text/csv"),
        (b"no stream", ARROW),
        (b"", ARROW),
    ],
)
def test_invalid_body_counts_as_one_name(client, body: bytes, content_type: str):
    limited = client()
    refused = limited.post("/predict", data=body, content_type=content_type)

    assert refused.status_code in (400, 422)
    # A table is counted before its columns are looked at.
    rows = 3 if body.startswith(b"year") else 1
    assert one_by_one(limited, ["Maria"] * (10 - rows), "/predict").status_code == 200


def test_names_are_counted_for_the_key_of_the_request(client, tmp_path):
    path = tmp_path / "api-keys.json"
    keys, first = api_keys.create([], "first")
    keys, second = api_keys.create(keys, "second")
    path.write_bytes(api_keys.encode(keys))
    limited = client(api_keys=str(path))

    def ask(key: str, names: int) -> int:
        body = json.dumps({"instances": PEOPLE[:names]})
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        return int(limited.post("/predict", data=body, headers=headers).status_code)

    assert [ask(first, 9), ask(first, 2), ask(second, 10)] == [200, 429, 200]


@pytest.mark.parametrize("guarded", [False, True])
def test_table_is_read_once_where_there_is_no_limit(client, tmp_path, monkeypatch, guarded: bool):
    path = tmp_path / "api-keys.json"
    keys, secret = api_keys.create([], "library")
    path.write_bytes(api_keys.encode(keys))
    unlimited = client(rate_limit="", api_keys=str(path) if guarded else "")
    monkeypatch.setattr(TableBody, "rewind", None)

    response = unlimited.post(
        "/predict", data=b"name\nMaria\n", content_type="text/csv",
        headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip

    assert response.status_code == 200
    assert response.data.count(b"\n") == 2
