"""The model in service: replaced while requests run, each of which takes one and stays with it."""

import datetime
from dataclasses import dataclass

from gender_detection.config import Settings
from gender_detection.model import Model

from .problems import Problem


@dataclass(frozen=True)
class Loaded:
    """A model, and when it was loaded."""

    model: Model
    at: datetime.datetime


class ServedModel:
    """The model that the API answers with, None as long as there is none.

    missing says why there is none, and what to do.
    """

    def __init__(self, settings: Settings, model: Model | None = None, missing: str = "") -> None:
        self._loaded = None if model is None else Loaded(model, _now())
        self._missing = (
            missing or f"no model is loaded from {settings.model_dir}: run 'make run' first"
        )

    @property
    def loaded(self) -> Loaded | None:
        """What is in service now. Take it once for an answer: the next call may give another."""
        return self._loaded

    def present(self) -> Loaded:
        """Return what is in service; raise Problem 503 where there is nothing yet."""
        if (loaded := self._loaded) is None:
            raise Problem(503, self._missing, kind="no-model", title="No model is loaded")
        return loaded

    def model(self) -> Model:
        """Return the model in service; raise Problem 503 where there is none yet."""
        return self.present().model


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
