"""Programs of Debian's package prometheus."""

import os
import shutil

import pytest


def program(name: str) -> str:
    """Return where prometheus or promtool is; without it skip the test, but in CI, where it
    belongs, fail it."""
    if (found := shutil.which(name)) is None:
        missing = f"no {name} here: install Debian's package prometheus (apt install prometheus)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    return found
