"""GET /model: what is known of the model that answers."""

import dataclasses
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from gender_detection.api.app import create_app
from gender_detection.model import Model, Parameters


def test_model_route_has_versions_parameters_metrics_and_card(client):
    before = datetime.now(UTC)
    document = client.get("/model").get_json()

    loaded_at = datetime.fromisoformat(document.pop("loaded_at"))
    assert loaded_at.tzinfo is not None
    assert loaded_at <= before
    assert document == {
        "name": "stand-in",
        "version": "7",
        "data_version": "2025-01",
        "threshold": 0.8,
        "parameters": dataclasses.asdict(Parameters()),
        "metrics": {"unseen": {"errorCoded": 0.1}},
        "card": "# Stand-in\n",
        "corrections": 0,
    }


def test_card_is_that_of_the_loaded_version(settings, tiny_model, tmp_path):
    tiny_model.save(tmp_path / "artifact", documents={"card.md": "# Größe\n", "more.md": "x"})
    model = Model.load(tmp_path / "artifact")
    # The card is of the model in hand, whatever becomes of its folder.
    (tmp_path / "artifact" / "card.md").unlink()

    document = (
        create_app(settings, model, CollectorRegistry()).test_client().get("/model").get_json()
    )
    assert document["card"] == "# Größe\n"
    assert document["metrics"] == tiny_model.metrics
    assert document["parameters"]["threshold"] == document["threshold"] == tiny_model.threshold


def test_card_of_a_model_without_one_is_null(settings, tiny_artifact):
    model = Model.load(tiny_artifact)

    document = (
        create_app(settings, model, CollectorRegistry()).test_client().get("/model").get_json()
    )
    assert document["card"] is None


def test_threshold_of_a_request_does_not_change_the_model_route(client):
    client.post("/predict", json={"name": "John", "threshold": 0.9})

    assert client.get("/model").get_json()["threshold"] == 0.8
