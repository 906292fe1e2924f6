"""gender-detection evaluate --register on a real registry, and where its figures are shown."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import mlflow
import pytest

from gender_detection.config import PREFIX
from gender_detection.model import Model, store
from gender_detection.whole_files import sha256_of
from tests.cli.command_line import assert_reported_in_one_line, run
from tests.cli.registered_history import History, history_in
from tests.conftest import MEN, WOMEN

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
    return lambda *arguments: run(capsys, *map(str, arguments))


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """25 women and 25 men whom the tiny model knows, a woman called Wolfgang, and one less sure."""
    rows = [(name, "IT", "f") for name in WOMEN] + [(name, "IT", "m") for name in MEN]
    rows += [("Wolfgang", "IT", "f"), ("Maryjane", "IT", "f")]
    path = tmp_path / "clinic.csv"
    path.write_text("name,country,gender\n" + "".join(f"{','.join(row)}\n" for row in rows))
    return path


def listed(command: Callable[..., tuple[int, str, str]]) -> dict[str, dict[str, float]]:
    rows = json.loads(command("model", "list", "--json")[1])
    return {row["version"]: row["own_people"] for row in rows}


def test_figures_are_kept_with_the_version_and_shown(history, command, people):
    name = sha256_of(people)[:12]

    code, out, err = command("evaluate", people, "--register", "--model", "1")

    assert code == 0
    assert "52 people" in out
    assert f"registered with version 1 of tiny-names, as those of the file {name}" in err
    shown = command("model", "show", "1")[1]
    assert [name, "all", "52", "1.9", "1.9"] == [
        cell for cell in shown.partition("Registered people")[2].splitlines()[2].split()
        if not cell.startswith("20") and ":" not in cell and cell not in ("UTC", "0.0")
    ]  # fmt: skip
    assert '"everybody"' not in shown
    document = json.loads(command("model", "show", "1", "--json")[1])
    (figures,) = [each for each in document["own_people"] if each["file"] == sha256_of(people)]
    assert figures["everybody"] == {"n": 52, "error": 1, "wrong": 1, "unknown": 0}
    assert listed(command)["1"][name] == pytest.approx(1 / 52)
    assert "OWN ERROR %" in command("model", "list")[1]


def test_run_has_the_figures_by_country_and_no_name(history, command, people):
    command("evaluate", people, "--register", "--model", "1")

    client = mlflow.MlflowClient(tracking_uri=history.registry.tracking_uri)
    name = sha256_of(people)[:12]
    path = client.download_artifacts(history.first_run, f"evaluations/{name}.json")
    text = Path(path).read_text()
    assert json.loads(text)["countries"] == {"IT": {"n": 52, "error": 1, "wrong": 1, "unknown": 0}}
    for secret in ("clinic", "Wolfgang", "wolfgang"):
        assert secret not in text
    run = client.get_run(history.first_run)
    assert run.data.metrics[f"evaluated.{name}.error"] == pytest.approx(1 / 52)


def test_two_versions_are_compared_on_the_same_file(history, command, people):
    for version in ("1", "2"):
        assert command("evaluate", people, "--register", "--model", version)[0] == 0

    found = json.loads(command("model", "diff", "1", "2", "--json")[1])

    # The threshold of version 2 is higher.
    name = sha256_of(people)[:12]
    before, after = found["own_people"][f"{name} unknown"]
    assert before < after
    assert "Registered people" in command("model", "diff", "1", "2")[1]


def test_figures_of_another_reading_have_another_name(history, command, people):
    command("evaluate", people, "--register", "--model", "2")
    command("evaluate", people, "--register", "--model", "2", "--no-country")

    name = sha256_of(people)[:12]
    assert len([other for other in listed(command)["2"] if other.startswith(name)]) == 2


def test_served_version_is_the_one_without_model(history, command, people, model_dir, tmp_path):
    registry = history.registry
    fetched = registry.download(registry.find(version="2"), tmp_path / "fetched")
    store.publish(model_dir, fetched, "2")

    assert "with version 2 of" in command("evaluate", people, "--register")[2]

    fetched = registry.download(registry.find(version="2"), tmp_path / "other")
    store.publish(model_dir, fetched, "1")
    result = command("evaluate", people, "--register")
    assert_reported_in_one_line(result, "is no version of tiny-names in the registry", "--model")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--threshold", "0.9"], "leave out --threshold"),
        (["--female-share", "0.4"], "leave out --female-share"),
        (["--corrections", "own.csv"], "leave out --corrections"),
        (["--model", "."], "is a folder"),
    ],
)
def test_what_would_not_be_figures_of_the_version_is_refused(
    history, command, people, options, words
):
    given = ["--model", "1"] if "--model" not in options else []
    result = command("evaluate", people, "--register", *given, *options)

    assert_reported_in_one_line(result, words)


def test_folder_and_few_people_are_refused(history, command, people):
    result = command("evaluate", people.parent, "--register", "--model", "1")
    assert_reported_in_one_line(result, "SHA-256 of their file")

    people.write_text("name,gender\nMaria,f\n")
    result = command("evaluate", people, "--register", "--model", "1")
    assert_reported_in_one_line(result, "1 people are too few")


def test_own_corrections_are_not_those_of_the_version(history, command, people, monkeypatch):
    monkeypatch.setenv(PREFIX + "CORRECTIONS", "own.csv")

    result = command("evaluate", people, "--register", "--model", "1")

    assert_reported_in_one_line(result, f"unset {PREFIX}CORRECTIONS")
