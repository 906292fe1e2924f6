"""The tables of the lexicon: their order, and the errors of lines that cannot be used."""

from itertools import groupby
from pathlib import Path

import pytest

from gender_detection.names import lexicon
from gender_detection.names.lexicon.table import (
    LexiconError,
    Titles,
    read_family_names,
    read_rules,
)

# The columns that make a group: its rows are together, and sorted.
GROUPS = {
    "abbreviations.tsv": ["name"],
    "family_names.tsv": ["language"],
    "gendered_endings.tsv": ["kind", "countries"],
    "given_names.tsv": [],
    "not_names.tsv": [],
    "particles.tsv": [],
    "suffixes.tsv": ["place"],
    "titles.tsv": ["where", "gender"],
    "transliterations.tsv": ["script"],
    "unspaced_family_names.tsv": ["language"],
    "written_titles.tsv": ["place"],
}
SORTED_BY_RANK = "family_names.tsv"


def rows_of(path: Path) -> list[dict[str, str]]:
    header, *lines = [
        line.split("\t")
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    return [dict(zip(header, [*line, *[""] * len(header)], strict=False)) for line in lines]


def test_each_table_is_listed_here():
    assert {path.name for path in lexicon.FOLDER.glob("*.tsv")} == set(GROUPS)


@pytest.mark.parametrize("name", GROUPS)
def test_groups_of_a_table_are_together_and_sorted(name: str):
    def group_of(row: dict[str, str]) -> list[str]:
        return [row[column] for column in GROUPS[name]]

    groups = [
        (group, list(rows)) for group, rows in groupby(rows_of(lexicon.FOLDER / name), group_of)
    ]

    assert len({tuple(group) for group, _ in groups}) == len(groups)
    for _, rows in groups:
        if name == SORTED_BY_RANK:
            ranks = [int(row["rank"]) for row in rows]
            assert ranks == sorted(ranks)
        else:
            words = [row["word"] for row in rows]
            assert words == sorted(words)


@pytest.mark.parametrize("name", GROUPS)
def test_no_row_is_listed_twice(name: str):
    rows = [tuple(row.values()) for row in rows_of(lexicon.FOLDER / name)]

    assert len(set(rows)) == len(rows)


HEADER = "# A comment.\nword\tgender\twhere\tcountries\trules\tlanguage\tnote\n"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("frau\tfemale\teverywhere", "'frau' is listed twice: keep one of the rows"),
        (
            "Señora\tfemale\teverywhere",
            "'Señora' is not a key: write it with the letters a to z only",
        ),
        ("dr\tnone\teverywhere", "unknown value 'none': use one of female, male, neutral"),
        ("dr\tneutral\tsometimes", "unknown value 'sometimes': use one of after_name"),
        ("dr\tneutral\teverywhere\t\toften", "unknown value 'often': use one of any_position"),
        ("dr\tneutral\teverywhere\tDE", "'dr' needs countries if it is a title in_countries"),
        ("dr\tmale\tin_countries", "'dr' needs countries if it is a title in_countries"),
        ("dr\tmale\tin_countries\tDE UK", "unknown countries UK: use ISO 3166-1 alpha-2 codes"),
        ("dr\tneutral\teverywhere\t\t\tde\tnote\tmore", "8 columns: use at most 7"),
    ],
)
def test_unusable_title_is_an_error_with_file_and_line(line: str, problem: str, tmp_path: Path):
    path = tmp_path / "titles.tsv"
    path.write_text(f"{HEADER}frau\tfemale\teverywhere\n{line}\n", encoding="utf-8")

    with pytest.raises(LexiconError) as raised:
        Titles(path)

    assert str(raised.value).startswith(f"{path}, line 4: {problem}")


def test_titles_are_read_by_position(tmp_path: Path):
    path = tmp_path / "titles.tsv"
    path.write_text(f"{HEADER}frau\tfemale\teverywhere\npan\tmale\tin_countries\tCZ PL\n", "utf-8")

    titles = Titles(path)

    assert titles.everywhere["female"] == {"frau"}
    assert titles.in_countries == {"pan": {"male": frozenset({"CZ", "PL"})}}


def test_unexpected_columns_are_an_error(tmp_path: Path):
    path = tmp_path / "suffixes.tsv"
    path.write_text("word\tposition\n", encoding="utf-8")

    with pytest.raises(LexiconError, match=r"line 1: expected the columns word, place, note"):
        read_rules(path, "place", "anywhere after_comma")


def test_word_without_a_rule_is_an_error(tmp_path: Path):
    path = tmp_path / "suffixes.tsv"
    path.write_text("word\tplace\tnote\njr\n", encoding="utf-8")

    with pytest.raises(LexiconError, match=r"line 2: unknown value '': use one of after_comma"):
        read_rules(path, "place", "anywhere after_comma")


@pytest.mark.parametrize("rank", ["", "first", "-1", "²"])
def test_rank_that_is_not_a_number_is_an_error(rank: str, tmp_path: Path):
    path = tmp_path / "family_names.tsv"
    path.write_text(f"word\tlanguage\trank\tnote\nwang\tchinese\t{rank}\n", encoding="utf-8")

    with pytest.raises(LexiconError, match=f"line 2: '{rank}' is not a rank"):
        read_family_names(path)
