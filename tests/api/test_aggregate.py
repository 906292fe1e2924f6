"""POST /aggregate with JSON: groups of people in, shares of women out."""

import pytest

JSON = "application/json"
INVALID = "urn:problem-type:gender-detection:invalid-request"


def ask(client, document, status=200):
    response = client.post("/aggregate", json=document)
    assert response.status_code == status
    return response.json


def faults(client, document) -> list:
    problem = ask(client, document, 422)
    assert problem["type"] == INVALID
    return [(fault.get("index"), fault["pointer"], fault["detail"]) for fault in problem["errors"]]


def person(name, **group) -> dict:
    return {"name": name, "group": group}


def test_each_group_and_the_total_are_answered(client):
    people = [person("Maria", year=2020)] * 3 + [person("John", year=2020), person("X", year=2021)]

    answer = ask(client, {"instances": people, "by": ["year"]})

    first, second = answer["groups"]
    assert first["group"] == {"year": 2020}
    assert (first["n"], first["answered"], first["used"]) == (4, 4, 4)
    assert first["low"] < 0.5 < first["female_share"] < first["high"]
    assert [warning["code"] for warning in first["warnings"]] == ["too_few", "too_uncertain"]
    assert second == {
        "group": {"year": 2021},
        "n": 1,
        "answered": 0,
        "unanswered": {
            "ambiguous": 0, "unseen": 0, "initials": 0, "empty": 0, "not_a_name": 1,
            "several_people": 0, "not_a_person": 0, "bad_row": 0,
        },
        "used": 0,
        "female_share": None,
        "low": None,
        "high": None,
        "warnings": [
            {"code": "too_few", "detail": "fewer than 30 people have a probability (0)"},
            {
                "code": "many_left_out",
                "detail": "more than 20% of the people have no probability (100%); the share is "
                "estimated from the others",
            },
        ],
    }  # fmt: skip
    assert "group" not in answer["total"]
    assert (answer["total"]["n"], answer["total"]["used"]) == (5, 4)
    assert answer["model"] == {
        "name": "stand-in", "version": "7", "data_version": "2025-01", "threshold": 0.8,
    }  # fmt: skip


def test_without_by_everybody_is_one_group(client):
    answer = ask(client, {"instances": ["Maria", {"name": "John", "group": {"year": 2020}}]})

    (group,) = answer["groups"]
    assert group.pop("group") == {}
    assert group == answer["total"]
    assert group["n"] == 2


def test_large_group_of_certain_names_has_a_narrow_interval_and_no_warning(client):
    answer = ask(client, {"instances": ["Maria"] * 3000 + ["John"] * 7000})

    total = answer["total"]
    assert total["warnings"] == []
    # Where 1.3 of 100 called John were women among as many women as men, fewer are here.
    assert total["female_share"] == pytest.approx(0.296, abs=0.005)
    assert total["high"] - total["low"] == pytest.approx(2 * 1.96 * 0.0047, abs=0.002)


def test_people_are_grouped_by_their_own_country_or_the_default(client, model):
    people = [
        "Maria",
        {"name": "Maria", "country": "IT", "group": {"field": "art"}},
        {"name": "John", "country": "IT"},
    ]

    answer = ask(client, {"instances": people, "by": ["country"], "country": "DE"})

    assert [(g["group"]["country"], g["n"]) for g in answer["groups"]] == [("DE", 1), ("IT", 2)]
    assert [asked.country for asked in model.asked] == ["DE", "IT", "IT"]


def test_people_without_the_grouping_field_are_a_group(client):
    people = ["Maria", {"name": "Maria"}, person("Maria", month=3), person("Maria", year=None)]

    answer = ask(client, {"instances": [*people, person("John", year=2020)], "by": ["year"]})

    assert [(g["group"]["year"], g["n"]) for g in answer["groups"]] == [(2020, 1), (None, 4)]


def test_country_of_a_person_overrides_that_of_the_group(client):
    people = [{"name": "Maria", "country": "IT", "group": {"country": "FR"}}]

    answer = ask(client, {"instances": people, "by": ["country"]})

    assert [g["group"] for g in answer["groups"]] == [{"country": "IT"}]


def test_threshold_of_the_request_is_applied(client):
    document = {"instances": ["Robin"]}

    assert ask(client, document)["total"]["unanswered"]["ambiguous"] == 1
    answer = ask(client, document | {"threshold": 0.55})
    assert answer["total"]["answered"] == 1
    assert answer["model"]["threshold"] == 0.55


