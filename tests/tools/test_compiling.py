"""Which compiler is used, and what happens on a machine without one."""

import sys
from pathlib import Path

import compiling
import preflight
import pytest

PYTHON = Path(sys.executable)


class Steps:
    """Records the titles and environments of the commands to run."""

    def __init__(self):
        self.titles, self.environments = [], []

    def __call__(self, title, command, env):
        assert command[-3:] == ["setup.py", "build_ext", "--inplace"]
        self.titles.append(title)
        self.environments.append(env)


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """The Python of a virtual environment, which gets the stamp."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(PYTHON)
    return tmp_path / "bin" / "python"


def only(monkeypatch, *working: str):
    """Let only these compilers work, and let Python have its headers."""
    monkeypatch.setattr(compiling, "headers", lambda python: Path("/include"))
    works = lambda compiler, *_: any(word in compiler for word in working)  # noqa: E731
    monkeypatch.setattr(compiling, "compiles", works)


def no_zig():
    raise AssertionError("zig was not to be installed")


@pytest.mark.parametrize("name", ["cc", "gcc", "clang"])
def test_compiler_of_the_machine_is_found(tmp_path: Path, name: str):
    (tmp_path / name).write_text("")
    (tmp_path / name).chmod(0o755)
    assert preflight.c_compiler({"PATH": str(tmp_path)}) == name


def test_compiler_of_the_setting_comes_first_and_a_missing_one_is_no_error(tmp_path: Path):
    assert preflight.c_compiler({"PATH": "/usr/bin", "CC": "ccache gcc-12"}) == "ccache gcc-12"
    assert preflight.c_compiler({"PATH": str(tmp_path)}) is None


def test_compiler_of_the_machine_is_used_and_nothing_installed(monkeypatch, python):
    only(monkeypatch, "gcc")
    steps = Steps()
    compiling.compile_modules(python, {"CC": "gcc"}, steps, no_zig)
    assert steps.titles == ["compiling this project (gcc)"]
    assert steps.environments[0]["CC"] == "gcc"


@pytest.mark.parametrize("own", ["", "broken"])
def test_zig_is_used_where_no_compiler_works(monkeypatch, python, own: str):
    only(monkeypatch, "ziglang")
    steps = Steps()
    compiling.compile_modules(python, {"CC": own, "PATH": ""}, steps, lambda: True)
    assert steps.titles == ["compiling this project (zig)"]
    assert steps.environments[0]["CC"].endswith("bin/python -m ziglang cc")


@pytest.mark.parametrize(("installed", "works"), [(False, "ziglang"), (True, "nothing")])
def test_machine_without_compiler_gets_one_hint_and_goes_on(
    monkeypatch, python, capsys, installed: bool, works: str
):
    only(monkeypatch, works)
    steps = Steps()
    compiling.compile_modules(python, {"PATH": ""}, steps, lambda: installed)
    # What an earlier installation compiled must be removed.
    assert steps.environments[0]["GENDER_DETECTION_COMPILE"] == "no"
    assert "apt install gcc" in steps.titles[0]
    assert "make compile" in capsys.readouterr().out
    # The next make does not try again.
    assert (python.parent.parent / ".compiled").read_text() == "compile=\n"


def test_missing_headers_are_reported_with_their_package(monkeypatch, python):
    monkeypatch.setattr(compiling, "headers", lambda python: None)
    steps = Steps()
    compiling.compile_modules(python, {"CC": "gcc"}, steps, no_zig)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"apt install python{version}-dev" in steps.titles[0]


def test_compiling_can_be_switched_off_without_a_hint(monkeypatch, python, capsys):
    only(monkeypatch, "gcc")
    steps = Steps()
    compiling.compile_modules(python, {"GENDER_DETECTION_COMPILE": "no"}, steps, no_zig)
    assert "GENDER_DETECTION_COMPILE=no" in steps.titles[0]
    assert capsys.readouterr().out == ""
    assert (python.parent.parent / ".compiled").read_text() == "compile=no\n"


def test_choice_other_than_yes_or_no_is_refused():
    with pytest.raises(compiling.BadChoice, match="maybe is not a choice: set it to yes or no"):
        compiling.wanted({"GENDER_DETECTION_COMPILE": "maybe"})
    assert compiling.wanted({"GENDER_DETECTION_COMPILE": "Yes"})
    assert compiling.wanted({})


def test_module_that_no_longer_compiles_fails_the_step(monkeypatch, python):
    only(monkeypatch, "gcc")

    def failing(*_):
        raise RuntimeError("text.py:3: syntax error")

    with pytest.raises(RuntimeError, match="syntax error"):
        compiling.compile_modules(python, {"CC": "gcc"}, failing, no_zig)
    assert not (python.parent.parent / ".compiled").exists()


@pytest.mark.skipif(not preflight.c_compiler({"PATH": "/usr/bin"}), reason="no C compiler")
def test_compiler_is_tried_on_the_headers_of_python(tmp_path: Path):
    env = {"PATH": "/usr/bin:/bin"}
    include = compiling.headers(sys.executable)
    compiler = preflight.c_compiler(env)
    assert include is not None
    assert compiler is not None
    assert compiling.compiles(compiler, include, env)
    assert not compiling.compiles(compiler, tmp_path, env)
    assert not compiling.compiles("/nowhere/cc", include, env)
