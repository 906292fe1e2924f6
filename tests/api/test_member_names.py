"""Members of a person by the names that tables take, and hints that do not mislead."""

import pytest


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ({"first_name": "Maria", "last_name": "Rossi"}, (None, "Maria", "Rossi")),
        ({"firstName": "Maria", "surname": "Rossi"}, (None, "Maria", "Rossi")),
        ({"forename": "Maria"}, (None, "Maria", None)),
        ({"full_name": "Maria Rossi"}, ("Maria Rossi", None, None)),
        ({"Full Name": "Maria Rossi"}, ("Maria Rossi", None, None)),
        ({"Name": "Maria Rossi", "id": 7}, ("Maria Rossi", None, None)),
        ({"Vorname": "Maria", "Nachname": "Rossi"}, (None, "Maria", "Rossi")),
        ({"Vorname": "Maria", "Name": "Rossi"}, (None, "Maria", "Rossi")),
        ({"vorname": "Maria", "name": "Rossi"}, (None, "Maria", "Rossi")),
        ({"prénom": "Maria", "nom": "Rossi"}, (None, "Maria", "Rossi")),
    ],
)
def test_members_have_the_same_synonyms_as_columns(client, model, body, asked):
    response = client.post("/predict", json={**body, "country_code": "IT"})

    assert response.status_code == 200
    [person] = model.asked
    assert (person.name, person.given_name, person.family_name) == asked
    assert (person.country, response.json["id"]) == ("IT", body.get("id"))


def test_instances_may_each_use_different_member_names(client, model):
    instances = [{"first_name": "Maria"}, {"given_name": "Kim"}, "John"]
    client.post("/predict", json={"instances": instances})

    assert [person.given_name or person.name for person in model.asked] == ["Maria", "Kim", "John"]


def test_groups_keep_the_member_names_of_the_request(client):
    instances = [{"full_name": "Maria", "group": {"author": "first", "surname": "x"}}]
    answer = client.post("/aggregate", json={"instances": instances, "by": ["author"]})

    assert answer.json["groups"][0]["group"] == {"author": "first"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"first_name": "Maria", "given_name": "Maria"}, "/first_name"),
        ({"forename": "Maria", "firstname": "Anna"}, "/forename"),
        ({"instances": ["J", {"surname": "A", "last_name": "B"}]}, "/instances/1/surname"),
    ],
)
def test_two_synonymous_members_are_refused(client, body, pointer):
    response = client.post("/predict", json=body)

    assert response.status_code == 422
    [fault] = response.json["errors"]
    assert fault["pointer"] == pointer
    assert "means the same as" in fault["detail"]


def test_repeated_member_is_still_refused(client):
    body = b'{"instances": [{"first_name": "A", "first_name": "B"}]}'
    response = client.post("/predict", data=body, content_type="application/json")

    assert response.status_code == 422


@pytest.mark.parametrize(
    ("member", "hint"),
    [
        ("fist_name", "did you mean 'first_name'?"),
        ("nmae", "did you mean 'name'?"),
        ("nickname", None),
        ("middle_name", None),
        ("title", None),
    ],
)
def test_hint_names_the_member_that_was_meant(client, member, hint):
    [fault] = client.post("/predict", json={member: "x"}).json["errors"]

    assert ("did you mean" in fault["detail"]) == (hint is not None)
    assert hint is None or hint in fault["detail"]
