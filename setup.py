"""The compiled modules: every file under src whose first line is a directive of Cython.

They are Python as they stand, and run so too, where they are not compiled.
"""

from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

SOURCES = Path("src")
MARK = "# cython:"


def extensions() -> list[Extension]:
    """Return an extension for each module that begins with MARK."""
    marked = [path for path in sorted(SOURCES.rglob("*.py")) if path.read_text().startswith(MARK)]
    return [
        Extension(
            ".".join(path.relative_to(SOURCES).with_suffix("").parts),
            [str(path)],
            # The same digits on every processor: no fused multiply and add, no reordered sums.
            extra_compile_args=["-O2", "-ffp-contract=off"],
        )
        for path in marked
    ]


setup(
    ext_modules=cythonize(
        extensions(), include_path=[str(SOURCES)], build_dir="build/cython", nthreads=2
    )
)
