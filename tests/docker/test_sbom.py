"""The bill of materials of an image is complete and valid, with the right licences."""

import hashlib
import json
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from gender_detection.model import Model, artifact, store

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {
    "registry": {"title": "A registry", "licence": "MIT", "sha256": "a" * 64, "permissive": True},
    "lexicon": {"title": "A lexicon", "licence": "GPL-3.0-only", "sha256": "b" * 64},
}
LABEL = "MIT AND GPL-3.0-only"


@pytest.fixture
def sbom(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module that writes it, and the modules that it imports."""
    monkeypatch.syspath_prepend(str(ROOT / "docker"))
    for name in ("sbom", "packages"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import sbom

    return sbom


@pytest.fixture
def model_dir(tiny_model: Model, tmp_path: Path) -> Path:
    """A model that was made from SOURCES, published as version 7."""
    tiny_model.save(tmp_path / "artifact", {"data": {"sources": SOURCES}})
    store.publish(tmp_path / "model", tmp_path / "artifact", "7")
    return tmp_path / "model"


@pytest.fixture
def written(sbom: Any, model_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a function that writes a bill under a label: exit code, bill and error."""
    wheel = {"archive_info": {"hashes": {"sha256": "c" * 64}}}
    report = {"install": [{"metadata": {"name": "NumPy"}, "download_info": wheel}]}
    (tmp_path / "report.json").write_text(json.dumps(report))
    given = ["--model", str(model_dir), "--report", str(tmp_path / "report.json")]

    def write(label: str = LABEL) -> tuple[int, str, str]:
        code = sbom.main([*given, "--licences", label])
        return code, *capsys.readouterr()

    return write


def by_reference(bill: str) -> dict[str, dict[str, Any]]:
    return {one["bom-ref"]: one for one in json.loads(bill)["components"]}


def test_bill_of_materials_is_valid_cyclonedx(written: Any):
    code, bill, _ = written()
    assert code == 0
    assert json.loads(bill)["specVersion"] == "1.6"
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None


def test_same_image_has_the_same_bill(written: Any):
    assert written() == written()


def test_bill_lists_the_model_with_its_digest_and_the_terms_of_its_data(
    written: Any, model_dir: Path
):
    parts = by_reference(written()[1])
    model = parts["model"]
    manifest = store.current(model_dir) / artifact.MANIFEST
    assert (model["type"], model["version"]) == ("machine-learning-model", "7")
    assert model["hashes"] == [
        {"alg": "SHA-256", "content": hashlib.sha256(manifest.read_bytes()).hexdigest()}
    ]
    assert model["licenses"] == [{"expression": LABEL}]
    lexicon = parts["data/lexicon"]
    assert (lexicon["type"], lexicon["description"]) == ("data", "A lexicon")
    assert lexicon["licenses"] == [{"license": {"id": "GPL-3.0-only"}}]
    assert lexicon["hashes"] == [{"alg": "SHA-256", "content": "b" * 64}]


def test_packages_have_a_purl_version_licence_and_wheel(written: Any):
    import numpy

    numpys = by_reference(written()[1])["python/numpy"]
    assert numpys["purl"] == f"pkg:pypi/numpy@{numpy.__version__}"
    assert numpys["version"] == numpy.__version__
    assert numpys["hashes"] == [{"alg": "SHA-256", "content": "c" * 64}]
    assert numpys["licenses"]


def test_packages_are_those_of_the_running_python(written: Any):
    installed = {path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info")}
    parts = [one for one in by_reference(written()[1]) if one.startswith("python/")]
    assert len(parts) == len(installed)


def test_bill_lists_debian_packages_where_dpkg_exists(
    sbom: Any, written: Any, monkeypatch: pytest.MonkeyPatch
):
    listed = "bash\t5.2.15-2+b7\tamd64\nlibc6\t2.36-9\tamd64\n"
    listing = type("Listing", (), {"stdout": listed})
    monkeypatch.setattr(sbom.subprocess, "run", lambda *_, **__: listing)
    system = {"ID": "debian", "VERSION_ID": "12"}
    monkeypatch.setattr(sbom.platform, "freedesktop_os_release", lambda: system)
    bash = by_reference(written()[1])["debian/bash:amd64"]
    assert bash["purl"] == "pkg:deb/debian/bash@5.2.15-2%2Bb7?arch=amd64&distro=debian-12"


@pytest.mark.parametrize("label", ["MIT", "MIT AND GPL-3.0-only AND GFDL-1.2-or-later"])
def test_wrong_model_label_ends_the_build_and_names_the_right_one(written: Any, label: str):
    code, bill, error = written(label)
    assert (code, bill) == (1, "")
    assert f'--build-arg LICENSES="{LABEL}"' in error


def test_model_without_data_facts_is_accepted(sbom: Any, tiny_model: Model, tmp_path: Path):
    replace(tiny_model, name="bare").save(tmp_path / "bare")
    assert sbom.label_problem("MIT", artifact.read_manifest(tmp_path / "bare")) == ""
