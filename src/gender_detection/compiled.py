"""Checking whether the modules that can be compiled are compiled; without it they are slower."""

from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

# The first line of a module that setup.py compiles starts with this.
MARKER = b"# cython:"
PACKAGE = Path(__file__).parent


def uncompiled(package: Path = PACKAGE) -> list[str]:
    """Return the modules in a package that can be compiled and are not, sorted.

    They are named relative to the package: names.text.
    """
    return [
        _name(source, package) for source in _compilable(package) if not _compiled_files(source)
    ]


def outdated(package: Path = PACKAGE) -> list[str]:
    """Return the modules in a package whose compiled file is older than its source.

    Python imports the compiled file nevertheless.
    """
    return [_name(source, package) for source in _compilable(package) if _is_outdated(source)]


def describe(package: Path = PACKAGE) -> str:
    """Return a line that says whether a package is compiled and, if not, what to do."""
    missing = uncompiled(package)
    if not missing:
        return "The library is compiled."
    return (
        f"The library is not compiled ({', '.join(missing)}), so it is many times slower: "
        "install a C compiler, then run 'make compile'."
    )


def _compilable(package: Path) -> list[Path]:
    return [path for path in sorted(package.rglob("*.py")) if path.read_bytes().startswith(MARKER)]


def _name(source: Path, package: Path) -> str:
    return ".".join(source.relative_to(package).with_suffix("").parts)


def _compiled_files(source: Path) -> list[Path]:
    candidates = [source.with_suffix(suffix) for suffix in EXTENSION_SUFFIXES]
    return [path for path in candidates if path.exists()]


def _is_outdated(source: Path) -> bool:
    sources = [path for path in (source, source.with_suffix(".pxd")) if path.exists()]
    newest = max(path.stat().st_mtime for path in sources)
    return any(path.stat().st_mtime < newest for path in _compiled_files(source))
