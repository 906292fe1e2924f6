"""Plain CSV text is laid out without a look at its cells, and other text is left to be mended."""

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
def test_plain_text_is_laid_out_in_columns(text, first, second):
    layout = lay_out(text.encode(), b",", 2)

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
def test_other_text_is_none(text):
    assert lay_out(text.encode(), b",", 2) is None


def test_longest_line_is_told():
    assert lay_out("a\n\u00f1\u00f1\n".encode(), b",", 1).longest_line == 4
    assert lay_out(b"", b",", 1).longest_line == 0
