"""Names of several words, read in columns, say what parse() and parse_parts() read of each."""

import importlib

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st
from text_strategies import COUNTRY, LISTED, TEXT

from gender_detection.names import (
    ParsedName,
    family_gender,
    key,
    parse,
    parse_parts,
)
from gender_detection.names.order import CUSTOMS, custom_of
from gender_detection.names.several import divide_fields, divide_names
from gender_detection.names.several_keys import SeveralNames, several_names

order = importlib.import_module("gender_detection.names.order")

OTHERS = (
    "Anna Lena Łucja José Müller Ольга Петровна Юрий Γιώργος Anna-Lena AnnaMaria Abdul-Karim "
    "Rossi-Bianchi Saint-Cyr-Dupré A-B J J. A. É. Ó Ян Ng Jm Xu Petrovna Petrovich Ivanova Thi "
    "Nguyen Nguyễn Ngu Yen aaa ßß Ь王 O'Neil D'Arenberg d’Étoile B'c M'd l'x-y d' 'a Ph.D. ǆ Ⅷ ª ﬁ "
    "ʼa М. У Ъ κ. Graf Guest Don Sr Hanim"
).split()
WORD = st.one_of(
    st.sampled_from(LISTED), st.sampled_from(OTHERS), st.text("aeionrstvhkйаÉß-", max_size=7)
)
CASED = st.builds(lambda word, case: case(word), WORD, st.sampled_from([str.title, str.upper, str]))
WORDS = st.lists(CASED, min_size=1, max_size=7).map(" ".join)
FULL = st.one_of(WORDS, st.builds("{}, {}".format, WORDS, WORDS), TEXT)
# As authors are listed.
INITIALS = st.lists(
    st.sampled_from(
        "J. J R. M. U. M U A. É. Я. Щ. Ь. κ. JR J.R. J.-P. J-P J.P JR. JD J.D. M.D. MD Md. D.R. DR "
        "A.B.C. N.A. N.A MA M.A. NG N.G. Ng. SR S.R. j. jr Q.Q.Q.Q. Æ".split()
    ),
    min_size=1,
    max_size=3,
).map(" ".join)
TITLE = st.sampled_from(
    "Dr. Dr DR. Prof Mr Mrs. MS Sir Lady Gen Gen. Pan M. Sr. Don Dame Fräulein Ing. Queen".split()
)
AUTHOR = st.one_of(
    INITIALS,
    st.builds("{} {}".format, TITLE, WORDS),
    st.builds("{} {} {}".format, TITLE, INITIALS, CASED),
    st.builds("{}, {} {}".format, WORDS, TITLE, WORDS),
    st.builds("{} {}".format, INITIALS, CASED),
    st.builds("{} {}".format, CASED, INITIALS),
    st.builds("{} {}".format, INITIALS, WORDS),
    st.builds("{}, {}".format, WORDS, INITIALS),
    st.builds("{}, {} {}".format, WORDS, INITIALS, CASED),
)
TITLES = {1: "female", -1: "male", 0: None}
PLACE = COUNTRY | st.sampled_from(["UA", " es ", "MX", "PH", "TW", "SG", "fr", "MM"])


def encodable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def customs(countries: list[str | None]) -> np.ndarray:
    codes = [country.strip().upper() if country else "" for country in countries]
    return np.array([CUSTOMS.index(custom_of(code)) for code in codes], np.int64)


def said(found: SeveralNames, at: int) -> tuple:
    given_keys, family_keys = found.keys.to_pylist(), found.families.to_pylist()
    keys = tuple(given_keys[place] for place in found.keys_of[at].tolist() if place >= 0)
    family = [family_keys[place] for place in found.families_of[at].tolist() if place >= 0]
    ending = family_keys[found.endings[at]] if found.endings[at] >= 0 else None
    gender = family_gender(ending) if ending else None
    title = TITLES[int(found.titles[at])]
    return found.given[at].as_py(), title, None if title else keys, distinct(family), gender


def unnamed(found: SeveralNames) -> list[tuple]:
    titles = [TITLES[title] for title in found.unnamed_titles.tolist()]
    # Where a title tells the gender, no reason is told.
    reasons = ["initials" if title is None else None for title in titles]
    return list(zip(reasons, titles, strict=True))


def expected_unnamed(parsed: ParsedName) -> tuple:
    assert parsed.reason
    assert (parsed.given, parsed.keys) == ((), ())
    return None if parsed.title_gender else parsed.reason, parsed.title_gender


