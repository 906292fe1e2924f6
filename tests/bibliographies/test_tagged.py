"""RIS, PubMed and Web of Science as rows of authors."""

import pytest

from tests.bibliographies.reading import column, read

RIS = """\
TY  - JOUR
AU  - Rossi, Anna
A1  - Bianchi, L.
A2  - Editor, Eva
TI  - An invented title
 that is wrapped
AU  - Invented Results Consortium,
PY  - 2020/05/01/
DO  - 10.1234/RIS
ER  - 

TY  - BOOK
AU - Verdi, Carla
Y1  - 2019
ID  - verdi2019
ER  -
"""


def test_ris(tmp_path):
    rows, skipped = read(tmp_path / "a.ris", RIS)

    assert column(rows, "name") == [
        "Rossi, Anna", "Bianchi, L.", "Invented Results Consortium", "Verdi, Carla",
    ]  # fmt: skip
    assert column(rows, "work") == [*["10.1234/ris"] * 3, "verdi2019"]
    assert column(rows, "year") == [2020, 2020, 2020, 2019]
    assert column(rows, "position") == ["first", "middle", "last", "only"]
    assert skipped is None


def test_ris_entries_without_an_end_and_stray_lines_are_told(tmp_path):
    text = (
        "Exported today\nTY  - JOUR\nAU  - Rossi, Anna\nTY  - JOUR\nAU  - Bo, Ida\nER  - \nAU  - X"
    )

    rows, skipped = read(tmp_path / "a.ris", f"{text}\nTY  - JOUR\nTI  - Cut")

    assert column(rows, "name") == ["Rossi, Anna", "Bo, Ida"]
    assert skipped == (
        "entries that cannot be read: 1 (the first: line 8); "
        "entries read only up to an error: 1 (the first: line 2); "
        "lines outside of entries: 2 (the first: line 1)"
    )


NBIB = """\

PMID- 101
DP  - 2021 Mar 5
TI  - An invented title that
      is wrapped
LID - 1234 [pii]
LID - 10.1234/NBIB [doi]
FAU - Rossi, Anna Maria
AU  - Rossi AM
CN  - An Invented Group With
      a Long Name
FAU - Bianchi, Luca
AU  - Bianchi L
FED - Editor, Eva
ED  - Editor E
FIR - Investigator, Ivo

PMID- 102
DP  - 1965
AU  - Verdi AM
AU  - Neri C Jr
AU  - Ro Anna
"""


def test_pubmed(tmp_path):
    rows, skipped = read(tmp_path / "a.nbib", NBIB)

    assert column(rows, "name")[:3] == [
        "Rossi, Anna Maria", "An Invented Group With a Long Name", "Bianchi, Luca",
    ]  # fmt: skip
    assert column(rows, "work") == [*["10.1234/nbib"] * 3, *["102"] * 3]
    assert column(rows, "year") == [*[2021] * 3, *[1965] * 3]
    assert skipped is None


def test_initials_of_old_pubmed_entries_do_not_look_like_a_name(tmp_path):
    rows, _ = read(tmp_path / "a.nbib", NBIB)

    assert column(rows, "name")[3:] == ["Verdi, A M", "Neri, C", "Ro Anna"]


def test_pubmed_lines_before_the_first_entry_are_told(tmp_path):
    rows, skipped = read(tmp_path / "a.nbib", "Results\nPMID- 1\nFAU - Rossi, Anna\n")

    assert (len(rows), skipped) == (1, "lines outside of entries: 1 (the first: line 1)")


BIB = "@misc{a, author = {Rossi, Anna}}\n"
WOS = """\
FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Rossi, A
   Bianchi, LM
   Ai, A
AF Rossi, Anna
   Bianchi, LM
   Ai, Ai
CA Invented Results Collaboration
BE Editor, E
TI An invented title
   that is wrapped
PY 2022
DI 10.1234/WOS
UT WOS:000000000000001
ER

PT B
BA Verdi, C
BF Verdi, Carla
UT WOS:000000000000002
ER

EF
"""


@pytest.mark.parametrize("ending", ["txt", "ciw"])
def test_web_of_science(tmp_path, ending):
    rows, skipped = read(tmp_path / f"a.{ending}", b"\xef\xbb\xbf" + WOS.encode())

    assert column(rows, "name") == [
        "Rossi, Anna", "Bianchi, L M", "Ai, Ai", "Invented Results Collaboration", "Verdi, Carla",
    ]  # fmt: skip
    assert column(rows, "work") == [*["10.1234/wos"] * 4, "WOS:000000000000002"]
    assert column(rows, "year") == [*[2022] * 4, None]
    assert skipped is None


@pytest.mark.parametrize(
    ("text", "ending"), [(RIS, "ris"), (NBIB, "nbib"), (WOS, "ciw"), (BIB, "bib")]
)
def test_text_files_are_read_in_the_format_that_they_begin_with(tmp_path, text, ending):
    assert read(tmp_path / "a.txt", "\ufeff" + text) == read(tmp_path / f"a.{ending}", text)
