"""Titles, particles, family names and other words with rules, read from the tables in this folder.

To correct or add a word, edit its row: the comment at the top of a table explains its columns.
Tables are UTF-8. Tabs separate the columns, empty ones at the end of a row may be missing, and a
line that begins with '#' is a comment. Words are keys (text.key), except in other scripts.

word_classes says which rule makes which class of words. Sources are read with these tables too: a
change takes full effect with the next 'make run'. Show it in a row of tests/names/golden.csv.
"""

from pathlib import Path

from ...countries import ISO_ALPHA_2
from .table import LexiconError, Table, read_rules

__all__ = ["LexiconError"]

FOLDER = Path(__file__).parent


class Titles:
    """The titles of titles.tsv.

    everywhere    words by gender
    in_countries  word -> (gender, the countries)
    before_two, after_name  word -> gender
    rules         words by rule
    """

    RULES = ("never_alone", "needs_dot", "any_position", "of_given_name")

    def __init__(self, path: Path) -> None:
        """Read the titles; raise LexiconError where a row cannot be used."""
        self.everywhere: dict[str, set[str]] = {"female": set(), "male": set(), "neutral": set()}
        self.in_countries: dict[str, tuple[str, frozenset[str]]] = {}
        self.before_two: dict[str, str] = {}
        self.after_name: dict[str, str] = {}
        self.rules: dict[str, set[str]] = {rule: set() for rule in self.RULES}
        columns = "word gender where countries rules language"
        table = Table(path, columns, identity=(0, 2))
        for word, gender, where, countries, rules, _, _ in table:
            table.check_key(word)
            if where != "nowhere":
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
            raise table.error(f"{word!r} needs countries if it is a title in_countries, else none")
        if unknown := countries - ISO_ALPHA_2:
            raise table.error(f"unknown countries {unknown}: use ISO 3166-1 alpha-2 codes")
        if where == "everywhere":
            self.everywhere[gender].add(word)
        elif where == "in_countries":
            self.in_countries[word] = gender, countries
        elif where == "before_two_words":
            self.before_two[word] = gender
        elif where == "after_name":
            self.after_name[word] = gender


_titles = Titles(FOLDER / "titles.tsv")
FEMALE_TITLES = frozenset(_titles.everywhere["female"])
MALE_TITLES = frozenset(_titles.everywhere["male"])
NEUTRAL_TITLES = frozenset(_titles.everywhere["neutral"])
TITLES = FEMALE_TITLES | MALE_TITLES | NEUTRAL_TITLES
COUNTRY_TITLES = _titles.in_countries
TITLES_BEFORE_TWO = _titles.before_two
TITLES_AFTER = _titles.after_name
TITLES_NEVER_ALONE = frozenset(_titles.rules["never_alone"])
DOTTED_TITLES = frozenset(_titles.rules["needs_dot"])
TITLES_ANYWHERE = frozenset(_titles.rules["any_position"])
TITLES_OF_GIVEN = frozenset(_titles.rules["of_given_name"])


def read_written_titles(path: Path) -> dict[str, dict[str, str]]:
    """Return the gender of titles in other scripts, by place and title; the longest come first."""
    titles: dict[str, dict[str, str]] = {"word": {}, "before": {}, "after": {}}
    table = Table(path, "word gender place")
    for word, gender, place, _ in table:
        table.check(gender, ("female", "male", "neutral"))
        table.check(place, titles)
        titles[place][word] = gender
    return {
        place: dict(sorted(listed.items(), key=lambda item: -len(item[0])))
        for place, listed in titles.items()
    }


_written = read_written_titles(FOLDER / "written_titles.tsv")
WRITTEN_TITLES = _written["word"]
TITLES_ATTACHED_BEFORE = _written["before"]
TITLES_ATTACHED_AFTER = _written["after"]

_particles = read_rules(
    FOLDER / "particles.tsv",
    "rules",
    "particle weak trailing cutting daughter_of servant_of article",
)
PARTICLES = _particles["particle"]
WEAK_PARTICLES = _particles["weak"]
TRAILING_PARTICLES = _particles["trailing"]
CUTTING_PARTICLES = _particles["cutting"]
DAUGHTER_OF = _particles["daughter_of"]
SERVANT_OF = _particles["servant_of"]
ARTICLES = _particles["article"]

_suffixes = read_rules(FOLDER / "suffixes.tsv", "place", "anywhere after_comma")
SUFFIXES = _suffixes["anywhere"]
SUFFIXES_AFTER_COMMA = _suffixes["after_comma"]

_given = read_rules(
    FOLDER / "given_names.tsv",
    "rules",
    "common second first_of_two spanish_second devotional hungarian western two_consonants",
)
COMMON_GIVEN = _given["common"]
SECOND_GIVEN = _given["second"]
FIRST_OF_TWO = _given["first_of_two"]
SPANISH_SECOND = _given["spanish_second"]
DEVOTIONAL = _given["devotional"]
HUNGARIAN_GIVEN = _given["hungarian"]
WESTERN_GIVEN = _given["western"]
CONSONANT_NAMES = _given["two_consonants"]

_not_names = read_rules(FOLDER / "not_names.tsv", "rules", "company test missing")
COMPANY_WORDS = _not_names["company"]
TEST_WORDS = _not_names["test"]
MISSING_WORDS = _not_names["missing"]

_abbreviated = read_rules(FOLDER / "abbreviations.tsv", "name", "maria mohammad")
MARIA = _abbreviated["maria"]
MOHAMMAD = _abbreviated["mohammad"]


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


_family_names = read_family_names(FOLDER / "family_names.tsv")
CHINESE_FAMILIES = _family_names["chinese"]
KOREAN_FAMILIES = _family_names["korean"]
VIETNAMESE_FAMILIES = _family_names["vietnamese"]
HUNGARIAN_FAMILIES = _family_names["hungarian"]
JAPANESE_FAMILIES = _family_names["japanese"]

_unspaced = read_rules(
    FOLDER / "unspaced_family_names.tsv", "language", "chinese japanese korean", as_keys=False
)
HAN_CHINESE = _unspaced["chinese"]
HAN_JAPANESE = _unspaced["japanese"]
HANGUL = _unspaced["korean"]

_endings = read_rules(
    FOLDER / "gendered_endings.tsv",
    "kind",
    "female_family male_family female_patronymic male_patronymic female_word no_form",
)
FEMALE_ENDINGS = _endings["female_family"]
MALE_ENDINGS = _endings["male_family"]
DAUGHTER_ENDINGS = _endings["female_patronymic"]
SON_ENDINGS = _endings["male_patronymic"]
FEMALE_WORDS = _endings["female_word"]
NO_FORMS = _endings["no_form"]


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


TRANSLITERATIONS = read_transliterations(FOLDER / "transliterations.tsv")
