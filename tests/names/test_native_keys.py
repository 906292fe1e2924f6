"""Keys of names in their own scripts."""

import pytest

from gender_detection.names import parse, statement_key
from gender_detection.names.text import MAX_KEY_LETTERS, native_key, native_keys


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("莉子", "莉子"),
        ("みや子", "みや子"),
        ("ミヤ子", "みや子"),
        ("サクラ", ""),
        ("إيمان", "ايمان"),
        ("طلحة", "طلحه"),
        ("هيفاء", "هيفا"),
        ("فاطِمَة", "فاطمه"),
        ("یاسمن", "ياسمن"),
        ("יָעֵל", "יעל"),
        ("நிலா", ""),
        ("ნინო", ""),
        ("Անի", ""),
        ("สมชาย", "สมชาย"),
        ("지우", "지우"),
        ("Anna", ""),
        ("Анна", ""),
        ("Ελένη", ""),
        ("李A", ""),
        ("一\ufe00", "一"),
        ("一\u0301", "一"),
        ("א\u08ca\u0900\u08ed", "א"),
        ("ก\u0e48\u0900\u0e38", "ก\u0e38\u0e48"),
        ("", ""),
        ("12", ""),
    ],
)
def test_native_key_of(written, spelled):
    assert native_key(written) == spelled
    assert native_key(spelled) == spelled


def test_native_key_has_no_more_bytes_than_a_key_has_letters():
    assert native_key("子" * (MAX_KEY_LETTERS // 3)) == "子" * (MAX_KEY_LETTERS // 3)
    assert native_key("子" * (MAX_KEY_LETTERS // 3 + 1)) == ""


def test_han_characters_have_keys_of_their_own():
    assert native_keys("晓明") == ["晓明", "晓", "明"]
    assert native_keys("明") == ["明"]
    assert native_keys("千か子") == ["千か子", "千", "千か子", "子"]
    assert native_keys("さくら") == []
    assert native_keys("지우") == ["지우"]


@pytest.mark.parametrize(
    ("name", "country", "keys"),
    [
        ("李晓明", "CN", ("晓明", "晓", "明", "xiaoming")),
        ("高橋 莉子", "JP", ("莉子", "子", "lizi")),
        ("高橋 莉子", None, ("莉子", "子", "lizi")),
        ("渡辺 純一郎", "JP", ("純一郎", "郎", "junichiro")),
        ("יעל", "IL", ("יעל", "ykl")),
        ("Анна", "RU", ("anna",)),
    ],
)
def test_name_in_another_script_is_looked_up_as_written_first(name, country, keys):
    assert parse(name, country).keys[0] == keys[0]
    assert set(keys[:-1]) <= set(parse(name, country).keys)
    assert parse(name, country).keys[-1].isascii()


def test_each_word_of_a_name_has_its_native_key():
    keys = parse("ايمان سليمان عبدالله").keys
    assert keys[0].isascii()
    assert keys[1] == "ايمان"


def test_statement_in_another_script_is_kept_under_its_native_key():
    assert statement_key("إيمان") == ("ايمان", None)
    assert statement_key("明") == ("明", None)
    assert statement_key("Анна") == ("anna", None)
