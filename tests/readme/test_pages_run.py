"""Every page, run from top to bottom as it is written, but for what needs more than a machine."""

import pytest

from tests.readme import documented
from tests.readme.page_runner import Block, Page, blocks_of
from tests.spark.pipeline_fixtures import ROOT

PAGES = [
    path
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md")))
    if any(block.is_run for block in blocks_of(path.read_text()))
]
MADE = "the fixture made runs it, and tests/readme/test_readme.py looks at what it prints"
LOOKED_AT = "tests/readme/test_readme.py runs it, and looks at what it prints"
DOCKER = "needs Docker's engine: tests/docker runs it on images and ports of its own"
KUBECTL = "needs a cluster: tests/kubernetes checks the manifests"
SUITE = "runs these tests themselves"
INSTALLS = "installs packages: tests/tools/test_package.py and test_bootstrap.py do the same"
TRAINS = "trains for minutes: tests/tools/test_makefile.py looks at what it would run"
BIBLIOGRAPHY = "tests/cli/test_walk_from_export_to_figure.py runs it on an export of 500 works"
DAG = "runs the pipeline again: tests/airflow/test_dag_reports.py runs it with other jobs"
UI = "serves until it is stopped: tests/tools/test_ui.py starts Airflow's user interface"
TRAINED = "the fixture made runs this DAG, and tests/trainer trains on a data version by its name"
REGISTERED = "tests/cli/test_evaluate_register.py runs it with two versions"
BATCH_DAG = "tests/airflow/test_batch_prediction.py runs it on files of its own"
CLUSTER = "needs a cluster or a store: tests/spark/test_scoring_cluster.py runs one of Spark's own"
NETWORK = "needs the network"
# The blocks that are not run here, by page and the beginning of their text, with the reason.
NOT_RUN: dict[str, dict[str, str]] = {
    "README.md": {
        "make run": MADE,
        "make test": SUITE,
        "docker": DOCKER,
        ".venv/bin/gender-detection predict": LOOKED_AT,
        ".venv/bin/gender-detection score": LOOKED_AT,
    },
    "CONTRIBUTING.md": {
        "make lint": SUITE,
        ".venv/bin/python -m pytest": SUITE,
        "make compile": "compiles what these tests use: tests/test_compiled.py",
        "pip install pre-commit": NETWORK,
    },
    "docs/bibliographies.md": {
        ".venv/bin/gender-detection score papers.bib": BIBLIOGRAPHY,
        ".venv/bin/gender-detection aggregate papers.bib": BIBLIOGRAPHY,
    },
    "docs/containers.md": {"docker pull": NETWORK, "docker": DOCKER},
    "docs/corrections.md": {".venv/bin/gender-detection score": LOOKED_AT},
    "docs/data.md": {
        "make run SOURCES": TRAINS,
        "make train SOURCES": TRAINS,
        "tools/airflow dags test data_pipeline": DAG,
    },
    "docs/evaluation.md": {
        ".venv/bin/gender-detection evaluate people.csv --report": LOOKED_AT,
        ".venv/bin/gender-detection evaluate people.csv --register": REGISTERED,
        ".venv/bin/gender-detection check": LOOKED_AT,
    },
    "docs/files.md": {
        ".venv/bin/gender-detection predict": LOOKED_AT,
        ".venv/bin/gender-detection score": LOOKED_AT,
    },
    "docs/install.md": {"make package": INSTALLS, "uvx": INSTALLS},
    "docs/kubernetes.md": {
        "docker build": DOCKER,
        "kubectl": KUBECTL,
        "GENDER_DETECTION_API_KEYS=": KUBECTL,
        "kubernetes/monitoring/rules.sh": KUBECTL,
        "random()": KUBECTL,
        "helm": NETWORK,
    },
    "docs/licences.md": {
        "make run SOURCES": TRAINS,
        "make train": TRAINS,
        "docker run": DOCKER,
        ".venv/bin/uv tool run pip-audit": NETWORK,
    },
    "docs/models.md": {
        "GENDER_DETECTION_DATA_SCHEDULE": UI,
        "tools/airflow dags test model_training": TRAINED,
        "make clean-old": "tests/upkeep/test_clean_old_command.py runs it where there is something",
        ".venv/bin/gender-detection model check 1": LOOKED_AT,
        ".venv/bin/gender-detection model promote 1 --force": LOOKED_AT,
        ".venv/bin/gender-detection model list\n.venv/bin/gender-detection model pro": LOOKED_AT,
        ".venv/bin/gender-detection model list\n.venv/bin/gender-detection model show 2": (
            "needs two versions: tests/cli/test_model_lineage_command.py"
        ),
    },
    "docs/runbook.md": {
        "rm -f var/stamps/model && make train": TRAINS,
        "tools/airflow dags test data_pipeline": DAG,
        ".venv/bin/gender-detection model list\n.venv/bin/gender-detection model show VERSION": (
            "needs a version that was rolled back: tests/registry/test_rollbacks_carried_out.py"
        ),
        ".venv/bin/gender-detection model show challenger": (
            "needs a version that was refused: tests/gate/test_considering.py"
        ),
    },
    "docs/shares.md": {".venv/bin/gender-detection aggregate": LOOKED_AT},
    "docs/spark.md": {
        "from gender_detection.spark import": CLUSTER,
        "spark-submit": CLUSTER,
        "tools/airflow dags test batch": BATCH_DAG,
    },
    "docs/start.md": {"sudo apt install": NETWORK, "make run": MADE},
    "docs/tutorials/spark-table.md": {
        "tools/airflow dags test batch": BATCH_DAG,
        "(cd src && zip": CLUSTER,
    },
}
# What a reader of other pages has.
PEOPLE = """name,country,year,gender,sex
Maria Rossi,IT,2020,female,f
John Smith,,2021,male,f
J. R.,,2021,,
"""


def run_here(name: str, text: str) -> list[Block]:
    """Return the blocks of a page that are run."""
    left = tuple(NOT_RUN.get(name, {}))
    return [block for block in blocks_of(text) if block.is_run and not block.text.startswith(left)]


RUN = [path for path in PAGES if run_here(str(path.relative_to(ROOT)), path.read_text())]


@pytest.mark.parametrize("path", RUN, ids=lambda path: path.stem)
def test_page_runs_as_it_is_written(path, made, tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE)
    page = Page(path, tmp_path, made.home, made.env)
    # The model of these tests has seen one name in fifty: it explains answers by other keys.
    compared = path.name != "how-a-name-is-judged.md"
    page.run(NOT_RUN.get(str(path.relative_to(ROOT)), {}), compared=compared)
    if path.parent.name == "tutorials":
        page.check_files()


@pytest.mark.parametrize("name", NOT_RUN)
def test_blocks_that_are_not_run_are_on_their_pages(name):
    texts = [block.text for block in blocks_of((ROOT / name).read_text()) if block.is_run]
    for beginning in NOT_RUN[name]:
        assert any(text.startswith(beginning) for text in texts), beginning


def test_blocks_left_to_test_readme_are_those_that_it_looks_at():
    left = {
        block.text.strip()
        for name, reasons in NOT_RUN.items()
        for block in blocks_of((ROOT / name).read_text())
        if block.text.startswith(tuple(b for b, why in reasons.items() if why == LOOKED_AT))
    }
    assert left == set(documented.LOOKED_AT)