def distinct(keys: list[str]) -> list[str]:
    return list(dict.fromkeys(keys))


def expected(parsed: ParsedName) -> tuple:
    keys, title, family = parsed.keys, parsed.title_gender, parsed.family
    words = [family, *family.replace("-", " ").split()] if family else []
    return (
        " ".join(parsed.given),
        title,
        None if title else keys,
        distinct([key(word) for word in words]),
        family_gender(family) if family else None,
    )


@settings(max_examples=300)
@given(st.lists(st.tuples((FULL | AUTHOR).filter(encodable), PLACE), max_size=12))
@example([("Maria Jose Garcia Lopez", "ES"), ("Nagy Anna-Lena", "HU"), ("Li Wei", "CN")])
@example([("Beethoven, Ludwig van", None), ("Nguyen Thi Hoa", "VN"), ("Saint-Cyr, Anna B.", "FR")])
@example([("Tran Minh Duc", "VN"), ("Minh Duc Nguyen", None), ("Zhang Xiaoming Anna", None)])
@example([("Jessica Graf", "DE"), ("Anna Guest Pan", "PL"), ("Li Guest", "CN"), ("Anna Mr Md", "")])
@example([("Anna М. Graf", "FR"), ("Anna U Don", "MM"), ("Rossi, Anna Don", "IT")])
@example([("Xiaoming Weiguo", "CN"), ("Berta Stark", "CN"), ("Wang Li", "CN"), ("Li Wang", "CN")])
@example([("Berta Stark", "JP"), ("Sato Hanako", "JP"), ("Minh Stark", "VN"), ("Pham Minh", "VN")])
@example([("Berta Stark", "HU"), ("Kiss Berta", "HU"), ("Berta Kiss", "HU"), ("Istvan Kiss", "HU")])
@example([("Berta Edda Stark", "RU"), ("Berta Edda Petrovna", "RU")])
@example([("Berta Xiaoming", None), ("Zhang Xiaoming", None)])
@example([("Kim Jong-un", "US"), ("Li Anna", "US"), ("Nagy Istvan", None)])
@example([("Ivanova Maria Petrovna", "RU"), ("Maria del Carmen Ruiz", None)])
@example([("M. Dupont", "FR"), ("M. Dupont", "IT"), ("Dupont, M. A.", "CA"), ("U. Thant", "MM")])
@example([("J. Maria", "IT"), ("J. Smith", "US"), ("J. R. van Dyck", None), ("Smith J.", None)])
@example([("Beethoven, L. van", None), ("Li, J. van", "CN"), ("Smith JR", None), ("JR Smith", "")])
@example([("Smith, J.D.", None), ("N.A.", None), ("J. Test", ""), ("J. Smith Test", ""), ("J", "")])
@example([("Maria J.", "IT"), ("Maria J. R.", "IT"), ("Rossi Я.", "IT"), ("J. Kim Jong-un", "KR")])
@example([("Mr Smith", "US"), ("Sir John", ""), ("Sir Smith", ""), ("Mrs Maria", ""), ("Dr", "")])
@example([("Dr. Smith", "US"), ("Mr J. Smith", ""), ("Dr J. Smith", ""), ("Dr M Dupont", "FR")])
@example([("Mrs Ivan Petrovich", "RU"), ("Mr Thi Hoa Nguyen", "VN"), ("Prof. Dr. Anna Weber", "")])
@example([("Smith, Ms. As", ""), ("Smith, Mr John", ""), ("Smith, Dr. J.", ""), ("Gen Wu", "JP")])
@example([("M.R. Smith", ""), ("Md. A. Rahman", ""), ("D.R. Rossi", "IT"), ("M.D. Rossi", "")])
@example([("Mrs Smith J.", ""), ("Sr. Juan Perez", "ES"), ("Pan Tomasz Rossi", "PL")])
@example([("A. B. Rossi Maria", "IT"), ("Maria A", None), ("Maria A.", None), ("Rossi, A. B.", "")])
def test_full_names_say_what_each_says_alone(people: list[tuple[str, str | None]]):
    names = pa.array([name for name, _ in people], pa.string())
    found = several_names(divide_names(names, customs([country for _, country in people])))

    for at, place in enumerate(found.at.tolist()):
        assert said(found, at) == expected(parse(*people[place]))
    without = [parse(*people[place]) for place in found.unnamed.tolist()]
    assert unnamed(found) == [expected_unnamed(one) for one in without]


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples((FULL | AUTHOR).filter(encodable), st.just("") | FULL.filter(encodable), PLACE),
        max_size=12,
    )
)
@example([("Maria Jose", "Garcia Lopez", "ES"), ("Ludwig van", "Beethoven", None)])
@example(
    [("M.", "Dupont", "FR"), ("M. A.", "Dupont", "FR"), ("J. R.", "", None), ("J.", "Mrs", "")]
)
@example([("Mr", "Smith", ""), ("Mr J.", "Smith", ""), ("Dr. Anna", "Li", ""), ("Mrs Li", "", "")])
@example([("J. van", "Dyck", "NL"), ("J. van", "Dyck", "CN"), ("N.A.", "Li", ""), ("JR", "Li", "")])
@example([("Wei", "Li", "CN"), ("Thi Hoa", "Nguyen", None), ("Anna B. de", "", "DE")])
def test_names_in_fields_say_what_each_says_alone(people: list[tuple[str, str, str | None]]):
    columns = [pa.array([person[at] for person in people], pa.string()) for at in range(2)]
    found = several_names(divide_fields(*columns, customs([person[2] for person in people])))

    for at, place in enumerate(found.at.tolist()):
        assert said(found, at) == expected(parse_parts(*people[place]))
    without = [parse_parts(*people[place]) for place in found.unnamed.tolist()]
    assert unnamed(found) == [expected_unnamed(one) for one in without]


