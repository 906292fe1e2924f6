"""The compiled modules are Python too: uncompiled, they return the same, only slower.

Some tests run again on a copy of the sources in which nothing is compiled.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gender_detection import compiled

ROOT = Path(__file__).resolve().parents[1]
# Quick tests of all compiled modules.
SLICE = (
    "tests/features",
    "tests/names/test_bounded_work.py",
    "tests/names/test_gendered_titles.py",
    "tests/names/test_lexicon.py",
    "tests/names/test_parse.py",
    "tests/names/test_parse_parts.py",
    "tests/names/test_source_key.py",
    "tests/names/test_text.py",
    "tests/model/test_combination.py",
    "tests/model/test_corrections.py",
    "tests/model/test_documents.py",
    "tests/model/test_estimation.py",
    "tests/model/test_explanation.py",
    "tests/model/test_golden_answers.py",
    "tests/model/test_model.py",
    "tests/model/test_name_order.py",
    "tests/model/test_string_buffers.py",
)


@pytest.fixture
def uncompiled_sources(tmp_path: Path) -> Path:
    """A folder with the library, in which nothing is compiled."""
    pytest.importorskip("cython")
    leave = shutil.ignore_patterns("*.so", "__pycache__")
    shutil.copytree(compiled.PACKAGE, tmp_path / "gender_detection", ignore=leave)
    return tmp_path


def is_compiled_somewhere() -> bool:
    return any(compiled.PACKAGE.rglob("*.so"))


@pytest.mark.skipif(not is_compiled_somewhere(), reason="all tests run uncompiled here")
def test_some_tests_pass_with_uncompiled_modules(uncompiled_sources: Path):
    path = os.pathsep.join([str(uncompiled_sources), str(ROOT)])
    env = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    code = "from gender_detection import compiled; print(compiled.PACKAGE)"
    folder = subprocess.check_output([sys.executable, "-c", code], env=env, text=True, cwd=ROOT)
    assert Path(folder.strip()).parent == uncompiled_sources

    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *SLICE]
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
