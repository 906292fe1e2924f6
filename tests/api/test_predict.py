"""POST /predict: one person and many."""

import json

import pytest

MODEL = {"name": "stand-in", "version": "7", "data_version": "2025-01", "threshold": 0.8}
JOHN = {
    "id": None,
    "name": "John",
    "given_name": "John",
    "country": None,
    "gender": "male",
    "probability": 0.987,
    "p_female": 0.013,
    "basis": "name",
    "reason": None,
    "evidence": {"count": 12, "sources": 2},
}


def test_one_person_gets_a_prediction_and_its_model(client):
    response = client.post("/predict", json={"name": "John"})

    assert response.status_code == 200
    assert response.content_type == "application/json"
    assert response.json == {**JOHN, "model": MODEL}


def test_members_are_in_the_order_of_the_contract(client):
    document = json.loads(client.post("/predict", json={"name": "John"}).data)

    assert list(document) == [*JOHN, "model"]


def test_instances_are_answered_in_their_order_with_one_model(client):
    response = client.post("/predict", json={"instances": ["Maria", {"name": "John"}, "Robin"]})

    assert list(response.json) == ["predictions", "model"]
    assert response.json["predictions"][1] == JOHN
    assert [p["gender"] for p in response.json["predictions"]] == ["female", "male", "unknown"]
    assert response.json["model"] == MODEL


@pytest.mark.parametrize("given", ["a-1", 42, 0, -(2**63), 7.0, "", None])
def test_id_is_echoed_unchanged(client, given):
    document = {"name": "John", "id": given}

    assert client.post("/predict", json=document).json["id"] == given
    (prediction,) = client.post("/predict", json={"instances": [document]}).json["predictions"]
    assert prediction["id"] == given


def test_country_of_the_request_applies_to_instances_without_one(client, model):
    instances = ["John", {"name": "John", "country": "de"}, {"name": "John", "country": None}]
    client.post("/predict", json={"instances": instances, "country": "IT"})

    assert [person.country for person in model.asked] == ["IT", "de", "IT"]


def test_name_parts_reach_the_model(client, model):
    client.post("/predict", json={"given_name": "John", "family_name": "Doe", "country": "xx"})

    (person,) = model.asked
    assert (person.name, person.given_name, person.family_name) == (None, "John", "Doe")
    assert person.country == "xx"


@pytest.mark.parametrize("asked", [{"name": "Robin"}, {"instances": ["Robin"]}])
def test_threshold_of_the_request_is_applied_and_reported(client, asked):
    document = client.post("/predict", json={**asked, "threshold": 0.5}).json

    prediction = document.get("predictions", [document])[0]
    assert prediction["gender"] == "female"
    assert document["model"]["threshold"] == 0.5


def test_female_share_reaches_the_model(client, model):
    client.post("/predict", json={"name": "Robin", "female_share": 0.2})

    assert model.female_share == 0.2


@pytest.mark.parametrize("name", ["", "x" * 1000, "\u0000", "李", "👩‍🔬", None])
def test_any_string_or_null_as_a_name_gets_an_answer(client, name):
    for document in ({"name": name}, {"instances": ["John", {"name": name}]}):
        assert client.post("/predict", json=document).status_code == 200


def test_ten_thousand_instances_are_answered(client):
    response = client.post("/predict", json={"instances": ["John"] * 10_000})

    assert response.status_code == 200
    assert len(response.json["predictions"]) == 10_000


def test_content_type_may_carry_a_charset(client):
    response = client.post(
        "/predict", data=b'{"name": "John"}', content_type="application/json; charset=utf-8"
    )

    assert response.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "a:b\\":", "id": "::"}',
        b'{"name" : "John", "country": null}',
        b'{"name": "\\u003a", "id": "x"}',
        b'{"instances": [{"name": ":", "id": ":"}, ":::", {"name": null}]}',
    ],
)
def test_colons_and_nulls_are_not_taken_for_repeated_keys(client, body):
    response = client.post("/predict", data=body, content_type="application/json")

    assert response.status_code == 200
