"""Runs and versions, against a real embedded MLflow: one database for all tests."""

import json
import pickle
import pickletools
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pytest
from matplotlib.figure import Figure
from mlflow.exceptions import MlflowException

from gender_detection.artifact_location import LOCATION
from gender_detection.errors import ModelNotFound, RegistryError
from gender_detection.model import Model, Person, store
from gender_detection.model.artifact import REGISTRATION, load_documents, read_manifest
from gender_detection.registry import CHAMPION, Registry
from gender_detection.registry.pyfunc import SIGNATURE
from gender_detection.registry.runs import Run, commit_tags

# MLflow's own modules raise deprecation warnings.
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore:.*input example:UserWarning"
)


CARD = "# Model card\n\n## What it is not\n\nA judge.\n\n## Numbers\n\n" + "1 " * 3000 + "\n"


@dataclass(frozen=True)
class Trained:
    """A registry with one run in it that registered two versions."""

    registry: Registry
    run_id: str
    versions: tuple[str, str]

    @property
    def client(self) -> mlflow.MlflowClient:
        return mlflow.MlflowClient(tracking_uri=self.registry.tracking_uri)

    def experiment(self, name: str) -> mlflow.entities.Experiment:
        found = self.client.get_experiment_by_name(name)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def trained(tiny_model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    home = tmp_path_factory.mktemp("mlflow")
    before = mlflow.get_tracking_uri()
    registry = Registry(f"sqlite:///{home}/store/mlflow.db", "tiny-names")
    with registry.run(
        "trial", name="data tiny", note="**Names**", source="notebooks/x.ipynb"
    ) as run:
        run.log_params({"l2": 3.0, "bits": 12})
        run.log_metrics({"n": 10, "forced": {"errorCoded": 0.1, "ece": None}, "at": {"95%": 0.02}})
        registry.log_figures(run.run_id, {"learning": Figure()})
        manifest = {"version": "v-20250101", "rows_out": 3}
        run.log_dataset("vectors", "s3a://key:correct-horse@lake/data/vectors", manifest)
        first = run.register(tiny_model, documents={"card.md": CARD}, figures="2.0 % wrong")
        versions = first, run.register(tiny_model, {"licences": ["MIT"]})
    yield Trained(registry, run.run_id, versions)
    mlflow.set_tracking_uri(before)


@pytest.fixture
def run(trained: Trained) -> mlflow.entities.Run:
    return trained.client.get_run(trained.run_id)


def stored_files(trained: Trained) -> list[Path]:
    folder = Path(trained.registry.tracking_uri.removeprefix("sqlite:///")).parent
    return [path for path in (folder / "artifacts").rglob("*") if path.is_file()]


def test_run_has_the_status_finished_in_its_experiment(trained: Trained, run: mlflow.entities.Run):
    assert run.info.status == "FINISHED"
    assert trained.client.get_experiment(run.info.experiment_id).name == "trial"


def test_run_has_its_name_and_description(run: mlflow.entities.Run):
    assert run.info.run_name == "data tiny"
    assert run.data.tags["mlflow.note.content"] == "**Names**"


def test_run_names_the_notebook_as_its_source_and_its_commit(run: mlflow.entities.Run):
    git = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()

    assert run.data.tags["mlflow.source.name"] == "notebooks/x.ipynb"
    assert run.data.tags["mlflow.source.type"] == "NOTEBOOK"
    assert run.data.tags.get("mlflow.source.git.commit", "") == commit


def git_in(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_commit_is_that_of_the_files_and_says_whether_they_were_changed(tmp_path: Path):
    package, ignored = tmp_path / "src", tmp_path / ".venv"
    for folder in (package, ignored):
        folder.mkdir()
        (folder / "code.py").write_text("")
    assert commit_tags(package) == {}
    git_in(tmp_path, "init", "-q")
    git_in(tmp_path, "add", "src")
    git_in(tmp_path, "commit", "-qm", "all")
    commit = git_in(tmp_path, "rev-parse", "HEAD")

    expected = {"mlflow.source.git.commit": commit, "mlflow.source.git.dirty": "false"}
    assert commit_tags(package) == expected
    assert commit_tags(ignored) == {}
    (package / "code.py").write_text("changed = True\n")
    assert commit_tags(package) == expected | {"mlflow.source.git.dirty": "true"}


def test_run_without_git_on_the_machine_has_no_commit(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert commit_tags(Path(__file__).parent) == {}


def test_experiment_opens_on_its_training_runs(trained: Trained, run: mlflow.entities.Run):
    tags = trained.client.get_experiment(run.info.experiment_id).tags

    assert tags["mlflow.experimentKind"] == "custom_model_development"


def test_kind_of_an_experiment_is_added_if_missing_and_never_changed(trained: Trained):
    kinds = {"without": {}, "with": {"mlflow.experimentKind": "regression"}}
    for name, tags in kinds.items():
        trained.client.create_experiment(name, LOCATION, tags)
        with trained.registry.run(name):
            pass

    found = [trained.experiment(name).tags for name in kinds]
    assert [tags["mlflow.experimentKind"] for tags in found] == [
        "custom_model_development",
        "regression",
    ]


def test_parameters_and_numbers_are_logged_with_nested_names_joined_by_dots(
    run: mlflow.entities.Run,
):
    assert run.data.params == {"l2": "3.0", "bits": "12"}
    assert run.data.metrics == {"n": 10, "forced.errorCoded": 0.1, "at.95": 0.02}


def test_figure_is_logged_as_an_image(trained: Trained):
    (image,) = [path for path in stored_files(trained) if path.name == "learning.png"]

    assert image.parent.name == "plots"
    assert image.read_bytes().startswith(b"\x89PNG")


def test_dataset_is_logged_with_its_version_and_manifest(
    trained: Trained, run: mlflow.entities.Run
):
    assert run.inputs is not None
    (used,) = run.inputs.dataset_inputs
    (manifest,) = [path for path in stored_files(trained) if path.name == "vectors.json"]

    assert (used.dataset.name, used.dataset.digest) == ("vectors", "v-20250101")
    # Without the password, as MLflow shows it to all of its users.
    assert json.loads(used.dataset.source)["path"] == "s3a://lake/data/vectors"
    assert json.loads(manifest.read_text())["rows_out"] == 3


def test_model_card_is_logged_and_saved_in_the_artifact(trained: Trained, tmp_path: Path):
    cards = [path for path in stored_files(trained) if path.name == "card.md"]
    assert {path.parent.name for path in cards} == {"artifacts", "artifact"}
    assert {path.read_text() for path in cards} == {CARD}

    trained.registry.promote("1")
    folder, _ = trained.registry.fetch(tmp_path)
    assert load_documents(folder, read_manifest(folder)) == {"card.md": CARD}


def test_opening_of_the_card_describes_only_its_version(trained: Trained):
    first, second = (
        trained.client.get_model_version("tiny-names", version) for version in trained.versions
    )

    assert first.description is not None
    assert first.description.startswith(
        "# Model card\n\n## What it is not\n\nA judge.\n\nThe whole"
    )
    assert "1 1 1" not in first.description
    assert not second.description


def test_versions_are_numbered_from_one(trained: Trained):
    assert trained.versions == ("1", "2")


def test_fetch_gives_the_version_that_the_alias_was_moved_to(trained: Trained, tmp_path: Path):
    for version in ("2", "1"):
        trained.registry.promote(version)

        folder, fetched = trained.registry.fetch(tmp_path / version)

        assert fetched == version
        assert folder.is_relative_to(tmp_path)
        assert ("licences" in json.loads((folder / "manifest.json").read_text())) == (
            version == "2"
        )


def test_alias_other_than_the_champion_can_be_moved(trained: Trained, tmp_path: Path):
    trained.registry.promote("2", "challenger")

    assert trained.registry.fetch(tmp_path, "challenger")[1] == "2"


def test_fetched_model_is_published_and_answers_as_trained(
    trained: Trained, tiny_model: Model, tmp_path: Path
):
    trained.registry.promote("2")
    folder, version = trained.registry.fetch(tmp_path / "fetched")

    served = Model.load(store.publish(tmp_path / "model", folder, version))

    people = [Person(name=name, country="IT") for name in ("Andrea", "Maria", "Zunelda", "J. R.")]
    assert served.version == "2"
    assert served.predict(people) == tiny_model.predict(people)


def test_unknown_model_is_named_with_the_remedy(trained: Trained, tmp_path: Path):
    with pytest.raises(ModelNotFound, match=rf"missing@{CHAMPION}.*make train"):
        replace(trained.registry, model_name="missing").fetch(tmp_path)


def test_unknown_alias_is_named_with_the_remedy(trained: Trained, tmp_path: Path):
    with pytest.raises(ModelNotFound, match=r"tiny-names@missing.*make train"):
        trained.registry.fetch(tmp_path, "missing")


@pytest.mark.parametrize("version", ["99", "latest"])
def test_promoting_an_unknown_version_leaves_the_alias_where_it_is(
    trained: Trained, version: str, tmp_path: Path
):
    trained.registry.promote("1")

    with pytest.raises(ModelNotFound, match=f"no version {version}"):
        trained.registry.promote(version)

    assert trained.registry.fetch(tmp_path)[1] == "1"


def test_version_without_an_artifact_is_not_a_model(trained: Trained, tmp_path: Path):
    other = replace(trained.registry, model_name="other")
    source = tmp_path / "other"
    source.mkdir()
    (source / "MLmodel").write_text("flavors: {}\n")
    trained.client.create_registered_model("other")
    version = trained.client.create_model_version("other", source.as_uri(), trained.run_id)
    other.promote(version.version)

    with pytest.raises(ModelNotFound, match=r"holds no manifest\.json"):
        other.fetch(tmp_path / "fetched")


def test_stored_files_have_no_pickle(trained: Trained):
    files = stored_files(trained)

    assert [path for path in files if path.name == "pattern_weights.npy"]
    for path in files:
        assert path.suffix not in {".pkl", ".pickle", ".joblib", ".pt", ".bin"}
        assert not is_pickle(path.read_bytes()), path


def is_pickle(content: bytes) -> bool:
    """Return whether this is a pickle of protocol 2 or later, all of which begin with PROTO."""
    if not content.startswith(pickle.PROTO):
        return False
    try:
        list(pickletools.genops(content))
    except ValueError:
        return False
    return True


@pytest.fixture(scope="module")
def pyfunc(trained: Trained) -> Any:
    mlflow.set_tracking_uri(trained.registry.tracking_uri)
    return mlflow.pyfunc.load_model("models:/tiny-names/1")


def test_registered_model_answers_a_data_frame(pyfunc: Any, tiny_model: Model):
    frame = pd.DataFrame({"name": ["Andrea", "Maria", "J. R."], "country": ["IT", "DE", "US"]})

    answers = pyfunc.predict(frame)

    assert list(answers.columns) == SIGNATURE.outputs.input_names()
    assert answers["gender"].tolist() == ["male", "female", "unknown"]
    people = [Person(name=name, country=country) for name, country in frame.to_numpy()]
    expected = [prediction.p_female for prediction in tiny_model.predict(people)[:2]]
    assert answers["p_female"].tolist()[:2] == expected


def test_frame_may_leave_the_country_out(pyfunc: Any):
    assert pyfunc.predict(pd.DataFrame({"name": ["Maria"]}))["gender"].tolist() == ["female"]


def test_missing_values_in_a_frame_are_answered_as_unknown(pyfunc: Any):
    gaps = pd.DataFrame({"name": ["Maria", None], "country": [float("nan"), "IT"]}, dtype=object)

    answers = pyfunc.predict(gaps)

    assert answers["gender"].tolist() == ["female", "unknown"]
    assert answers["reason"].tolist()[1] == "empty"


def test_frame_without_names_is_refused(pyfunc: Any):
    with pytest.raises(mlflow.exceptions.MlflowException, match="name"):
        pyfunc.predict(pd.DataFrame({"country": ["IT"]}))


def test_run_that_raises_is_marked_failed(trained: Trained):
    class Stop(Exception):
        pass

    def fail() -> None:
        with trained.registry.run("trial") as run:
            failed.append(run.run_id)
            raise Stop

    failed: list[str] = []
    with pytest.raises(Stop):
        fail()

    assert trained.client.get_run(failed[0]).info.status == "FAILED"


def test_downloaded_copy_knows_its_version_and_when_it_was_registered(
    trained: Trained, tmp_path: Path
):
    version = trained.registry.find(version="1")

    folder = trained.registry.download(version, tmp_path / "copy")
    served = store.publish(tmp_path / "model", folder, version.number)

    for copy in (folder, served):
        model = Model.load(copy)
        assert (model.version, model.trained) == ("1", version.created / 1000)
    # The files in the registry are unchanged.
    assert not [path for path in stored_files(trained) if path.name == REGISTRATION]


def test_report_is_an_artifact_of_its_run_and_the_note_links_to_it(
    trained: Trained, tmp_path: Path
):
    with trained.registry.run("reported", note="**Names**") as active:
        pass
    report = tmp_path / "my study.html"
    report.write_text(f"<p>{active.run_id}</p>")

    assert trained.registry.log_report(active.run_id, report)

    run = trained.client.get_run(active.run_id)
    listed = [file.path for file in trained.client.list_artifacts(active.run_id)]
    assert listed == ["my study.html"]
    page = f"#/experiments/{run.info.experiment_id}/runs/{active.run_id}"
    assert active.page == page
    note = run.data.tags["mlflow.note.content"]
    assert note.startswith(f"**[Open the report]({page}/artifacts/my%20study.html)**")
    assert note.endswith("\n\n**Names**")


def test_report_of_another_run_is_not_logged(trained: Trained, tmp_path: Path):
    report = tmp_path / "study.html"
    assert not trained.registry.log_report(trained.run_id, report)
    report.write_text("<p>an older run</p>")
    assert not trained.registry.log_report(trained.run_id, report)

    note = trained.client.get_run(trained.run_id).data.tags["mlflow.note.content"]
    assert note == "**Names**"


def test_report_of_a_missing_run_is_an_error_with_a_remedy(trained: Trained, tmp_path: Path):
    report = tmp_path / "study.html"
    report.write_text("nothing")
    with pytest.raises(ModelNotFound, match="no run nothing"):
        trained.registry.log_report("nothing", report)


def test_description_of_a_version_has_its_figures_and_its_run(trained: Trained):
    version = trained.client.get_model_version("tiny-names", trained.versions[0])

    assert version.description is not None
    assert "2.0 % wrong" in version.description
    assert f"/runs/{trained.run_id})" in version.description


def test_registry_that_goes_down_within_a_run_is_named_with_the_remedy(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
):
    # Stands in for a server that is stopped.
    def refuse(*_: object) -> None:
        raise MlflowException("Max retries exceeded: connection refused")

    def log(run: Run) -> None:
        monkeypatch.setattr(mlflow, "log_params", refuse)
        # The end of the run is not heard either, which must not hide the reason.
        monkeypatch.setattr(mlflow, "end_run", refuse)
        run.log_params({"l2": 3.0})

    with pytest.raises(RegistryError, match="does not answer: start it"):  # noqa: SIM117
        with trained.registry.run("trial") as run:
            log(run)
    monkeypatch.undo()
    mlflow.end_run()
