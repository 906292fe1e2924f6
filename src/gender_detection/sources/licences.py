"""Which sources to build from: the built-in choice by licence, and what licences.toml decides."""

import functools
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

PERMISSIVE = "permissive"
LICENCES = Path(__file__).with_name("licences.toml")


class Choice(NamedTuple):
    """What the setting SOURCES asks for: own catalogue files, and permissive licences alone."""

    own: tuple[Path, ...] = ()
    permissive: bool = False

    @property
    def name(self) -> str:
        """permissive, or all: the sources that are switched on, whatever their licence."""
        return PERMISSIVE if self.permissive else "all"


def chosen(sources: str) -> Choice:
    """Return the choice that a setting stands for: files and the word permissive, parted by ':'."""
    parts = [part for part in sources.split(":") if part]
    own = tuple(Path(part) for part in parts if part != PERMISSIVE)
    return Choice(own, PERMISSIVE in parts)


@functools.cache
def decisions() -> dict[str, dict[str, Any]]:
    """Return what licences.toml says of each licence: permissive, and why."""
    return tomllib.loads(LICENCES.read_text(encoding="utf-8"))


def is_permissive(licence: str) -> bool:
    """Return whether what is made from data under a licence may be passed on freely."""
    return bool(decisions().get(licence.strip(), {}).get("permissive"))
