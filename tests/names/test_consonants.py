"""Arabic letters and their transcriptions have the same key by consonants."""

import pytest

from gender_detection.names.consonants import MARK, of_arabic, of_latin
from gender_detection.names.text import native_key, native_keys


@pytest.mark.parametrize(
    ("written", "transcribed"),
    [
        ("هيفاء", ["haifa", "hayfa", "haifaa"]),
        ("طلحة", ["talha", "talhah"]),
        ("فاطمة", ["fatima", "fatimah", "fatma", "fatemeh"]),
        ("محمد", ["mohammed", "muhammad", "mohamad"]),
        ("شيماء", ["shaima", "chaima", "shaymaa"]),
        ("خديجة", ["khadija", "khadijah", "khadidja"]),
        ("الحسن", ["hassan", "hasan", "hsn"]),
        ("بشرى", ["bushra", "bochra"]),
        ("قاسم", ["qasim", "kassem", "kasim"]),
    ],
)
def test_transcriptions_have_the_key_of_the_name(written: str, transcribed: list[str]):
    assert {of_latin(key) for key in transcribed} == {of_arabic(written)}


@pytest.mark.parametrize(
    ("man", "woman"), [("أمير", "أميرة"), ("كريم", "كريمة"), ("نبيل", "نبيلة")]
)
def test_final_a_tells_women_from_men(man: str, woman: str):
    assert of_arabic(man) != of_arabic(woman)


def test_key_by_consonants_is_no_spelling():
    assert of_arabic("هيفاء").startswith(MARK)
    assert not native_key(of_arabic("هيفاء")).startswith(MARK)


def test_one_consonant_is_too_little():
    assert of_latin("maya") == of_arabic("معاوية") == ""
    assert of_latin("aia") == of_arabic("آية"[:1]) == ""
    assert native_keys("آ") == ["ا"]


def test_vowel_signs_and_letters_for_one_sound_change_nothing():
    assert native_keys("هَيْفاء")[1] == native_keys("هيفاء")[1] == native_keys("حيفا")[1]
