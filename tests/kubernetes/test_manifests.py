"""The manifests fit Kubernetes' schemas, each other, and what the API and the image are."""

import copy
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from kubernetes_validate.utils import all_versions

from gender_detection.api.security.access import OPEN
from gender_detection.api.spec.routes import ROUTES
from gender_detection.config import PREFIX, Settings
from tests.kubernetes import manifests as written
from tests.kubernetes.manifests import FOLDER, NAME, POD_MONITOR, ROOT, containers, manifests, pod

# The first with all that is used here, as the kustomization says, and the newest that is known.
OLDEST = "1.30"
VERSIONS = (OLDEST, ".".join(all_versions()[-1].split(".")[:2]))
# Seconds that an API takes to end, after it has waited for its requests.
TO_END = 3
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PROBES = {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"}
VARIABLE = re.compile(rf"\b{PREFIX}([A-Z_]+)\b")


@pytest.fixture(params=[False, True], ids=["model inside", "registry followed"])
def follow(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    text = (ROOT / "docker-compose.yml").read_text()
    # As it is where no variable is set.
    return dict(yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text))["services"]["api"])


def in_bytes(amount: str) -> int:
    ((number, unit),) = re.findall(r"^(\d+)([a-zA-Z]+)$", amount)
    return int(number) * {"m": 2**20, "g": 2**30, "Mi": 2**20, "Gi": 2**30}[unit]


@pytest.mark.parametrize("version", VERSIONS)
def test_manifests_fit_the_schemas_of_kubernetes(version: str, follow: bool):
    for one in manifests(follow).values():
        assert kubernetes_validate.validate(one, version, strict=True) == version


