"""Checks whether the library is compiled, and from its current source."""

import os
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from gender_detection import compiled
from gender_detection.serving.startup_message import compilation_warning

SUFFIX = EXTENSION_SUFFIXES[0]
THEN, NOW = 1_700_000_000, 1_700_000_100


def write(path: Path, text: str = "", when: int = THEN) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (when, when))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with a module that can be compiled, names.text, and one that cannot."""
    write(tmp_path / "names" / "text.py", "# cython: language_level=3\n")
    write(tmp_path / "names" / "plain.py", '"""# cython: only in the first line."""\n')
    return tmp_path


def test_source_without_a_compiled_file_is_reported(package: Path):
    assert compiled.uncompiled(package) == ["names.text"]
    assert "not compiled (names.text)" in compiled.describe(package)
    assert "make compile" in compiled.describe(package)


def test_compiled_file_beside_its_source_is_used(package: Path):
    write(package / "names" / f"text{SUFFIX}", when=NOW)
    assert compiled.uncompiled(package) == []
    assert compiled.outdated(package) == []
    assert compiled.describe(package) == "The library is compiled."


def test_file_compiled_for_another_python_does_not_count(package: Path):
    write(package / "names" / "text.cpython-399-x86_64-linux-gnu.so", when=NOW)
    assert compiled.uncompiled(package) == ["names.text"]


@pytest.mark.parametrize("name", ["text.py", "text.pxd"])
def test_change_after_compiling_is_reported(package: Path, name: str):
    write(package / "names" / f"text{SUFFIX}", when=NOW)
    write(package / "names" / name, "# cython: language_level=3\n", NOW + 1)
    assert compiled.outdated(package) == ["names.text"]


def test_startup_message_says_that_the_library_is_not_compiled(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compiled, "uncompiled", lambda *_: ["names.text"])
    assert "not compiled (names.text)" in compilation_warning()
    monkeypatch.setattr(compiled, "uncompiled", lambda *_: [])
    assert compilation_warning() == ""
