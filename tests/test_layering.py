"""The shape of the code: imports run one way, heavy libraries stay in their place, and more."""

import ast
import functools
import json
import os
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from architecture import (
    LAYERS,
    PACKAGE,
    ROOT,
    mentioned_in,
    module_of,
    part_of,
    python_files,
    tree_of,
)
from architecture import imports_of as read_imports_of

HEAVY = {
    "pyspark", "airflow", "mlflow", "pandas", "scipy", "sklearn", "matplotlib",
    "requests", "fsspec", "aiohttp",
}  # fmt: skip
PICKLERS = {"pickle", "joblib", "cloudpickle", "dill", "shelve", "marshal"}
NOTEBOOK = ROOT / "notebooks" / "exploratory_analysis.ipynb"


OURS = python_files("src", "api", "airflow")
CODE = [*OURS, *python_files("tools", "benchmarks", "grafana")]
MODULES = {module_of(path) for path in OURS}


IMPORTS = (ast.Import, ast.ImportFrom)


@functools.cache
def nodes_of(path: Path) -> list[ast.AST]:
    """Return all nodes of a file's tree, which several tests go through."""
    return list(ast.walk(tree_of(path)))


@functools.cache
def imports_of(path: Path) -> list[str]:
    """Return the dotted names that a file imports; a dozen tests ask for those of each file."""
    return list(read_imports_of(path))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(module: str) -> str | None:
    """Return the room of the API that a module is in; None for all that is not of the API."""
    parts = module.split(".")
    return parts[2] if parts[:2] == ["gender_detection", "api"] and len(parts) > 2 else None


MODULES = {module_of(path) for path in OURS}


def layer_of(component: str) -> int:
    return next(at for at, layer in enumerate(LAYERS) if component in layer)


@pytest.mark.parametrize("path", [p for p in OURS if part_of(module_of(p))], ids=named)
def test_imports_go_only_downwards(path: Path):
    own = part_of(module_of(path))
    assert own is not None
    named = {*imports_of(path), *mentioned_in(path, MODULES)}
    imported = {part for module in named if (part := part_of(module)) is not None}

    above = {other for other in imported if layer_of(other) > layer_of(own)}
    assert not above


def test_package_init_imports_nothing():
    # But the library, once it is asked for: gender_detection.predict.
    top = [node for node in tree_of(PACKAGE / "__init__.py").body if isinstance(node, IMPORTS)]

    assert [node.module for node in top if isinstance(node, ast.ImportFrom)] == ["typing"]
    assert len(top) == 1


def test_every_module_has_its_layer():
    components = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}

    assert components - {"__init__", "__pycache__"} <= set().union(*LAYERS)


def test_modules_have_no_import_cycle():
    modules = {module_of(path): path for path in OURS}
    graph = {
        name: {
            found
            for target in imports_of(path)
            # What is imported is a module, or a name in one.
            if (found := target if target in modules else target.rpartition(".")[0]) in modules
            # A package shows what its modules define; they do not import it.
            and not (path.name == "__init__.py" and found.startswith(f"{name}."))
        }
        - {name}
        for name, path in modules.items()
    }

    assert len(list(TopologicalSorter(graph).static_order())) >= len(modules)


@pytest.mark.parametrize("part_of", [part_of, room_of])
def test_parts_have_no_import_cycle(part_of):
    graph: dict[str, set[str]] = {}
    for path in OURS:
        if own := part_of(module_of(path)):
            named = {*imports_of(path), *mentioned_in(path, MODULES)}
            graph.setdefault(own, set()).update({part_of(module) for module in named} - {None, own})

    assert len(list(TopologicalSorter(graph).static_order())) >= len(graph) > 5


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("mlflow", ["src/gender_detection/registry", "src/gender_detection/artifact_location.py"]),
        ("pyspark", ["src/gender_detection/spark", "airflow/scripts"]),
        ("airflow", ["airflow/dags", "src/gender_detection/airflow_callbacks.py"]),
        ("scipy", ["src/gender_detection/training/fitting.py"]),
        (
            "matplotlib",
            [
                "src/gender_detection/plots.py",
                "src/gender_detection/share_plot.py",
                "src/gender_detection/registry",
            ],
        ),
        # Neither is part of the runtime: the library imports both when they are first asked for.
        ("sklearn", ["src/gender_detection/library/transformer.py"]),
        ("duckdb", ["src/gender_detection/library/duckdb_functions.py"]),
        ("flask", ["api"]),
        ("uvicorn", ["src/gender_detection/serving"]),
        # Not the API: its callers could reach what only the server reaches.
        ("fsspec", ["src/gender_detection/cli"]),
        ("aiohttp", ["src/gender_detection/cli"]),
    ],
)
def test_library_is_imported_only_where_allowed(library: str, homes: list[str]):
    users = [
        path
        for path in OURS
        if any(module.partition(".")[0] == library for module in imports_of(path))
    ]

    assert users
    allowed = [ROOT / home for home in homes]
    assert not [path for path in users if not any(path.is_relative_to(home) for home in allowed)]


