"""What people write for countries."""

import sys
from pathlib import Path

import pytest

from gender_detection.countries import ALIASES, ISO_ALPHA_2, NAMES, code_of, folded

TOOLS = Path(__file__).resolve().parents[1] / "tools"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("IT", "IT"), ("it", "IT"), (" it ", "IT"), ("ITA", "IT"), ("ita", "IT"), ("380", "IT"),
        ("Italy", "IT"), ("ITALY", "IT"), ("Italia", "IT"), ("Italien", "IT"), ("イタリア", "IT"),
        ("UK", "GB"), ("U.K.", "GB"), ("EL", "GR"), ("USA", "US"), ("U.S.A.", "US"), ("U.S.", "US"),
        ("Österreich", "AT"), ("Osterreich", "AT"), ("the Netherlands", "NL"), ("Türkiye", "TR"),
        ("Turkiye", "TR"), ("Turkey", "TR"), ("Côte d’Ivoire", "CI"), ("COTE D'IVOIRE", "CI"),
        ("Bosnia & Herzegovina", "BA"), ("Bosnia and Herzegovina", "BA"), ("Ελλάδα", "GR"),
        ("Россия", "RU"), ("中国", "CN"), ("ประเทศไทย", None), ("ไทย", "TH"), ("भारत", "IN"),
        ("Korea, Republic of", "KR"), ("Iran (Islamic Republic of)", "IR"), ("Niger", "NE"),
        ("Nigeria", "NG"), ("036", "AU"), ("NA", "NA"), ("Namibia", "NA"), ("XKX", "XK"),
    ],
)  # fmt: skip
def test_country_is_understood_in_any_spelling(text, code):
    assert code_of(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "XX",
        "EU",
        "ZZZ",
        "36",
        "4",
        "001",
        "Atlantis",
        "Virgin Islands",
        "ﬁ",
        "N/A",
        "n.a.",
        "nan",
        "x" * 500,
    ],
)
def test_text_that_names_no_country_or_several_is_not_understood(text):
    assert code_of(text) is None


def test_each_country_has_codes_of_three_letters_and_digits_and_a_name():
    rows = [
        line.split("\t")
        for line in NAMES.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    for country in ISO_ALPHA_2:
        names = [name for code, name in rows if code == country]
        assert any(len(name) == 3 and name.isalpha() and name.isascii() for name in names), country
        assert any(len(name) == 3 and name.isdigit() for name in names), country
        assert len(names) > 20, country


def test_alias_contradicts_no_other_alias_and_no_code():
    seen: dict[str, str] = {}
    for line in ALIASES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, name = line.split("\t")[:2]
            assert code in ISO_ALPHA_2, line
            assert name.upper() not in ISO_ALPHA_2, line
            assert seen.setdefault(folded(name), code) == code, line


def test_names_match_those_of_the_tool(monkeypatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    import country_names

    assert NAMES.read_text(encoding="utf-8") == country_names.text()
    sys.modules.pop("country_names")
