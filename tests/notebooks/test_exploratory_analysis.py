"""The notebook, executed once on the slice that the DAG made."""

import json
import re
from pathlib import Path

import mlflow
import nbformat
import pandas as pd
import pytest

from gender_detection import card
from gender_detection.model import Model, Person, store
from gender_detection.model.artifact import load_documents, read_manifest
from gender_detection.registry import Registry
from gender_detection.registry.pyfunc import SIGNATURE
from gender_detection.spark.stages import ORIGINS, STAGES
from tests.html_pages import Page
from tests.spark.pipeline_fixtures import ROOT

NOTEBOOK = ROOT / "notebooks" / "exploratory_analysis.ipynb"
PICKLES = {".pkl", ".pickle", ".joblib", ".cloudpickle", ".pt", ".dill"}


@pytest.fixture(scope="session")
def trained(made):
    """The settings under which make run has executed the notebook, and what that printed."""
    return made.settings, made.printed


@pytest.fixture(scope="session")
def settings(trained):
    return trained[0]


@pytest.fixture(scope="session")
def client(settings):
    mlflow.set_tracking_uri(settings.tracking_uri)
    return mlflow.MlflowClient(settings.tracking_uri)


@pytest.fixture(scope="session")
def champion(client, settings):
    return client.get_model_version_by_alias(settings.model_name, "champion")


@pytest.fixture(scope="session")
def run(client, champion):
    return client.get_run(champion.run_id)


def listed(client, run_id, folder):
    return {Path(file.path).name for file in client.list_artifacts(run_id, folder)}


def test_committed_notebook_has_no_outputs_and_defines_nothing():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
            assert not [line for line in cell.source.splitlines() if line.startswith("def ")]
            assert not [line for line in cell.source.splitlines() if line.startswith("class ")]


def test_each_cell_is_in_the_log_of_the_dag_as_it_is_executed(trained, settings):
    _, printed = trained
    assert "report:   executing notebooks/exploratory_analysis.ipynb" in printed
    log = (settings.home / "log" / "model_training.log").read_text().splitlines()
    shown = [line for line in log if re.match(r"[\d:]{8} \[ ?\d+/\d+\] ", line)]
    cells = [c for c in nbformat.read(NOTEBOOK, as_version=4).cells if c.cell_type == "code"]
    assert len(shown) == len(cells)
    assert all(line.endswith(" s") for line in shown)


@pytest.fixture(scope="session")
def report(settings):
    """The report that make run has saved beside the model."""
    return Page((Path(settings.model_dir) / "exploratory_analysis.html").read_text())


def test_executed_html_is_kept_beside_the_model(report):
    assert "48821" in report.words.replace(",", "")
    assert "Traceback" not in report.words


def test_report_opens_with_what_it_is_not_and_the_figures_that_matter(report, champion, run):
    opening = report.words[: report.words.index("Contents")]
    assert "Rows by stage" not in opening
    limits, figures = opening.index("What it is not."), opening.index("Names never seen, measured")
    assert limits < figures
    shown = ["Known names, expected", "People, measured", "Calibration error", "Answered"]
    shown += ["Where it fails", f"version {champion.version}", run.data.params["data_version"]]
    shown += [run.info.run_id, run.info.run_name.rpartition(", ")[2], "a sample of 2.0 %"]
    assert [words for words in shown if words not in opening] == []
    alts = [shown.alt for shown in report.images[:2]]
    assert alts == ["Calibration on held-out names", "Errors in the hardest countries"]
    assert opening.count("Figure ") == 2


def test_each_image_has_a_numbered_caption_that_says_what_to_see(report):
    for number, shown in enumerate(report.images, start=1):
        assert shown.caption.strip().startswith(f"Figure {number}. ")
        assert len(shown.caption) > len(shown.alt) + 40


def test_each_plot_cell_shows_an_image_with_its_own_alt_text(report):
    page = report
    drawn = [c for c in nbformat.read(NOTEBOOK, as_version=4).cells if "= plots." in c.source]
    # The summary repeats the calibration.
    assert len(page.images) == len(drawn) + 1 > 1
    assert len({shown.alt for shown in page.images}) == len(drawn)
    for shown in page.images:
        assert shown.alt
        assert not shown.is_blank
        height, width = shown.pixels.shape[:2]
        assert 600 <= height <= 1200 == width
    assert "<Figure" not in page.words
    assert "<Picture" not in page.words


def test_executed_html_loads_nothing_from_another_host(report):
    assert report.fetched == []


def test_report_is_an_artifact_of_the_run_whose_note_leads_to_it(settings, client, run, tmp_path):
    name = "exploratory_analysis.html"
    logged = Path(client.download_artifacts(run.info.run_id, name, str(tmp_path)))
    assert logged.read_bytes() == (Path(settings.model_dir) / name).read_bytes()
    page = f"#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}/artifacts/{name}"
    assert run.data.tags["mlflow.note.content"].startswith(f"**[Open the report]({page})**")


