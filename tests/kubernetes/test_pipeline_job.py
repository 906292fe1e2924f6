"""The pipeline on Kubernetes fits the schemas, the image, the settings and the API that follows."""

import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from gender_detection.config import PREFIX, Settings
from tests.kubernetes import manifests as written
from tests.kubernetes.manifests import FOLDER, ROOT
from tests.kubernetes.test_manifests import VERSIONS, in_bytes

sys.path.insert(0, str(ROOT / "tools"))

import airflow_env

PIPELINE = FOLDER / "pipeline"
VALUES = PIPELINE / "airflow-values.yaml"
NAME = "gender-detection-pipeline"
PAGE = (ROOT / "docs" / "kubernetes.md").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
# What the image has, apart from what the stages before it have.
STAGE = DOCKERFILE.partition("FROM environment AS pipeline\n")[2].partition("\nFROM ")[0]
HOME = re.findall(rf"{PREFIX}HOME=(\S+)", STAGE)[0]


def kustomization() -> dict[str, Any]:
    return written.read(PIPELINE / "kustomization.yaml")


def manifests() -> dict[str, dict[str, Any]]:
    found = [written.read(PIPELINE / name) for name in kustomization()["resources"]]
    return {one["kind"]: one for one in found}


def job() -> dict[str, Any]:
    return dict(manifests()["CronJob"]["spec"]["jobTemplate"]["spec"])


def pod() -> dict[str, Any]:
    return dict(job()["template"]["spec"])


def containers() -> list[dict[str, Any]]:
    """Return the containers in the order in which they run."""
    return [*pod()["initContainers"], *pod()["containers"]]


def container() -> dict[str, Any]:
    return containers()[0]


def literals(commented: bool = False) -> dict[str, str]:
    """Return the variables of the ConfigMap; those that are only proposed too, where asked."""
    text = (PIPELINE / "kustomization.yaml").read_text()
    return dict(re.findall(rf"^ +{'(?:# )?' if commented else ''}- (\w+)=(.*)$", text, re.M))


def values() -> dict[str, Any]:
    return written.read(VALUES)


def values_env() -> dict[str, str]:
    return {one["name"]: one["value"] for one in values()["env"]}


@pytest.mark.parametrize("version", VERSIONS)
def test_manifests_of_the_pipeline_fit_the_schemas_of_kubernetes(version: str):
    for one in manifests().values():
        assert kubernetes_validate.validate(one, version, strict=True) == version


def test_every_file_of_the_component_is_used():
    named = {*kustomization()["resources"], "kustomization.yaml", VALUES.name}
    assert {path.name for path in PIPELINE.iterdir()} == named


