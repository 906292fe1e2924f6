"""gender-detection model show VERSION, list and diff, and --model, on a real embedded registry."""

import hashlib
import importlib.util
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import mlflow
import pytest

from gender_detection.config import PREFIX
from gender_detection.model import Model, store
from tests.cli.command_line import assert_reported_in_one_line, run
from tests.cli.registered_history import (
    NEW_DATA,
    NEW_SUM,
    NOTEBOOK,
    OLD_DATA,
    OLD_SUM,
    History,
    history_in,
)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def registered(tiny_model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    before = mlflow.get_tracking_uri()
    yield history_in(f"sqlite:///{tmp_path_factory.mktemp('history')}/mlflow.db", tiny_model)
    mlflow.set_tracking_uri(before)


@pytest.fixture
def history(registered: History, model_dir: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    """Two versions in the registry that the settings name; nothing is published here."""
    monkeypatch.setenv(PREFIX + "TRACKING_URI", registered.registry.tracking_uri)
    monkeypatch.setenv(PREFIX + "MODEL_NAME", registered.registry.model_name)
    return registered


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return code, output and errors of gender-detection."""
    return lambda *arguments: run(capsys, *arguments)


def digest_of(history: History, number: str, into: Path) -> str:
    folder = history.registry.download(history.registry.find(version=number), into)
    return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def test_whole_lineage_of_a_version_is_printed(history, command, tmp_path):
    code, out, err = command("model", "show", "1")

    assert (code, err) == (0, "")
    words = out.split()
    # Version, digest, data, source with its checksum, notebook, run, parameters, figures.
    for expected in (
        "tiny-names,", digest_of(history, "1", tmp_path / "copy"), OLD_DATA, f"r{OLD_DATA[1:]}",
        "2,000", OLD_SUM, "MIT", NOTEBOOK, history.first_run, "threshold", "0.8", "l2", "5.0",
        "unseen.forced.errorCoded", "0.0685",
    ):  # fmt: skip
        assert expected in words
    assert "clean" in next(line for line in out.splitlines() if f"raw r{OLD_DATA[1:]}" in line)


def test_lineage_names_the_commit_of_the_code(history, command):
    git = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()

    shown = json.loads(command("model", "show", "1", "--json")[1])

    assert shown["code"]["commit"] == commit
    assert shown["code"]["notebook"] == NOTEBOOK
    assert isinstance(shown["code"]["dirty"], bool) or not commit


def test_lineage_has_the_manifests_of_all_datasets_as_json(history, command):
    shown = json.loads(command("model", "show", "1", "--json")[1])

    assert list(shown["datasets"]) == ["raw", "clean", "transformed", "vectors"]
    raw = shown["datasets"]["raw"]["manifest"]
    assert raw["sources"]["names"]["sha256"] == OLD_SUM
    assert shown["datasets"]["vectors"]["input"] == {"transformed": f"t{OLD_DATA[1:]}"}
    assert shown["sources"]["names"]["kept"] == 1999
    assert shown["run"]["id"] == history.first_run
    assert shown["run"]["page"].endswith(f"/runs/{history.first_run}")


def test_version_is_made_again_by_the_commands_shown(history, command):
    steps = json.loads(command("model", "show", "2", "--json")[1])["make_again"]

    settings = f"{PREFIX}SOURCES=permissive {PREFIX}SAMPLE=0.1"
    assert steps[-2]["command"] == f"{settings} make data"
    assert steps[-1]["command"] == f"{settings} {PREFIX}DATA_VERSION={NEW_DATA} make train"


@pytest.mark.parametrize("named", ["2", "challenger", NEW_DATA, NEW_DATA[:8]])
def test_version_is_found_by_number_alias_or_data_version(history, command, named):
    history.registry.promote("2", "challenger")

    assert json.loads(command("model", "show", named, "--json")[1])["version"] == "2"


@pytest.mark.parametrize("named", ["9", "nobody", "0a1b2c3d00000000", "0a1b2"])
def test_version_that_does_not_exist_is_reported(history, command, named):
    assert_reported_in_one_line(command("model", "show", named), named, "model list")


@pytest.fixture
def published(history: History, model_dir: Path, tmp_path: Path) -> Path:
    """The first version, published here."""
    registry = history.registry
    fetched = registry.download(registry.find(version="1"), tmp_path / "fetched")
    return store.publish(model_dir, fetched, "1")


def test_artifact_says_what_it_knows_without_mlflow(published, command, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    code, out, err = command("model", "show", "1")

    assert code == 0
    assert err.startswith("note: only what the artifact itself says:")
    for expected in (OLD_DATA, OLD_SUM, "2,000", "0.0685"):
        assert expected in out.split()


def test_registry_that_does_not_exist_is_not_created(published, command, monkeypatch, tmp_path):
    monkeypatch.setenv(PREFIX + "TRACKING_URI", f"sqlite:///{tmp_path}/none/mlflow.db")

    code, out, err = command("model", "show", "1")

    assert (code, "no registry at" in err) == (0, True)
    assert OLD_DATA in out
    assert not (tmp_path / "none").exists()


def test_version_that_is_neither_registered_nor_published_is_reported(
    published, command, monkeypatch
):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    assert_reported_in_one_line(command("model", "show", "2"), "pip install mlflow-skinny")


def test_list_has_the_figures_of_each_version(history, command):
    history.registry.promote("1")

    code, out, err = command("model", "list")

    assert (code, err) == (0, "")
    _, second, first = [line.split() for line in out.splitlines()]
    assert first[0] == "1"
    # CREATED is a date, a time and UTC.
    assert first[4:] == ["0a1b2c3d", "1,997", "6.9", "11.4", "0.8", "champion"]
    assert second[4:9] == ["99887766", "497", "13.5", "–", "0.997"]
    assert "(a sample)" in " ".join(second)


def test_list_marks_what_the_gate_has_refused(history, command):
    client = mlflow.MlflowClient(tracking_uri=history.registry.tracking_uri)
    client.set_model_version_tag("tiny-names", "2", "gate.passed", "false")
    listed = {row["version"]: row for row in json.loads(command("model", "list", "--json")[1])}

    assert (listed["1"]["refused"], listed["2"]["refused"]) == (False, True)
    assert listed["1"]["error_unseen"] == 0.0685
    assert "(refused by the gate)" in command("model", "list")[1].splitlines()[1]


def test_version_whose_files_are_gone_is_listed(history, command, tmp_path):
    client = mlflow.MlflowClient(tracking_uri=history.registry.tracking_uri)
    gone = client.create_model_version("tiny-names", (tmp_path / "gone").as_uri())
    try:
        code, out, _ = command("model", "list")
    finally:
        client.delete_model_version("tiny-names", gone.version)

    assert code == 0
    assert out.splitlines()[1].split()[4:] == ["–", "–", "–", "–", "–"]
    assert len(out.splitlines()) == 4


def test_changes_of_data_parameters_figures_and_answers_are_printed(history, command):
    code, out, err = command("model", "diff", "1", "2")

    assert (code, err) == (0, "")
    rows = [line.split() for line in out.splitlines()]
    assert ["rows", "of", "raw", "2,000", "500", "-1,500"] in rows
    assert ["names", "sha256", OLD_SUM[:12], NEW_SUM[:12]] in rows
    assert ["threshold", "0.8", "0.997", "+0.197"] in rows
    assert ["unseen.forced.errorCoded", "0.0685", "0.135", "+0.0665"] in rows
    assert "Answers on 309 fixed names" in out


def test_changes_are_counted_by_kind_as_json(history, command):
    found = json.loads(command("model", "diff", "1", "2", "--json")[1])

    assert found["data"]["sources"]["names"]["lines_in"] == [2000, 500]
    # The same evidence, and a higher threshold: names only become unknown.
    answers = found["answers"]
    assert answers["became_unknown"] > 0
    assert answers["changed"] == answers["became_unknown"]


def test_version_does_not_differ_from_itself(history, command):
    code, out, _ = command("model", "diff", "1", OLD_DATA)

    assert code == 0
    assert "byte for byte" in out
    assert out.count("nothing") == 6


PEOPLE = "name,gender,country\nMaria,female,IT\nMaryjane,female,US\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("predict", "Maryjane", "--json"),
        ("score", "people.csv", "answered.csv"),
        ("evaluate", "people.csv", "--json"),
        ("aggregate", "people.csv", "--json"),
        ("check", "people.csv", "--json"),
    ],
    ids=lambda arguments: arguments[0],
)
@pytest.mark.parametrize("named", ["2", NEW_DATA, "models:/tiny-names/2"])
def test_command_answers_with_the_version_that_it_is_given(
    published, command, tmp_path, monkeypatch, arguments, named
):
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text(PEOPLE)
    answered = Path("answered.csv")

    def answers(*model: str) -> str:
        code, out, _ = command(*arguments, *model)
        assert code == 0
        return answered.read_text() if answered.exists() else out

    # The served one is version 1.
    assert answers("--model", "1") == answers()
    assert answers("--model", named) != answers()


def test_folder_is_used_as_the_model(published, command, tmp_path, monkeypatch):
    monkeypatch.setenv(PREFIX + "TRACKING_URI", f"sqlite:///{tmp_path}/none.db")

    assert command("predict", "Maria", "--model", str(published.parents[1]))[0] == 0


@pytest.mark.parametrize("named", ["runs:/1/model", "models:/tiny-names"])
def test_other_address_is_reported_with_those_that_are_possible(history, command, named):
    result = command("predict", "Maria", "--model", named)

    assert_reported_in_one_line(result, f"--model {named}", "models:/NAME/VERSION")