def test_run_has_finished_with_its_parameters_and_metrics(run, settings, made):
    assert run.info.status == "FINISHED"
    assert {"l2", "iterations", "bits", "threshold", "data_version", "sample"} <= set(
        run.data.params
    )
    assert run.data.params["sample"] == str(settings.sample)
    errors = [name for name in run.data.metrics if "errorCoded" in name]
    assert errors
    assert all(0 <= run.data.metrics[name] <= 1 for name in errors)


def test_run_has_a_description_and_a_source(run, client):
    tags, version = run.data.tags, run.data.params["data_version"]
    assert run.info.run_name.startswith(f"data {version[:8]}, 20")
    assert version in tags["mlflow.note.content"]
    assert "`exploratory_analysis.html`" in tags["mlflow.note.content"]
    assert "Names never seen" in tags["mlflow.note.content"]
    assert tags["mlflow.source.name"] == "notebooks/exploratory_analysis.ipynb"
    kind = client.get_experiment(run.info.experiment_id).tags["mlflow.experimentKind"]
    assert kind == "custom_model_development"


def test_run_has_a_plot_for_each_analysis(client, run):
    plots = listed(client, run.info.run_id, "plots")
    looked_at = {"rows_by_stage", "p_female", "countries", "scripts", "lengths"}
    assert {f"{name}.png" for name in looked_at | {"learning", "reliability_unseen"}} <= plots


def test_run_knows_the_datasets_it_was_trained_on(client, run, settings):
    published = {
        stage: json.loads(max(Path(settings.data_uri, stage, "published").iterdir()).read_text())
        for stage in (*STAGES, ORIGINS)
    }
    inputs = {i.dataset.name: i.dataset.digest for i in run.inputs.dataset_inputs}
    assert inputs == {stage: pointer["version"] for stage, pointer in published.items()}
    for stage in published:
        logged = mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/datasets/{stage}.json")
        assert logged["version"] == inputs[stage]
        assert logged["rows_out"] > 0
    assert run.data.params["data_version"] == inputs["vectors"]


def test_served_folder_has_the_champion(settings, champion):
    model = Model.load(store.current(Path(settings.model_dir)))
    assert model.version == str(champion.version)
    assert model.data_version
    assert model.trained == champion.creation_timestamp / 1000
    assert model.baselines["training"].names == 20_000


def test_model_card_is_served_logged_and_rendered_from_the_manifest(
    settings, champion, client, run
):
    folder = store.current(Path(settings.model_dir))
    manifest = read_manifest(folder)
    text = load_documents(folder, manifest)[card.FILE]
    assert card.render(manifest) == text
    assert "first look" in text  # it is trained on a sample
    assert (folder / "manifest.json").stat().st_size < 200_000
    assert card.FILE in listed(client, run.info.run_id, "")
    assert champion.description.startswith("**Gate:** Version 1 passed the gate, judged as a first")
    assert "# Model card" in champion.description
    assert "**Names never seen**" in champion.description
    assert f"/runs/{run.info.run_id})" in champion.description


def test_served_model_answers_correctly(settings):
    model = Model.load(store.current(Path(settings.model_dir)))
    maria, john, nobody = model.predict([Person(name=n) for n in ("Maria", "John", "xq")])
    # A model of one name in fifty is seldom sure; that of all names has tests of its behaviour.
    assert (maria.p_female or 0) > 0.6
    assert (john.p_female or 1) < 0.4
    assert nobody.gender == "unknown"


def test_registry_returns_the_champion(settings, champion, tmp_path):
    registry = Registry(settings.tracking_uri, settings.model_name)
    folder, version = registry.fetch(tmp_path)
    assert version == str(champion.version)
    people = [Person(name="Maria"), Person(name="Marianelda"), Person(name="Andrea", country="IT")]
    served = Model.load(store.current(Path(settings.model_dir)))
    answers = [
        [(p.gender, p.p_female, p.basis) for p in model.predict(people)]
        for model in (Model.load(folder), served)
    ]
    assert answers[0] == answers[1]


def test_mlflow_loads_the_champion_with_its_signature_and_predicts(client, settings):
    model = mlflow.pyfunc.load_model(f"models:/{settings.model_name}@champion")
    assert model.metadata.signature == SIGNATURE
    frame = pd.DataFrame({"name": ["Maria", "John"], "country": [None, "US"]}, dtype=object)
    answers = model.predict(frame)
    maria, john = answers["p_female"]
    assert maria > 0.6
    assert john < 0.4
    assert list(answers.columns) == SIGNATURE.outputs.input_names()


def test_model_has_only_arrays_and_text(champion, settings, tmp_path, client):
    uri = f"models:/{settings.model_name}@champion"
    folder = Path(mlflow.artifacts.download_artifacts(uri, dst_path=str(tmp_path)))
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    served = [p for p in store.current(Path(settings.model_dir)).rglob("*") if p.is_file()]
    for path in files + served:
        assert path.suffix not in PICKLES
        content = path.read_bytes()
        # A pickle of protocol 2 to 5 starts with PROTO; an array of objects would hold one.
        assert not (content[:1] == b"\x80" and content[1:2] in b"\x02\x03\x04\x05")
        assert path.suffix != ".npy" or b"'O'" not in content[:128]
        assert b"cloudpickle" not in content