def test_documented_line_builds_the_api_and_the_pipeline(tmp_path: Path):
    if not shutil.which("kubectl"):
        pytest.skip("no kubectl on this machine: kustomize is not tested")
    folder = shutil.copytree(FOLDER, tmp_path / "kubernetes")
    file = folder / "kustomization.yaml"
    assert "[follow, pipeline]" in file.read_text()
    assert "`components: [follow, pipeline]`" in PAGE
    text = file.read_text().replace("# components: [follow]", "components: [follow, pipeline]")
    file.write_text(text)
    command = ["kubectl", "kustomize", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    built = {(one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(done.stdout)}
    made = built["CronJob", NAME]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    for ours in (*made["initContainers"], *made["containers"]):
        assert ours["image"] == f"{NAME}:{kustomization()['images'][0]['newTag']}"
        config = ours["envFrom"][0]["configMapRef"]["name"]
        assert built["ConfigMap", config]["data"] == literals()
    assert {name for kind, name in built if kind == "NetworkPolicy"} == {NAME, written.NAME}
    api = built["Deployment", written.NAME]["spec"]["template"]["spec"]["containers"][0]
    assert api["image"].startswith(f"{written.NAME}:")


def test_job_runs_the_program_with_which_the_image_of_the_api_is_built():
    (built,) = re.findall(
        r"&& python /opt/gender-detection/(tools/run_\w+\.py) (.*?) \\$", DOCKERFILE, re.M
    )
    program, dags = built
    commands = [one["command"] for one in containers()]
    assert commands == [
        ["python", program, dag, *options]
        for dag, options in zip(dags.split(), ([], ["--unattended"]), strict=True)
    ]
    # The image's folder, and what is put into it.
    assert "WORKDIR /opt/gender-detection\n" in DOCKERFILE
    assert "COPY tools tools\n" in DOCKERFILE
    assert "COPY --from=library /library .\n" in STAGE


def test_both_steps_run_under_the_same_conditions():
    conditions = [
        {name: value for name, value in one.items() if name not in ("name", "command")}
        for one in containers()
    ]
    assert conditions[0] == conditions[1]


def test_job_runs_as_the_image_user_and_writes_only_to_its_volumes():
    user, group = map(int, re.findall(r"^USER (\d+):(\d+)$", STAGE, re.M)[-1])
    security = pod()["securityContext"]
    assert (security["runAsUser"], security["runAsGroup"]) == (user, group)
    # The volume can be written by that user.
    assert security["fsGroup"] == group
    assert {name: security[name] for name in ("runAsNonRoot", "seccompProfile")} == {
        name: written.pod()["spec"]["securityContext"][name]
        for name in ("runAsNonRoot", "seccompProfile")
    }
    assert container()["securityContext"] == written.containers()[0]["securityContext"]
    assert pod()["automountServiceAccountToken"] is False
    assert pod()["enableServiceLinks"] is False
    assert re.findall(r"\bHOME=(/\S*)", STAGE)[-1] == "/tmp"
    assert {one["mountPath"] for one in container()["volumeMounts"]} == {"/tmp", HOME}


def test_memory_and_the_temporary_folder_are_limited():
    resources = container()["resources"]
    assert in_bytes(resources["requests"]["memory"]) <= in_bytes(resources["limits"]["memory"])
    for volume in pod()["volumes"]:
        assert volume.get("emptyDir", {"sizeLimit": "claim"})["sizeLimit"]


def test_only_one_run_at_a_time_writes_to_the_volume():
    assert manifests()["CronJob"]["spec"]["concurrencyPolicy"] == "Forbid"
    claim = manifests()["PersistentVolumeClaim"]
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
    (used,) = [one["persistentVolumeClaim"] for one in pod()["volumes"] if one["name"] == "home"]
    assert used["claimName"] == claim["metadata"]["name"]


def test_failed_run_is_repeated_only_if_the_cluster_ended_it():
    assert job()["backoffLimit"] == 0
    assert pod()["restartPolicy"] == "Never"
    (rule,) = job()["podFailurePolicy"]["rules"]
    assert rule["action"] == "Ignore"
    assert [one["type"] for one in rule["onPodConditions"]] == ["DisruptionTarget"]


def test_variables_are_settings_with_valid_values():
    for commented in (False, True):
        given = literals(commented)
        assert {name.removeprefix(PREFIX).lower() for name in given} <= {
            *Settings.__dataclass_fields__
        }
        assert Settings.from_env(given).home == Settings().home.absolute()
    assert Settings.from_env(literals(commented=True)).metrics_uri.startswith("http://")


def test_pipeline_writes_to_the_registry_that_the_api_follows():
    api = written.containers(follow=True)[0]
    (followed,) = [
        one["value"] for one in api["env"] if one["name"] == f"{PREFIX}TRACKING_URI"
    ]  # fmt: skip
    assert literals()[f"{PREFIX}TRACKING_URI"] == followed
    # The API's user may only read.
    secrets = [
        one["secretRef"]
        for where in (api, container())
        for one in where["envFrom"]
        if "secretRef" in one
    ]
    names = [one["name"] for one in secrets]
    assert len({*names}) == 2
    assert all(one["optional"] for one in secrets)
    for name in names:
        assert f"kubectl create secret generic {name}" in PAGE


def test_pipeline_may_connect_to_what_its_settings_name_and_nothing_connects_to_it():
    policy = manifests()["NetworkPolicy"]["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert policy["ingress"] == []
    allowed = {one["port"] for rule in policy["egress"] for one in rule["ports"]}
    named = re.findall(r"http://\w+:(\d+)", str(literals(commented=True)))
    assert {int(port) for port in named} == {5000, 9091}
    assert {int(port) for port in named} <= allowed


def test_pods_of_the_pipeline_are_selected_by_its_policy_and_by_nothing_of_the_api():
    labels = job()["template"]["metadata"]["labels"]
    assert manifests()["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    found = written.manifests()
    for selector in (
        found["Service"]["spec"]["selector"],
        found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
        found["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
    ):
        assert selector.items() - labels.items()


def test_images_have_the_version_of_the_project():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    (image,) = kustomization()["images"]
    assert (image["name"], image["newTag"]) == (NAME, version)
    assert container()["image"] == NAME
    assert values()["images"]["airflow"] == {"repository": NAME, "tag": version}
    assert f"docker build --target pipeline -t {NAME}:{version} ." in PAGE


def test_chart_is_told_the_airflow_of_the_image():
    pinned = (ROOT / "requirements" / "pipeline.txt").read_text()
    assert f"\napache-airflow=={values()['airflowVersion']} " in pinned


def test_tasks_of_the_chart_have_the_environment_of_the_other_commands():
    wanted = airflow_env.airflow_environment(Path(HOME), {})
    # The folders of this checkout, as they are in the image.
    expected = {
        name: value.replace(str(ROOT), "/opt/gender-detection") for name, value in wanted.items()
    }
    # Set by the image, or by the chart: the first two, and where the API server listens.
    assert expected.pop(f"{PREFIX}HOME") == HOME
    assert "PATH=/opt/gender-detection/.venv/bin:$PATH" in STAGE
    for name in ("PATH", "AIRFLOW_HOME", "AIRFLOW__API__HOST"):
        del expected[name]
    # For a Spark that is installed beside that of the image, which there is not.
    del expected["SPARK_HOME"]
    given = values_env()
    connection = "AIRFLOW_CONN_SPARK_DEFAULT"
    assert json.loads(expected.pop(connection)) == json.loads(given[connection])
    assert {name: given.get(name) for name in expected} == expected


def test_settings_of_airflow_in_the_values_exist():
    found = importlib.util.find_spec("airflow")
    assert found is not None
    assert found.submodule_search_locations
    folder = Path(next(iter(found.submodule_search_locations)))
    known = yaml.safe_load((folder / "config_templates" / "config.yml").read_text())
    settings = [name for name in values_env() if name.startswith("AIRFLOW__")]
    assert len(settings) >= 4
    for name in settings:
        _, section, option = name.lower().split("__")
        assert option in known[section]["options"], name
    module, _, cls = values_env()["AIRFLOW__CORE__AUTH_MANAGER"].rpartition(".")
    source = folder.parent.joinpath(*module.split(".")).with_suffix(".py")
    assert f"class {cls}(" in source.read_text()


def test_chart_runs_the_pods_as_the_cron_job_does():
    ours = values()
    user = pod()["securityContext"]
    assert (ours["uid"], ours["gid"]) == (user["runAsUser"], user["runAsGroup"])
    assert ours["securityContexts"]["pod"].items() <= user.items()
    hardened = container()["securityContext"]
    # Airflow itself writes into its home.
    del hardened["readOnlyRootFilesystem"]
    assert ours["securityContexts"]["containers"] == hardened
    scheduler = ours["scheduler"]
    assert scheduler["resources"] == container()["resources"]
    (volume,) = scheduler["extraVolumes"]
    assert volume in pod()["volumes"]
    (mount,) = scheduler["extraVolumeMounts"]
    assert mount in container()["volumeMounts"]
    assert yaml.safe_load(ours["extraEnvFrom"]) == [container()["envFrom"][1]]
    # The chart's probes start their commands with it.
    assert "/entrypoint" in STAGE


def test_secrets_of_the_chart_are_documented_and_not_in_the_file():
    ours = values()
    names = [ours["data"]["metadataSecretName"]]
    names += [value for name, value in ours.items() if name.endswith("SecretName")]
    assert len(names) == 4
    for name in names:
        assert f"kubectl create secret generic {name} " in PAGE
    assert ours["postgresql"] == {"enabled": False}
    assert not re.search(r"(?i)(pass|password|secret|key): *\S", VALUES.read_text())


def test_commands_of_the_page_name_what_exists():
    assert f"--from=cronjob/{NAME}" in PAGE
    for line in re.findall(r"^helm .*", PAGE, re.M):
        for word in shlex.split(line.rstrip("\\")):
            assert not word.startswith("kubernetes/") or (ROOT / word).is_file(), word
    versions = re.findall(r"--version (\S+)", PAGE + VALUES.read_text())
    assert len(versions) >= 3
    assert len({*versions}) == 1
