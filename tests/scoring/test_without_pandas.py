"""Tables without pandas, though it is installed."""

import subprocess
import sys

import pytest

pytest.importorskip("pandas")

SCORE = """
import io, sys
from gender_detection.tables import read_csv
{before}
for block in read_csv(io.BytesIO(b"name,x\\nMaria,1\\n")).blocks():
    print(block.cells.to_pydict(), "pandas" in sys.modules)
import pandas
print(pandas.Series([1]).sum())
"""
LEAVE_OUT = """
from gender_detection.scoring.without_pandas import leave_pandas_out
finders = list(sys.meta_path)
leave_pandas_out()
assert sys.meta_path == finders
"""
SERVED = """
from gender_detection.api.wsgi import application, shared_state
from gender_detection.config import Settings
settings = Settings(model_dir="nowhere")
application(settings, shared_state(settings), 0)
"""


@pytest.mark.parametrize(("before", "imported"), [("", True), (LEAVE_OUT, False), (SERVED, False)])
def test_pandas_is_not_imported_unless_needed(before, imported, tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", SCORE.format(before=before)],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip

    block, later = run.stdout.splitlines()
    assert block == f"{{'name': ['Maria'], 'x': ['1']}} {imported}"
    assert later == "1"
