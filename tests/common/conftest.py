"""The command line as tests/cli calls it."""

import pytest

pytest.importorskip("openpyxl")

from tests.cli.conftest import model_dir, pandas_as_it_is, published  # noqa: F401
