"""The key of an entry of a source, and the reasons to refuse one."""

import pytest

from gender_detection.names import family_key, key, parse_parts, statement_key


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("maria", "maria"),
        ("jean-pierre", "jeanpierre"),
        ("mary ann", "maryann"),
        ("&#304;nci", "inci"),
        ("r august", "august"),
        ("mary j", "mary"),
        ("mrs anna", "anna"),
        ("zrwq,", "zrwq"),
        ("r@khimg'olova", "rkhimgolova"),
        ("`bdyn", "bdyn"),
        ("dimit''r", "dimitr"),
        ("tomis<l/>awa", "tomislawa"),
        ("jo", "jo"),
        ("nt", "nt"),
        ("panna", "panna"),
        ("maj", "maj"),
        ("contessa", "contessa"),
        ("nil", "nil"),
        ("md karim", "mohammadkarim"),
        ("Ольга", "olga"),
    ],
)
def test_entry_has_its_key(entry, expected):
    assert statement_key(entry) == (expected, None)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("miss", "title"),
        ("dr", "title"),
        ("Mrs.", "title"),
        ("q", "initials"),
        ("j m", "initials"),
        ("m&amp;m", "initials"),
        ("kc", "initials"),
        ("z(c)obeyir", "markup"),
        ("[haven]", "markup"),
        ("graf&gt;", "markup"),
        ("john|", "markup"),
        ("2pac", "not_a_name"),
        ("unknown", "not_a_name"),
        ("acme gmbh", "not_a_person"),
        ("?-", "not_a_name"),
    ],
)
def test_entry_is_refused_with_a_reason(entry, reason):
    assert statement_key(entry) == ("", reason)


@pytest.mark.parametrize("name", ["Jean-Pierre", "Mary Ann", "María José", "Abd al-Rahman", "Li"])
def test_first_key_of_a_name_equals_its_source_key(name):
    assert parse_parts(name, None).keys[0] == statement_key(name.lower())[0]


@pytest.mark.parametrize("name", ["de la Cruz", "O'Brien", "Müller-Lüdenscheidt", "王", "Ng", "Dr"])
def test_key_of_a_family_name_has_all_its_words(name):
    assert family_key(name) == (key(name), None)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        ("- ", "empty"),
        ("O", "initials"),
        ("Q42", "not_a_name"),
        ("xxx", "not_a_name"),
        ("{{Kim}}", "markup"),
    ],
)
def test_text_that_is_not_a_family_name_is_refused_with_a_reason(name, reason):
    assert family_key(name) == ("", reason)
