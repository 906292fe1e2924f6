"""POST /aggregate with a table in CSV: the same answer as of JSON, in bounded memory."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client import CollectorRegistry

from gender_detection.api.app import create_app
from gender_detection.config import Settings
from tests.api.server_process import wait_until

TABLE = "name,country,year\nMaria,it,2020\nJohn,IT,2020\nRobin,,2021\nMaria,DE,\n"


def post(client, table=TABLE, query=""):
    return client.post(f"/aggregate{query}", data=table, content_type="text/csv")


def sizes(response) -> list:
    return [(*group["group"].values(), group["n"]) for group in response.json["groups"]]


def test_answer_equals_that_for_the_same_people_in_json(tiny_model, settings):
    client = create_app(settings, tiny_model, CollectorRegistry()).test_client()
    rows = [row.split(",") for row in TABLE.splitlines()[1:]]
    people = [
        {"name": name, "country": country or None, "group": {"year": year or None}}
        for name, country, year in rows
    ]
    document = {"instances": people, "by": ["year", "country"], "threshold": 0.55}

    response = post(client, query="?by=year,country&threshold=0.55")

    assert response.status_code == 200
    assert response.content_type == "application/json"
    assert response.json == client.post("/aggregate", json=document).json
    assert response.json["total"]["answered"] == 4


def test_without_by_everybody_is_one_group(client):
    response = post(client)

    assert sizes(response) == [(4,)]
    assert response.json["model"]["threshold"] == 0.8


def test_country_of_the_query_applies_to_rows_without_one(client):
    assert sizes(post(client, query="?by=country&country=FR")) == [("DE", 1), ("FR", 1), ("IT", 2)]
    assert sizes(post(client, "name\nMaria\n", "?by=country&country=FR")) == [("FR", 1)]


def test_long_table_is_answered_block_by_block(client):
    head, _, rows = TABLE.partition("\n")

    response = post(client, f"{head}\n{rows * 12_000}", "?by=year")

    # White space for each block, then the document: what json reads as one.
    assert response.text.startswith("\n\n\n")
    assert json.loads(response.text)["total"]["n"] == 48_000


def test_table_without_rows_has_no_groups(client):
    answer = post(client, "name,year\n", "?by=year").json

    assert (answer["groups"], answer["total"]["n"]) == ([], 0)


def test_bad_row_is_in_no_group(client):
    answer = post(client, TABLE + "Rossi, Maria,IT,2020\n", "?by=year").json

    assert sum(group["n"] for group in answer["groups"]) == 4
    assert answer["total"]["unanswered"]["bad_row"] == 1


def test_row_of_megabytes_is_in_no_group_and_the_other_rows_are(client):
    response = post(client, TABLE + "x" * 2_000_000 + ",IT,2020\nJohn,IT,2021\n", "?by=year")

    assert sizes(response) == sizes(post(client, TABLE + "John,IT,2021\n", "?by=year"))


def test_answers_are_counted_in_the_metrics(client):
    post(client)

    counted = 'gender_detection_predictions_total{basis="name",gender="female",reason="none"} 2.0'
    assert counted in client.get("/metrics").text


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("?by=year,year", "query parameter 'by': invalid list to group by: year appears twice: "
         "list columns, such as year,country"),
        ("?by=year%0Dx", "query parameter 'by': invalid list to group by: it cannot be parsed "),
        (f"?country={'I' * 101}", "query parameter 'country': expected string of length <= 100"),
        ("?threshold=2", "query parameter 'threshold': expected number <= 1.0"),
        ("?female_share=0.5", "query parameter 'female_share': unknown: use by, "
         "country, threshold"),
        ("?by=a&by=b", "query parameter 'by': given more than once"),
    ],
)  # fmt: skip
def test_invalid_query_is_explained(client, query, detail):
    response = post(client, query=query)

    assert response.status_code == 422
    assert response.content_type == "application/problem+json"
    assert response.json["detail"].startswith(detail)


def test_column_missing_from_the_table_is_named_with_the_existing_ones(client):
    response = post(client, query="?by=yaer")

    assert response.status_code == 404
    assert response.json["type"] == "urn:problem-type:gender-detection:no-such-column"
    assert response.json["detail"] == (
        "no column yaer to group by (columns found: 'name', 'country', 'year')"
    )


@pytest.mark.parametrize(
    ("table", "detail"),
    [
        ("", "the table is empty"),
        ("year\n2020\n", "no column holds names"),
        ("name,year\n" + "".join(f"M,{n}\n" for n in range(10_001)), "more than 10,000 groups by"),
        (f"name,year\nM,{'y' * 201}\n", "year has a value longer than 200 characters"),
    ],
)
def test_table_that_cannot_be_grouped_is_refused(client, table, detail):
    response = post(client, table, "?by=year")

    assert response.status_code == 422
    assert response.json["type"].endswith(":invalid-table")
    assert response.json["detail"].startswith(detail)


@pytest.mark.parametrize("media_type", ["text/plain", "application/vnd.apache.arrow.stream"])
def test_other_media_types_are_refused(client, media_type):
    response = client.post("/aggregate", data=b"x", content_type=media_type)

    assert response.status_code == 415
    assert response.headers["Accept"] == "application/json, text/csv"


def test_table_over_the_limit_is_refused(model, tmp_path):
    settings = Settings(model_dir=str(tmp_path), max_table_bytes=len(TABLE) - 1)
    client = create_app(settings, model, CollectorRegistry()).test_client()

    assert post(client).status_code == 413


def test_route_without_a_model_is_unavailable(client_without_model):
    assert post(client_without_model).status_code == 503


def test_long_table_does_not_block_others_and_no_name_is_logged(served_api):
    note = "of no interest at all"
    pairs = (f"Maria Socketina,{n % 100},{note}\nJohn,{n % 100},{note}\n" for n in range(150_000))
    table = f"name,year,note\n{''.join(pairs)}".encode()
    headers = {"Content-Type": "text/csv"}
    assert len(table) > Settings().max_body_bytes

    with ThreadPoolExecutor(1) as thread:
        answering = thread.submit(served_api.request, "POST", "/aggregate?by=year", table, headers)
        beside = [served_api.predict({"instances": ["Maria"] * 500})[0] for _ in range(3)]
        status, _, body = answering.result()

    answer = json.loads(body)
    assert (status, beside) == (200, [200] * 3)
    assert {group["n"] for group in answer["groups"]} == {3000}
    assert answer["total"]["low"] < 0.5 < answer["total"]["high"]
    assert "Socketina" not in served_api.output()


def test_table_that_fails_late_is_cut_off_and_logged(served_api):
    many = "".join(f"Maria,{n}\n" for n in range(30_000))
    table = "name,year\n" + "Maria,1\n" * 30_000 + many

    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        served_api.request(
            "POST", "/aggregate?by=year", table.encode(), {"Content-Type": "text/csv"}
        )

    wait_until(lambda: "more than 10,000 groups by year" in served_api.output(), "the log")
