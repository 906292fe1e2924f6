"""Titles that decide the gender by themselves, and words that only look like titles."""

import pytest

from gender_detection.names import parse

TITLED = [
    ("Mrs Smith", None, "female"),
    ("Mrs. Maria Santos, PhD", None, "female"),
    ("Smith, Mrs Jane", None, "female"),
    ("Jane Smith (Mrs)", None, "female"),
    ("Jane Smith Mrs", None, "female"),
    ("Mr.Smith", None, "male"),
    ("Ms Jane Doe", None, "female"),
    ("Miss World", None, "female"),
    ("Sir Elton John", None, "male"),
    ("Dame Judi Dench", "GB", "female"),
    ("Lady Ada Lovelace", "GB", "female"),
    ("Herr Dr. Müller", "DE", "male"),
    ("Frau Prof. Dr. Anna Schmidt", "DE", "female"),
    ("M. Dupont", "FR", "male"),
    ("Mme Dupont", "FR", "female"),
    ("Mlle Marie Curie", None, "female"),
    ("Sr. Juan Pérez", "ES", "male"),
    ("Sra. Pérez", "MX", "female"),
    ("Srta. Ana", "AR", "female"),
    ("Señora López", None, "female"),
    ("Don Pedro", "ES", "male"),
    ("Dott.ssa Anna Rossi", "IT", "female"),
    ("Signora Rossi", "IT", "female"),
    ("Pan Kowalski", "PL", "male"),
    ("Pani Anna Nowak", None, "female"),
    ("Bay Mehmet Yılmaz", "TR", "male"),
    ("Bayan Ayşe Yılmaz", "TR", "female"),
    ("Ayşe Hanım", "TR", "female"),
    ("Rokeya Begum", "BD", "female"),
    ("Siti binti Ahmad", "MY", "female"),
    ("Nguyen Thi Mai", None, "female"),
    ("Thi Mai Tran", "VN", "female"),
    ("Shri Ram Sharma", "IN", "male"),
    ("Smt. Kamla Devi", "IN", "female"),
    ("श्रीमती प्रिया शर्मा", "IN", "female"),
    ("Г-жа Иванова", "RU", "female"),
    ("пані Олена Коваль", "UA", "female"),
    ("Мария Петровна Иванова", "RU", "female"),
    ("Иванов Пётр Сергеевич", "RU", "male"),
    ("Κυρία Μαρία", None, "female"),
    ("السيدة فاطمة علي", None, "female"),
    ("גברת שרה כהן", "IL", "female"),
    ("นางสาวสมหญิง ใจดี", "TH", "female"),
    ("王小姐", None, "female"),
    ("王先生", None, "male"),
]

UNTITLED = [
    ("田中さん", None),
    ("Tanaka-san", None),
    ("Dr Smith", None),
    ("Ana Bayan", None),
    ("Michael Herr", "US"),
    ("M. Jean Dupont", None),
    ("Mar García López", "ES"),
]


@pytest.mark.parametrize(("name", "country", "gender"), TITLED)
def test_gendered_title_decides(name, country, gender):
    assert parse(name, country).title_gender == gender


@pytest.mark.parametrize(("name", "country"), UNTITLED)
def test_word_that_only_looks_like_a_gendered_title_decides_nothing(name, country):
    assert parse(name, country).title_gender is None
