"""A model that is installed as a package answers where nothing else was chosen or published."""

from pathlib import Path

import pytest

from gender_detection.config import PREFIX, Settings
from gender_detection.errors import ArtifactError, ModelNotFound
from gender_detection.model import Model, installed, store
from tests.packages import install_model_package


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, and a folder of packages that Python finds."""
    for name in ("MODEL_DIR", "MODEL_URI", "HOME"):
        monkeypatch.delenv(PREFIX + name, raising=False)
    (tmp_path / "packages").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "var"


def served(**env: object) -> Path:
    """Return the folder of the model that is served with these settings."""
    settings = Settings.from_env({PREFIX + name: str(value) for name, value in env.items()})
    return store.served(Path(settings.model_dir), settings.model_uri)


def test_installed_package_is_served_without_settings(tmp_path: Path, tiny_artifact: Path):
    install_model_package(tmp_path / "packages", "own-names", tiny_artifact)

    assert served() == tiny_artifact


def test_published_model_comes_before_the_installed_one(
    tmp_path: Path, home: Path, tiny_artifact: Path
):
    install_model_package(tmp_path / "packages", "own-names", tiny_artifact)
    published = store.publish(home / "model", tiny_artifact, "1")

    assert served() == published


def test_damaged_pointer_is_not_hidden_by_the_installed_model(
    tmp_path: Path, home: Path, tiny_artifact: Path
):
    install_model_package(tmp_path / "packages", "own-names", tiny_artifact)
    store.publish(home / "model", tiny_artifact, "1")
    (home / "model" / store.POINTER).write_text("")

    with pytest.raises(ArtifactError, match="cannot be read"):
        served()


def test_folder_of_models_that_was_set_is_served_or_nothing(tmp_path: Path, tiny_artifact: Path):
    install_model_package(tmp_path / "packages", "own-names", tiny_artifact)
    published = store.publish(tmp_path / "mine", tiny_artifact, "1")

    assert served(MODEL_DIR=tmp_path / "mine") == published
    with pytest.raises(ModelNotFound, match=r"no model at .*empty"):
        served(MODEL_DIR=tmp_path / "empty")


def test_model_that_was_set_comes_before_all_others(
    tmp_path: Path, home: Path, tiny_artifact: Path
):
    install_model_package(tmp_path / "packages", "own-names", tiny_artifact)
    store.publish(home / "model", tiny_artifact, "1")

    assert served(MODEL_URI=tmp_path / "mine") == tmp_path / "mine"


def test_registered_model_is_not_replaced_by_the_installed_one(tmp_path: Path, tiny_artifact: Path):
    install_model_package(tmp_path / "packages", "own-names", tiny_artifact)

    with pytest.raises(ModelNotFound, match="no model at"):
        served(MODEL_URI="models:/names@champion")


def test_error_without_any_model_has_all_remedies(home: Path):
    with pytest.raises(ModelNotFound) as caught:
        served()

    message = str(caught.value)
    remedies = "pip install gender_detection_model-*.whl", "make run", "MODEL_DIR", "MODEL_URI"
    assert [remedy for remedy in (str(home), *remedies) if remedy not in message] == []


def test_several_installed_models_are_named_and_none_is_chosen(tmp_path: Path, tiny_artifact: Path):
    for name in ("own-names", "other-names"):
        install_model_package(tmp_path / "packages", name, tiny_artifact)

    with pytest.raises(ModelNotFound, match=r"other-names, own-names.*MODEL_URI"):
        installed.folder()


@pytest.mark.parametrize("code", ["", "def folder(more): ...", "folder = 5", "import nowhere"])
def test_package_that_does_not_work_is_named(tmp_path: Path, tiny_artifact: Path, code: str):
    install_model_package(tmp_path / "packages", "own-names", tiny_artifact, code)

    with pytest.raises(ModelNotFound, match=r"own-names cannot be used .*: install it again"):
        installed.folder()


def test_damage_to_an_installed_model_is_reported_with_the_remedy(
    tmp_path: Path, tiny_model: Model
):
    tiny_model.save(tmp_path / "artifact")
    (tmp_path / "artifact" / "pattern_weights.npy").write_bytes(b"")
    install_model_package(tmp_path / "packages", "own-names", tmp_path / "artifact")

    with pytest.raises(ArtifactError, match="install its package again"):
        Model.load(served())


def test_installed_model_must_be_the_pinned_one(tmp_path: Path, tiny_artifact: Path):
    install_model_package(tmp_path / "packages", "own-names", tiny_artifact)

    with pytest.raises(ArtifactError, match="not the pinned model"):
        Model.load(served(), "0" * 64)
