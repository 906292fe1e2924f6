"""The reading of names in fields."""

import pytest

from gender_detection.names import parse_parts


@pytest.mark.parametrize(
    ("given", "family", "country", "words", "key"),
    [
        ("Maria", "Rossi", "IT", ("Maria",), "maria"),
        ("MARIA", "ROSSI", "IT", ("MARIA",), "maria"),
        ("Jan Erik", "Lund", "SE", ("Jan", "Erik"), "janerik"),
        ("Buster C", "Smith", "US", ("Buster",), "buster"),
        ("G Turner", "Smith", "US", ("Turner",), "turner"),
        ("Henry A Jr", "Smith", "US", ("Henry",), "henry"),
        ("Dr. Anna", "Smith", None, ("Anna",), "anna"),
        ("Count Elie De", "Smith", "FR", ("Elie",), "elie"),
        ("Maria De Los Angeles", "X", "ES", ("Maria", "De", "Los", "Angeles"), "mariadelosangeles"),
        ("Gomes De", "Lima", "BR", ("Gomes",), "gomes"),
        ("Qing Nan", "Liang", "CN", ("Qing", "Nan"), "qingnan"),
        ("Xiao De", "Liang", "CN", ("Xiao", "De"), "xiaode"),
        ("Md", "Karim", "BD", ("Mohammad",), "mohammad"),
        ("Kim", "Basinger", "US", ("Kim",), "kim"),
        ("Don", "Smith", "ES", ("Don",), "don"),
        ("Maj", "Lund", "SE", ("Maj",), "maj"),
        ("花子", "山田", "JP", ("花子",), "hanako"),
        ("Smith, John", None, None, ("John",), "john"),
        ("Maria", None, None, ("Maria",), "maria"),
        ("Lou", "Graf Muller", "DE", ("Lou",), "lou"),
    ],
)
def test_given_field_is_read_as_given_names(given, family, country, words, key):
    parsed = parse_parts(given, family, country)
    in_latin_letters = next(filter(str.isascii, parsed.keys))
    assert (parsed.given, in_latin_letters, parsed.reason) == (words, key, None)


@pytest.mark.parametrize(
    ("given", "family", "gender", "reason"),
    [
        ("Mrs", "Smith", "female", "empty"),
        ("Mrs J C", "Smith", "female", "initials"),
        ("Mrs Frank", "Smith", "female", None),
        ("DUPE Mrs C", "Smith", "female", "initials"),
        ("Mr", "Smith", "male", "empty"),
        (None, "Mrs Smith", "female", "empty"),
        ("J", "Mrs Smith", "female", "initials"),
        ("Anna", "Herr", None, None),
        ("S", "Graf Muller", None, "initials"),
        ("Dr", "Smith", None, "initials"),
        ("Captain", "Smith", None, "empty"),
        ("A Von W", "Smith", None, "initials"),
        ("Jh", "Smith", None, "initials"),
        ("R W F", "Smith", None, "initials"),
        ("", "Smith", None, "empty"),
        (None, None, None, "empty"),
        ("n/a", "Smith", None, "empty"),
        ("test", "Smith", None, "not_a_name"),
        ("123", "Smith", None, "not_a_name"),
    ],
)
def test_title_and_reason_from_fields(given, family, gender, reason):
    parsed = parse_parts(given, family)
    assert (parsed.title_gender, parsed.reason) == (gender, reason)


def test_family_name_is_kept_without_its_title():
    assert parse_parts(None, "Mrs Smith").family == "Smith"
