"""The API as it is, but for its metrics, which count nothing: what the counting costs is the rest.

    python benchmarks/drills/uncounted_api.py

serves it as `gender-detection serve` serves the API, with the same settings.
"""

import sys
from typing import Any

import api.app
from api.metrics import Metrics
from gender_detection import serving
from gender_detection.config import Settings


class NothingCounted(Metrics):
    """Takes what it is told, and does nothing with it."""

    def count_request(self, *_: Any) -> None:
        """Count no request."""

    def count_in_flight(self, change: int) -> None:
        """Count no request that is under way."""

    def count_predictions(self, *_: Any) -> None:
        """Count no name."""


if __name__ == "__main__":
    api.app.Metrics = NothingCounted  # type: ignore[misc]
    sys.exit(serving.serve(Settings.from_env()))
