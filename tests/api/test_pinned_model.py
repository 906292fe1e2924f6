"""Only the model with the digest in the settings is served."""

import hashlib
from dataclasses import replace
from pathlib import Path

from gender_detection.api.served_model import ServedModel


def digest(folder: Path) -> str:
    """Return what sha256sum prints of an artifact's manifest."""
    return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def test_intact_model_that_is_not_the_pinned_one_is_refused(settings, publish, artifacts, caplog):
    served = ServedModel(replace(settings, model_sha256=digest(artifacts["1"])))
    publish("1")
    served.reload_if_changed()
    forged = publish("2")
    served.reload_if_changed()

    model = served.model_or_none()
    assert model is not None
    assert model.version == "1"
    assert digest(forged) in caplog.text
    assert "MODEL_SHA256" in caplog.text


def test_start_falls_back_only_to_the_pinned_model(settings, publish, artifacts):
    for version in ("1", "2", "3"):
        publish(version)

    pinned = ServedModel(replace(settings, model_sha256=digest(artifacts["2"])))
    pinned.reload_if_changed()
    model = pinned.model_or_none()
    assert model is not None
    assert model.version == "2"

    other = ServedModel(replace(settings, model_sha256="0" * 64))
    other.reload_if_changed()
    assert other.model_or_none() is None


def test_artifact_folder_must_be_the_pinned_model_too(settings, artifacts):
    named = replace(settings, model_uri=str(artifacts["1"]), model_sha256=digest(artifacts["2"]))
    served = ServedModel(named)
    served.reload_if_changed()

    assert served.model_or_none() is None
