import pytest

from gender_detection.errors import SourceError
from gender_detection.sources import load_catalogue, read
from gender_detection.sources.nam_dict import (
    COLUMNS,
    GROUP_SIZE,
    WEIGHT_OF_UNDECIDED,
    parse_nam_dict,
)
from gender_detection.sources.reading import ReadStats

LABELS = [label for label, _ in COLUMNS]


def comment(text):
    return f"#{text}".ljust(86) + "$"


def header(labels=LABELS):
    lines = []
    for column, label in enumerate(labels, start=30):
        lines += [comment(f"  {label}"), comment("|".rjust(column))]
    return lines


def line(code, name, mark=" ", **frequencies):
    """A line of the dictionary; frequencies by column label ("_" for " ")."""
    figures = [" "] * len(COLUMNS)
    for label, digit in frequencies.items():
        figures[LABELS.index(label.replace("_", " "))] = digit
    return f"{code:3}{name:26}{mark}{''.join(figures)} $"


def parse(*lines, head=None):
    stats = ReadStats()
    text = "\r\n".join([*(head or header()), *lines]) + "\r\n"
    batches = parse_nam_dict(text, "test", stats)
    return [row for batch in batches for row in batch.to_pylist()], stats


def test_line_makes_a_statement_for_each_country_it_fills():
    rows, stats = parse(line("M", "Ottokar", Germany="3", Austria="A"))
    assert [(r["name"], r["country"], r["n_female"], r["n_male"]) for r in rows] == [
        ("Ottokar", "DE", 0.0, 200 / 2**7),
        ("Ottokar", "AT", 0.0, 200.0),
    ]
    assert {r["p_female"] for r in rows} == {0.0}
    assert {(r["source"], r["year"], r["n_sources"]) for r in rows} == {("test", None, None)}
    assert stats.lines_stating == 1


def test_frequency_digit_gives_the_hundredfold_share():
    rows, _ = parse(line("F", "Maria", Spain="D"))
    assert rows[0]["n_female"] == 1600.0


@pytest.mark.parametrize(
    ("code", "p_female"),
    [("M", 0), ("1M", 0.05), ("?M", 0.25), ("?F", 0.75), ("1F", 0.95), ("F", 1)],
)
def test_code_decides_the_share_of_women(code, p_female):
    rows, _ = parse(line(code, "Kim", Norway="A"))
    assert rows[0]["p_female"] == p_female
    assert rows[0]["n_female"] == pytest.approx(200 * p_female)
    assert rows[0]["n_female"] + rows[0]["n_male"] == pytest.approx(200)


def test_undecided_name_has_a_very_small_weight():
    rows, _ = parse(line("?", "Xiaotian", China="A"))
    assert rows[0]["p_female"] == 0.5
    assert rows[0]["n_female"] == rows[0]["n_male"] == 100 * WEIGHT_OF_UNDECIDED
    assert 0 < WEIGHT_OF_UNDECIDED < 0.1


def test_group_of_countries_splits_its_figure_and_keeps_the_sum():
    rows, _ = parse(line("F", "Gulnora", **{"Kazakhstan/Uzbekistan,etc.": "A"}))
    assert [r["country"] for r in rows] == ["KZ", "KG", "TJ", "TM", "UZ"]
    assert sum(r["n_female"] for r in rows) == pytest.approx(200)
    assert GROUP_SIZE["UZ"] == 5
    assert "DE" not in GROUP_SIZE


def test_no_country_is_in_a_group_and_in_another_column():
    countries = [country for _, members in COLUMNS for country in members]
    assert [c for c in GROUP_SIZE if countries.count(c) > 1] == []


def test_east_frisia_counts_as_germany():
    rows, _ = parse(line("F", "Wiebke", East_Frisia="5"))
    assert [r["country"] for r in rows] == ["DE"]


def test_other_countries_are_the_world():
    rows, _ = parse(line("M", "Tui", other_countries="2"))
    assert [(r["country"], r["n_male"]) for r in rows] == [(None, 200 / 2**8)]


