"""Which steps make takes, in a copy of the tree (make --dry-run)."""

import os
import shutil
import subprocess
import sys

import preflight
import pytest
import yaml

NOW = 1_700_000_000
OWN = ("GENDER_DETECTION_", "MAKE", "PYTEST_ARGS", "COVERAGE")
SETTINGS = [name for name in os.environ if name.startswith(OWN)]
DATA, MODEL, INSTALL = ("--done data_pipeline", "--done model_training", "tools/bootstrap.py")
COMPILE = "tools/bootstrap.py compile"
CORE, CORE_COMPILED = "src/gender_detection/core.py", "src/gender_detection/core.cpython-311.so"
SOURCES = [
    "airflow/dags/data_pipeline.py",
    "airflow/scripts/data_cleansing.py",
    "notebooks/exploratory_analysis.ipynb",
    "src/gender_detection/names/keys.py",
    "src/gender_detection/training.py",
    "src/gender_detection/cli/predict.py",
    "requirements/bootstrap.txt",
    "requirements/pipeline.txt",
    "requirements/dev.txt",
    "requirements/notebook.txt",
    "pyproject.toml",
    "setup.py",
    "tools/bootstrap.py",
    "tools/compiling.py",
    "my-sources.toml",
]
RESULTS = {
    ".venv/bin/python": "",
    "var/data/raw/part": "",
    "var/model/exploratory_analysis.html": "",
    "var/stamps/data": "sources= sample= data_uri=\n",
    "var/stamps/model": "tracking_uri= experiment= model_name= people=\n",
}


def write(path, text, when):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (when, when))


@pytest.fixture
def tree(tmp_path):
    """A tree where everything has been built."""
    for name in SOURCES:
        write(tmp_path / name, "", NOW)
    place = f"{tmp_path.resolve()}\n"
    stamps = dict.fromkeys((".venv/.pipeline", ".venv/.dev", ".venv/.notebook"), place)
    for step, (name, text) in enumerate({**stamps, **RESULTS}.items(), start=1):
        write(tmp_path / name, text, NOW + step)
    write(tmp_path / CORE, "# cython: language_level=3\n", NOW)
    write(tmp_path / CORE_COMPILED, "", NOW + 50)
    write(tmp_path / ".venv/.compiled", "compile=\n", NOW + 1)
    shutil.copy(preflight.ROOT / "Makefile", tmp_path)
    return tmp_path


def environment():
    """Return the variables of this process without the settings of this project and of make."""
    return {name: value for name, value in os.environ.items() if name not in SETTINGS}


