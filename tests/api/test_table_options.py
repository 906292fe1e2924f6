"""Options of the query that say how a table is read; tests/common has what they do to tables."""

import json

import pyarrow as pa
import pytest

from tests.api.test_tables import post_arrow, post_csv


@pytest.mark.parametrize("route", ["/predict", "/aggregate"])
def test_body_in_json_is_no_table(client, route: str):
    body = {"instances": ["Maria"]}
    response = client.post(f"{route}?name_column=x", json=body)

    assert response.status_code == 422
    detail = "query parameter 'name_column': only for a table: leave it out"
    assert response.json["detail"] == detail


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("?no_country=true&country_column=b", "'no_country': there is a country_column"),
        ("?no_country=perhaps", "'no_country': expected bool"),
        ("?name_column=", "'name_column': expected string of length >= 1"),
    ],
)
def test_option_that_does_not_apply_is_named(client, query: str, detail: str):
    response = post_csv(client, "name,b\nMaria,IT\n", query)

    assert response.status_code == 422
    assert detail in response.json["detail"]


@pytest.mark.parametrize("route", ["/predict", "/aggregate"])
def test_column_that_does_not_exist_is_not_found(client, route: str):
    response = client.post(f"{route}?name_column=x", data="name\nMaria\n", content_type="text/csv")

    assert response.status_code == 404
    assert response.json["type"].endswith(":no-such-column")
    assert response.json["detail"] == "no column 'x': use one of these: 'name'"


def test_columns_of_an_arrow_stream_can_be_named(client):
    table = pa.table({"a": ["Maria"], "name": ["John"]})
    response = post_arrow(client, table, "?name_column=a")

    assert pa.ipc.open_stream(response.data).read_all()["gender"].to_pylist() == ["female"]
    assert json.loads(response.headers["X-Table-Columns"]) == {"name": "a"}


def test_columns_read_are_told_shortened_and_in_ascii(client):
    long = "ñ" * 150
    response = post_csv(client, f"{long},b\nMaria,1\n".encode(), f"?name_column={long}")

    told = response.headers["X-Table-Columns"]
    assert told.isascii()
    assert json.loads(told) == {"name": "ñ" * 40}


def test_table_without_a_header_is_answered_with_one(client):
    response = client.post(
        "/predict?name_column=2", data="1;Maria\n", content_type="text/csv; header=absent"
    )

    assert response.text.splitlines() == [
        "column_1;column_2;gender;probability;p_female;basis;reason",
        "1;Maria;female;0.99;0.99;name;",
    ]
