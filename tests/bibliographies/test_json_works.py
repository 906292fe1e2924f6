"""CSL-JSON, Crossref and OpenAlex as rows of authors."""

import json

import pytest

from gender_detection.errors import InvalidInput
from tests.bibliographies.reading import column, opened, read

CSL = [
    {
        "id": "rossi2020",
        "type": "article-journal",
        "author": [
            {"family": "Rossi", "given": "Anna"},
            {"family": "Berg", "given": "Lena", "non-dropping-particle": "van den"},
            {"literal": "Invented Results Collaboration"},
        ],
        "editor": [{"family": "Editor", "given": "Eva"}],
        "issued": {"date-parts": [["2020", 3]]},
    },
    {"id": 7, "author": [{"family": "Verdi"}], "issued": {"raw": "spring 2019"}},
    {"id": "none", "editor": [{"family": "Editor", "given": "Eva"}]},
]
CROSSREF = {
    "DOI": "10.1234/CROSSREF",
    "author": [
        {"given": "Anna", "family": "Rossi", "sequence": "first", "affiliation": []},
        {"name": "Invented Results Group", "sequence": "additional"},
    ],
    "issued": {"date-parts": [[2021]]},
}
OPENALEX = {
    "id": "https://openalex.org/W1",
    "doi": "https://doi.org/10.1234/openalex",
    "publication_year": 2022,
    "authorships": [
        {"author": {"display_name": "Anna Rossi"}, "countries": ["IT"]},
        {
            "author": {"display_name": None},
            "raw_author_name": "L. Bianchi",
            "countries": ["IT", "FR"],
        },
        {"author": {"display_name": "Carla Verdi"}, "institutions": [{"country_code": "DE"}]},
        {"author": {"display_name": "Ada Neri"}, "countries": [], "institutions": []},
    ],
}


def lines(*works: object) -> str:
    return "".join(json.dumps(work) + "\n" for work in works)


def test_csl(tmp_path):
    rows, skipped = read(tmp_path / "a.json", json.dumps(CSL))

    assert [(row["name"], row["given_name"], row["family_name"]) for row in rows] == [
        (None, "Anna", "Rossi"),
        (None, "Lena", "van den Berg"),
        ("Invented Results Collaboration", None, None),
        (None, None, "Verdi"),
    ]
    assert column(rows, "work") == [*["rossi2020"] * 3, "7"]
    assert column(rows, "year") == [2020, 2020, 2020, 2019]
    assert "country" not in rows[0]
    assert skipped == "entries without authors: 1"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csl.json", json.dumps([CROSSREF])),
        ("a.json", json.dumps({"message": {"items": [CROSSREF]}})),
        ("a.json", json.dumps({"message": CROSSREF})),
        ("a.json", json.dumps({"items": [CROSSREF]})),
        ("a.jsonl", lines({"DOI": "10.1234/empty", "title": ["An issue"]}, CROSSREF)),
    ],
)
def test_crossref(tmp_path, name, text):
    rows, _ = read(tmp_path / name, text)

    assert [(row["name"], row["given_name"], row["family_name"]) for row in rows] == [
        (None, "Anna", "Rossi"),
        ("Invented Results Group", None, None),
    ]
    assert column(rows, "work") == ["10.1234/crossref"] * 2
    assert column(rows, "year") == [2021] * 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", json.dumps({"results": [OPENALEX], "meta": {}})),
        ("a.json", json.dumps(OPENALEX)),
        ("a.jsonl", lines(OPENALEX)),
    ],
)
def test_openalex_has_the_country_where_there_is_one(tmp_path, name, text):
    rows, skipped = read(tmp_path / name, text)

    assert [(row["name"], row["country"]) for row in rows] == [
        ("Anna Rossi", "IT"),
        ("L. Bianchi", None),
        ("Carla Verdi", "DE"),
        ("Ada Neri", None),
    ]
    assert column(rows, "work") == ["10.1234/openalex"] * 4
    assert skipped is None


def test_nobody_is_last_in_a_list_that_openalex_cut_off(tmp_path):
    cut = OPENALEX | {"is_authors_truncated": True}

    rows, skipped = read(tmp_path / "a.jsonl", lines(cut))

    assert column(rows, "position") == ["first", "middle", "middle", "middle"]
    assert skipped == 'works with further authors ("et al.") who are not named: 1'


def test_lines_that_are_no_works_are_counted_with_their_number(tmp_path):
    text = lines(OPENALEX) + "\n{not json\n" + lines({"authorships": 3}, CROSSREF, OPENALEX)

    rows, skipped = read(tmp_path / "a.jsonl", text)

    assert len(rows) == 8
    assert skipped is not None
    assert skipped.startswith("entries that cannot be read: 3 (the first: line 3)")


def test_years_that_are_none_are_empty(tmp_path):
    works = (OPENALEX | {"publication_year": year} for year in (10**30, None, -1))

    rows, _ = read(tmp_path / "a.jsonl", lines(*works))

    assert column(rows, "year") == [None] * 12


def test_lines_of_people_are_a_table_as_before(tmp_path):
    source = opened(tmp_path / "a.jsonl", lines({"author": "Anna Rossi", "DOI": "10.1/1"}))

    assert (source.kind, source.columns) == ("json", ("author", "DOI"))


@pytest.mark.parametrize("text", ['[{"title": "Anna Rossi"}]', "[]", '{"a": 1}'])
def test_json_without_authors_is_refused(tmp_path, text):
    with pytest.raises(InvalidInput, match=r"a\.json names no author of a work"):
        opened(tmp_path / "a.json", text)


@pytest.mark.parametrize("text", ['"Anna"', "[1, 2", "", "[" * 100_000])
def test_json_that_is_no_list_of_works_is_refused(tmp_path, text):
    with pytest.raises(InvalidInput, match="no JSON of works or people: export CSL-JSON"):
        opened(tmp_path / "a.json", text)
