"""A .bib file as rows of authors: braces, abbreviations, LaTeX, and what is not quite BibTeX."""

import pytest

from tests.bibliographies.reading import column, read

WORK = r"""Saved by reader@example.org {2024}
@string{anna = "Rossi, Anna"}
@article{one,
  author = anna # " and Bianchi, Luca AND {CERN Collaboration}",
  title = {An {Invented} title with an @ in it},
  year = 2020, month = sept,
  doi = {https://doi.org/10.1234/ABC.1},
}
@comment{jabref-meta: databaseType:bibtex;}
@Book(two, AUTHOR = "M{\"u}ller, J{\'u}lia
   Maria", date = {2019-05-01})
"""


def test_each_author_is_a_row(tmp_path):
    rows, skipped = read(tmp_path / "a.bib", WORK)

    assert rows == [
        {"work": "10.1234/abc.1", "year": 2020, "position": "first", "author_number": 1}
        | {"authors": 3, "name": "Rossi, Anna"},
        {"work": "10.1234/abc.1", "year": 2020, "position": "middle", "author_number": 2}
        | {"authors": 3, "name": "Bianchi, Luca"},
        {"work": "10.1234/abc.1", "year": 2020, "position": "last", "author_number": 3}
        | {"authors": 3, "name": "{CERN Collaboration}"},
        {"work": "two", "year": 2019, "position": "only", "author_number": 1}
        | {"authors": 1, "name": r"M{\"u}ller, J{\'u}lia Maria"},
    ]
    assert skipped is None


def test_and_in_braces_does_not_end_a_name(tmp_path):
    rows, _ = read(tmp_path / "a.bib", "@misc{a, author={{Bread and Roses Group} and Rossi, Anna}}")

    assert column(rows, "name") == ["{Bread and Roses Group}", "Rossi, Anna"]


@pytest.mark.parametrize("mark", ["others", "{others}", "et al.", "ET AL"])
def test_others_are_nobody_but_nobody_is_last_before_them(tmp_path, mark):
    text = f"@misc{{a, author = {{Rossi, Anna and Bianchi, Luca and {mark}}}}}"

    rows, skipped = read(tmp_path / "a.bib", text)

    assert column(rows, "name") == ["Rossi, Anna", "Bianchi, Luca"]
    assert column(rows, "position") == ["first", "middle"]
    assert column(rows, "authors") == [None, None]
    assert skipped == 'works with further authors ("et al.") who are not named: 1'


def test_editors_are_no_authors_and_are_counted(tmp_path):
    text = "@book{a, editor = {Rossi, Anna}}\n@book{b, author = {Bianchi, Luca}}"

    rows, skipped = read(tmp_path / "a.bib", text)

    assert column(rows, "name") == ["Bianchi, Luca"]
    assert skipped == "entries without authors: 1"


BROKEN = """\
@article{open, author = {Rossi, Anna}, title = {An {open brace},
  year = 2020
}
@article{fine, author = {Bianchi, Luca}, year = 2021}
@article{comma, year = 2020
  author = {Verdi, Carla}}
@article{late, author = {Neri, Ada}
  year = 2020}
@article{fine2, author = {Gallo, Rita}}
@article{end, author = {Conti, Ida
"""


def test_an_error_costs_its_entry_alone_and_is_told_with_its_line(tmp_path):
    rows, skipped = read(tmp_path / "a.bib", BROKEN)

    assert column(rows, "name") == ["Rossi, Anna", "Bianchi, Luca", "Neri, Ada", "Gallo, Rita"]
    assert skipped == (
        "entries that cannot be read: 2 (the first: line 5); "
        "entries read only up to an error: 2 (the first: line 1)"
    )


def test_abbreviations_matter_only_where_they_stand_for_authors(tmp_path):
    text = "@misc{a, author = unknown # { and Rossi, Anna}}\n@misc{b, author={Bo}, journal = jip}"

    rows, skipped = read(tmp_path / "a.bib", text)

    assert column(rows, "name") == ["Rossi, Anna", "Bo"]
    assert "entries read only up to an error: 1 (the first: line 1)" in str(skipped)