def test_names_of_ordinary_words_and_initials_are_read():
    names = [
        "Maria Jose Garcia Lopez", "MARIA DE LA CRUZ", "Anna-Lena Meier-Schulz", "Li Wei",
        "Ольга Иванова", "Sinéad O'Connor", "José B. C. van Dyck", "Garcia Lopez, Maria José",
        "Ludwig van Beethoven", "Jessica М. Graf",
    ]  # fmt: skip
    read = divide_names(pa.array(names), customs(["CN"] * len(names)))
    fields = divide_fields(pa.array(["Anna B. Maria"]), pa.array(["de la Cruz"]), customs([None]))

    assert read.at.tolist() == list(range(len(names)))
    assert fields.at.tolist() == [0]


def test_names_of_nothing_but_initials_are_read():
    names = [
        "J. Smith", "J Smith", "J. R. Smith", "JR Smith", "J.R. Smith", "J.-P. Dupont", "M. Rossi",
        "Smith, J.", "Smith, J. R.", "Smith, J.B.", "van Dyck, J", "J. van Dyck", "Smith J. R.",
        "Smith J.B.", "Я. Чехов", "J.",
    ]  # fmt: skip
    read = divide_names(pa.array(names), customs(["IT"] * len(names)))
    given = pa.array(["J.", "J. R.", "J", "JR", "J.-P."])
    family = pa.array(["Smith", "van Dyck", "O'Neil", "", None])
    fields = divide_fields(given, family, customs(["CN"] * 5))

    assert read.unnamed.tolist() == list(range(len(names)))
    assert fields.unnamed.tolist() == list(range(5))


def test_initials_beside_given_names_are_no_hindrance():
    names = [
        "J. Maria",
        "J. Robert Oppenheimer",
        "G. García Márquez",
        "Maria J.",
        "Rossi, J. Maria",
    ]
    read = divide_names(pa.array(names), customs([None] * len(names)))

    assert read.at.tolist() == list(range(len(names)))


def test_titles_before_names_are_read():
    names = [
        "Dr. Maria Rossi", "Prof. Rossi", "Mr John Smith", "MRS SMITH JONES", "Herr Max Weber",
        "Frau Anna-Lena Weber", "Sir John", "Rossi, Dr. Maria", "Prof J. Robert Oppenheimer",
    ]  # fmt: skip
    read = divide_names(pa.array(names), customs([None] * len(names)))
    lone = divide_names(pa.array(["Mr Smith", "Mrs J. Smith", "Dr J. Smith"]), customs([None] * 3))

    assert read.at.tolist() == list(range(len(names)))
    assert read.titles.tolist() == [0, 0, -1, 1, -1, 1, -1, 0, 0]
    assert lone.unnamed.tolist() == [0, 1, 2]


@settings(max_examples=500)
@given(st.lists(CASED.filter(lambda word: key(word) != ""), min_size=2, max_size=5), PLACE)
def test_countries_of_one_custom_order_names_alike(words: list[str], country: str | None):
    code = country.strip().upper() if country else ""

    assert order.given_span(words, code) == order.given_span(words, custom_of(code))
