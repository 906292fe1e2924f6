"""The choice of sources: by catalogue files, and by licence (licences.toml)."""

import functools
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

PERMISSIVE = "permissive"
LICENCES = Path(__file__).with_name("licences.toml")


class Choice(NamedTuple):
    """The setting SOURCES: own catalogue files, and whether only permissive licences."""

    own: tuple[Path, ...] = ()
    permissive: bool = False

    @property
    def name(self) -> str:
        """permissive, or all for the enabled sources of any licence."""
        return PERMISSIVE if self.permissive else "all"


def chosen(sources: str) -> Choice:
    """Return the choice in a setting: files and the word permissive, separated by ':'."""
    parts = [part for part in sources.split(":") if part]
    own = tuple(Path(part) for part in parts if part != PERMISSIVE)
    return Choice(own, PERMISSIVE in parts)


@functools.cache
def decisions() -> dict[str, dict[str, Any]]:
    """Return the content of licences.toml: permissive and why, by licence."""
    return tomllib.loads(LICENCES.read_text(encoding="utf-8"))


def is_permissive(licence: str) -> bool:
    """Return whether a model made from data under a licence may be passed on freely."""
    return bool(decisions().get(licence.strip(), {}).get("permissive"))
