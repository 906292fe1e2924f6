"""Tables and lists that read well as they stand, and on a terminal."""

import pytest

from gender_detection import card
from gender_detection.card.markdown import bullets, number, paragraph, percent, table


def test_table_is_padded_with_numbers_to_the_right():
    assert table(["country", "n"], [["IT", "1,234"], ["no country", "5"]]).splitlines() == [
        "| country    |     n |",
        "| ---------- | ----: |",
        "| IT         | 1,234 |",
        "| no country |     5 |",
    ]


def test_narrow_column_is_valid():
    assert table(["a", "n"], [["x", "1"]]).splitlines()[1] == "| -- | -: |"


def test_long_text_is_wrapped_and_lists_are_indented():
    words = "word " * 40

    assert max(map(len, paragraph(words).splitlines())) <= 100
    first, second, *_ = bullets([words, "next"]).splitlines()
    assert (first[:6], second[:6]) == ("- word", "  word")


def test_list_can_be_numbered():
    assert bullets(["one", "two"], numbered=True) == "1. one\n2. two"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0959, "9.6"), (0.0, "0.0"), (0.0001, "<0.1"), (1.0, "100.0"), (None, "–")],
)
def test_share_is_given_in_percent(share: float | None, text: str):
    assert number(share) == text
    assert percent(share) == ("–" if share is None else f"{text} %")


def test_terminal_output_has_underlined_titles_and_tables_without_bars():
    markdown = "# Card\n\n## Part\n\n**Bold** and `code`.\n\n| a | n |\n| - | -: |\n| x | 12 |\n"

    assert card.plain(markdown) == (
        "Card\n====\n\nPart\n----\n\nBold and code.\n\n a   n\n -   --\n x   12"
    )


def test_terminal_output_has_no_control_characters():
    assert "\x1b" not in card.plain("red \x1b[31m\x07 text")


def test_opening_has_as_many_whole_sections_as_fit():
    markdown = "# Card\n\n## One\n\nfirst\n\n## Two\n\nsecond\n"

    assert card.opening(markdown, 30) == "# Card\n\n## One\n\nfirst"
    assert card.opening(markdown, 1000) == markdown.rstrip()
