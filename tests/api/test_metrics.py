"""GET /metrics: what is counted, under labels that nobody outside can multiply."""

import time
from collections import Counter
from itertools import product

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from gender_detection.api.metrics.definitions import ALL_ROUTES, LAYOUT, METHODS, MODEL_ROUTES
from gender_detection.api.metrics.recorder import Metrics
from gender_detection.model import Person


def samples(client) -> dict[tuple, float]:
    """Return the values by (sample name, sorted label pairs)."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.content_type.startswith("text/plain")
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def requests(route: str, method: str, status: str) -> tuple:
    labels = (("method", method), ("route", route), ("status", status))
    return ("gender_detection_http_requests_total", *labels)


def test_requests_are_counted_by_route_method_and_status(client):
    client.post("/predict", json={"name": "John"})
    client.post("/predict", json={"name": "John"})
    client.post("/predict", json={"name": 3})
    client.get("/healthz")

    found = samples(client)
    assert found[requests("/predict", "POST", "200")] == 2
    assert found[requests("/predict", "POST", "422")] == 1
    assert found[requests("/healthz", "GET", "200")] == 1
    count = ("gender_detection_http_request_duration_seconds_count", ("route", "/predict"))
    assert found[count] == 3


def test_unknown_routes_and_methods_share_one_label(client):
    for path in ("/a", "/b", "/Maria", "/predict/Maria"):
        client.get(path)
    for method in ("BREW", "SHAKE"):
        client.open("/healthz", method=method)

    found = samples(client)
    assert found[requests("other", "GET", "404")] == 4
    assert found[requests("other", "other", "405")] == 2
    assert not [key for key in found if "Maria" in str(key) or "BREW" in str(key)]


def test_latency_buckets_start_at_half_a_millisecond(client):
    client.get("/healthz")

    edges = {dict(key[1:]).get("le") for key in samples(client)}
    assert "0.0005" in edges
    assert "10.0" in edges


def test_predictions_are_counted_by_gender_basis_and_reason(client):
    client.post("/predict", json={"instances": ["Maria", "John", "Maria", "Robin", "?"]})

    found = samples(client)
    counted = {
        tuple(value for _, value in key[1:]): number
        for key, number in found.items()
        if key[0] == "gender_detection_predictions_total" and number
    }
    assert counted == {
        ("name", "female", "none"): 2,
        ("name", "male", "none"): 1,
        ("name", "unknown", "ambiguous"): 1,
        ("none", "unknown", "not_a_name"): 1,
    }


def test_model_in_service_is_reported(client):
    labels = (("data_version", "2025-01"), ("name", "stand-in"), ("version", "7"))

    assert samples(client)[("gender_detection_model_info", *labels)] == 1


def test_no_name_is_in_the_metrics(client):
    client.post("/predict", json={"instances": ["Maria", "Robin"]})
    client.get("/Maria")

    text = client.get("/metrics").text
    assert "Maria" not in text
    assert "Robin" not in text


def test_openmetrics_is_sent_on_request(client):
    response = client.get("/metrics", headers={"Accept": "application/openmetrics-text"})

    assert response.content_type.startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")


def exposed(metrics: Metrics) -> str:
    return metrics.exposition("")[0].decode()


def test_two_apps_do_not_share_their_metrics():
    first, second = Metrics(CollectorRegistry()), Metrics(CollectorRegistry())
    first.count_request("/model", "GET", 503, 0.001)

    line = 'gender_detection_http_requests_total{method="GET",route="/model",status="503"} 1.0'
    assert line in exposed(first)
    assert line not in exposed(second)


def test_counters_start_at_zero(client):
    found = samples(client)

    for status in ("200", "422", "500", "503"):
        assert found[requests("/predict", "POST", status)] == 0
    assert found[("gender_detection_http_requests_shed_total", ("cause", "short"))] == 0
    assert found[("gender_detection_model_reloads_total", ("outcome", "refused"))] == 0


def test_sizes_of_bodies_and_requests_are_reported_by_route(client):
    client.post("/predict", json={"instances": ["Maria", "John", "Robin"]})
    client.get("/healthz")

    found = samples(client)
    assert found[("gender_detection_request_names_sum", ("route", "/predict"))] == 3
    bodies = ("gender_detection_http_request_body_bytes_count", ("route", "/predict"))
    assert found[bodies] == 1
    assert ("gender_detection_http_request_body_bytes_count", ("route", "/healthz")) not in found


def test_time_in_the_model_is_part_of_the_request_time(client):
    client.post("/predict", json={"name": "Maria"})

    found = samples(client)
    inside = found[("gender_detection_model_duration_seconds_sum", ("route", "/predict"))]
    whole = found[("gender_detection_http_request_duration_seconds_sum", ("route", "/predict"))]
    assert 0 < inside < whole


def test_waiting_time_is_part_of_the_request_time(client):
    waited = {"gender_detection.received": time.perf_counter() - 3}
    client.post("/predict", json={"name": "Maria"}, environ_overrides=waited)

    whole = ("gender_detection_http_request_duration_seconds_sum", ("route", "/predict"))
    assert samples(client)[whole] > 3


def test_names_are_counted_by_country_script_length_and_probability(client):
    asked = [{"name": "Maria", "country": "IT"}, {"name": "Robin", "country": "XX"}, "Мария", "?"]
    client.post("/predict", json={"instances": asked})

    found = samples(client)
    countries = {"IT": 1, "other": 1, "none": 2}
    for country, names in countries.items():
        label = ("country", country)
        assert found[("gender_detection_name_countries_total", label)] == names
    assert found[("gender_detection_name_scripts_total", ("script", "latin"))] == 2
    assert found[("gender_detection_name_scripts_total", ("script", "cyrillic"))] == 1
    assert found[("gender_detection_prediction_probability_count",)] == 2
    assert found[("gender_detection_prediction_probability_bucket", ("le", "0.6"))] == 1
    assert found[("gender_detection_given_name_letters_bucket", ("le", "4.0"))] == 0
    assert found[("gender_detection_given_name_letters_bucket", ("le", "5.0"))] == 2


@pytest.mark.parametrize("names", [1, 199, 200, 201, 1000, 2049])
def test_sample_of_a_large_request_counts_for_all_its_names(client, names):
    client.post("/predict", json={"instances": ["Maria"] * names})

    counted = samples(client)[("gender_detection_name_scripts_total", ("script", "latin"))]
    assert counted == pytest.approx(names)
    assert samples(client)[("gender_detection_prediction_probability_count",)] == names


def test_names_skipped_in_a_busy_second_are_made_up_for_by_others(model):
    now = [100.0]
    metrics = Metrics(CollectorRegistry(), clock=lambda: now[0])
    latin = 'gender_detection_name_scripts_total{script="latin"} '
    for count, expected in ((150, 150.0), (100, 250.0), (70, 250.0)):
        metrics.count_predictions("/predict", model.predict([Person(name="Maria")] * count), 0.01)
        assert f"{latin}{expected}" in exposed(metrics)
    now[0] += 1
    metrics.count_predictions("/predict", model.predict([Person(name="Maria")] * 10), 0.01)
    assert f"{latin}330.0" in exposed(metrics)


def test_table_is_counted_by_its_names(client):
    table = "name,country\n" + "Maria,IT\n" * 30 + "John,\n" * 20 + "a,b,c\n"
    client.post("/predict", data=table, content_type="text/csv").get_data()

    found = samples(client)
    kinds = (("basis", "name"), ("gender", "female"), ("reason", "none"))
    assert found[("gender_detection_predictions_total", *kinds)] == 30
    bad = (("basis", "none"), ("gender", "unknown"), ("reason", "bad_row"))
    assert found[("gender_detection_predictions_total", *bad)] == 1
    assert found[("gender_detection_name_countries_total", ("country", "IT"))] == 30
    assert found[("gender_detection_request_names_sum", ("route", "/predict"))] == 51
    assert found[("gender_detection_prediction_probability_count",)] == 50


def test_names_to_aggregate_are_counted_too(client):
    client.post("/aggregate", json={"instances": ["Maria", "John"]})
    client.post("/aggregate", data="name\nMaria\n", content_type="text/csv").get_data()

    found = samples(client)
    assert found[("gender_detection_request_names_count", ("route", "/aggregate"))] == 2
    assert found[("gender_detection_request_names_sum", ("route", "/aggregate"))] == 3
    assert found[("gender_detection_model_duration_seconds_count", ("route", "/aggregate"))] == 2


def test_number_of_series_is_that_of_the_layout():
    metrics = Metrics(CollectorRegistry())
    for route, method, status in product([*ALL_ROUTES, "/x"], [*METHODS, "X"], range(200, 600)):
        metrics.count_request(route, method, status, 0.001, 10)
    for route in MODEL_ROUTES:
        metrics.count_names(route, 1)
        metrics.count_model(route, 0.1)

    shown = [line for line in exposed(metrics).splitlines() if not line.startswith("#")]
    assert len(shown) < LAYOUT.most_series() + 50
    assert LAYOUT.most_series() < 3500


def test_no_series_is_shown_twice(client):
    lines = [line for line in client.get("/metrics").text.splitlines() if line[0] != "#"]

    shown = Counter(line.rpartition(" ")[0] for line in lines)
    assert [series for series, times in shown.items() if times > 1] == []


def test_figures_of_the_model_evaluation_are_reported(client, model):
    model.metrics = {"unseen": {"forced": {"errorCoded": 0.068}, "ece": 0.008}, "known": {}}

    figures = {
        dict(key[1:])["figure"]: value
        for key, value in samples(client).items()
        if key[0] == "gender_detection_model_figure"
    }
    assert figures == {"unseen_error": 0.068, "unseen_ece": 0.008}


@pytest.mark.parametrize("method", ["get", "Get", "POST "])
def test_methods_are_case_sensitive(method):
    metrics = Metrics(CollectorRegistry())
    metrics.count_request(None, method, 405, 0.001)

    assert b'method="other",route="other"' in metrics.exposition("")[0]
