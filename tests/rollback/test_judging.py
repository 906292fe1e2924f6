"""What is beyond the limits, and what says nothing of the model."""

import numpy as np
import pytest

from gender_detection.rollback import Limits, Stretch, judge, mean

LIMITS = Limits(names=100, unknown=0.1, drift=0.2)
LATIN, CYRILLIC = (1.0, 0.0), (0.0, 1.0)


def stretch(
    unknown: float = 0.1,
    *,
    script: tuple[float, ...] = LATIN,
    gender: tuple[float, ...] = (0.5, 0.5),
    probability: tuple[float, ...] = (0.2, 0.8),
    names: float = 200,
) -> Stretch:
    shares = {
        "script": script, "length": (1.0,), "country": (1.0,), "gender": gender,
        "probability": probability,
    }  # fmt: skip
    return Stretch(names, unknown, {name: np.array(one) for name, one in shares.items()})


def test_same_answers_are_within_the_limits():
    judgement = judge(stretch(), stretch(), LIMITS)

    assert (judgement.alike, judgement.cause) == (True, None)


def test_share_of_unknown_may_rise_up_to_its_limit():
    assert judge(stretch(0.1), stretch(0.19), LIMITS).cause is None

    judgement = judge(stretch(0.1), stretch(0.21), LIMITS)

    assert judgement.cause == "unknown"
    assert judgement.words == "unknown answers rose from 10.0% to 21.0%"


def test_fewer_unknown_answers_are_within_the_limits():
    assert judge(stretch(0.9), stretch(0.1), LIMITS).cause is None


@pytest.mark.parametrize(
    "after",
    [stretch(gender=(0.999, 0.001)), stretch(probability=(0.9, 0.1))],
    ids=["all women", "other probabilities"],
)
def test_other_genders_or_probabilities_are_drift(after: Stretch):
    judgement = judge(stretch(), after, LIMITS)

    assert judgement.cause == "drift"
    assert "(limit 0.2)" in judgement.words


def test_other_names_say_nothing_of_the_model():
    judgement = judge(stretch(), stretch(0.9, script=CYRILLIC), LIMITS)

    assert (judgement.alike, judgement.cause) == (False, None)
    assert judgement.words == "the script of the names differs by 1.00"


def test_stretch_without_any_gender_can_be_judged():
    assert judge(stretch(), stretch(1.0, gender=(0.0, 0.0)), LIMITS).cause == "unknown"


def test_huge_stretch_is_one_of_many():
    before = mean([stretch(0.2), stretch(0.2), stretch(0.2), stretch(0.0, names=1e6)])

    assert before.unknown == pytest.approx(0.15)
    assert before.names == 1_000_600
