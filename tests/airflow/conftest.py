"""Load the fixtures that the tests of Spark, Airflow and the notebook share."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "spark"))


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.import_plugin("pipeline_fixtures")
