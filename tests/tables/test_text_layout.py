"""Text tables as people have them: what is left out above the header, and what separates cells."""

import io

import pytest

from gender_detection.errors import InvalidInput
from gender_detection.tables.text_layout import OpenedText, TextOptions, open_text

NAMES = ["Maria", "John", "Andrea"]


def opened(body: bytes, **options) -> OpenedText:
    return open_text(io.BytesIO(body), TextOptions(**options))


def cells(text: OpenedText) -> dict[str, list[str]]:
    """Return the cells of a table by column, of the rows that are not bad."""
    table = text.read_csv()
    found: dict[str, list[str]] = {name: [] for name in table.columns}
    for block in table.blocks():
        for name, column in block.cells.to_pydict().items():
            found[name] += column
    return found


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found_and_text_is_not_changed(delimiter, mark, end):
    rows = [["id", "name", "country"], *(["1", name, "IT"] for name in NAMES)]
    body = (mark + "".join(delimiter.join(row) + end for row in rows)).encode()
    text = opened(body)

    assert (text.delimiter, text.notes, text.names) == (delimiter, (), None)
    assert text.stream.read() == body
    assert cells(opened(body))["name"] == NAMES


@pytest.mark.parametrize(
    ("body", "delimiter"),
    [
        # In the header both are as frequent, or the wrong one is more so.
        ("name;title, first;city, state\nMaria;Dr;Rome\nJohn;;London\n", ";"),
        ("name|a,b,c,d\nMaria|x\nJohn|y\n", "|"),
        ('"name, as written";country\n"Maria, Dr";IT\n"John";UK\n', ";"),
        # Signs within cells.
        ('name,note\nMaria,"a;b;c"\nJohn,"d;e\nf;g"\n', ","),
        ("name,note\nMaria,a;b|c\nJohn,d;e|f\n", ","),
        # Some rows are bad.
        ("name,country\nMaria,IT\nJohn\nRossi,Anna,IT\nKim,KR\n", ","),
        ("name;country\n", ";"),
        ("name\nRossi; Maria\n", ","),
        ("", ","),
    ],
)
def test_delimiter_is_that_which_makes_most_rows_as_wide_as_the_header(body, delimiter):
    assert opened(body.encode()).delimiter == delimiter


def test_delimiter_is_as_declared():
    body = b"name:country\nMaria,M:IT\nJohn,J:UK\n"

    assert cells(opened(body, delimiter=":"))["name"] == ["Maria,M", "John,J"]


@pytest.mark.parametrize("delimiter", ["", "ab", "é", "\n", '"', "a", "1", "\0"])
def test_sign_that_cannot_separate_cells_is_refused(delimiter):
    with pytest.raises(InvalidInput, match="cannot separate cells: use a sign such as"):
        opened(b"name\n", delimiter=delimiter)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("line", ["sep=;\n", "SEP=;\r\n", '"sep=;"\n'])
def test_line_that_names_the_delimiter_is_left_out_and_told(mark, line):
    table = "name;note\nMaria;a,b,c\n"
    text = opened((mark + line + table).encode())

    assert text.delimiter == ";"
    assert text.notes == ("left out the first line, sep=;",)
    assert text.left_out == 1
    assert text.stream.read().decode() == mark + table


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(
    ("preamble", "lines"),
    [
        ("\n", "a line"),
        ("People of the congress\n", "a line"),
        ("People; exported 2026\r\n\r\nInternal\r\n", "3 lines"),
        ('Said "no\n\n', "2 lines"),
    ],
)
def test_lines_above_the_header_are_left_out_and_told(preamble, lines, mark):
    table = "id;name;country\n1;Maria;IT\n2;John;UK\n"
    text = opened((mark + preamble + table).encode())

    assert text.notes == (f"left out {lines} above the header",)
    assert text.left_out == preamble.count("\n")
    assert text.stream.read().decode() == mark + table


@pytest.mark.parametrize(
    "body",
    [
        # The first row could be the header.
        "id,person\n1,Maria\n2,John\n",
        "name\nid,name\nMaria,x\n",
        "Full Name\nid,name,x\n1,Maria,IT\n",
        # As wide as the table, and only one column is known.
        "People,2026\nname,x\nMaria,IT\n",
        # The rows below are not as wide, or there are none.
        "People\nname,country\nMaria\nJohn\n",
        "People\nname,country\n",
        # No column that is read.
        "People\nperson,x\nMaria,IT\n",
        # One column.
        "People\nname\nMaria\n",
    ],
)
def test_nothing_is_left_out_without_clear_evidence(body):
    text = opened(body.encode())

    assert not any("left out" in note for note in text.notes)
    assert text.stream.read().decode() == body


def test_header_is_known_by_a_column_that_the_caller_wants():
    body = b"People\nperson,x\nMaria,IT\n"

    assert cells(opened(body, columns=("person",))) == {"person": ["Maria"], "x": ["IT"]}


def test_row_below_codes_is_the_header_if_the_caller_wants_a_column_of_it():
    body = b"V1,V2\nResponseID,Name\n1,Maria\n2,John\n"

    assert opened(body).notes == ()
    assert cells(opened(body, columns=("Name",)))["Name"] == ["Maria", "John"]


def test_columns_without_a_header_have_numbers():
    text = opened(b"\xef\xbb\xbf1;Maria;IT\r\n2;John\r\n3;Kim;KR\r\n", has_header=False)
    table = text.read_csv()

    assert text.names == table.columns == ("column_1", "column_2", "column_3")
    assert table.header == b"\xef\xbb\xbfcolumn_1;column_2;column_3"
    assert table.line_end == b"\r\n"
    (block,) = table.blocks()
    assert block.cells["column_2"].to_pylist() == ["Maria", "John", "Kim"]
    assert block.bad.to_pylist() == [False, True, False]


