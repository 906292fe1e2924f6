"""Titles, particles, family names and other words with rules, read from the tables in this folder.

To correct or add a word, edit its row: the comment at the top of a table explains its columns.
Tables are UTF-8. Tabs separate the columns, empty ones at the end of a row may be missing, and a
line that begins with '#' is a comment. Words are keys (text.key), except in other scripts.

word_classes says which rule makes which class of words. Sources are read with these tables too: a
change takes full effect with the next 'make run'. Show it in a row of tests/names/golden.csv.
"""

from pathlib import Path

from .table import (
    Titles,
    read_abbreviations,
    read_endings,
    read_family_names,
    read_rules,
    read_transliterations,
    read_written_titles,
)

FOLDER = Path(__file__).parent

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

_written = read_written_titles(FOLDER / "written_titles.tsv")
WRITTEN_TITLES = _written["word"]
WRITTEN_TITLES_BEHIND = _written["behind"]
TITLES_ATTACHED_BEFORE = _written["before"]
TITLES_ATTACHED_AFTER = _written["after"]

_particles = read_rules(
    FOLDER / "particles.tsv",
    "rules",
    "particle weak trailing cutting daughter_of servant_of article and and_any_case and_title of "
    "born son_behind daughter_behind",
)
PARTICLES = _particles["particle"]
WEAK_PARTICLES = _particles["weak"]
TRAILING_PARTICLES = _particles["trailing"]
CUTTING_PARTICLES = _particles["cutting"]
DAUGHTER_OF = _particles["daughter_of"]
SERVANT_OF = _particles["servant_of"]
ARTICLES = _particles["article"]
CONJUNCTIONS = _particles["and"]
CONJUNCTIONS_IN_ANY_CASE = _particles["and_any_case"]
CONJUNCTIONS_OF_TITLES = _particles["and_title"]
OF_WORDS = _particles["of"]
BORN_WORDS = _particles["born"]
SONS_BEHIND, DAUGHTERS_BEHIND = _particles["son_behind"], _particles["daughter_behind"]

_suffixes = read_rules(FOLDER / "suffixes.tsv", "place", "anywhere after_comma male")
SUFFIXES = _suffixes["anywhere"]
SUFFIXES_AFTER_COMMA = _suffixes["after_comma"]
MALE_SUFFIXES = _suffixes["male"]

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

_not_names = read_rules(FOLDER / "not_names.tsv", "rules", "company family_too test missing")
COMPANY_WORDS = _not_names["company"]
COMPANIES_OR_FAMILIES = _not_names["family_too"]
TEST_WORDS = _not_names["test"]
MISSING_WORDS = _not_names["missing"]

ABBREVIATIONS = read_abbreviations(FOLDER / "abbreviations.tsv")
MARIA = frozenset(word for word, name in ABBREVIATIONS.items() if name == "maria")
MOHAMMAD = frozenset(word for word, name in ABBREVIATIONS.items() if name == "mohammad")

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

_endings, FAMILY_ENDINGS_IN = read_endings(FOLDER / "gendered_endings.tsv")
FEMALE_ENDINGS = _endings["female_family"]
MALE_ENDINGS = _endings["male_family"]
DAUGHTER_ENDINGS = _endings["female_patronymic"]
SON_ENDINGS = _endings["male_patronymic"]
FEMALE_WORDS = _endings["female_word"]
NO_FORMS = _endings["no_form"]

TRANSLITERATIONS = read_transliterations(FOLDER / "transliterations.tsv")
