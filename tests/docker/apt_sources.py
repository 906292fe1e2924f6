"""Find the address from which this machine's apt gets a suite of Debian.

    python3 tests/docker/apt_sources.py SUITE [FOLDER]

prints the address. FOLDER, by default /etc/apt, holds sources.list and sources.list.d, with lines
(.list) or paragraphs (.sources, deb822); sources.list(5) describes both. Standard library only.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

APT = Path("/etc/apt")
COMPONENT = "main"
# Schemes that both debootstrap and apt in a container support.
SCHEMES = ("http://", "https://")


class Source(NamedTuple):
    """An address, its suite, and its components."""

    uri: str
    suite: str
    components: tuple[str, ...]


class NoSource(Exception):
    """No source of packages has the suite."""


def address_of(suite: str, folder: Path = APT) -> str:
    """Return the first address that has the suite's main component; raise NoSource.

    Where no source names the suite, an address of another release will do: an archive has them all.
    """
    named = [
        source
        for source in sources_in(folder)
        if COMPONENT in source.components and source.uri.startswith(SCHEMES)
    ]
    alike = [source for source in named if _kind(source.suite) == _kind(suite)]
    for source in [source for source in named if source.suite == suite] + alike:
        return source.uri.rstrip("/")
    raise NoSource(
        f"{folder} names no http(s) source of Debian's {suite} {COMPONENT}: "
        f'add a line "deb ADDRESS {suite} {COMPONENT}" to {folder / "sources.list"}'
    )


def _kind(suite: str) -> str:
    # "" of bookworm, "-security" of bookworm-security, which is another archive.
    return suite[len(suite.partition("-")[0]) :]


def sources_in(folder: Path) -> Iterator[Source]:
    """Yield the enabled sources of binary packages, in apt's order."""
    main = folder / "sources.list"
    parts = sorted((folder / "sources.list.d").glob("*"))
    for path in [main, *parts]:
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == ".list":
            yield from _of_lines(text)
        elif path.suffix == ".sources":
            yield from _of_paragraphs(text)


def _of_lines(text: str) -> Iterator[Source]:
    for line in text.splitlines():
        # Options are in brackets, between the type and the address.
        found = re.fullmatch(r"deb\s+(?:\[[^]]*\]\s*)?(.+)", line.partition("#")[0].strip())
        if found and len(words := found[1].split()) >= 2:
            yield Source(words[0], words[1], tuple(words[2:]))


def _of_paragraphs(text: str) -> Iterator[Source]:
    text = re.sub(r"(?m)^#.*\n?", "", text)
    for paragraph in re.split(r"\n[ \t]*\n", text):
        # A line that begins with a space continues the previous field.
        unfolded = re.sub(r"\n[ \t]+", " ", paragraph)
        fields = {
            name.strip().lower(): value.split()
            for name, colon, value in (line.partition(":") for line in unfolded.splitlines())
            if colon
        }
        is_on = fields.get("enabled", ["yes"])[0].lower() not in ("no", "false", "0")
        if "deb" not in fields.get("types", []) or not is_on:
            continue
        for uri in fields.get("uris", []):
            for suite in fields.get("suites", []):
                yield Source(uri, suite, tuple(fields.get("components", [])))


def main(arguments: list[str]) -> int:
    """Print the address of the suite named in arguments; return the exit code."""
    suite, folder = arguments[0], Path(arguments[1]) if len(arguments) > 1 else APT
    try:
        sys.stdout.write(f"{address_of(suite, folder)}\n")
    except NoSource as err:
        sys.stderr.write(f"error: {err}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
