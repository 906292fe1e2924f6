"""What the Prometheus Operator is given is what prometheus/ says."""

import re
import subprocess
from typing import Any

import jsonschema
import pytest
import yaml

from tests.kubernetes import manifests as written
from tests.kubernetes import schemas
from tests.kubernetes.manifests import POD_MONITOR, ROOT, pod

PROMETHEUS = ROOT / "prometheus"


def rules(*names: str) -> dict[str, Any]:
    """Return what the script writes."""
    done = subprocess.run([written.RULES, *names], capture_output=True, text=True, check=True)
    return dict(yaml.safe_load(done.stdout))


def groups(*names: str) -> list[dict[str, Any]]:
    """Return the groups of the files of rules of these names."""
    files = [yaml.safe_load((PROMETHEUS / "rules" / f"{name}.yml").read_text()) for name in names]
    return [group for file in files for group in file["groups"]]


def test_pod_monitor_fits_the_schema_of_the_operator():
    jsonschema.validate(written.read(POD_MONITOR), schemas.POD_MONITOR)


def test_pods_are_scraped_as_often_as_prometheus_is_configured_to():
    (endpoint,) = written.read(POD_MONITOR)["spec"]["podMetricsEndpoints"]
    configured = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())["global"]
    assert endpoint["interval"] == configured["scrape_interval"]
    assert int(endpoint["scrapeTimeout"][:-1]) <= int(endpoint["interval"][:-1])


def test_pods_have_the_job_label_of_the_alerts():
    job = pod()["metadata"]["labels"][written.read(POD_MONITOR)["spec"]["jobLabel"]]
    asked = re.findall(r'job="([a-z]+)"', (PROMETHEUS / "rules" / "service.yml").read_text())
    assert {job} == {*asked}


def test_rules_are_written_unchanged():
    written_down = rules("recording", "service", "model", "pipeline")
    jsonschema.validate(written_down, schemas.PROMETHEUS_RULE)
    assert written_down["spec"]["groups"] == groups("recording", "service", "model", "pipeline")


def test_rules_for_an_unmonitored_pipeline_are_left_out():
    assert rules()["spec"]["groups"] == groups("recording", "service", "model")
    assert 'absent(up{job="pipeline"})' not in str(rules())


def test_missing_rules_are_an_error_that_lists_the_existing_ones():
    done = subprocess.run([written.RULES, "services"], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "error: no rules named services: give one or more of model pipeline recording service\n"
    )


@pytest.mark.parametrize("duration", ["15", "1m1h", "", "15 s"])
def test_durations_that_the_operator_refuses_are_refused(duration: str):
    monitor = written.read(POD_MONITOR)
    monitor["spec"]["podMetricsEndpoints"][0]["interval"] = duration
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(monitor, schemas.POD_MONITOR)
