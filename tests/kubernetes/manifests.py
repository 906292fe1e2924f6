"""The manifests, as they are written and as kustomize puts them together."""

import copy
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "kubernetes"
FOLLOW = FOLDER / "follow"
POD_MONITOR = FOLDER / "monitoring" / "pod-monitor.yaml"
RULES = FOLDER / "monitoring" / "rules.sh"
NAME = "gender-detection-api"
# The field that identifies the items of a list when kustomize merges two lists.
KEYS = {
    "containers": "name",
    "env": "name",
    "initContainers": "name",
    "volumeMounts": "mountPath",
    "volumes": "name",
}


def read(path: Path) -> dict[str, Any]:
    """Return the one document of a file."""
    return dict(yaml.safe_load(path.read_text()))


def kustomization() -> dict[str, Any]:
    """Return what says which manifests there are, which image, which settings."""
    return read(FOLDER / "kustomization.yaml")


def settings() -> dict[str, str]:
    """Return the variables of the ConfigMap."""
    (made,) = kustomization()["configMapGenerator"]
    return dict(literal.split("=", 1) for literal in made["literals"])


def manifests(follow: bool = False) -> dict[str, dict[str, Any]]:
    """Return the manifests by kind, patched to follow a registry where asked."""
    found = [read(FOLDER / name) for name in kustomization()["resources"]]
    by_kind = {one["kind"]: one for one in found}
    if follow:
        for patch in read(FOLLOW / "kustomization.yaml")["patches"]:
            change = read(FOLLOW / patch["path"])
            by_kind[change["kind"]] = merged(by_kind[change["kind"]], change)
    return by_kind


def merged(base: Any, change: Any, name: str = "") -> Any:
    """Return base changed as a strategic merge does it: lists by their keys, the new first."""
    if isinstance(base, dict) and isinstance(change, dict):
        names = [*base, *(n for n in change if n not in base)]
        return {n: merged(base[n], change[n], n) if n in base and n in change
                else copy.deepcopy(change.get(n, base.get(n))) for n in names}  # fmt: skip
    if name in KEYS:
        key = KEYS[name]
        old = {item[key]: item for item in base}
        new = {item[key]: item for item in change}
        added = [item for value, item in new.items() if value not in old]
        return added + [merged(item, new.get(value, {})) for value, item in old.items()]
    return copy.deepcopy(change)


def pod(follow: bool = False) -> dict[str, Any]:
    """Return the template of the pods."""
    return dict(manifests(follow)["Deployment"]["spec"]["template"])


def containers(follow: bool = False) -> list[dict[str, Any]]:
    """Return all containers of a pod, the API first."""
    spec = pod(follow)["spec"]
    return [*spec["containers"], *spec.get("initContainers", [])]
