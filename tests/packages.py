"""Packages as pip would install them, for tests."""

import importlib
import sys
from pathlib import Path


def install_model_package(folder: Path, name: str, artifact: Path, code: str | None = None) -> None:
    """Install a model package into a folder; code is that of its module, if not the usual one.

    The model stays where it is.
    """
    module = name.replace("-", "_")
    usual = f"from pathlib import Path\n\ndef folder():\n    return Path({str(artifact)!r})\n"
    (folder / f"{module}.py").write_text(usual if code is None else code)
    metadata = folder / f"{module}-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    entry = f"[gender_detection.models]\nnames = {module}:folder\n"
    (metadata / "entry_points.txt").write_text(entry)
    importlib.invalidate_caches()
    sys.modules.pop(module, None)  # of an earlier test
