"""Take out of this Python's packages what nobody reads at work: headers, tests, idle libraries.

    python docker/slim.py

It runs while the image is built; what it takes was seen not to be missed (tests/docker).
"""

import importlib
import shutil
import sysconfig
from pathlib import Path

# Headers and sources to compile against; the packages' own tests; Arrow's network protocol.
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
# What must still be there: one library that another asks for, and none of it can be imported.
USED = ("numpy", "pyarrow.compute", "pyarrow.csv", "pyarrow.parquet", "pyarrow.dataset", "uvloop")


def take_out(packages: Path) -> int:
    """Delete what is unused below a folder of installed packages; return its bytes."""
    freed = 0
    for pattern in UNUSED:
        for path in list(packages.glob(pattern)):
            files = [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file()]
            freed += sum(file.lstat().st_size for file in files)
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return freed


if __name__ == "__main__":
    freed = take_out(Path(sysconfig.get_path("purelib")))
    for module in USED:
        importlib.import_module(module)
    print(f"taken out: {freed / 1e6:.0f} MB")  # noqa: T201
