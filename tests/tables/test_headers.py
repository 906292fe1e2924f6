"""The roles of columns by their headers: in many languages, in exports, and beside others."""

import re
from collections import defaultdict

import pytest

from gender_detection.errors import InvalidInput
from gender_detection.names.lexicon.table import LexiconError, Table
from gender_detection.tables import (
    Columns,
    are_plain,
    described,
    find_column,
    find_columns,
    headers,
    role_of,
    roles_of,
    written_in,
)
from gender_detection.tables.headers import languages_of

ROWS = [
    (header, role, languages.split())
    for header, role, languages, _ in Table(headers.HEADERS, "header role languages", (0, 1))
]
EXPORTS = {
    "crossref", "csl", "datacite", "dynamics", "google", "google_scholar", "gravity_forms",
    "hubspot", "imdb",
    "ldap", "limesurvey", "linkedin", "mailchimp", "moodle", "openalex", "orcid", "outlook",
    "pubmed", "qualtrics", "salesforce", "scopus", "surveymonkey", "web_of_science",
    "zoom", "zotero",
}  # fmt: skip


def test_every_header_of_the_table_has_its_role_alone():
    expected = [(header, role.partition("/")[0]) for header, role, _ in ROWS]

    assert [(header, role_of(header)) for header, _ in expected] == expected
    assert [(header, role_of(f" {header.upper()}: ")) for header, _ in expected] == expected


def test_thirty_languages_have_all_parts_of_a_name_and_a_country():
    roles: defaultdict[str, set[str]] = defaultdict(set)
    for _, role, languages in ROWS:
        for language in languages:
            roles[language] |= set(re.split("/", role))
    whole = {
        language
        for language, found in roles.items()
        if found >= {"name", "given_name", "family_name", "country", "gender"}
    }

    assert len(whole - EXPORTS) >= 30


