"""MLflow tells its makers nothing, unless the user wants it to."""

import subprocess
import sys

import pytest

SHOW = """
import gender_detection.registry
from mlflow.telemetry.utils import is_telemetry_disabled
print(is_telemetry_disabled())
"""


@pytest.mark.parametrize(("wanted", "disabled"), [("", "True"), ("false", "False")])
def test_mlflow_sends_nothing_to_its_makers_unless_it_is_asked_to(wanted, disabled):
    # Without the variables by which MLflow recognises tests, and without a network.
    env = {"MLFLOW_DISABLE_TELEMETRY": wanted} if wanted else {}
    env |= dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    done = subprocess.run(
        [sys.executable, "-c", SHOW], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == disabled
