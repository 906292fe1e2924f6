"""Names in scripts without capitals are answered by the evidence on them as written."""

from dataclasses import replace

import numpy as np
import pytest

from gender_detection.evidence import Evidence, Table
from gender_detection.features import hash_keys
from gender_detection.model import Model, Person
from tests.evidence_rows import by_country

WORLD = {
    "李": 0.5,
    "莉子": 0.98,
    "雪": 0.9,
    "梅": 0.95,
    "刚": 0.03,
    "明": 0.2,
    "xue": 0.4,
    "子": 0.3,
}
WORLD |= {"lizi": 0.2, "ayman": 0.01, "ايمان": 0.9, "meigang": 0.5, "xuemei": 0.5}
IN_JAPAN = [("子", "JP", 0.97), ("莉子", "JP", 0.99)]


@pytest.fixture
def model(tiny_model: Model) -> Model:
    """The tiny model with evidence on a few native keys."""
    keys = sorted(WORLD)
    world = Table.build(
        hash_keys(keys),
        np.array([WORLD[key] for key in keys]),
        np.full(len(keys), 1000.0),
        np.ones(len(keys), np.int64),
    )
    return replace(tiny_model, evidence=Evidence(world, by_country(world, IN_JAPAN)))


def p_female(model: Model, name: str, country: str | None = None) -> float:
    (found,) = model.predict([Person(name=name, country=country)])
    assert found.p_female is not None
    return found.p_female


def test_name_is_answered_by_its_native_key_before_the_latin_one(model: Model):
    assert p_female(model, "莉子") == pytest.approx(0.98, abs=1e-4)
    assert p_female(model, "ايمان") == pytest.approx(0.9, abs=1e-4)


def test_other_spelling_of_the_same_name_has_the_same_answer(model: Model):
    assert p_female(model, "إيمان") == p_female(model, "ايمان")


def test_name_without_native_evidence_is_answered_in_latin_letters(model: Model):
    assert p_female(model, "أيمن") == pytest.approx(0.01, abs=1e-4)


def test_characters_of_a_chinese_name_are_independent_evidence(model: Model):
    odds = 0.9 / 0.1 * 0.95 / 0.05
    assert p_female(model, "李雪梅", "CN") == pytest.approx(odds / (1 + odds), abs=0.002)
    assert 0.2 < p_female(model, "李梅刚", "CN") < 0.6


def test_last_character_of_a_japanese_name_decides_as_in_japan(model: Model):
    assert p_female(model, "高橋 雪子", "JP") == pytest.approx(0.97, abs=1e-4)
    assert p_female(model, "高橋 雪子") == pytest.approx(0.97, abs=1e-4)


def test_character_in_china_is_not_read_as_in_japan(model: Model):
    odds = 0.9 / 0.1 * 0.3 / 0.7
    assert p_female(model, "李雪子", "CN") == pytest.approx(odds / (1 + odds), abs=0.002)


def test_name_is_answered_alike_alone_in_columns_and_as_json(model: Model):
    names = ["莉子", "李雪梅", "ايمان سليمان", "高橋 雪子", "יעל", "ኃይሌ"]
    alone = [model.predict([Person(name=name)])[0].p_female for name in names]
    together = [found.p_female for found in model.predict([Person(name=name) for name in names])]
    assert alone == together
