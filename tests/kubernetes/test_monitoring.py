"""What the Prometheus Operator is given is what prometheus/ says."""

import re
import subprocess
from typing import Any

import jsonschema
import manifests as written
import pytest
import schemas
import yaml
from manifests import POD_MONITOR, ROOT, pod

PROMETHEUS = ROOT / "prometheus"


def rules(*names: str) -> dict[str, Any]:
    """Return what the script writes."""
    done = subprocess.run([written.RULES, *names], capture_output=True, text=True, check=True)
    return yaml.safe_load(done.stdout)


def groups(*names: str) -> list[dict[str, Any]]:
    """Return the groups of the files of rules of these names."""
    files = [yaml.safe_load((PROMETHEUS / "rules" / f"{name}.yml").read_text()) for name in names]
    return [group for file in files for group in file["groups"]]


def test_pod_monitor_has_fields_that_the_operator_knows():
    jsonschema.validate(written.read(POD_MONITOR), schemas.POD_MONITOR)


def test_pods_are_scraped_as_often_as_prometheus_is_configured_to():
    (endpoint,) = written.read(POD_MONITOR)["spec"]["podMetricsEndpoints"]
    configured = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())["global"]
    assert endpoint["interval"] == configured["scrape_interval"]
    assert int(endpoint["scrapeTimeout"][:-1]) <= int(endpoint["interval"][:-1])


def test_pods_bear_the_job_that_the_alerts_ask_for():
    job = pod()["metadata"]["labels"][written.read(POD_MONITOR)["spec"]["jobLabel"]]
    asked = re.findall(r'job="([a-z]+)"', (PROMETHEUS / "rules" / "service.yml").read_text())
    assert {job} == {*asked}


def test_rules_are_written_unchanged():
    written_down = rules("recording", "service", "model", "pipeline")
    jsonschema.validate(written_down, schemas.PROMETHEUS_RULE)
    assert written_down["spec"]["groups"] == groups("recording", "service", "model", "pipeline")


def test_rules_on_a_pipeline_that_nobody_watches_are_left_out():
    assert rules()["spec"]["groups"] == groups("recording", "service", "model")
    assert 'absent(up{job="pipeline"})' not in str(rules())


def test_rules_that_are_not_there_are_an_error_that_names_those_that_are():
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
