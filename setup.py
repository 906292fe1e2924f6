"""The compiled modules: every file under src whose first line is a directive of Cython.

They are Python as they stand, and run so too, where they are not compiled
(docs/decisions/0033-compiled-core.md). GENDER_DETECTION_COMPILE=no leaves all of them uncompiled.
"""

import os
import shutil
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py

SOURCES = Path("src")
MARK = "# cython:"
# The same digits on every processor: no fused multiply and add, no reordered sums. Without what a
# debugger of C reads, which would be most of the file.
FLAGS = ["-O2", "-ffp-contract=off", "-g0"]
CORES = os.cpu_count() or 1
# What Cython writes for views of arrays, once for all modules: in each of them, it would be most of
# what there is to compile.
SHARED = "gender_detection._cython"


def extensions() -> list[Extension]:
    """Return an extension for each module that begins with MARK."""
    if os.environ.get("GENDER_DETECTION_COMPILE", "").strip().lower() == "no":
        return []
    marked = [
        path
        for path in sorted(SOURCES.rglob("*.py"))
        if path.read_text(encoding="utf-8").startswith(MARK)
    ]
    sources = {".".join(path.relative_to(SOURCES).with_suffix("").parts): path for path in marked}
    if marked:
        sources[SHARED] = Path("_cython.c")  # Cython makes it, in its own folder
    return [
        # With other flags, everything is compiled again.
        Extension(name, [str(path)], extra_compile_args=FLAGS, depends=[Path(__file__).name])
        for name, path in sources.items()
    ]


class Build(build_ext):
    """Python to C, C to machine code, with all cores; beside the sources, nothing older is left."""

    def run(self) -> None:
        """Make C of the modules that have changed, and compile what has changed of it."""
        self.parallel = self.parallel or CORES
        made = cythonize(
            self.extensions,
            include_path=[str(SOURCES)],
            build_dir="build/cython",
            nthreads=CORES,
            shared_utility_qualified_name=SHARED,
        )
        for extension, in_c in zip(self.extensions, made, strict=True):
            extension.sources = in_c.sources
        super().run()

    def copy_extensions_to_source(self) -> None:
        """Put what is compiled beside its source, in place of all that was there."""
        # Python takes the first that it finds: one for another Python, of a module that is
        # compiled no more, or older than its source, would go unnoticed.
        for old in SOURCES.rglob("*.so"):
            old.unlink()
        super().copy_extensions_to_source()


class Modules(build_py):
    """The modules of a wheel, and none that an earlier wheel has left in the same folder."""

    def run(self) -> None:
        """Begin with an empty folder."""
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


if __name__ == "__main__":  # Python starts it again for each core.
    commands = {"build_ext": Build, "build_py": Modules}
    setup(ext_modules=extensions(), cmdclass=commands)
