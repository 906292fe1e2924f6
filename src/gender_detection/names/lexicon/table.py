"""Tables of words: strict reading, with errors that name the file and the line."""

from collections.abc import Collection, Iterator
from operator import itemgetter
from pathlib import Path

from ...errors import GenderDetectionError


class LexiconError(GenderDetectionError):
    """A table of the lexicon has a line that cannot be used."""


class Table:
    """The rows of a table as lists of cells; `line` is the number of the current one."""

    def __init__(self, path: Path, columns: str, identity: tuple[int, ...] = (0,)) -> None:
        """Describe a table: its columns before the notes, and those that no two rows share."""
        self.path, self.columns, self.line = path, [*columns.split(), "note"], 0
        self.identity = itemgetter(*identity)

    def __iter__(self) -> Iterator[list[str]]:
        """Yield the rows; raise LexiconError where a line does not have these columns."""
        self.line, header, width, seen = 0, False, len(self.columns), set()
        for line in self.path.read_text(encoding="utf-8").split("\n"):
            self.line += 1
            if not line or line[0] == "#":
                continue
            cells = line.split("\t")
            if not header:
                if cells != self.columns:
                    raise self.error(f"expected the columns {', '.join(self.columns)}")
                header = True
                continue
            if len(cells) > width:
                raise self.error(f"{len(cells)} columns: use at most {width}")
            cells += [""] * (width - len(cells))
            identity = self.identity(cells)
            if identity in seen:
                raise self.error(f"{cells[0]!r} is listed twice: keep one of the rows")
            seen.add(identity)
            yield cells

    def error(self, problem: str) -> LexiconError:
        """Return an error that names the file and the current line."""
        return LexiconError(f"{self.path}, line {self.line}: {problem}")

    def check_key(self, word: str) -> None:
        """Raise LexiconError unless a word is a key."""
        if not (word.isascii() and word.isalpha() and word.islower()):
            raise self.error(f"{word!r} is not a key: write it with the letters a to z only")

    def check(self, value: str, allowed: Collection[str]) -> None:
        """Raise LexiconError unless a value is one of those allowed."""
        if value not in allowed:
            raise self.error(f"unknown value {value!r}: use one of {', '.join(sorted(allowed))}")


def read_rules(
    path: Path, column: str, allowed: str, as_keys: bool = True
) -> dict[str, frozenset[str]]:
    """Return the words of each rule from a table whose second column lists a word's rules."""
    table = Table(path, f"word {column}")
    words: dict[str, set[str]] = {rule: set() for rule in allowed.split()}
    for word, rules, _ in table:
        if as_keys:
            table.check_key(word)
        for rule in rules.split() or [""]:
            table.check(rule, words)
            words[rule].add(word)
    return {rule: frozenset(listed) for rule, listed in words.items()}
