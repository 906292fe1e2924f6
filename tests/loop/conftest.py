"""Take in what the tests of Spark, Airflow and the notebook share."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.import_plugin("tests.spark.pipeline_fixtures")