def dry_run(tree, *arguments, **settings):
    """Return the commands that make would run."""
    env = environment()
    ran = subprocess.run(
        ["make", "--dry-run", "PYTHON=python3", *arguments],
        cwd=tree,
        env={**env, **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def steps(tree, *arguments, **settings):
    """Return which of the three steps make would take, apart from compiling."""
    would = dry_run(tree, *arguments, **settings).replace(COMPILE, "")
    return [step for step in (INSTALL, DATA, MODEL) if step in would]


def compiles(tree, *arguments, **settings):
    """Return whether make would compile."""
    return COMPILE in dry_run(tree, *arguments, **settings)


def touch(tree, name):
    os.utime(tree / name, (NOW + 100, NOW + 100))


def test_nothing_is_repeated_when_nothing_changed(tree):
    assert steps(tree, "run") == []


def test_fresh_checkout_does_every_step_in_order(tree):
    shutil.rmtree(tree / "var")
    shutil.rmtree(tree / ".venv")
    assert steps(tree, "run") == [INSTALL, DATA, MODEL]


@pytest.mark.parametrize(
    "name", ["airflow/scripts/data_cleansing.py", "src/gender_detection/names/keys.py"]
)
def test_changed_data_code_rebuilds_data_and_model(tree, name):
    touch(tree, name)
    assert steps(tree, "run") == [DATA, MODEL]


@pytest.mark.parametrize(
    "name", ["notebooks/exploratory_analysis.ipynb", "src/gender_detection/training.py"]
)
def test_changed_training_code_rebuilds_only_the_model(tree, name):
    touch(tree, name)
    assert steps(tree, "run") == [MODEL]


def test_other_people_to_evaluate_rebuild_only_the_model(tree):
    write(tree / "people.csv", "", NOW)
    people = {"GENDER_DETECTION_PEOPLE": "people.csv"}
    assert steps(tree, "run", **people) == [MODEL]
    stamp = "tracking_uri= experiment= model_name= people=people.csv\n"
    write(tree / "var/stamps/model", stamp, NOW + 50)
    assert steps(tree, "run", **people) == []
    touch(tree, "people.csv")
    assert steps(tree, "run", **people) == [MODEL]


def test_password_of_the_store_is_neither_in_a_stamp_nor_in_a_recipe(tree):
    env = environment()
    env["GENDER_DETECTION_TRACKING_URI"] = "postgresql://mlflow:correct-horse@database/mlflow"
    env["GENDER_DETECTION_DATA_URI"] = "s3a://key:correct-horse@lake/data"
    ran = subprocess.run(
        ["make", "--dry-run", "PYTHON=python3", "train"],
        cwd=tree, env=env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "tracking_uri=database/mlflow" in ran.stdout
    assert "data_uri=lake/data" in ran.stdout
    assert "correct-horse" not in ran.stdout


def test_changed_command_line_rebuilds_nothing(tree):
    touch(tree, "src/gender_detection/cli/predict.py")
    assert steps(tree, "run") == []


def test_changed_requirements_install_again(tree):
    touch(tree, "requirements/dev.txt")
    assert steps(tree, "lint") == [INSTALL]
    assert steps(tree, "run") == []


def test_packages_are_built_from_the_model_that_is_there(tree):
    touch(tree, "src/gender_detection/training.py")
    assert steps(tree, "package") == []
    assert "tools/package.py dist" in dry_run(tree, "package")
    touch(tree, CORE)
    assert compiles(tree, "package")


def test_notebook_adds_jupyter_once_and_again_after_an_installation(tree):
    assert steps(tree, "notebook") == []
    assert "tools/ui.py notebook" in dry_run(tree, "notebook")
    touch(tree, ".venv/.pipeline")
    assert f"{INSTALL} notebook" in dry_run(tree, "notebook")
    (tree / ".venv/.notebook").unlink()
    assert f"{INSTALL} notebook" in dry_run(tree, "notebook")
    assert steps(tree, "train") == []


def test_notebook_is_opened_with_its_data_and_trains_nothing(tree):
    shutil.rmtree(tree / "var")
    assert steps(tree, "notebook") == [DATA]


def test_benchmark_needs_the_packages_of_bench_or_dev(tree):
    write(tree / "requirements/bench.txt", "", NOW)
    assert steps(tree, "bench") == []
    (tree / ".venv/.dev").unlink()
    assert steps(tree, "bench") == [INSTALL]
    write(tree / ".venv/.bench", f"{tree.resolve()}\n", NOW + 1)
    assert steps(tree, "bench") == []
    # The installed packages stay those of bench.
    touch(tree, "requirements/pipeline.txt")
    assert f"{INSTALL} bench" in dry_run(tree, "data")


@pytest.mark.parametrize(
    "command", ["run", "data", "train", "notebook", "serve", "airflow", "test"]
)
def test_changed_module_is_compiled_before_it_is_used(tree, command):
    assert not compiles(tree, command)
    touch(tree, CORE)
    assert compiles(tree, command)
    assert INSTALL not in steps(tree, command)


@pytest.mark.parametrize("name", ["src/gender_detection/core.pxd", "setup.py"])
def test_changed_declaration_or_flag_compiles_again(tree, name):
    write(tree / name, "", NOW + 100)
    assert compiles(tree, "serve")


def test_changed_setting_of_compiling_is_followed(tree):
    assert compiles(tree, "serve", GENDER_DETECTION_COMPILE="no")
    write(tree / ".venv/.compiled", "compile=no\n", NOW + 1)
    assert not compiles(tree, "serve", GENDER_DETECTION_COMPILE="no")
    assert compiles(tree, "serve")


def test_compiled_file_of_a_module_that_is_no_longer_compiled_is_removed(tree):
    write(tree / CORE, '"""Plain now."""\n', NOW)
    assert compiles(tree, "serve")
    (tree / CORE).unlink()
    assert compiles(tree, "serve")


def test_newly_compiled_file_does_not_cause_a_training(tree):
    touch(tree, CORE_COMPILED)
    assert steps(tree, "run") == []


def test_moved_checkout_installs_again(tree):
    (tree / ".venv/.pipeline").write_text("/elsewhere\n")
    assert INSTALL in steps(tree, "data")


def test_other_sources_rebuild_and_the_same_again_do_not(tree):
    assert steps(tree, "train", "SOURCES=my-sources.toml") == [DATA, MODEL]
    write(
        tree / "var/stamps/data",
        f"sources={tree.resolve()}/my-sources.toml sample= data_uri=\n",
        NOW + 6,
    )
    assert steps(tree, "train", "SOURCES=my-sources.toml") == []
    touch(tree, "my-sources.toml")
    assert steps(tree, "train", "SOURCES=my-sources.toml") == [DATA, MODEL]
    assert steps(tree, "train") == [DATA, MODEL]


def test_permissive_is_not_a_file(tree):
    assert steps(tree, "train", "SOURCES=permissive") == [DATA, MODEL]
    write(tree / "var/stamps/data", "sources=permissive sample= data_uri=\n", NOW + 6)
    assert steps(tree, "train", "SOURCES=permissive") == []
    assert steps(tree, "train", GENDER_DETECTION_SOURCES="permissive") == []
    assert steps(tree, "train", "SOURCES=permissive:my-sources.toml") == [DATA, MODEL]
    both = f"sources=permissive:{tree.resolve()}/my-sources.toml sample= data_uri=\n"
    write(tree / "var/stamps/data", both, NOW + 6)
    assert steps(tree, "train", "SOURCES=my-sources.toml:permissive") == []


def test_other_sample_rebuilds(tree):
    assert steps(tree, "data", GENDER_DETECTION_SAMPLE="0.01") == [DATA]


def test_other_home_is_built_on_its_own(tree):
    assert steps(tree, "run", GENDER_DETECTION_HOME=str(tree / "other")) == [DATA, MODEL]


def test_removed_data_are_built_again(tree):
    shutil.rmtree(tree / "var/data")
    assert steps(tree, "data") == [DATA]


def test_removed_report_is_written_again(tree):
    (tree / "var/model/exploratory_analysis.html").unlink()
    assert steps(tree, "run") == [MODEL]


def test_help_lists_every_command(tree):
    listed = subprocess.run(["make"], cwd=tree, capture_output=True, text=True, check=True).stdout
    makefile = (tree / "Makefile").read_text()
    phony = next(line for line in makefile.splitlines() if line.startswith(".PHONY:"))
    for command in set(phony.split()[1:]) - {"FORCE"}:
        assert f"  {command} " in listed


def test_pre_commit_runs_the_same_commands_as_lint(tree):
    config = yaml.safe_load((preflight.ROOT / ".pre-commit-config.yaml").read_text())
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    assert {hook["language"] for hook in hooks} == {"system"}
    assert [hook["entry"] for hook in hooks] == dry_run(tree, "lint").splitlines()


def fake(tree, name, text):
    program = tree / ".venv/bin" / name
    write(program, f"#!/bin/sh\n{text}\n", NOW)
    program.chmod(0o755)


@pytest.fixture
def make_test(tree):
    """Run make test with stand-ins for its programs, of which the one that is named fails."""

    def run(*arguments, failing=None):
        for name in ("ruff", "mypy"):
            fake(tree, name, f"echo {name} ran; exit {int(name == failing)}")
        fake(tree, "python", f'case "$*" in *build/{failing}*) exit 1;; *total*) echo 97;; esac')
        write(tree / "tools/preflight.py", "", NOW)
        for name in (".venv/.dev", ".venv/.pipeline", ".venv/.compiled"):
            touch(tree, name)
        env = environment()
        command = ["make", "PYTHON=python3", "test", *arguments]
        return subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True)

    return run


@pytest.mark.parametrize(
    ("failing", "code"),
    [
        (None, 0),
        ("ruff", 2),
        ("mypy", 2),
        ("junit.xml", 2),
        ("junit-data.xml", 2),
        ("junit-engine.xml", 2),
    ],
)
def test_test_fails_with_the_style_the_types_and_each_part_of_the_tests(make_test, failing, code):
    ran = make_test("COVERAGE=yes", failing=failing)
    assert ran.returncode == code, ran.stdout + ran.stderr
    # Wrong style ends it at once; the rest runs side by side, to the end.
    assert ("types | mypy ran" in ran.stdout) == (failing != "ruff")
    assert ("coverage: 97 %" in ran.stdout) == (failing != "ruff")
    assert ("error: mypy found mistakes" in ran.stderr) == (failing == "mypy")


def test_coverage_is_not_measured_where_it_takes_much_time(make_test, tree):
    assert "coverage: not measured (make test COVERAGE=yes" in make_test("COVERAGE=no").stdout
    assert "-m coverage run" not in dry_run(tree, "test", "COVERAGE=no")
    measured = "-m coverage run" in dry_run(tree, "test")
    assert measured == (sys.version_info >= (3, 12))


# Stands in for Airflow: notes the DAGs of each run, and writes a file when each of them is done.
RUNS_DAGS = r"""
case "$1" in *run_pipeline.py) ;; *) exit 0;; esac
shift; dags=
while [ $# -gt 0 ]; do
    if [ "$1" = --done ]; then echo "$4" > "$3"; shift 4; else dags="$dags $1"; shift; fi
done
echo "$dags" >> runs"""


@pytest.fixture
def make_train(tree):
    """Run a command of make with a stand-in for Airflow, and return the DAGs of each run."""

    def run(command):
        fake(tree, "python", RUNS_DAGS)
        write(tree / "tools/preflight.py", "", NOW)
        (tree / "runs").write_text("")
        env = environment()
        subprocess.run(["make", "PYTHON=python3", command], cwd=tree, env=env, check=True)
        return (tree / "runs").read_text().split("\n")[:-1]

    for name in (".venv/.pipeline", ".venv/.compiled"):
        touch(tree, name)
    return run


def test_data_and_training_are_made_by_one_start_of_airflow(make_train, tree):
    touch(tree, "airflow/scripts/data_cleansing.py")
    assert make_train("train") == [" data_pipeline model_training"]
    assert make_train("train") == []
    shutil.rmtree(tree / "var")
    (tree / "var/stamps").mkdir(parents=True)
    # The stand-in leaves no data and no report, so both are made again each time.
    assert make_train("train") == [" data_pipeline model_training"]


def test_training_follows_data_that_were_made_before(make_train, tree):
    touch(tree, "airflow/scripts/data_cleansing.py")
    assert make_train("data") == [" data_pipeline"]
    assert make_train("train") == [" model_training"]
    assert make_train("train") == []


def test_training_that_changed_needs_no_new_data(make_train, tree):
    touch(tree, "notebooks/exploratory_analysis.ipynb")
    assert make_train("train") == [" model_training"]
