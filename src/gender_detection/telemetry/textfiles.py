"""Metrics in text files, which stay when the process that wrote them has ended.

A folder has a file <group>.prom per group in Prometheus' text format, each replaced as a whole.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from .pipeline_metrics import UNREADABLE_FILES

_Series = tuple[str, tuple[tuple[str, str], ...]]


class Families(Collector):
    """A collector of given metric families."""

    def __init__(self, families: Iterable[Metric]):
        """Keep the families."""
        self._families = list(families)

    def collect(self) -> list[Metric]:
        """Return the families."""
        return self._families


def write(folder: Path, group: str, families: Iterable[Metric]) -> None:
    """Replace a group in a folder, which is made if it is missing; raise OSError.

    The write is atomic: readers see the previous group or all of the new one.
    """
    content = generate_latest(Families(families))
    folder.mkdir(parents=True, exist_ok=True)
    # Not .prom, so that no reader sees it before it is whole.
    temporary = folder / f".{group}.{os.getpid()}"
    try:
        temporary.write_bytes(content)
        temporary.replace(folder / f"{group}.prom")
    finally:
        temporary.unlink(missing_ok=True)


class TextFiles(Collector):
    """The metrics of all files in a folder, read at each scrape.

    A file is left out as a whole, and counted, if it cannot be parsed, or if an earlier file has a
    family with another type, or one of its series.
    """

    def __init__(self, folder: Path):
        """Read the folder, which may be missing."""
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        """Yield the families of all files, and the number of files left out."""
        merged: dict[str, Metric] = {}
        seen: set[_Series] = {(UNREADABLE_FILES.name, ())}
        unreadable = 0
        try:
            files = sorted(file for file in self._folder.iterdir() if file.suffix == ".prom")
        except FileNotFoundError:
            files = []
        except OSError:
            files, unreadable = [], 1
        for file in files:
            try:
                _add(_parse(file), merged, seen)
            except FileNotFoundError:
                continue  # removed since the folder was listed
            # IndexError: from prometheus_client's parser.
            except (OSError, ValueError, IndexError, OverflowError):
                unreadable += 1
        yield from merged.values()
        yield UNREADABLE_FILES.value(unreadable)


def _parse(path: Path) -> list[Metric]:
    """Return the families of a file; raise an error that TextFiles catches if it is invalid."""
    if not path.is_file() and path.exists():
        raise ValueError("not a regular file")
    text = path.read_bytes().decode("utf-8")
    if not text.endswith("\n"):
        # The last number may be incomplete.
        raise ValueError("no newline at the end")
    families = list(text_string_to_metric_families(text))
    for family in families:
        for sample in family.samples:
            float(sample.value)  # the parser accepts integers of any length
            if sample.timestamp is not None:
                raise ValueError("a timestamp, which Prometheus would soon reject as too old")
    return families


def _add(families: list[Metric], merged: dict[str, Metric], seen: set[_Series]) -> None:
    """Add a file's families to those merged; on a conflict, raise ValueError and add none."""
    series = [(s.name, tuple(sorted(s.labels.items()))) for f in families for s in f.samples]
    if len(set(series)) < len(series) or not seen.isdisjoint(series):
        raise ValueError("duplicate series")
    types = {name: family.type for name, family in merged.items()}
    for family in families:
        if types.setdefault(family.name, family.type) != family.type:
            raise ValueError("conflicting types of a family")
    seen.update(series)
    for family in families:
        if family.name in merged:
            merged[family.name].samples += family.samples
        else:
            merged[family.name] = family
