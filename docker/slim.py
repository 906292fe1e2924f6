"""Delete unused files from this Python's packages: headers, tests, unused libraries.

    python docker/slim.py

It runs while the image is built. tests/docker check that nothing needed is deleted.
"""

import importlib
import shutil
import sysconfig
from pathlib import Path

# Headers and sources for compiling; the packages' tests; Arrow's network protocol.
UNUSED = (
    "pyarrow/include",
    "pyarrow/includes",
    "pyarrow/src",
    "pyarrow/tests",
    "pyarrow/**/*.pyx",
    "pyarrow/**/*.pxd",
    "pyarrow/**/*.pxi",
    "pyarrow/libarrow_flight.so*",
    "pyarrow/libarrow_python_flight.so*",
    "pyarrow/_flight.*.so",
    "numpy/**/tests",
    "numpy/_core/include",
    "numpy/_core/lib",
    "numpy/f2py",
    "numpy/**/*.pyi",
    "numpy/**/*.pxd",
    "wrapt/*.c",
    "httptools/**/*.pyx",
    "uvloop/**/*.pyx",
    "uvloop/**/*.pxd",
)
# These must still work: a missing shared library would break their import.
USED = ("numpy", "pyarrow.compute", "pyarrow.csv", "pyarrow.parquet", "pyarrow.dataset", "uvloop")


def delete_unused(packages: Path) -> int:
    """Delete the unused files below a folder of installed packages; return their size in bytes."""
    freed = 0
    for pattern in UNUSED:
        for path in list(packages.glob(pattern)):
            files = [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file()]
            freed += sum(file.lstat().st_size for file in files)
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return freed


if __name__ == "__main__":
    freed = delete_unused(Path(sysconfig.get_path("purelib")))
    for module in USED:
        importlib.import_module(module)
    print(f"deleted: {freed / 1e6:.0f} MB")  # noqa: T201
