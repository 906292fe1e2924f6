"""setup.py in a small project: what it compiles and compiles again, and what it removes."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import compiling
import preflight
import pytest

pytest.importorskip("Cython")
pytestmark = pytest.mark.skipif(
    not preflight.c_compiler(dict(os.environ)) or not compiling.headers(sys.executable),
    reason="no C compiler, or no Python headers",
)

TABLE = """\
# cython: language_level=3
import cython


@cython.cfunc
def doubled(number: cython.int) -> cython.int:
    return 2 * number
"""
DECLARED = "cdef int doubled(int number)\n"
USER = """\
# cython: language_level=3
import cython

if cython.compiled:
    from cython.cimports.gender_detection.table import doubled
else:
    from .table import doubled

COMPILED = cython.compiled


def answer() -> int:
    return doubled(21)
"""
PLAIN = '"""Not compiled: the first line does not begin with # cython:."""\n'


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two compiled modules, one of which calls a C function of the other."""
    root = tmp_path_factory.mktemp("project")
    package = root / "src" / "gender_detection"
    package.mkdir(parents=True)
    (root / "api").mkdir()
    texts = {"__init__": "", "table": TABLE, "user": USER, "plain": PLAIN}
    for name, text in texts.items():
        (package / f"{name}.py").write_text(text)
    (package / "api").symlink_to("../../api")
    (package / "table.pxd").write_text(DECLARED)
    (root / "api" / "__init__.py").write_text("")
    for name in ("setup.py", "pyproject.toml", "LICENSE"):
        shutil.copy(preflight.ROOT / name, root)
    (root / "README.md").write_text("")
    shutil.copy(preflight.ROOT / "src" / "gender_detection" / "py.typed", package)
    return root


def build(root: Path, *command: str, **settings: str) -> str:
    """Run setup.py and return its output; by default, compile beside the sources."""
    ran = subprocess.run(
        [sys.executable, "setup.py", *(command or ("build_ext", "--inplace"))],
        cwd=root, env={**os.environ, **settings}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


def compiled(root: Path) -> dict[str, float]:
    """Return module -> modification time of the compiled modules beside their sources."""
    found = {path.name.partition(".")[0]: path for path in (root / "src").rglob("*.so")}
    found.pop("_cython", None)  # the code that Cython shares among the modules
    return {name: path.stat().st_mtime for name, path in found.items()}


def evaluate(root: Path, expression: str) -> str:
    script = f"from gender_detection import user; print({expression})"
    return subprocess.check_output(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(root / "src")}, text=True,
    ).strip()  # fmt: skip


def test_marked_modules_are_compiled_and_changes_only_compile_what_they_touch(project: Path):
    build(project)
    first = compiled(project)
    assert set(first) == {"table", "user"}
    assert evaluate(project, "user.COMPILED, user.answer()") == "True 42"

    build(project)
    assert compiled(project) == first

    source = project / "src" / "gender_detection" / "user.py"
    source.write_text(USER.replace("21", "4"))
    build(project)
    second = compiled(project)
    assert evaluate(project, "user.answer()") == "8"
    assert (second["table"], second["user"] > first["user"]) == (first["table"], True)

    # A changed declaration affects the modules that use it.
    declared = project / "src" / "gender_detection" / "table.pxd"
    declared.write_text(DECLARED + "\n")
    build(project)
    third = compiled(project)
    assert third["table"] > second["table"]
    assert third["user"] > second["user"]


def test_compiled_files_are_removed_with_their_source_or_when_compiling_is_off(project: Path):
    stale = project / "src" / "gender_detection" / "gone.cpython-399-x86_64-linux-gnu.so"
    stale.write_text("")
    build(project)
    assert set(compiled(project)) == {"table", "user"}
    build(project, GENDER_DETECTION_COMPILE="no")
    assert compiled(project) == {}
    assert evaluate(project, "user.COMPILED, user.answer()") in ("False 8", "False 42")


def test_wheel_has_all_files_of_the_packages_and_the_compiled_modules(project: Path):
    data = project / "src" / "gender_detection" / "names.tsv"
    data.write_text("a table\n")
    (project / "api" / "page.html").write_text("a page\n")
    # An earlier build left a module that no longer exists.
    build(project)
    for folder in (project / "build").glob("lib*/gender_detection"):
        (folder / "gone.py").write_text("")
    build(project, "--quiet", "bdist_wheel")
    (wheel,) = (project / "dist").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    api = {"gender_detection/api/__init__.py", "gender_detection/api/page.html"}
    assert {"gender_detection/names.tsv", "gender_detection/user.py", *api} <= set(names)
    top = {name.partition("/")[0] for name in names if ".dist-info" not in name}
    assert top == {"gender_detection"}
    assert "gender_detection/py.typed" in names
    assert "gender_detection/gone.py" not in names
    assert sum(name.endswith(".so") for name in names) == 3
    assert any(name.endswith("licenses/LICENSE") for name in names)
