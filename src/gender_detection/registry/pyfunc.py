"""The registered model as MLflow's python_function, for data frames. Needs all of MLflow."""

from typing import Any

import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema

from ..model import Model, Person

SIGNATURE = ModelSignature(
    inputs=Schema([ColSpec("string", "name"), ColSpec("string", "country", required=False)]),
    outputs=Schema(
        [
            ColSpec("string", "gender"),
            ColSpec("double", "probability"),
            ColSpec("double", "p_female"),
            ColSpec("string", "basis"),
            ColSpec("string", "reason"),
        ]
    ),
)
_OUTPUTS = SIGNATURE.outputs.input_names()


class PyFunc:
    """The model that mlflow.pyfunc.load_model() wraps."""

    def __init__(self, model: Model):
        self._model = model

    def predict(self, frame: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Return gender, probability, p_female, basis and reason for each row.

        frame has the column name, and may have the column country.
        """
        countries = frame["country"] if "country" in frame else [None] * len(frame)
        people = [
            # Missing values may be None or NaN.
            Person(
                name=name if isinstance(name, str) else "",
                country=country if isinstance(country, str) else None,
            )
            for name, country in zip(frame["name"], countries, strict=True)
        ]
        rows = [
            [getattr(prediction, column) for column in _OUTPUTS]
            for prediction in self._model.predict(people)
        ]
        return pd.DataFrame(rows, columns=_OUTPUTS)
