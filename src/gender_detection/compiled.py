"""Whether the modules that can be compiled are: they run either way, but not equally fast."""

from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

# As setup.py knows them: what the first line of such a module begins with.
MARK = b"# cython:"
PACKAGE = Path(__file__).parent


def uncompiled(package: Path = PACKAGE) -> list[str]:
    """Return the modules below a folder that could be compiled and are not, sorted.

    They are called by their dotted names within it, such as names.text.
    """
    return [_name(source, package) for source in _marked(package) if not _compiled(source)]


def outdated(package: Path = PACKAGE) -> list[str]:
    """Return the modules below a folder whose compiled file is older than what it was made of.

    Python imports the compiled file all the same.
    """
    return [_name(source, package) for source in _marked(package) if _is_outdated(source)]


def describe(package: Path = PACKAGE) -> str:
    """Return in a line whether the modules below a folder are compiled, and if not, what to do."""
    missing = uncompiled(package)
    if not missing:
        return "The library is compiled."
    return (
        f"The library is not compiled ({', '.join(missing)}), so answers take many times as long: "
        "install a C compiler, then run 'make compile'."
    )


def _marked(package: Path) -> list[Path]:
    return [path for path in sorted(package.rglob("*.py")) if path.read_bytes().startswith(MARK)]


def _name(source: Path, package: Path) -> str:
    return ".".join(source.relative_to(package).with_suffix("").parts)


def _compiled(source: Path) -> list[Path]:
    named = [source.with_suffix(suffix) for suffix in EXTENSION_SUFFIXES]
    return [path for path in named if path.exists()]


def _is_outdated(source: Path) -> bool:
    made_of = [path for path in (source, source.with_suffix(".pxd")) if path.exists()]
    newest = max(path.stat().st_mtime for path in made_of)
    return any(path.stat().st_mtime < newest for path in _compiled(source))
