"""Read nam_dict.txt (Jörg Michael, 2008), the dictionary in the gender-guesser package.

Lines have fixed positions: code in 1-2, name in 4-29, a sort mark in 30, one hexadecimal frequency
for each of 55 columns in 31-85, "$" in 87. The file's header documents them.
"""

from collections.abc import Iterator
from itertools import pairwise

import pyarrow as pa

from ..errors import SourceError
from .reading import ReadStats
from .tabulate import Fault, Statement, Verdict, shown, tabulate

# Code -> P(female). The codes are M, 1M ("male, if first part of name; else mostly male"), ?M
# ("mostly male"), ?, and so on. The values between 0 and 1 are rounded means from nomquamgender
# 0.1.4 over the names with that code and 50 bearers or more (1M 0.03 of 7 names, ?M 0.26 of 704,
# ? 0.44 of 831, ?F 0.71 of 568, 1F 0.92 of 9), made symmetric.
P_FEMALE = {"M": 0.0, "1M": 0.05, "?M": 0.25, "?": 0.5, "?F": 0.75, "1F": 0.95, "F": 1.0}

# "?" means that the editors did not know, not that half of the bearers are women. With its full
# frequency it outweighs other sources: all 7,334 statements about China are "?", and 10 of 10 clear
# Chinese names became unknown. So it counts with this share of its frequency.
WEIGHT_OF_UNDECIDED = 0.02

# Column label in the file's header -> its countries. "other countries" is the world.
# Kosovo has no ISO code; XK is the user-assigned code in general use. East Frisia is in Germany.
COLUMNS: tuple[tuple[str, tuple[str | None, ...]], ...] = (
    ("Great Britain", ("GB",)),
    ("Ireland", ("IE",)),
    ("U.S.A.", ("US",)),
    ("Italy", ("IT",)),
    ("Malta", ("MT",)),
    ("Portugal", ("PT",)),
    ("Spain", ("ES",)),
    ("France", ("FR",)),
    ("Belgium", ("BE",)),
    ("Luxembourg", ("LU",)),
    ("the Netherlands", ("NL",)),
    ("East Frisia", ("DE",)),
    ("Germany", ("DE",)),
    ("Austria", ("AT",)),
    ("Swiss", ("CH",)),
    ("Iceland", ("IS",)),
    ("Denmark", ("DK",)),
    ("Norway", ("NO",)),
    ("Sweden", ("SE",)),
    ("Finland", ("FI",)),
    ("Estonia", ("EE",)),
    ("Latvia", ("LV",)),
    ("Lithuania", ("LT",)),
    ("Poland", ("PL",)),
    ("Czech Republic", ("CZ",)),
    ("Slovakia", ("SK",)),
    ("Hungary", ("HU",)),
    ("Romania", ("RO",)),
    ("Bulgaria", ("BG",)),
    ("Bosnia and Herzegovina", ("BA",)),
    ("Croatia", ("HR",)),
    ("Kosovo", ("XK",)),
    ("Macedonia", ("MK",)),
    ("Montenegro", ("ME",)),
    ("Serbia", ("RS",)),
    ("Slovenia", ("SI",)),
    ("Albania", ("AL",)),
    ("Greece", ("GR",)),
    ("Russia", ("RU",)),
    ("Belarus", ("BY",)),
    ("Moldova", ("MD",)),
    ("Ukraine", ("UA",)),
    ("Armenia", ("AM",)),
    ("Azerbaijan", ("AZ",)),
    ("Georgia", ("GE",)),
    # Named in note 2 of the file's header.
    ("Kazakhstan/Uzbekistan,etc.", ("KZ", "KG", "TJ", "TM", "UZ")),
    ("Turkey", ("TR",)),
    # The file names no members: the Arab countries of Asia and North Africa, and Iran.
    (
        "Arabia/Persia",
        tuple("AE BH DZ EG IQ IR JO KW LB LY MA OM PS QA SA SD SY TN YE".split()),
    ),
    ("Israel", ("IL",)),
    ("China", ("CN",)),
    ("India/Sri Lanka", ("IN", "LK")),
    ("Japan", ("JP",)),
    ("Korea", ("KR",)),
    ("Vietnam", ("VN",)),
    ("other countries", (None,)),
)

