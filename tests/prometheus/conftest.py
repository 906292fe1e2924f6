"""The API with three workers, the pipeline's metrics and a real Prometheus that watches both."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from tests.api.server_process import ServedApi, answers, free_port, launch
from tests.prometheus.programs import program
from tests.prometheus.rule_files import ROOT
from tests.prometheus.running import Prometheus, pipeline_metrics, wait_for


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.import_plugin("tests.spark.pipeline_fixtures")


@pytest.fixture
def promtool():
    """Run promtool; without one, skip, but in CI, where it belongs."""
    path = program("promtool")

    def run(*arguments, given=None):
        done = subprocess.run(
            [path, *map(str, arguments)], cwd=ROOT, input=given, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@dataclass
class Stack:
    """What is watched, and who watches."""

    api: ServedApi
    prometheus: Prometheus
    folder: Path
    settings: dict[str, object]

    def start_api_again(self) -> None:
        """Start the API on the same port, after it has been killed."""
        self.api = launch(self.folder / "model", self.folder, **self.settings)
        wait_for(lambda: answers(self.api), "the API to answer")


@pytest.fixture(scope="module")
def stack(made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All of it, on the model and the files that `make run` has made of a slice of the data."""
    program("prometheus")
    folder = tmp_path_factory.mktemp("watched")
    settings = {
        "workers": 3,
        "port": free_port(),
        "drift_seconds": 10,
        "model_uri": f"models:/{made.settings.model_name}@champion",
        "tracking_uri": made.settings.tracking_uri,
        "model_poll_seconds": 1,
    }
    port = free_port()
    api = launch(folder / "model", folder, **settings)
    with pipeline_metrics(made.home / "metrics", port, folder / "pipeline.log"):
        watched = Stack(api, Prometheus(folder, api.port, port), folder, settings)
        try:
            wait_for(lambda: api.request("GET", "/readyz")[0] == 200, "the API to be ready")
            yield watched
        finally:
            watched.prometheus.stop()
            if watched.api.process.poll() is None:
                watched.api.stop(signal.SIGTERM)
    watched.api.assert_no_name_in_output()