@pytest.mark.parametrize("body", [b"", b"\xef\xbb\xbf"])
def test_table_without_rows_and_header_is_refused(body):
    with pytest.raises(InvalidInput, match="the table is empty: add rows"):
        opened(body, has_header=False).read_csv()


def test_columns_that_repeat_get_their_numbers_unless_they_would_be_read():
    table = opened(b"x,name,x,,,x_1\n1,Maria,2,,,3\n").read_csv()

    assert table.header == b"x,name,x,,,x_1"
    assert table.columns == ("x_1_", "name", "x_3", "column_4", "column_5", "x_1")
    with pytest.raises(InvalidInput, match="the header has 'name' more than once"):
        opened(b"name,x,name\nMaria,1,Anna\n").read_csv()


def test_empty_last_column_is_a_column():
    assert cells(opened(b"name,country,\nMaria,IT,\n")) == {
        "name": ["Maria"],
        "country": ["IT"],
        "": [""],
    }


def test_header_longer_than_the_sample_is_read():
    names = ";".join(f"x{at}" for at in range(20_000))
    table = opened(f"name;{names}\n".encode()).read_csv()

    assert len(table.columns) == 20_001


def test_only_a_sample_is_read_at_first():
    stream = io.BytesIO(b"name,country\n" + b"Maria,IT\n" * 150_000)
    text = open_text(stream)

    assert stream.tell() == 1024 * 1024
    assert text.read_csv().count_rows(10**9) == 150_000


QUALTRICS = '"{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"\n'


@pytest.mark.parametrize(
    ("above", "header", "notes"),
    [
        ("name,x\nYour name,What else?\n" + QUALTRICS, "name,x", "left out 2 other rows"),
        ("Q1,Q2\n" + 'Your name,"What\nelse?"\n' + QUALTRICS, 'Your name,"What\nelse?"', "2 other"),
        ("name,x\n" + QUALTRICS, "name,x", "the other row of the header"),
        ("People,2026\nname,country\n", "name,country", "left out a line above"),
        ("People,\n,\nname,x\n", "name,x", "left out 2 lines above"),
        ("Author,\nname,country\n", "name,country", "left out a line above"),
        ("Meeting,a,b,c\n1,2,3,4\n\nname,x\n", "name,x", "left out 3 lines above"),
        ("name,country\n----,-------\n", "name,country", "the rule below the header"),
    ],
)
def test_rows_that_are_no_header_are_left_out_and_told(above, header, notes):
    text = opened((above + "Maria,IT\nJohn,UK\n").encode())

    assert notes in "; ".join(text.notes)
    assert text.stream.read().decode() == f"{header}\nMaria,IT\nJohn,UK\n"
    assert text.left_out == above.count("\n") - header.count("\n") - 1


def test_header_in_two_rows_is_read_as_one():
    body = (
        b"Respondent ID,First Name,Which?,,Contact\r\n,,Red,Blue,Country\r\n"
        b"1,Maria,,x,IT\r\n2,John,x,,UK\r\n"
    )
    text = opened(body)

    assert text.stream.read().startswith(b"Respondent ID,First Name,Which?,Blue,Country\r\n1,Maria")
    assert text.left_out == 1


def test_person_without_a_number_is_no_second_row_of_the_header():
    body = b"id,name,,x\n,Maria,,1\n2,John,,3\n"

    assert opened(body).notes == ()
    assert opened(b"id,name,x\n,,1\n2,John,3\n").notes == ()


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (b'"name" "x"\n"1" "Maria" 2\n"2" "John" 3\n', b'"" name x\n'),
        (b'"name"\t"x"\n"a"\t"Maria"\t2\n"b"\t"John"\t3\n', b"\tname\tx\n"),
        (b"name,x\r\n1,Maria,a\r\n2,John,b\r\n", b",name,x\r\n"),
        (b"name,x\nMaria,a,\nJohn,b,\n", b"name,x,\n"),
    ],
)
def test_header_that_is_a_cell_shorter_than_all_rows_gets_a_blank_cell(body, header):
    text = opened(body)

    assert text.notes == ("the header has a cell less than the rows",)
    assert cells(opened(body))["name"] == ["Maria", "John"]
    assert text.stream.read().startswith(header.replace(b'"" ', b" "))


@pytest.mark.parametrize(
    "rows", [b"Rossi, Maria,IT\nSmith, John,UK\n", b"1,Maria,IT\n3,John,UK\n", b"1,Maria,IT\n2,x\n"]
)
def test_rows_that_are_longer_for_another_reason_are_bad_rows(rows):
    assert opened(b"name,country\n" + rows).notes == ()


def test_names_with_commas_in_the_only_column_are_whole():
    assert cells(opened(b"Name\nRossi, Maria\nSmith, John\n"))["Name"] == [
        "Rossi, Maria", "Smith, John",
    ]  # fmt: skip


@pytest.mark.parametrize("body", [b"name,x\rMaria,1\rJohn,2", b'name,x\rMaria,1\rJohn,"a\nb"\r'])
def test_lines_may_end_with_a_return_alone(body):
    text = opened(body)

    assert text.notes == ("lines end with CR alone, read as LF",)
    assert cells(opened(body))["name"] == ["Maria", "John"]


def test_return_within_a_cell_is_no_line_end():
    body = b'name,x\nMaria,"a\rb"\n'

    assert opened(body).stream.read() == body


def test_column_that_is_there_twice_can_be_chosen_by_its_number():
    body = b"name,x,name\nMaria,1,Anna\n"
    with pytest.raises(InvalidInput, match="--name-column 'name_1'"):
        opened(body).read_csv()

    assert cells(opened(body, columns=("name_3",)))["name_3"] == ["Anna"]