def test_unknown_kubernetes_field_is_refused():
    misspelt = manifests()["Deployment"]
    misspelt["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError, match="readynessProbe"):
        kubernetes_validate.validate(misspelt, OLDEST, strict=True)


def test_oldest_kubernetes_version_is_the_documented_one():
    assert f"Kubernetes {OLDEST} or newer" in (FOLDER / "kustomization.yaml").read_text()
    with pytest.raises(kubernetes_validate.ValidationError, match="sleep"):
        kubernetes_validate.validate(manifests()["Deployment"], "1.28", strict=True)


def test_every_manifest_is_in_the_kustomization():
    named = {*written.kustomization()["resources"], "kustomization.yaml"}
    assert {path.name for path in FOLDER.glob("*.yaml")} == named
    patches = {
        patch["path"] for patch in written.read(written.FOLLOW / "kustomization.yaml")["patches"]
    }
    assert {path.name for path in written.FOLLOW.iterdir()} == patches | {"kustomization.yaml"}


def built(folder: Path) -> dict[str, dict[str, Any]]:
    command = ["kubectl", "kustomize", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return {one["kind"]: one for one in yaml.safe_load_all(done.stdout)}


def test_kubectl_builds_what_is_tested_here(follow: bool, tmp_path: Path):
    if not shutil.which("kubectl"):
        pytest.skip("no kubectl on this machine: kustomize is not tested")
    folder = shutil.copytree(FOLDER, tmp_path / "kubernetes")
    if follow:
        file = folder / "kustomization.yaml"
        text = file.read_text().replace("# components: [follow]", "components: [follow]")
        file.write_text(text.replace("  # - monitoring", "  - monitoring"))
    result = built(folder)
    settings = result.pop("ConfigMap")
    assert settings["data"] == written.settings()
    assert (result.pop("PodMonitor", None) is not None) == follow
    tag = written.kustomization()["images"][0]["newTag"]
    expected = json.dumps(manifests(follow)).replace(
        f'"image": "{NAME}"', f'"image": "{NAME}:{tag}"'
    )
    expected = expected.replace(
        f'"configMapRef": {{"name": "{NAME}"}}',
        f'"configMapRef": {{"name": "{settings["metadata"]["name"]}"}}',
    )
    for one in result.values():
        assert one["metadata"]["labels"].pop("app.kubernetes.io/part-of") == "gender-detection"
        one["metadata"]["labels"] or one["metadata"].pop("labels")
    assert result == json.loads(expected)


def test_selectors_select_the_pods():
    labels = pod()["metadata"]["labels"]
    found = manifests()
    spread = pod()["spec"]["topologySpreadConstraints"]
    selectors = [
        found["Deployment"]["spec"]["selector"]["matchLabels"],
        found["Service"]["spec"]["selector"],
        found["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
        written.read(POD_MONITOR)["spec"]["selector"]["matchLabels"],
        *(one["labelSelector"]["matchLabels"] for one in spread),
    ]
    assert len(selectors) == 7
    assert all(selector == labels for selector in selectors)


def test_every_reference_to_the_port_is_that_of_the_api():
    (port,) = containers()[0]["ports"]
    assert port["containerPort"] == Settings().port
    assert f"EXPOSE {port['containerPort']}\n" in DOCKERFILE
    asked = [containers()[0][f"{probe}Probe"]["httpGet"]["port"] for probe in PROBES]
    asked += [one["targetPort"] for one in manifests()["Service"]["spec"]["ports"]]
    asked += [one["port"] for one in written.read(POD_MONITOR)["spec"]["podMetricsEndpoints"]]
    (ingress,) = manifests()["NetworkPolicy"]["spec"]["ingress"]
    asked += [one["port"] for one in ingress["ports"]]
    assert set(asked) == {port["name"]}


def test_probes_use_routes_that_need_no_key():
    paths = {probe: containers()[0][f"{probe}Probe"]["httpGet"]["path"] for probe in PROBES}
    assert paths == PROBES
    asked = {*paths.values(), written.read(POD_MONITOR)["spec"]["podMetricsEndpoints"][0]["path"]}
    assert asked <= OPEN
    assert asked <= {route.path for route in ROUTES if route.method == "GET"}


def test_one_slow_probe_answer_does_not_end_a_pod():
    liveness = containers()[0]["livenessProbe"]
    assert liveness["periodSeconds"] * liveness["failureThreshold"] >= 30
    assert liveness["timeoutSeconds"] <= liveness["periodSeconds"]


def test_every_variable_is_a_setting_with_a_valid_value(follow: bool):
    files = [path.read_text() for path in FOLDER.rglob("*.yaml")]
    named = {name.lower() for text in files for name in VARIABLE.findall(text)}
    assert named <= {*Settings.__dataclass_fields__}
    env = {one["name"]: one["value"] for one in containers(follow)[0].get("env", [])}
    settings = Settings.from_env({**written.settings(), **env})
    assert settings.workers == 2
    assert bool(settings.model_uri) == follow


def test_no_service_can_change_a_setting():
    assert pod()["spec"]["enableServiceLinks"] is False


def test_requests_in_flight_have_the_documented_time_to_finish():
    stop = Settings.from_env(written.settings()).stop_seconds
    pause = containers()[0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pause >= 5
    assert pod()["spec"]["terminationGracePeriodSeconds"] >= pause + stop + TO_END


def test_every_container_is_hardened_as_in_the_compose_file(follow: bool, compose: dict[str, Any]):
    assert compose["read_only"]
    assert compose["cap_drop"] == ["ALL"]
    assert compose["security_opt"] == ["no-new-privileges:true"]
    for container in containers(follow):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }


def test_pods_run_as_the_image_user_without_access_to_the_cluster(follow: bool):
    spec = pod(follow)["spec"]
    user, group = map(int, re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, re.M)[-1])
    assert spec["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": group,
        "fsGroup": group,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert spec["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
    assert all({"emptyDir", "secret"} & set(volume) for volume in spec["volumes"])


def test_writable_volumes_are_limited_in_size(follow: bool, compose: dict[str, Any]):
    volumes = {one["name"]: one for one in pod(follow)["spec"]["volumes"]}
    writable = {
        mount["mountPath"]: volumes[mount["name"]]
        for mount in containers(follow)[0]["volumeMounts"]
        if not mount.get("readOnly")
    }
    (home,) = re.findall(rf"{PREFIX}HOME=(\S+)", DOCKERFILE.rpartition("\nFROM ")[2])
    model_dir = Settings.from_env({f"{PREFIX}HOME": home}).model_dir
    folders = [one.partition(":")[0] for one in compose["tmpfs"]]
    assert set(writable) == {*folders, *([model_dir] if follow else [])}
    assert all(volume["emptyDir"]["sizeLimit"] for volume in writable.values())
    assert in_bytes(writable["/tmp"]["emptyDir"]["sizeLimit"]) == 4 * Settings().max_table_bytes


def test_memory_equals_that_of_the_compose_file(follow: bool, compose: dict[str, Any]):
    limit = containers(follow)[0]["resources"]["limits"]["memory"]
    assert in_bytes(limit) == in_bytes(compose["deploy"]["resources"]["limits"]["memory"])
    for container in containers(follow):
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert "memory" in container["resources"]["limits"]
        requested = container["resources"]["requests"]["memory"]
        assert in_bytes(requested) <= in_bytes(container["resources"]["limits"]["memory"])


def test_image_has_the_same_specific_tag_everywhere(follow: bool):
    (image,) = written.kustomization()["images"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert image["newTag"] == project["version"]
    assert {container["image"] for container in containers(follow)} == {image["name"]} == {NAME}


def test_autoscaler_and_disruption_budget_keep_one_pod_running():
    found = manifests()
    scaled = found["HorizontalPodAutoscaler"]["spec"]
    deployment = found["Deployment"]
    assert scaled["scaleTargetRef"] == {
        "apiVersion": deployment["apiVersion"],
        "kind": "Deployment",
        "name": deployment["metadata"]["name"],
    }
    assert "replicas" not in deployment["spec"]
    assert scaled["minReplicas"] > found["PodDisruptionBudget"]["spec"]["maxUnavailable"]
    assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    (measured,) = scaled["metrics"]
    assert measured["resource"]["name"] in containers()[0]["resources"]["requests"]


def test_pod_that_follows_no_registry_has_no_egress():
    policy = manifests()["NetworkPolicy"]["spec"]
    assert "Egress" in policy["policyTypes"]
    assert policy["egress"] == []


def test_pod_that_follows_a_registry_can_reach_it():
    (egress,) = manifests(follow=True)["NetworkPolicy"]["spec"]["egress"]
    let_out = {one["port"] for one in egress["ports"]}
    env = {one["name"]: one["value"] for one in containers(follow=True)[0]["env"]}
    port = int(env[f"{PREFIX}TRACKING_URI"].rpartition(":")[2])
    assert {53, port} <= let_out


def test_merging_does_not_change_its_inputs():
    base = manifests()["Deployment"]
    before = copy.deepcopy(base)
    written.merged(base, written.read(written.FOLLOW / "deployment.yaml"))
    assert base == before