# A column of several countries makes one statement for each, with an equal share of its figure, so
# that the sum over countries is the figure in the file. The rate in one country is its figure times
# the size of the group.
GROUP_SIZE = {
    country: len(countries)
    for _, countries in COLUMNS
    for country in countries
    if country is not None and len(countries) > 1
}

_SORT_MARK = 29
_FREQUENCIES = slice(30, 85)
_LINE_LENGTH = 87


# Frequency digit -> the minimum of bearers per 10,000 people. Note 1 in the header: A (10) is at
# least 2 % of the population, and each step is a factor of two; 1 to D (13) are in use.
BEARERS_PER_10_000 = {f"{step:X}": 200.0 * 2.0 ** (step - 10) for step in range(1, 14)}


def parse_nam_dict(text: str, source: str, stats: ReadStats) -> Iterator[pa.RecordBatch]:
    """Yield the statements of the dictionary, and count all its lines in stats.

    Raise SourceError if the countries in the header are not those of COLUMNS.
    """
    # Not splitlines(), which has other line ends too: lines end in CR LF or LF.
    lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
    _check_header(lines, source)
    stated = {_statement_of(line) for line in lines if line[_SORT_MARK : _SORT_MARK + 1] != "+"}
    return tabulate(source, lines, lambda line: _interpret(line, stated), stats)


def _check_header(lines: list[str], source: str) -> None:
    # Each column has a comment with the country's name, then one with "|" above the column.
    found = {}
    for label, pointer in pairwise(lines):
        if label[:1] == pointer[:1] == "#" and pointer.strip("# $") == "|":
            found[pointer.index("|")] = label.strip("# $")
    for index, (label, _) in enumerate(COLUMNS, start=_FREQUENCIES.start):
        if found.pop(index, None) != label:
            raise SourceError(
                f"source {source}: column {index + 1} is not {label} in the file's header, so its "
                "countries would be wrong: install the version that the catalogue names"
            )
    if found:
        raise SourceError(
            f"source {source}: the file has unknown columns {found}: install the version that the "
            "catalogue names"
        )


def _statement_of(line: str) -> tuple[str, str]:
    return line[:_SORT_MARK], line[_FREQUENCIES]


def _interpret(line: str, stated: set[tuple[str, str]]) -> Verdict:
    if line.startswith("#"):
        return "comment"
    if len(line) != _LINE_LENGTH or not line.endswith("$"):
        return Fault(f"it must have {_LINE_LENGTH} characters and end in $")
    if line.startswith("="):
        return "equivalent_name"
    if line[_SORT_MARK] == "+":
        # A copy that is sorted by its expanded umlauts; in 1.2, three such lines are not
        # copies (and two of these are equal).
        if _statement_of(line) in stated:
            return "umlaut_duplicate"
        stated.add(_statement_of(line))
    return _statements(line)


def _statements(line: str) -> Verdict:
    code = line[:2].strip()
    p_female = P_FEMALE.get(code)
    # "Jun+Wei" means Jun-Wei, Jun Wei and Junwei.
    name = line[3:_SORT_MARK].strip().replace("+", "-")
    if p_female is None:
        return Fault(f"columns 1-2 (the gender) hold {shown(code)}, which is unknown")
    if not name:
        return Fault("columns 4-29 (the name) are blank")
    if line[_FREQUENCIES].isspace():
        return [Statement(name, p_female=p_female)]
    found = []
    for (_, countries), digit in zip(COLUMNS, line[_FREQUENCIES], strict=True):
        if digit == " ":
            continue
        rate = BEARERS_PER_10_000.get(digit)
        if rate is None:
            return Fault(f"a frequency is {shown(digit)} instead of 1 to D")
        bearers = rate / len(countries)
        if code == "?":
            bearers *= WEIGHT_OF_UNDECIDED
        female, male = bearers * p_female, bearers * (1 - p_female)
        found += [Statement(name, c, None, female, male, p_female) for c in countries]
    return found
