"""Plain CSV text is split into columns without reading its cells; other text is left to repair."""

import pytest

from gender_detection.tables.csv_layout import lay_out


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("a,b\nc,d\n", ["a", "c"], ["b", "d"]),
        ("a,b\r\n,\r\n", ["a", ""], ["b", ""]),
        ('"a,\r\n\n",b\r\n"",""\r\n', ["a,\r\n\n", ""], ["b", ""]),
        ('"a ""b""",""""\n"\r",x\n', ['a "b"', "\r"], ['"', "x"]),
        ("", [], []),
    ],
)
def test_plain_text_is_split_into_columns(text, first, second):
    layout = lay_out(text.encode(), b",", 2)
    assert layout is not None

    assert layout.column(0).to_pylist() == first
    assert layout.column(1).to_pylist() == second
    end = "\r\n" if text.endswith("\r\n") else "\n"
    assert "".join(line + end for line in layout.lines.to_pylist()) == text


@pytest.mark.parametrize(
    "text",
    [
        'a,"b\n', 'a"b,c",d\n', 'a,b"c"\n', '"a"b,c\n', '"a" ,c\n', ' "a",c\n', '"a"",b\n',
        "a\n", "a,b,c\n", "a,b\nc\n,d,e\n", "a,b\n\n", "a\rb,c\n", "a,b\r\r\n", '"a"\r,b\n',
    ],
)  # fmt: skip
def test_text_that_needs_parsing_is_none(text):
    assert lay_out(text.encode(), b",", 2) is None


def test_length_of_the_longest_line_is_returned():
    for text, length in (("a\n\u00f1\u00f1\n", 4), ("", 0)):
        layout = lay_out(text.encode(), b",", 1)
        assert layout is not None
        assert layout.longest_line == length
