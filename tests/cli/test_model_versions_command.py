"""gender-detection model list, promote and rollback, on a real embedded registry."""

import hashlib
import importlib.util
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import mlflow
import pytest

from gender_detection.config import PREFIX
from gender_detection.model import Model, artifact, store
from gender_detection.registry import Registry
from tests.cli.command_line import assert_reported_in_one_line, run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('registry')}/mlflow.db"


@pytest.fixture
def registered(
    database: str,
    model_dir: Path,
    tiny_artifact: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Registry:
    """A registered model of this test's own, with three versions and no alias."""
    name = request.node.name[:100].translate(str.maketrans("/:@[]", "_____"))
    client = mlflow.MlflowClient(tracking_uri=database)
    client.create_registered_model(name)
    for _ in range(3):
        client.create_model_version(name, tiny_artifact.as_uri())
    monkeypatch.setenv(PREFIX + "TRACKING_URI", database)
    monkeypatch.setenv(PREFIX + "MODEL_NAME", name)
    return Registry(database, name)


@pytest.fixture
def model(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return code, output and errors of gender-detection model."""
    return lambda *arguments: run(capsys, "model", *arguments)


def champion(registry: Registry) -> str:
    return registry.find("champion").number


def test_versions_are_listed_newest_first_with_their_aliases(registered, model):
    registered.promote("2")
    registered.promote("2", "challenger")

    code, out, err = model("list")

    assert (code, err) == (0, "")
    head, *rows = out.splitlines()
    assert head.split() == (
        "VERSION CREATED DATA NAMES ERROR % UNKNOWN % THRESHOLD ALIASES".split()
    )
    assert [row.split()[0] for row in rows] == ["3", "2", "1"]
    assert rows[1].endswith("  0.8  challenger, champion")
    assert rows[0].endswith("  0.8")


def test_promoted_version_is_the_champion(registered, model):
    code, out, err = model("promote", "2")

    assert (code, err) == (0, "")
    assert out.startswith(f"version 2 of {registered.model_name} is now champion\n")
    assert champion(registered) == "2"


def served_version(model_dir: Path) -> str:
    return Model.load(store.current(model_dir)).version


def test_champion_is_served_with_default_settings(registered, model, model_dir):
    outputs = [model("promote", version)[1] for version in ("1", "3")]
    assert served_version(model_dir) == "3"
    outputs.append(model("rollback")[1])

    assert served_version(model_dir) == "1"
    assert all(f"published in {model_dir}" in out for out in outputs)


def test_version_with_missing_files_is_not_promoted_and_not_served(
    registered, model, model_dir, database, tmp_path
):
    model("promote", "2")
    client = mlflow.MlflowClient(tracking_uri=database)
    client.create_model_version(registered.model_name, (tmp_path / "gone").as_uri())

    assert_reported_in_one_line(model("promote", "4"), "version 4", registered.model_name)
    assert (champion(registered), served_version(model_dir)) == ("2", "2")


def test_version_of_older_code_is_not_promoted_and_not_rolled_back_to(
    registered, model, model_dir, database, tiny_artifact, tmp_path
):
    older = Path(shutil.copytree(tiny_artifact, tmp_path / "older"))
    manifest = json.loads((older / artifact.MANIFEST).read_text()) | {"format": 4}
    (older / artifact.MANIFEST).write_bytes(artifact.seal(manifest))
    client = mlflow.MlflowClient(tracking_uri=database)
    client.create_model_version(registered.model_name, older.as_uri())
    client.create_model_version(registered.model_name, tiny_artifact.as_uri())
    model("promote", "5")

    for action in (["promote", "4"], ["rollback"]):
        assert_reported_in_one_line(
            model(*action), f"models:/{registered.model_name}/4", "format 4 is not 5", "make train"
        )
        assert (champion(registered), served_version(model_dir)) == ("5", "5")


@pytest.mark.parametrize(
    ("model_uri", "message"),
    [
        ("models:/{name}@champion", "servers that follow models:/{name}@champion load it within"),
        ("models:/{name}/1", "the served model does not change"),
        ("some/folder", "does not change: GENDER_DETECTION_MODEL_URI=some/folder"),
    ],
)
def test_command_says_when_it_does_not_publish_the_version(
    registered, model, model_dir, monkeypatch, model_uri, message
):
    monkeypatch.setenv(PREFIX + "MODEL_URI", model_uri.format(name=registered.model_name))
    monkeypatch.setenv(PREFIX + "MODEL_NAME", registered.model_name)

    code, out, _ = model("promote", "2")

    assert (code, champion(registered)) == (0, "2")
    assert message.format(name=registered.model_name) in out
    assert not (model_dir / store.POINTER).exists()


def test_another_alias_can_be_given(registered, model, model_dir):
    model("promote", "1")
    code, out, _ = model("promote", "3", "--alias", "challenger")

    assert code == 0
    assert "the served model does not change" in out
    assert served_version(model_dir) == "1"
    assert champion(registered) == "1"
    assert registered.find("challenger").number == "3"


@pytest.mark.parametrize("version", ["9", "latest", "-1"])
def test_missing_version_is_not_promoted(registered, model, version):
    model("promote", "1")

    assert_reported_in_one_line(
        model("promote", "--", version), f"no version {version} of", "model list"
    )
    assert champion(registered) == "1"


def test_rollback_returns_to_the_previous_champion_of_any_number(registered, model):
    # Version 2 was never good enough.
    for version in ("1", "3"):
        model("promote", version)

    code, out, _ = model("rollback")

    assert code == 0
    first, _ = out.splitlines()
    assert first == f"version 1 of {registered.model_name} is champion again, instead of 3"
    assert champion(registered) == "1"


def test_repeated_rollback_goes_back_step_by_step(registered, model):
    for version in ("2", "1", "3"):
        model("promote", version)

    assert [(model("rollback")[0], champion(registered)) for _ in range(2)] == [(0, "1"), (0, "2")]


def test_promoting_the_champion_again_keeps_the_previous_one(registered, model):
    for version in ("1", "3", "3"):
        model("promote", version)
    model("rollback")

    assert champion(registered) == "1"


def test_champion_set_elsewhere_rolls_back_to_the_next_lower_version(registered, model, database):
    client = mlflow.MlflowClient(tracking_uri=database)
    client.set_registered_model_alias(registered.model_name, "champion", "3")
    client.delete_model_version(registered.model_name, "2")
    model("rollback")

    assert champion(registered) == "1"


def test_another_alias_can_be_rolled_back(registered, model, model_dir):
    model("promote", "2")
    for version in ("1", "3"):
        model("promote", version, "--alias", "challenger")

    code, out, _ = model("rollback", "--alias", "challenger")

    assert code == 0
    assert f"version 1 of {registered.model_name} is challenger again, instead of 3" in out
    assert registered.find("challenger").number == "1"
    assert (champion(registered), served_version(model_dir)) == ("2", "2")


def test_missing_rollback_target_is_reported(registered, model):
    model("promote", "1")

    assert_reported_in_one_line(model("rollback"), "version 1 of", "none before it", "promote")
    assert champion(registered) == "1"


@pytest.mark.parametrize("action", ["list", "rollback"])
def test_unregistered_model_is_named(registered, model, monkeypatch, action):
    monkeypatch.setenv(PREFIX + "MODEL_NAME", "nobody")

    assert_reported_in_one_line(model(action), "no model ", "nobody", "make train")


def test_command_uses_the_model_that_is_served(registered, model, monkeypatch):
    monkeypatch.setenv(PREFIX + "MODEL_NAME", "nobody")
    monkeypatch.setenv(PREFIX + "MODEL_URI", f"models:/{registered.model_name}@champion")

    assert model("promote", "2")[0] == 0
    assert champion(registered) == "2"


@pytest.mark.parametrize("arguments", [("list",), ("promote", "1"), ("rollback",)])
def test_unreachable_registry_is_named_without_its_password(
    model_dir, model, monkeypatch, arguments
):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    # RFC 6335: port 1 is reserved, and nobody listens there.
    uri = "http://somebody:secret@127.0.0.1:1"
    monkeypatch.setenv(PREFIX + "TRACKING_URI", uri)

    result = model(*arguments)

    assert_reported_in_one_line(
        result, "registry at http://127.0.0.1", "does not answer", "TRACKING_URI"
    )
    assert "secret" not in result[2]


@pytest.mark.parametrize("arguments", [("list",), ("promote", "1"), ("rollback",)])
def test_missing_registry_client_is_named(model_dir, model, monkeypatch, arguments):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    assert_reported_in_one_line(model(*arguments), "pip install mlflow-skinny")


def test_version_that_is_not_the_pinned_one_does_not_become_champion(
    registered, model, tiny_artifact, monkeypatch
):
    digest = hashlib.sha256((tiny_artifact / "manifest.json").read_bytes()).hexdigest()
    assert f"SHA-256 {digest}" in model("promote", "1")[1]

    monkeypatch.setenv(PREFIX + "MODEL_SHA256", "0" * 64)
    assert_reported_in_one_line(model("promote", "2"), digest, "MODEL_SHA256")
    assert champion(registered) == "1"