def test_a_header_that_depends_on_others_has_others_in_its_language():
    partners = {"name/family_name": "given_name", "name/given_name": "family_name"}
    alone = {(role, language) for _, role, listed in ROWS for language in listed}

    lonely = [
        (header, language)
        for header, role, listed in ROWS
        if role in partners
        for language in listed
        if not {(partners[role], language), (f"{partners[role]}/unread", language)} & alone
    ]
    assert not lonely


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["Name", "Vorname", "Land"], Columns(None, "Vorname", "Name", "Land")),
        (["Name"], Columns(name="Name")),
        (["Name", "Vorname", "Nachname"], Columns("Name", "Vorname", "Nachname")),
        (["Name", "Surname"], Columns(None, "Name", "Surname")),
        (["Name", "Family name"], Columns("Name", None, "Family name")),
        (["NOM", "PRENOM", "PAYS"], Columns(None, "PRENOM", "NOM", "PAYS")),
        (["Nom", "Prénom", "Nom de famille"], Columns(None, "Prénom", "Nom de famille")),
        (["Nom", "Cognoms"], Columns(None, "Nom", "Cognoms")),
        (["Nom"], Columns(name="Nom")),
        (["Nombre", "Apellidos"], Columns(None, "Nombre", "Apellidos")),
        (["Nombre", "Primer apellido", "Segundo apellido"],
         Columns(None, "Nombre", "Primer apellido")),
        (["Nome", "Cognome", "Sesso"], Columns(None, "Nome", "Cognome")),
        (["Nome", "Sobrenome", "Apelido"], Columns(None, "Nome", "Sobrenome")),
        (["Nome", "Apelido"], Columns(None, "Nome", "Apelido")),
        (["Navn", "Etternavn"], Columns(None, "Navn", "Etternavn")),
        (["Navn", "Fornavn"], Columns(None, "Fornavn")),
        (["Naam", "Voornaam"], Columns(None, "Voornaam", "Naam")),
        (["Naam", "Achternaam"], Columns(None, "Naam", "Achternaam")),
        (["Nume", "Prenume", "Țara"], Columns(None, "Prenume", "Nume", "Țara")),
        (["ADI", "SOYADI", "ÜLKE"], Columns(None, "ADI", "SOYADI", "ÜLKE")),
        (["Imię", "Nazwisko", "Kraj"], Columns(None, "Imię", "Nazwisko", "Kraj")),
        (["Имя", "Фамилия", "Страна"], Columns(None, "Имя", "Фамилия", "Страна")),
        (["ІМ’Я", "ПРІЗВИЩЕ"], Columns(None, "ІМ’Я", "ПРІЗВИЩЕ")),
        (["ΟΝΟΜΑ", "ΕΠΩΝΥΜΟ"], Columns(None, "ΟΝΟΜΑ", "ΕΠΩΝΥΜΟ")),
        (["نام", "نام‌خانوادگی"], Columns(None, "نام", "نام‌خانوادگی")),
        (["姓", "名字"], Columns(None, "名字", "姓")),
        (["名字", "名"], Columns(None, "名", "名字")),
        (["姓名", "国家/地区"], Columns("姓名", country="国家/地区")),
        (["이름", "성"], Columns(None, "이름", "성")),
        (["ชื่อ", "นามสกุล"], Columns(None, "ชื่อ", "นามสกุล")),
        (["Nome", "Last Name"], Columns("Nome", None, "Last Name")),
        (["Full name", "Ad"], Columns(name="Full name")),
    ],
)  # fmt: skip
def test_columns_are_found_in_many_languages_and_read_together(names, columns):
    assert find_columns(names) == columns


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["Name", "Given Name", "Family Name", "Address 1 - Country"],
         Columns("Name", "Given Name", "Family Name", "Address 1 - Country")),
        (["First Name", "Last Name", "File As"], Columns(None, "First Name", "Last Name")),
        (["Authors", "Author full names", "Author(s) ID"], Columns("Author full names")),
        (["FAU"], Columns("FAU")),
        (["ForeName", "LastName"], Columns(None, "ForeName", "LastName")),
        (["author.given", "author.family"], Columns(None, "author.given", "author.family")),
        (["given-names", "family-name", "credit-name"],
         Columns(None, "given-names", "family-name")),
        (["authorships.author.display_name", "authorships.raw_author_name", "display_name"],
         Columns("authorships.author.display_name")),
        (["RecipientFirstName", "RecipientLastName"],
         Columns(None, "RecipientFirstName", "RecipientLastName")),
        (["firstname", "lastname"], Columns(None, "firstname", "lastname")),
        (["First name", "Surname", "Country"], Columns(None, "First name", "Surname", "Country")),
        (["Contact Name", "FirstName", "MailingCountry"],
         Columns(None, "FirstName", None, "MailingCountry")),
    ],
)  # fmt: skip
def test_columns_of_exports_are_found(names, columns):
    assert find_columns(names) == columns


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["author", "author_name"], Columns("author")),
        (["first_name", "last_name", "author_name"], Columns(None, "first_name", "last_name")),
        (["first_name", "author_first_name"], Columns(None, "first_name")),
        (["name", "country_code", "country_name"], Columns("name", country="country_code")),
        (["Name", "Ländercode", "Land"], Columns("Name", country="Land")),
        (["Name", "Ländercode"], Columns("Name", country="Ländercode")),
    ],
)
def test_the_usual_header_is_preferred_to_one_that_mostly_stands_beside_it(names, columns):
    assert find_columns(names) == columns


@pytest.mark.parametrize(
    "header", ["stat", "STAT", "ten", "Ho", "city", "title", "Name" + "-" * 5000, "-"]
)
def test_other_headers_have_no_role(header):
    assert role_of(header) is None


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("STÁT", "country"),
        ("Name*", "name"),
        ("First/Name", "given_name"),
        ("Ｎａｍｅ", "name"),
        ("Plec", "gender"),
        ("pohlavi", "gender"),
        ("Kjonn", "gender"),
    ],
)
def test_case_accents_and_punctuation_do_not_matter(header, role):
    assert role_of(header) == role


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["Vorname", "Prénom"],
         "'Vorname', 'Prénom' could each be the column given_name: rename all but one of them, or "
         "say which it is: --given-name-column with gender-detection, given_name_column=… in a "
         "request, given_name=… in Python and Spark"),
        (["AU", "AF"], "'AU', 'AF' could each be the column name: "),
        (["Nom", "Ad"], "'Nom', 'Ad' could each be the column name: "),
        (["Name", "Land", "Pays"], "--country-column with .*, country_column=… in Python and"),
        (["id"], r"no column holds names: .*\(columns found: 'id'\), .*: --name-column with "),
    ],
)  # fmt: skip
def test_what_stays_open_is_asked_with_the_option_to_type(names, message):
    pattern = message if ".*" in message else re.escape(message)

    with pytest.raises(InvalidInput, match=pattern):
        find_columns(names)


def test_a_chosen_column_settles_what_is_open():
    assert find_columns(["AU", "AF"], Columns(name="AF")) == Columns("AF")
    assert find_columns(["Name", "Land", "Pays"], Columns(country="Pays")).country == "Pays"


