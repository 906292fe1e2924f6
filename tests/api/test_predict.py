"""POST /predict: one person and many."""

import json

import pytest

from gender_detection.api.app import create_app

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
    "matched": "john",
}


@pytest.fixture
def client_of(settings, tiny_model):
    """A client of the API on the tiny model."""
    return create_app(settings, tiny_model).test_client()


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


@pytest.mark.parametrize("options", [{}, {"threshold": 0.999, "female_share": 0.2}])
def test_explained_person_gets_the_prediction_with_its_explanation(client_of, options):
    asked = {"name": "Andrea Rossi", "country": "IT", **options}
    explained = client_of.post("/predict", json={**asked, "explain": True}).json

    explanation = explained.pop("explanation")
    assert explained == client_of.post("/predict", json=asked).json
    assert [(word["word"], word["role"]) for word in explanation["words"]] == [
        ("Andrea", "given_name"),
        ("Rossi", "family_name"),
    ]
    (key,) = explanation["keys"]
    assert (key["key"], key["use"]) == ("andrea", "chosen")


def test_explained_people_get_the_predictions_with_their_explanations(client_of):
    asked = {"instances": ["Maria", {"name": "Andrea", "id": 7}, ""], "country": "Atlantis"}
    explained = client_of.post("/predict", json={**asked, "explain": True}).json

    explanations = [one.pop("explanation") for one in explained["predictions"]]
    assert explained == client_of.post("/predict", json=asked).json
    assert [[key["key"] for key in one["keys"]] for one in explanations] == [
        ["maria"],
        ["andrea"],
        [],
    ]


@pytest.mark.parametrize("explain", [False, None])
def test_explanations_are_left_out_unless_asked_for(client, explain):
    plain = client.post("/predict", json={"name": "John"}).json

    assert client.post("/predict", json={"name": "John", "explain": explain}).json == plain


def test_explained_people_are_counted_like_others(client_of):
    client_of.post("/predict", json={"instances": ["Maria", "John"], "explain": True})

    lines = client_of.get("/metrics").text.splitlines()
    counted = [line for line in lines if line.startswith("gender_detection_predictions_total")]
    assert sum(float(line.rsplit(" ", 1)[1]) for line in counted) == 2


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