def test_groups_are_distinguished_by_value_and_type(client):
    values = [None, "x", 1, True, "1", 1.0, 2]

    answer = ask(client, {"instances": [person("Maria", v=v) for v in values], "by": ["v"]})

    found = [(group["group"]["v"], group["n"]) for group in answer["groups"]]
    assert [(type(value), value, n) for value, n in found] == [
        (bool, True, 1), (int, 1, 2), (int, 2, 1), (str, "1", 1), (str, "x", 1),
        (type(None), None, 1),
    ]  # fmt: skip


def test_order_of_instances_does_not_matter(client):
    people = [person(name, a=a) for name in ("Maria", "John", "Robin") for a in (1, 2, "z")]

    assert ask(client, {"instances": people, "by": ["a"]}) == ask(
        client, {"instances": people[::-1], "by": ["a"]}
    )


def test_name_parts_and_id_are_accepted_as_in_predict(client, model):
    ask(client, {"instances": [{"given_name": "Maria", "family_name": "Rossi", "id": 7}]})

    (asked,) = model.asked
    assert (asked.given_name, asked.family_name) == ("Maria", "Rossi")


def test_answers_are_counted_in_the_metrics(client):
    ask(client, {"instances": ["Maria", "John", "Maria"]})

    metrics = client.get("/metrics").text
    counted = 'gender_detection_predictions_total{basis="name",gender="female",reason="none"} 2.0'
    assert counted in metrics


@pytest.mark.parametrize(
    ("document", "pointer", "detail"),
    [
        ({}, "", "Object missing required field instances"),
        ({"instances": []}, "/instances", "expected array of length >= 1"),
        ({"instances": ["x"] * 10_001}, "/instances", "expected array of length <= 10000"),
        ({"instances": ["x"], "by": "year"}, "/by", "expected array, got string"),
        ({"instances": ["x"], "by": [""]}, "/by/0", "expected string of length >= 1"),
        ({"instances": ["x"], "by": ["country", "country"]}, "/by/1",
         "duplicate: give each column once"),
        ({"instances": ["x"], "threshold": 0.4}, "/threshold", "expected number >= 0.5"),
        ({"instances": ["x"], "country": 380}, "/country", "expected string | null, got integer"),
        ({"instances": ["x"], "female_share": 0.3}, "/female_share",
         "unknown field: the fields are instances, by, country, threshold, "
         "family_name_first"),
        ({"name": "x"}, "/name",
         "unknown field: the fields are instances, by, country, threshold, "
         "family_name_first"),
    ],
)  # fmt: skip
def test_invalid_request_is_explained(client, document, pointer, detail):
    assert faults(client, document) == [(None, pointer, detail)]


@pytest.mark.parametrize(
    ("item", "pointer", "detail"),
    [
        (3, "", "expected string | object, got integer"),
        ({"group": {"year": 1}}, "", "no name: give name, or given_name and family_name"),
        (person("x", year=[]), "/group", "expected boolean | integer | string | null, got array"),
        (person("x", year=1.5), "/group", "expected integer"),
        (person("x", year="y" * 201), "/group", "expected string of length <= 200"),
        ({"name": "x", "group": {"": 1}}, "/group", "invalid key: expected string of length >= 1"),
        ({"name": "x", "group": None}, "/group", "expected object, got null"),
        ({"name": "x", "gruop": {"year": 1}}, "/gruop",
         "unknown field: did you mean 'group'? the fields are name, given_name, family_name, "
         "country, id, group"),
    ],
)  # fmt: skip
def test_invalid_instance_is_named_by_its_index(client, item, pointer, detail):
    document = {"instances": [person("Maria", year=1), item], "by": ["year"]}

    assert faults(client, document) == [(1, f"/instances/1{pointer}", detail)]


def test_at_most_ten_invalid_instances_are_reported(client):
    assert [index for index, _, _ in faults(client, {"instances": [{}] * 30})] == list(range(10))


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"instances": ["x"], "by": [], "by": []}', "/by"),
        (b'{"instances": [{"name": "x", "name": "y"}]}', "/instances/0/name"),
        (b'{"instances": [{"name": "x", "group": {"a": 1, "a": 2}}]}', "/instances/0/group/a"),
    ],
)
def test_repeated_key_is_refused(client, body, pointer):
    response = client.post("/aggregate", data=body, content_type=JSON)

    assert response.status_code == 422
    assert response.json["errors"][0]["pointer"] == pointer


def test_empty_body_is_answered_with_an_example(client):
    response = client.post("/aggregate", data=b"", content_type=JSON)

    assert response.status_code == 400
    assert response.json["detail"].startswith('the body is empty: send {"instances": [{"name": ')


def test_route_without_a_model_is_unavailable(client_without_model):
    problem = ask(client_without_model, {"instances": ["Maria"]}, 503)

    assert problem["title"] == "No model is loaded"
