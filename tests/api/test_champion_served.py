"""With the settings as they come, what is champion is what is served."""

import json
import subprocess
import sys
from pathlib import Path

import mlflow
import pytest

from gender_detection.config import PREFIX
from gender_detection.model import Model, store
from gender_detection.registry import Registry
from tests.api.asking import contrary
from tests.api.server_process import ServedApi, wait_until

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture
def home(tmp_path: Path, tiny_model: Model) -> Path:
    """What make run leaves after it has trained twice: version 2 is champion, and published."""
    home = tmp_path / "var"
    database = home / "mlflow" / "mlflow.db"
    database.parent.mkdir(parents=True)
    registry = Registry(f"sqlite:///{database}", "gender-detection")
    client = mlflow.MlflowClient(tracking_uri=registry.tracking_uri)
    client.create_registered_model(registry.model_name)
    for number, model in (("1", contrary(tiny_model)), ("2", tiny_model)):
        model.save(tmp_path / number)
        client.create_model_version(registry.model_name, (tmp_path / number).as_uri())
        registry.promote(number)
        store.publish(home / "model", tmp_path / number, number)
    return home


def command(home: Path, *arguments: str) -> str:
    """Return what gender-detection prints."""
    return subprocess.run(
        [sys.executable, "-m", "gender_detection.cli", *arguments],
        env={"PATH": "/usr/bin:/bin", PREFIX + "HOME": str(home)},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


def answer(served: ServedApi) -> tuple[str, str]:
    """Return the version that answers, and what it says of Maria."""
    _, document = served.predict({"name": "Maria"})
    return document["model"]["version"], document["gender"]


def test_server_and_commands_use_the_version_of_a_rollback(home, start_server):
    served = start_server(home / "model", home=home)
    assert answer(served) == ("2", "female")

    printed = command(home, "model", "rollback")

    assert printed.startswith("version 1 of gender-detection is champion again, instead of 2")
    wait_until(lambda: answer(served)[0] == "1", "the server to take version 1")
    assert answer(served) == ("1", "male")
    assert json.loads(command(home, "predict", "--json", "Maria"))["gender"] == "male"
    assert json.loads(command(home, "model", "show", "--json"))["version"] == "1"

    command(home, "model", "promote", "2")

    wait_until(lambda: answer(served)[0] == "2", "the server to take version 2")
    assert json.loads(command(home, "model", "show", "--json"))["version"] == "2"