def test_line_without_a_frequency_is_worldwide_without_a_count():
    rows, _ = parse(line("F", "Zaz"))
    assert [(r["country"], r["p_female"], r["n_female"]) for r in rows] == [(None, 1.0, None)]


def test_plus_inside_a_name_becomes_a_hyphen():
    rows, _ = parse(line("?", "Xiao+Tian", China="4"))
    assert rows[0]["name"] == "Xiao-Tian"


def test_letters_beyond_ascii_keep_the_columns_in_place():
    rows, _ = parse(line("F", "Çağlå", Turkey="1"))
    assert [(r["name"], r["country"]) for r in rows] == [("Çağlå", "TR")]


def test_duplicate_line_for_sorting_is_counted_and_left_out():
    rows, stats = parse(
        line("M", "Jürg", "+", Swiss="3"), line("M", "Jürg", "-", Swiss="3"), line("F", "Kai")
    )
    assert [r["name"] for r in rows] == ["Jürg", "Kai"]
    assert stats.rejects["umlaut_duplicate"] == 1


def test_duplicate_line_without_its_original_is_kept_once():
    rows, stats = parse(
        line("M", "Jürg", "-", Swiss="3"),
        line("M", "Jürg", "+", Austria="2"),
        line("M", "Jürg", "+", Austria="2"),
        line("F", "Änne", "+", Germany="1"),
    )
    assert [(r["name"], r["country"]) for r in rows] == [
        ("Jürg", "CH"),
        ("Jürg", "AT"),
        ("Änne", "DE"),
    ]
    assert stats.rejects["umlaut_duplicate"] == 1


def test_every_line_is_counted_under_one_reason():
    _, stats = parse(
        comment(" begin"),
        line("=", "Seb Sebastian", Germany="1"),
        line("M", "Sebastian", Germany="7"),
        line("X", "Nobody", Germany="7"),
        line("M", "Nobody", Germany="E"),
        line("M", "", Germany="1"),
        "M  too short $",
    )
    assert stats.lines_in == 2 * 55 + 7
    assert stats.rejects == {"comment": 111, "equivalent_name": 1, "malformed": 4}
    assert stats.lines_stating == 1
    fault = "line 114: columns 1-2 (the gender) hold 'X', which is unknown"
    assert stats.first_faults == {"malformed": fault}


def test_last_line_may_lack_its_line_end_and_lines_may_end_in_lf():
    stats = ReadStats()
    text = "\n".join([*header(), line("F", "Ada", Italy="1")])
    assert sum(b.num_rows for b in parse_nam_dict(text, "test", stats)) == 1
    assert stats.lines_in == 111


def test_header_with_other_countries_is_refused():
    swapped = [LABELS[1], LABELS[0], *LABELS[2:]]
    with pytest.raises(SourceError, match="column 31 is not Great Britain"):
        parse(head=header(swapped))
    with pytest.raises(SourceError, match=r"unknown columns .*Atlantis"):
        parse(head=header([*LABELS, "Atlantis"]))


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    reading = read(load_catalogue()["gender_guesser"], tmp_path_factory.mktemp("cache"))
    return reading, reading.statements.read_all()


def test_every_line_of_the_installed_dictionary_is_accounted_for(installed):
    reading, table = installed
    assert reading.lines_in == 48_821
    assert reading.rejects == {"comment": 293, "equivalent_name": 748, "umlaut_duplicate": 1333}
    assert reading.lines_stating == 48_821 - 293 - 748 - 1333
    assert reading.statements_out == table.num_rows


def test_installed_dictionary_distinguishes_countries(installed):
    _, table = installed
    rows = table.to_pylist()
    andrea = {r["country"]: r["p_female"] for r in rows if r["name"] == "Andrea"}
    assert andrea["IT"] == 0.0
    assert andrea["DE"] == 1.0
    assert all(r["n_female"] is not None and "+" not in r["name"] for r in rows)