def test_columns_of_gender_and_year_are_found_alone():
    names = ["", "", "Name", "Geschlecht", "Année de naissance"]

    assert find_column("gender", names) == "Geschlecht"
    assert find_column("birth_year", names) == "Année de naissance"
    assert find_column("gender", ["x"]) is None
    assert find_column("gender", ["Sex", "gender"]) == "gender"
    assert find_column("gender", names, "Name") == "Name"


def test_two_columns_of_gender_or_a_missing_one_are_reported():
    with pytest.raises(InvalidInput, match=r"'Sex', 'Sexo' .* column gender: .*one of them$"):
        find_column("gender", ["Sex", "Sexo"])
    with pytest.raises(InvalidInput, match="no column 'kind': use one of these: 'Sex'"):
        find_column("gender", ["Sex"], "kind")


def test_columns_are_described_with_what_they_hold():
    found = find_columns(["Name", "Vorname", "Land"])

    assert described(found) == (
        "given names from 'Vorname', family names from 'Name', countries from 'Land'"
    )
    assert not are_plain(found)
    assert are_plain(find_columns(["NAME", "country"]))
    assert are_plain(find_columns(["Given Name"]))


def test_headers_of_a_language_are_listed_as_fields():
    english = written_in("english")

    assert english["last_name"] == "family_name"
    assert not {"nachname", "authors"} & set(english)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("Nom\tfirst\tfrench", "unknown value 'first'"),
        ("Nom\tname/country\tfrench", "unknown value 'country'"),
        ("Pays\tcountry/family_name\tfrench", "unknown value 'family_name'"),
        ("Nom\tname\t", "'Nom' has no language"),
        ("Prénom\tgiven_name\tfrench\nPRENOM\tgiven_name\tfrench", "line 3: 'PRENOM' is the same"),
        ("Nom\tname\tfrench\nNom\tfamily_name\tx", "line 3: 'Nom' is the same"),
        ("Country\tcountry\tenglish", "line 2: 'Country' is the same"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused(tmp_path, rows, problem):
    path = tmp_path / "headers.tsv"
    path.write_text(f"header\trole\tlanguages\tnote\n{rows}\n", encoding="utf-8")

    with pytest.raises(LexiconError, match=problem):
        headers.read_meanings(path)


def test_columns_without_a_role_are_left_out():
    assert roles_of(["id", "Prénom", "Nom", "note"]) == {
        "Prénom": "given_name",
        "Nom": "family_name",
    }


@pytest.mark.parametrize(
    ("columns", "roles"),
    [
        (["What is your first name?", "What's your surname?"], ["given_name", "family_name"]),
        (["Wie lautet Ihr Vorname?", "Ihr Nachname"], ["given_name", "family_name"]),
        (["¿Cuál es tu nombre?", "¿Cuál es tu apellido?"], ["given_name", "family_name"]),
        (["Please enter your full name:"], ["name"]),
        (["1. First name *", "2) Country (required)"], ["given_name", "country"]),
        (["G01Q02. First name", "Q3_1: Last name"], ["given_name", "family_name"]),
        (["id. Number", "a. First name", "b[SQ1]. Surname", "c. Country"],
         [None, "given_name", "family_name", "country"]),
        (["Name / Nom", "Vorname / Prénom"], ["family_name", "given_name"]),
        (["Name/Surname", "Land (Country)"], [None, "country"]),
        (["氏名（Name）"], ["name"]),
        (["Attendee First Name", "attendee_last_name"], ["given_name", "family_name"]),
        (["First name", "Billing First Name", "Surname"], ["given_name", None, "family_name"]),
        (["Vorname(n)", "Nachname(n)"], ["given_name", "family_name"]),
        # Of somebody or something else.
        (["What is your mother's first name?"], [None]),
        (["Emergency contact - Name", "Company / Name"], [None, None]),
        (["Co. Name", "Org. Country"], [None, None]),
        (["Billing Country", "Shipping Country"], ["country", None]),
        (["Your"], [None]),
    ],
)  # fmt: skip
def test_questions_codes_and_headers_in_two_languages_are_read(columns, roles):
    found = roles_of(columns)

    assert [found.get(column) for column in columns] == roles


@pytest.mark.parametrize(
    ("columns", "languages"),
    [
        (["Nachname", "Vorname"], {"german"}),
        (["id", "Prénom", "Name"], {"french", "catalan"}),
        (["Vorname", "Prénom"], set()),
        (
            ["First name", "Land"],
            {"german", "dutch", "danish", "swedish", "norwegian", "icelandic"},
        ),
        (["name"], set()),
    ],
)
def test_languages_of_a_header_are_those_of_all_its_columns(columns, languages):
    assert languages_of(columns) == languages
