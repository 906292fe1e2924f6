"""Countries in requests, in any common form; those that are not understood are reported."""

import json

import pytest
from prometheus_client import CollectorRegistry

from gender_detection.api.app import create_app

WARNED = "X-Warnings"


@pytest.fixture
def real(settings, tiny_model):
    """A client of an app around the real, small model."""
    return create_app(settings, tiny_model, CollectorRegistry()).test_client()


def test_country_may_have_any_spelling(real):
    for country in ("IT", "it", "ITA", "380", "Italy", "Italia", " Italien "):
        answer = real.post("/predict", json={"name": "Andrea", "country": country}).json
        assert (answer["country"], answer["gender"]) == ("IT", "male"), country
        assert "warnings" not in answer


@pytest.mark.parametrize("country", ["", " ", None, "nan", "n/a"])
def test_missing_country_is_none(real, country):
    answer = real.post("/predict", json={"name": "Andrea", "country": country}).json

    assert answer["country"] is None
    assert "warnings" not in answer


@pytest.mark.parametrize("country", ["XX", "Atlantis", "EU"])
def test_country_that_is_not_understood_is_none_and_reported(real, country):
    answer = real.post("/predict", json={"name": "Andrea", "country": country}).json

    assert answer["country"] is None
    [warning] = answer["warnings"]
    assert warning["code"] == "country_not_understood"
    assert (warning["count"], warning["examples"]) == (1, [country])
    assert country in warning["detail"]


@pytest.mark.parametrize("times", [1, 40])
def test_instances_are_counted_by_value_not_understood(real, times):
    instances = [
        {"name": "Andrea", "country": "Italy"},
        {"name": "Andrea", "country": "Atlantis"},
        {"name": "Kim", "country": "Utopia"},
        {"name": "Kim", "country": "Atlantis"},
    ] * times
    answer = real.post("/predict", json={"instances": instances}).json

    assert [p["country"] for p in answer["predictions"][:4]] == ["IT", None, None, None]
    [warning] = answer["warnings"]
    assert (warning["count"], warning["examples"]) == (3 * times, ["Atlantis", "Utopia"])


@pytest.mark.parametrize("times", [1, 100])
def test_default_country_that_is_not_understood_counts_for_each_instance(real, times):
    answer = real.post(
        "/predict", json={"instances": ["Andrea", "Kim"] * times, "country": "Atlantis"}
    ).json

    assert answer["warnings"][0]["count"] == 2 * times
    assert {p["country"] for p in answer["predictions"]} == {None}


def test_na_of_a_person_is_namibia(real):
    assert real.post("/predict", json={"name": "Andrea", "country": "NA"}).json["country"] == "NA"


@pytest.mark.parametrize("kind", ["text/csv"])
def test_header_of_a_table_answer_reports_what_is_not_understood(real, kind):
    rows = "name,country\nAndrea,Italy\nAndrea,Atlantis\nKim,NA\nKim,Åland?\n"
    answer = real.post("/predict", data=rows, content_type=kind)

    assert answer.text.splitlines()[1].startswith("Andrea,Italy,male,")
    assert json.loads(answer.headers[WARNED]) == [
        {
            "code": "country_not_understood", "count": 1, "examples": ["Atlantis"],
            "first_rows": 4,
        },
        {"code": "na_is_namibia", "count": 1, "examples": ["NA"], "first_rows": 4},
    ]  # fmt: skip


def test_table_without_odd_countries_has_no_such_header(real):
    answer = real.post("/predict", data="name,country\nAndrea,IT\nKim,\n", content_type="text/csv")

    assert WARNED not in answer.headers


def test_na_in_a_table_is_missing_if_no_other_row_has_a_country(real):
    answer = real.post("/predict", data="name,country\nKim,NA\nKim,\n", content_type="text/csv")

    assert [w["code"] for w in json.loads(answer.headers[WARNED])] == ["na_is_missing"]


def test_groups_by_country_merge_equivalent_spellings(real):
    rows = "name,country\nAndrea,Italy\nAndrea,IT\nKim,Atlantis\nKim,\n"
    answer = real.post("/aggregate?by=country", data=rows, content_type="text/csv").json
    instances = [
        {"name": "Andrea", "country": "Italy"}, {"name": "Andrea", "country": "IT"},
        {"name": "Kim", "country": "Atlantis"}, {"name": "Kim", "country": ""},
    ]  # fmt: skip
    in_json = real.post("/aggregate", json={"instances": instances, "by": ["country"]}).json

    for document in (answer, in_json):
        groups = {group["group"]["country"]: group["n"] for group in document["groups"]}
        assert groups == {"IT": 2, "Atlantis": 1, None: 1}
        assert [w["code"] for w in document["warnings"]] == ["country_not_understood"]


def test_query_applies_where_the_json_body_has_no_value(real):
    def answer(query, **body):
        return real.post(f"/predict?{query}", json={"name": "Andrea", **body}).json

    assert answer("country=Italy")["country"] == "IT"
    assert answer("country=IT", country="DE")["country"] == "DE"
    assert answer("country=IT", country="")["country"] == "IT"
    assert answer("threshold=0.99")["model"]["threshold"] == 0.99
    assert answer("threshold=0.99", threshold=0.6)["model"]["threshold"] == 0.6
    assert answer("female_share=0.01")["p_female"] < answer("")["p_female"]
    both = {"name": "Andrea Maria"}
    assert answer("family_name_first=true", **both)["given_name"] == "Maria"
    assert answer("family_name_first=1", **both, family_name_first=False)["given_name"] == "Andrea"


def test_query_sets_the_grouping_if_the_body_does_not(real):
    instances = [{"name": "Kim", "group": {"year": year}} for year in (1, 2)]
    asked = {"instances": instances}

    by_query = real.post("/aggregate?by=year&country=IT", json=asked).json
    by_body = real.post("/aggregate?by=country", json={**asked, "by": ["year"]}).json

    for answer in (by_query, by_body):
        assert [group["group"] for group in answer["groups"]] == [{"year": 1}, {"year": 2}]