@pytest.mark.parametrize(("key", "work"), [("Rossi 2020", "Rossi 2020"), ("", "line 1")])
def test_keys_that_bibtex_refuses_are_read(tmp_path, key, work):
    rows, skipped = read(tmp_path / "a.bib", f"@misc{{{key}, author = {{Rossi, Anna}}}}")

    assert (column(rows, "work"), skipped) == ([work], None)


def test_entries_on_one_line_and_entries_with_the_same_key_are_all_read(tmp_path):
    text = "@misc{a, author={Rossi, Anna}} @misc{a, author={Bianchi, Luca}}"

    rows, _ = read(tmp_path / "a.bib", text)

    assert column(rows, "name") == ["Rossi, Anna", "Bianchi, Luca"]


def test_an_error_is_not_counted_for_the_next_entry_on_its_line(tmp_path):
    text = "@misc{a, author={Rossi, Anna} year=2020} @misc{b, author={Bianchi, Luca}}"

    rows, skipped = read(tmp_path / "a.bib", text)

    assert column(rows, "name") == ["Rossi, Anna", "Bianchi, Luca"]
    assert skipped == "entries read only up to an error: 1 (the first: line 1)"


def test_abbreviations_may_be_written_in_any_case(tmp_path):
    rows, _ = read(tmp_path / "a.bib", "@STRING{Anna = {Rossi, Anna}}\n@misc{a, author = ANNA}")

    assert column(rows, "name") == ["Rossi, Anna"]


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path):
    text = b"\xef\xbb\xbf" + WORK.replace("\n", "\r\n").encode()

    assert read(tmp_path / "a.bib", text) == read(tmp_path / "b.bib", WORK)


def test_ten_thousand_entries_are_all_read(tmp_path):
    entry = "@article{{k{0},\n author = {{Rossi, Anna and Bianchi, Luca}},\n year = {{{1}}}\n}}\n"
    text = "".join(entry.format(at, 2000 + at % 20) for at in range(10_000))

    rows, skipped = read(tmp_path / "a.bib", text)

    assert (len(rows), skipped) == (20_000, None)
    assert rows[-1]["work"] == "k9999"
    assert column(rows, "year")[::2] == [2000 + at % 20 for at in range(10_000)]


PARENT = "@proceedings{P, editor = {Rossi, Anna}, year = 2019, doi = {10.1/p}}\n"
CHILD = "@inproceedings{c, author = {Neri, Luca}, crossref = {p}}\n"


@pytest.mark.parametrize("text", [PARENT + CHILD, CHILD + PARENT, CHILD + "@misc{x}\n" + PARENT])
def test_year_is_inherited_from_an_entry_above_or_below(tmp_path, text):
    rows, _ = read(tmp_path / "a.bib", text)

    assert [(row["work"], row["year"], row["name"]) for row in rows] == [("c", 2019, "Neri, Luca")]


def test_own_year_and_a_missing_parent_change_nothing(tmp_path):
    own = CHILD.replace("crossref", "date = {2020-01}, crossref")
    rows, _ = read(tmp_path / "a.bib", CHILD.replace("{p}", "{q}") + own + PARENT)

    assert [row["year"] for row in rows] == [2020, None]


def test_xdata_has_fields_of_others_and_is_no_work(tmp_path):
    text = (
        "@misc{a, xdata = {s, t}}\n@xdata{s, year = 2018}\n"
        "@xdata{t, author = {Neri, Luca}, doi = {10.1/T}}\n"
    )
    rows, skipped = read(tmp_path / "a.bib", text)

    assert [(row["work"], row["year"], row["name"]) for row in rows] == [
        ("10.1/t", 2018, "Neri, Luca")
    ]
    assert skipped is None


def test_entries_that_name_each_other_end(tmp_path):
    entry = "@book{a, author = {Neri, Luca}, crossref = {b}}\n"
    text = entry + entry.replace("{a", "{c").replace("{b", "{a").replace("{c", "{b")

    rows, _ = read(tmp_path / "a.bib", text)

    assert sorted(row["work"] for row in rows) == ["a", "b"]


def test_numbers_of_people_in_dblp_are_left_out(tmp_path):
    rows, _ = read(tmp_path / "a.bib", "@misc{a, author = {Anna Rossi 0001 and Luca Neri}}")

    assert [row["name"] for row in rows] == ["Anna Rossi", "Luca Neri"]
