"""GET /metrics: what is counted, under labels that nobody outside can multiply."""

import os
import subprocess
import sys

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from api.metrics import Metrics


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
    routes = {dict(key[1:]).get("route") for key in found}
    assert routes == {None, "other"}


def test_latency_is_measured_from_half_a_millisecond(client):
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
        if key[0] == "gender_detection_predictions_total"
    }
    assert counted == {
        ("name", "female", "none"): 2,
        ("name", "male", "none"): 1,
        ("name", "unknown", "ambiguous"): 1,
        ("none", "unknown", "not_a_name"): 1,
    }


def test_model_in_service_is_told(client):
    labels = (("data_version", "2025-01"), ("name", "stand-in"), ("version", "7"))

    assert samples(client)[("gender_detection_model_info", *labels)] == 1


def test_no_name_is_in_the_metrics(client):
    client.post("/predict", json={"instances": ["Maria", "Robin"]})
    client.get("/Maria")

    text = client.get("/metrics").text
    assert "Maria" not in text
    assert "Robin" not in text


def test_openmetrics_is_spoken_to_who_asks_for_it(client):
    response = client.get("/metrics", headers={"Accept": "application/openmetrics-text"})

    assert response.content_type.startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")


COUNT_ONE = """
from types import SimpleNamespace
from api.metrics import Metrics
from prometheus_client import CollectorRegistry
metrics = Metrics(CollectorRegistry())
metrics.count_request("/predict", "POST", 200, 0.001)
metrics.show_model(SimpleNamespace(name="m", version="1", data_version="1"))
print(metrics.exposition("")[0].decode())
"""


def test_numbers_of_all_workers_are_summed_and_outlive_a_worker(tmp_path):
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    command = [sys.executable, "-c", COUNT_ONE]
    for worker in (1, 2):
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        line = f'method="POST",route="/predict",status="200"}} {worker}.0'
        assert line in run.stdout
    assert 'gender_detection_model_info{data_version="1",name="m",version="1"} 1.0' in run.stdout


def test_two_apps_do_not_share_their_numbers():
    first, second = Metrics(CollectorRegistry()), Metrics(CollectorRegistry())
    first.count_request("/predict", "POST", 200, 0.001)

    assert b'route="/predict"' in first.exposition("")[0]
    assert b'route="/predict"' not in second.exposition("")[0]


@pytest.mark.parametrize("method", ["get", "Get", "POST "])
def test_methods_are_told_apart_as_http_does(method):
    metrics = Metrics(CollectorRegistry())
    metrics.count_request(None, method, 405, 0.001)

    assert b'method="other",route="other"' in metrics.exposition("")[0]