RUNTIME = (
    "gender_detection.cli.commands", "gender_detection.serving.server",
    "gender_detection.model_sync", "gender_detection.model", "gender_detection.api.app",
)  # fmt: skip


def test_runtime_imports_nothing_heavy_and_leaves_no_file(tmp_path: Path):
    command = f"import json, sys, {', '.join(RUNTIME)}; print(json.dumps(sorted(sys.modules)))"
    home = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}

    done = subprocess.run(
        [sys.executable, "-c", command],
        cwd=tmp_path, env={**os.environ, **home}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    loaded = {module.partition(".")[0] for module in json.loads(done.stdout)}
    assert "gender_detection" in loaded
    assert not loaded & HEAVY
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("path", CODE, ids=named)
def test_nothing_can_unpickle(path: Path):
    assert not {module.partition(".")[0] for module in imports_of(path)} & PICKLERS
    for node in nodes_of(path):
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False


@pytest.mark.parametrize("path", CODE, ids=named)
def test_files_and_functions_are_short(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450
    for node in nodes_of(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno + 1 < 40, node.name


@pytest.mark.parametrize("path", CODE, ids=named)
def test_no_exception_is_caught_without_a_specific_type(path: Path):
    for node in nodes_of(path):
        if isinstance(node, ast.ExceptHandler):
            caught = "" if node.type is None else ast.unparse(node.type)
            assert caught not in ("", "Exception", "BaseException"), f"line {node.lineno}"


# Programs, and what another program calls with no settings of its own.
READ_SETTINGS = [
    "src/gender_detection/cli", "src/gender_detection/airflow_callbacks.py",
    "src/gender_detection/model_sync.py", "src/gender_detection/library/finding.py",
    "src/gender_detection/trainer/__main__.py", "src/gender_detection/release/__main__.py",
    "api/app.py", "airflow/dags", "airflow/scripts", "tools", "benchmarks",
]  # fmt: skip


def test_only_entry_points_read_settings():
    readers = [
        path
        for path in CODE
        for node in nodes_of(path)
        if isinstance(node, ast.Attribute) and node.attr == "from_env"
    ]

    assert readers
    homes = [ROOT / home for home in READ_SETTINGS]
    assert not [path for path in readers if not any(path.is_relative_to(home) for home in homes)]


def test_airflow_is_not_shadowed_by_a_local_package():
    assert not list((ROOT / "airflow").rglob("__init__.py"))


def test_committed_notebook_has_no_outputs_and_defines_nothing():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]

    assert code
    for cell in code:
        assert (cell["outputs"], cell["execution_count"]) == ([], None)
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            assert not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


# Where packages come from is the machine's business: an address here would bind every user to it.
# Put together from halves, so that this file does not hold what it looks for.
ADDRESS = re.compile(
    "|".join(
        [
            "pypi" + r"\.(?:org|python)",
            "python" + r"hosted\.org",
            "--(?:extra-)?" + "index-url",
            "--find" + "-links",
            "--trusted" + "-host",
            r"^\s*index-url\s*=",
            r"(?:deb|security|ftp[.\w]*|snapshot)\." + r"debian\.org",
            r"(?:archive|security|ports)\." + r"ubuntu\.com",
        ]
    ),
    re.IGNORECASE | re.MULTILINE,
)


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_tracked_file_names_a_package_registry():
    naming = [
        named(path)
        for path in tracked_files()
        if path.is_file() and ADDRESS.search(path.read_text(encoding="utf-8", errors="replace"))
    ]

    assert not naming
