"""The libraries that tables in every form need."""

import pytest

pytest.importorskip("openpyxl")
