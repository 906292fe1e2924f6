"""Metrics in text files, which stay when whoever wrote them is gone.

A folder holds <group>.prom files in Prometheus' text format, each replaced as a whole.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

UNREADABLE = "gender_detection_pipeline_unreadable_files"
_Series = tuple[str, tuple[tuple[str, str], ...]]


class Families(Collector):
    """Families of metrics that are there already, for what wants a collector."""

    def __init__(self, families: Iterable[Metric]):
        """Hold the families."""
        self._families = list(families)

    def collect(self) -> list[Metric]:
        """Return the families."""
        return self._families


def write(folder: Path, group: str, families: Iterable[Metric]) -> None:
    """Replace a group in the folder, which is made where it is not there; raise OSError.

    Whoever looks sees the group as it was before, or all of this.
    """
    content = generate_latest(Families(families))
    folder.mkdir(parents=True, exist_ok=True)
    # Not .prom: a reader must not see it before it is whole.
    staged = folder / f".{group}.{os.getpid()}"
    try:
        staged.write_bytes(content)
        staged.replace(folder / f"{group}.prom")
    finally:
        staged.unlink(missing_ok=True)


class TextFiles(Collector):
    """What the files of a folder say, together; read anew at each scrape.

    A file is taken as a whole, or left out and counted: where it cannot be parsed, takes a family
    for another type than the files before it do, or repeats a series that they have.
    """

    def __init__(self, folder: Path):
        """Look at the folder, which need not be there yet."""
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        """Yield the families of all files, and how many files were left out."""
        merged: dict[str, Metric] = {}
        seen: set[_Series] = {(UNREADABLE, ())}
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
            # IndexError: what prometheus_client's parser makes of some lines.
            except (OSError, ValueError, IndexError, OverflowError):
                unreadable += 1
        yield from merged.values()
        yield GaugeMetricFamily(UNREADABLE, "Text files that could not be parsed.", unreadable)


def _parse(path: Path) -> list[Metric]:
    """Return the families of a file; raise what TextFiles takes for a fault of the file."""
    if not path.is_file() and path.exists():
        raise ValueError("a folder, or a pipe that nobody may ever write into")
    text = path.read_bytes().decode("utf-8")
    if not text.endswith("\n"):
        # The last number may lack some of its digits.
        raise ValueError("no end of the last line")
    families = list(text_string_to_metric_families(text))
    for family in families:
        for sample in family.samples:
            float(sample.value)  # an integer of any length has been let through
            if sample.timestamp is not None:
                raise ValueError("a time that Prometheus would soon find too old")
    return families


def _add(families: list[Metric], merged: dict[str, Metric], seen: set[_Series]) -> None:
    """Add a file's families to those merged; where they clash, raise ValueError and add none."""
    series = [(s.name, tuple(sorted(s.labels.items()))) for f in families for s in f.samples]
    if len(set(series)) < len(series) or not seen.isdisjoint(series):
        raise ValueError("a series twice")
    types = {name: family.type for name, family in merged.items()}
    for family in families:
        if types.setdefault(family.name, family.type) != family.type:
            raise ValueError("a family of two types")
    seen.update(series)
    for family in families:
        if family.name in merged:
            merged[family.name].samples += family.samples
        else:
            merged[family.name] = family
