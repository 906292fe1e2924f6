"""Read lists of given names in their own scripts from packages that generate or study names.

Each list is of one gender. Names in Latin letters are not read: other sources count their bearers.
"""

import ast
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec
import pyarrow as pa

from ..errors import SourceError
from .reading import ReadStats
from .tabulate import Fault, Statement, Verdict, shown, tabulate

# Bearers of a name that is only listed, and the share of them who have the other gender: two lists
# of one country disagree on the gender of up to 3 % of the names that they share.
LISTED = 20.0
OTHERS = 0.03
# The same for a list of popular names.
POPULAR = 100.0
# What one spelling says about its last character, which decides the gender of most Japanese names.
ONE_SPELLING = 1.0

# Locales in scripts without capitals, and their countries; Arabic is that of no country. The
# Chinese lists of mimesis are left out: 22 % of their names contradict the bearers of their
# characters, of those of Faker 2 %.
FAKER = {"ar_AA": None, "bn_BD": "BD", "fa_IR": "IR", "gu_IN": "IN", "he_IL": "IL", "hi_IN": "IN"}
FAKER |= {"hy_AM": "AM", "ka_GE": "GE", "ko_KR": "KR", "mr_IN": "IN", "or_IN": "IN"}
FAKER |= {"si_LK": "LK", "ta_IN": "IN", "th_TH": "TH", "zh_CN": "CN", "zh_TW": "TW"}
MIMESIS = {"ar": None, "ar-dz": "DZ", "fa": "IR", "ja": "JP", "ko": "KR"}
GROUPS = ("christian", "druze", "jew", "muslim", "other")
_JAPANESE = {"org": LISTED, "opti": POPULAR}
_SEXES = {"female": "F", "male": "M", "woman": "F", "man": "M"}


class NameFile(NamedTuple):
    """A file of a package: its path below the folder in the catalogue, and its content."""

    path: str
    data: bytes


class _Names(NamedTuple):
    """Names of a line, all of one gender, and the bearers of each, of whom a share has the other
    gender; or the problem of the line."""

    names: list[str]
    country: str | None
    sex: str
    figure: float
    problem: str = ""
    where: str = ""
    others: float = OTHERS


def _paths() -> dict[str, list[str]]:
    """Return the files that are read, by format."""
    return {
        "faker": [f"{locale}/__init__.py" for locale in FAKER],
        "mimesis": [f"{locale}/person.json" for locale in MIMESIS],
        "japanese_names": [
            f"first_name_{sex}_{kind}.csv" for sex in ("man", "woman") for kind in _JAPANESE
        ],
        "hebrew_names": [
            f"dist.{group}.{sex}.first" for group in GROUPS for sex in ("female", "male")
        ],
    }


FORMATS = tuple(_paths())


def name_files(folder: Path, format: str, source: str) -> list[NameFile]:
    """Return the files of a package in one of FORMATS; raise SourceError where one is missing."""
    try:
        return [NameFile(path, (folder / path).read_bytes()) for path in _paths()[format]]
    except FileNotFoundError as err:
        raise SourceError(
            f"source {source}: {err.filename} is missing: install the version that the catalogue "
            "names"
        ) from err


def parse_native_names(
    files: list[NameFile], format: str, source: str, stats: ReadStats
) -> Iterator[pa.RecordBatch]:
    """Yield the statements of the files of a package in one of FORMATS."""
    lines = chain.from_iterable(map(_READERS[format], files))
    interpret = _interpret_japanese if format == "japanese_names" else _interpret
    return tabulate(source, lines, interpret, stats)


def _interpret(line: _Names) -> Verdict:
    if line.problem:
        return Fault(line.problem, where=line.where)
    names = [name for name in map(str.strip, line.names) if not name.isascii()]
    if not names:
        return "in_latin_letters"
    return [_statement(name, line, line.figure) for name in names]


def _interpret_japanese(line: _Names) -> Verdict:
    verdict = _interpret(line)
    if isinstance(verdict, list):
        ends = (one.name[-1] for one in verdict if len(one.name) > 1)
        last = Counter(character for character in ends if _is_han(character))
        verdict += [_statement(one, line, ONE_SPELLING * count) for one, count in last.items()]
    return verdict


def _statement(name: str, line: _Names, figure: float) -> Statement:
    same, other = (1 - line.others) * figure, line.others * figure
    if line.sex == "F":
        return Statement(name, line.country, n_female=same, n_male=other)
    return Statement(name, line.country, n_female=other, n_male=same)


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _faker(file: NameFile) -> Iterator[_Names]:
    """Yield the names in the lists of a provider of persons, without running it.

    Lists are assigned as first_names_female or, by religion, first_names_female_islamic.
    """
    country = FAKER[file.path.partition("/")[0]]
    for node in ast.walk(ast.parse(file.data)):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign) and node.value:
            targets = [node.target]
        for target in targets:
            name = target.id if isinstance(target, ast.Name) else ""
            sex = name.removeprefix("first_names_").partition("_")[0]
            if name.startswith("first_names_") and sex in _SEXES:
                for constant in ast.walk(node):
                    if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                        yield _Names([constant.value], country, _SEXES[sex], LISTED)


def _mimesis(file: NameFile) -> Iterator[_Names]:
    """Yield the names of a locale: {"names": {"female": […], "male": […]}}."""
    document = msgspec.json.decode(file.data, type=dict[str, msgspec.Raw])
    by_sex = msgspec.json.decode(document["names"], type=dict[str, list[str]])
    country = MIMESIS[file.path.partition("/")[0]]
    for sex, names in sorted(by_sex.items()):
        for name in names:
            yield _Names([name], country, _SEXES[sex], LISTED)


def _japanese(file: NameFile) -> Iterator[_Names]:
    """Yield the lines of a list: a reading in hiragana, in Latin letters, and its spellings."""
    sex, kind = file.path.removesuffix(".csv").split("_")[2:]
    rows = csv.reader(io.StringIO(file.data.decode("utf-8"), newline=""))
    for number, row in enumerate(rows, start=1):
        problem = "" if len(row) > 1 else f"it has {len(row)} fields instead of 2 or more"
        where = f"line {number} of {file.path}"
        names = [row[0], *row[2:]] if row else []
        yield _Names(names, "JP", _SEXES[sex], _JAPANESE[kind], problem, where)


def _hebrew(file: NameFile) -> Iterator[_Names]:
    """Yield the lines of a list: a name, its bearers, two shares and its rank, between tabs."""
    sex = file.path.split(".")[2]
    lines = file.data.decode("utf-16").removesuffix("\n").split("\n")
    for number, line in enumerate(lines, start=1):
        fields = line.split("\t")
        where, problem = f"line {number} of {file.path}", ""
        if len(fields) < 2:
            problem = f"it has {len(fields)} field instead of 2 or more"
        elif not fields[1].isdecimal():
            problem = f"its count is {shown(fields[1])}, not a number"
        figure = 0.0 if problem else float(fields[1])
        yield _Names(fields[:1], "IL", _SEXES[sex], figure, problem, where, others=0.0)


_READERS: dict[str, Callable[[NameFile], Iterator[_Names]]] = {
    "faker": _faker,
    "mimesis": _mimesis,
    "japanese_names": _japanese,
    "hebrew_names": _hebrew,
}
