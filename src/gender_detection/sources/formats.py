"""Parse the text formats in which statistical offices and the WIPO publish given names."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from ..errors import SourceError
from .archives import matching, open_archive, open_member
from .catalogue import HttpSource
from .reading import ReadStats
from .tabulate import Fault, Verdict, gendered, shown, tabulate, text_lines

YEAR = re.compile(r"[12][0-9]{3}")
COUNT = re.compile(r"[0-9]{1,9}")
# 1, 0.25, .25 or 9.5e-07
SHARE = re.compile(r"([0-9]+|[0-9]*\.[0-9]+)(e-[0-9]+)?")


def parse_ssa(path: Path, entry: HttpSource, stats: ReadStats) -> Iterator[pa.RecordBatch]:
    """Yield the US Social Security Administration's names.zip: yobYYYY.txt, lines Mary,F,7065.

    The file leaves out names with fewer than five births a year. So the count of a line's other sex
    is unknown, and null.
    """
    with open_archive(path, entry.name) as archive:
        members = matching(archive, r"yob(\d{4})\.txt")
        if not members:
            raise SourceError(f"source {entry.name}: {path.name} has no yobYYYY.txt{entry.hint}")
        for match, member in members:
            year = int(match[1])

            def interpret(line: str, year: int = year) -> Verdict:
                fields = line.split(",")
                if len(fields) != 3:
                    return Fault(f"it has {len(fields)} fields instead of 3")
                if not COUNT.fullmatch(fields[2]):
                    return Fault(f"its count is {shown(fields[2])}, not a number")
                return gendered(fields[0], fields[1], int(fields[2]), country="US", year=year)

            with open_member(archive, member, entry.max_unpacked_bytes, entry.name) as stream:
                name = member.filename
                yield from tabulate(entry.name, text_lines(stream), interpret, stats, part=name)


def parse_insee(path: Path, entry: HttpSource, stats: ReadStats) -> Iterator[pa.RecordBatch]:
    """Yield the INSEE's national fichier des prénoms: a zip with one CSV, separated by semicolons.

    Columns are sexe (1 male, 2 female), preusuel, annais, nombre; in newer editions prenom,
    periode, valeur (and rang). Rare names are summed as _PRENOMS_RARES, with the year XXXX.
    """

    def interpret(line: str) -> Verdict:
        fields = line.split(";")
        if len(fields) != width:
            return Fault(f"it has {len(fields)} fields, but the header has {width}")
        if not COUNT.fullmatch(fields[3]):
            return Fault(f"column {header[3]} is {shown(fields[3])}, not a number")
        sex, name, year = fields[:3]
        if name.startswith("_PRENOMS_RARES"):
            return "rare_names_summed"
        if not YEAR.fullmatch(year):
            return "year_not_given"
        sex = {"1": "M", "2": "F"}.get(sex, sex)
        return gendered(name, sex, int(fields[3]), country="FR", year=int(year))

    with open_archive(path, entry.name) as archive:
        members = matching(archive, r".*\.csv")
        if len(members) != 1:
            raise SourceError(
                f"source {entry.name}: {path.name} has {len(members)} CSV files "
                f"instead of one{entry.hint}"
            )
        with open_member(archive, members[0][1], entry.max_unpacked_bytes, entry.name) as stream:
            lines = text_lines(stream)
            header = _header(lines, stats)
            if header[:4] not in (
                ["sexe", "preusuel", "annais", "nombre"],
                ["sexe", "prenom", "periode", "valeur"],
            ):
                raise _other_columns(entry, header)
            width = len(header)
            yield from tabulate(entry.name, lines, interpret, stats)


def parse_wgnd(path: Path, entry: HttpSource, stats: ReadStats) -> Iterator[pa.RecordBatch]:
    """Yield the World Gender Name Dictionary's name-gender-code file: name,code,gender,wgt.

    wgt is the share of a gender (F, M, ? for unknown) among the bearers of a name in a country, so
    n_female and n_male are shares here, not bearers.
    """

    def interpret(line: str) -> Verdict:
        fields = [field.strip('"') for field in line.rsplit(",", 3)]
        if len(fields) != 4:
            return Fault(f"it has {len(fields)} fields, but the header has 4")
        if not re.fullmatch("[A-Z]{2}", fields[1]):
            return Fault(f"column code is {shown(fields[1])}, not a country code")
        name, country, gender, weight = fields
        if gender == "?":
            return "gender_not_known"
        if not SHARE.fullmatch(weight) or float(weight) > 1:
            return Fault(f"column wgt is {shown(weight)}, not a share from 0 to 1")
        return gendered(name.replace('""', '"'), gender, float(weight), country=country)

    with path.open("rb") as stream:
        lines = text_lines(stream)
        header = _header(lines, stats)
        if header != ["name", "code", "gender", "wgt"]:
            raise _other_columns(entry, header)
        yield from tabulate(entry.name, lines, interpret, stats)


def _header(lines: Iterator[str], stats: ReadStats) -> list[str]:
    line = next(lines, "")
    stats.lines_in += 1
    stats.rejects["header"] += 1
    return [field.strip('" ').lower() for field in re.split("[;,]", line)]


def _other_columns(entry: HttpSource, header: list[str]) -> SourceError:
    return SourceError(
        f"source {entry.name}: the columns {', '.join(header)[:200]} are not those of the format "
        f"{entry.format}{entry.hint}"
    )
