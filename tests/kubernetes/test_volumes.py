"""What the pods mount works for the API as Kubernetes mounts it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gender_detection import api_keys
from gender_detection.config import PREFIX, Settings
from gender_detection.model import Model, artifact, store
from tests.kubernetes.manifests import FOLDER, ROOT, containers, pod
from tests.manual_clock import Clock

PAGE = (ROOT / "docs" / "kubernetes.md").read_text()


def put(secret: Path, version: str, content: bytes) -> None:
    """Write a Secret's file as the kubelet does: a new folder, then a link to it replaced."""
    (secret / version).mkdir(parents=True)
    (secret / version / "api-keys.json").write_bytes(content)
    (secret / "new").symlink_to(version)
    (secret / "new").rename(secret / "..data")
    if not (secret / "api-keys.json").is_symlink():
        (secret / "api-keys.json").symlink_to("..data/api-keys.json")


def test_keys_in_a_secret_are_added_and_revoked_while_the_api_runs(tmp_path: Path):
    keys, one = api_keys.create([], "laboratory")
    both, two = api_keys.create(keys, "library")
    clock = Clock()
    put(tmp_path, "..1", api_keys.encode(both))
    ring = api_keys.KeyRing(tmp_path / "api-keys.json", clock)
    assert all(ring.find(secret) for secret in (one, two))
    put(tmp_path, "..2", api_keys.encode(api_keys.revoke(both, "laboratory")))
    clock.now += api_keys.CHECK_SECONDS
    assert (ring.find(one), bool(ring.find(two))) == (None, True)


def test_key_file_is_where_the_secret_is_mounted():
    (named,) = re.findall(rf"{PREFIX}API_KEYS=(\S+)", (FOLDER / "kustomization.yaml").read_text())
    (secret,) = [one for one in pod()["spec"]["volumes"] if "secret" in one]
    (mount,) = [one for one in containers()[0]["volumeMounts"] if one["name"] == secret["name"]]
    assert mount["readOnly"] is True
    assert secret["secret"]["optional"] is True
    folder, _, file = named.rpartition("/")
    assert folder == mount["mountPath"]
    command = f"kubectl create secret generic {secret['secret']['secretName']} --from-file={file}"
    assert PAGE.count(command) == 2


@pytest.mark.parametrize("there", [True, False], ids=["model in the image", "none"])
def test_pod_that_follows_a_registry_starts_with_the_model_of_its_image(
    there: bool, tiny_artifact: Path, tmp_path: Path
):
    image, volume = tmp_path / "image", tmp_path / "volume"
    image.mkdir()
    volume.mkdir()
    if there:
        shutil.copytree(tiny_artifact, tmp_path / "artifact")
        artifact.register(tmp_path / "artifact", "7")
        store.publish(image, tmp_path / "artifact", "7")
    main, init = containers(follow=True)
    (read_from,) = [m["mountPath"] for m in main["volumeMounts"] if m["name"] == "model"]
    (written_to,) = [m["mountPath"] for m in init["volumeMounts"]]
    places = {f"{read_from}/.": f"{image}/.", written_to: str(volume)}
    subprocess.run([places.get(word, word) for word in init["command"]], check=True)
    assert bool(store.versions(volume)) == there
    if there:
        assert isinstance(Model.load(store.current(volume)), Model)


def test_page_names_existing_files_settings_and_tags():
    for path in re.findall(r"\b((?:kubernetes|grafana)/[\w./-]+)", PAGE):
        assert (ROOT / path.rstrip(".")).exists(), path
    named = re.findall(rf"`(?:{PREFIX})?([A-Z_]+)`", PAGE) + re.findall(rf"{PREFIX}(\w+)", PAGE)
    assert {name.lower() for name in named} <= {*Settings.__dataclass_fields__}
    tags = re.findall(r"-t gender-detection-api:(\S+)", PAGE)
    assert tags == re.findall(r'newTag: "(.*)"', (FOLDER / "kustomization.yaml").read_text())
