"""Tables of words: strict reading, with errors that name the file and the line."""

from collections.abc import Collection, Iterator
from operator import itemgetter
from pathlib import Path

from ...countries import ISO_ALPHA_2
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

    def check_countries(self, countries: str) -> None:
        """Raise LexiconError unless all of some countries are ISO 3166-1 alpha-2 codes."""
        if unknown := set(countries.split()) - ISO_ALPHA_2:
            codes = ", ".join(sorted(unknown))
            raise self.error(f"unknown countries {codes}: use ISO 3166-1 alpha-2 codes")

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


class Titles:
    """The titles of titles.tsv.

    everywhere    words by gender
    in_countries  word -> the countries by gender; "" is the gender of a word that is no title there
    before_two, after_name  word -> gender
    rules         words by rule
    """

    RULES = ("never_alone", "needs_dot", "any_position", "of_given_name")

    def __init__(self, path: Path) -> None:
        """Read the titles; raise LexiconError where a row cannot be used."""
        self.everywhere: dict[str, set[str]] = {"female": set(), "male": set(), "neutral": set()}
        self.in_countries: dict[str, dict[str, frozenset[str]]] = {}
        self.before_two: dict[str, str] = {}
        self.after_name: dict[str, str] = {}
        self.rules: dict[str, set[str]] = {rule: set() for rule in self.RULES}
        columns = "word gender where countries rules language"
        table = Table(path, columns, identity=(0, 1, 2))
        for word, gender, where, countries, rules, _, _ in table:
            table.check_key(word)
            if where != "nowhere" and (gender or where != "in_countries"):
                table.check(gender, self.everywhere)
            self._add(table, word, gender, where, frozenset(countries.split()))
            for rule in rules.split():
                table.check(rule, self.rules)
                self.rules[rule].add(word)

    def _add(
        self, table: Table, word: str, gender: str, where: str, countries: frozenset[str]
    ) -> None:
        table.check(
            where, ("everywhere", "in_countries", "before_two_words", "after_name", "nowhere")
        )
        if bool(countries) != (where == "in_countries"):
            raise table.error(
                f"{word!r} needs countries if it is a title in_countries, otherwise none"
            )
        table.check_countries(" ".join(countries))
        if where == "everywhere":
            self.everywhere[gender].add(word)
        elif where == "in_countries":
            self.in_countries.setdefault(word, {})[gender] = countries
        elif where == "before_two_words":
            self.before_two[word] = gender
        elif where == "after_name":
            self.after_name[word] = gender


def read_written_titles(path: Path) -> dict[str, dict[str, str]]:
    """Return the gender of titles in other scripts, by place and title; the longest come first."""
    places = ("word", "behind", "before", "after")
    titles: dict[str, dict[str, str]] = {place: {} for place in places}
    table = Table(path, "word gender place")
    for word, gender, place, _ in table:
        table.check(gender, ("female", "male", "neutral"))
        table.check(place, titles)
        titles[place][word] = gender
    return {
        place: dict(sorted(listed.items(), key=lambda item: -len(item[0])))
        for place, listed in titles.items()
    }


def read_family_names(path: Path) -> dict[str, dict[str, int]]:
    """Return the rank of family names that may come first, by language and name."""
    languages = ("chinese", "hungarian", "japanese", "korean", "vietnamese")
    names: dict[str, dict[str, int]] = {language: {} for language in languages}
    table = Table(path, "word language rank", identity=(0, 1))
    for word, language, rank, _ in table:
        table.check_key(word)
        table.check(language, names)
        if not rank.isdecimal():
            raise table.error(f"{rank!r} is not a rank: use a number from 0 on")
        names[language][word] = int(rank)
    return names


_LOCAL_KINDS = ("female_family", "male_family", "female_given", "male_given", "no_form")


def read_endings(
    path: Path,
) -> tuple[dict[str, frozenset[str]], dict[str, tuple[tuple[str, str], ...]]]:
    """Return the endings that count everywhere, by kind, and by country (kind, ending) pairs."""
    kinds = "female_patronymic male_patronymic female_word"
    everywhere: dict[str, set[str]] = {kind: set() for kind in (*_LOCAL_KINDS, *kinds.split())}
    local: dict[str, list[tuple[str, str]]] = {}
    table = Table(path, "word kind countries", identity=(0, 1, 2))
    for word, kind, countries, _ in table:
        table.check(kind, everywhere)
        table.check_countries(countries)
        if not countries:
            table.check_key(word)
            everywhere[kind].add(word)
        for country in countries.split():
            table.check(kind, _LOCAL_KINDS)
            local.setdefault(country, []).append((kind, word))
    return (
        {kind: frozenset(words) for kind, words in everywhere.items()},
        # The longest first: -iene before -e.
        {code: tuple(sorted(ends, key=lambda end: -len(end[1]))) for code, ends in local.items()},
    )


def read_abbreviations(path: Path) -> dict[str, str]:
    """Return the name, as a key, of each abbreviation, "" for an initial of two letters."""
    table = Table(path, "word name")
    names = {}
    for word, name, _ in table:
        table.check_key(word)
        if name:
            table.check_key(name)
        names[word] = name
    return names


def read_transliterations(path: Path) -> dict[str, str]:
    """Return the Latin spelling of words in other scripts, by the case-folded word."""
    scripts = frozenset({"arabic", "cyrillic", "devanagari", "hebrew", "japanese", "thai"})
    latin_of = {}
    table = Table(path, "word script latin")
    for word, script, latin, _ in table:
        table.check(script, scripts)
        table.check_key(latin)
        latin_of[word.casefold()] = latin
    return latin_of
