"""A tally counts answers by group, whatever their order and in however many parts."""

import numpy as np
import pytest

from gender_detection.aggregation import GroupCounts, summarise
from gender_detection.errors import InvalidInput
from gender_detection.model import EvidenceSummary, Prediction
from gender_detection.model.answers import Gender

NONE = EvidenceSummary(0, 0)


def answer(p_female=0.99, reason=None, basis="name") -> Prediction:
    gender: Gender = "unknown" if reason else "female" if p_female > 0.5 else "male"
    probability = None if p_female is None else max(p_female, 1 - p_female)
    return Prediction(
        None, "x", "x", None, gender, probability, p_female, basis, reason, NONE, None
    )  # fmt: skip


INITIALS = answer(None, "initials", None)


def tallied(rows, by=("year",)) -> GroupCounts:
    tally = GroupCounts(by, 0.5)
    groups, predictions = zip(*rows, strict=True)
    tally.add_predictions(groups, predictions)
    return tally


def some_rows(n=400) -> list:
    rng = np.random.default_rng(2)
    kinds = [answer(), answer(0.02), answer(0.6, "ambiguous"), answer(0.55, "unseen", "pattern")]
    kinds.append(INITIALS)
    return [((int(rng.integers(2000, 2003)),), kinds[rng.integers(5)]) for _ in range(n)]


def codes(summary) -> list[str]:
    return [warning.code for warning in summary.warnings]


def test_every_person_is_counted_once():
    rows = [((1,), answer())] * 3 + [((1,), answer(0.6, "ambiguous")), ((1,), INITIALS)]

    ((group,), total) = summarise(tallied(rows))

    assert (group.group, group.n, group.answered, group.used) == ({"year": 1}, 5, 3, 4)
    assert group.unanswered == {
        "ambiguous": 1, "unseen": 0, "initials": 1, "empty": 0, "not_a_name": 0,
        "several_people": 0, "not_a_person": 0, "bad_row": 0,
    }  # fmt: skip
    assert (total.n, total.used, total.female_share) == (5, 4, group.female_share)


def test_order_of_people_does_not_matter():
    rows = some_rows()

    assert summarise(tallied(rows)) == summarise(tallied(rows[::-1]))


def test_parts_add_up_to_the_whole():
    rows = some_rows()
    tally = tallied(rows[:7])
    for part in (rows[7:7], rows[7:300], rows[300:]):
        tally.add_predictions(*([list(x) for x in zip(*part, strict=True)] or [[], []]))

    assert summarise(tally) == summarise(tallied(rows))


def test_answer_for_several_people_counts_once_per_person():
    many, one_by_one = GroupCounts([], 0.5), GroupCounts([], 0.5)
    answers = (
        np.zeros(3, np.intp),
        np.array([0.99, np.nan, 0.6]),
        np.array([0, 3, 1]),
        np.array([False, False, True]),
    )
    people = np.array([40, 0, 7])
    many.add(*answers, people)
    one_by_one.add(*(np.repeat(column, people) for column in answers))

    assert summarise(many) == summarise(one_by_one)
    assert summarise(many)[1].n == 47


def test_total_equals_one_group_of_everybody():
    rows = some_rows()

    (_, total) = summarise(tallied(rows))
    ((alone,), same) = summarise(tallied([((), answer) for _, answer in rows], by=()))

    assert total == same
    assert alone.group == {}
    assert (alone.n, alone.low, alone.high) == (total.n, total.low, total.high)


def test_group_has_the_same_answer_alone_and_among_others():
    rows = some_rows()
    (first, *_), _ = summarise(tallied(rows))

    ((alone,), _) = summarise(tallied([row for row in rows if row[0] == (2000,)]))

    assert alone == first


def test_values_that_are_equal_in_python_stay_separate_groups():
    values = [1, True, "1", 0, False, None, ""]

    groups, _ = summarise(tallied([((value,), answer()) for value in values]))

    assert [(dict(group.group or {})["year"], group.n) for group in groups] == [
        (False, 1), (True, 1), (0, 1), (1, 1), ("", 1), ("1", 1), (None, 1),
    ]  # fmt: skip


def test_total_of_no_people_has_no_share():
    ((group,), total) = summarise(GroupCounts([], 0.5))

    assert (total.n, total.used) == (0, 0)
    assert (total.female_share, total.low, total.high) == (None, None, None)
    assert codes(total) == codes(group) == ["too_few"]


def test_large_certain_group_has_no_warning():
    _, total = summarise(tallied([((1,), answer())] * 200 + [((1,), answer(0.01))] * 200))

    assert total.warnings == []
    assert total.low is not None
    assert total.high is not None
    assert total.low < 0.5 < total.high


def test_group_of_few_people_has_a_warning():
    _, few = summarise(tallied([((1,), answer())] * 29))
    _, enough = summarise(tallied([((1,), answer())] * 30))

    assert codes(few) == ["too_few"]
    assert few.warnings[0].detail == "fewer than 30 people have a probability (29)"
    assert codes(enough) == []


def test_wide_interval_has_a_warning():
    _, total = summarise(tallied([((1,), answer()), ((1,), answer(0.01))] * 20))

    assert codes(total) == ["too_uncertain"]


@pytest.mark.parametrize(
    ("kind", "at", "code"),
    [
        (INITIALS, 0.2, "many_left_out"),
        (answer(0.6, "ambiguous"), 0.1, "many_unanswered"),
        (answer(0.97, None, "pattern"), 0.1, "many_by_spelling"),
        (answer(0.85), 0.2, "many_of_one_name"),
    ],
)
def test_too_many_weak_answers_have_a_warning(kind, at, code):
    def warned(number):
        return codes(
            summarise(tallied([((1,), answer())] * (1000 - number) + [((1,), kind)] * number))[1]
        )

    assert warned(int(1000 * at)) == []
    assert warned(int(1000 * at) + 1) == [code]


def test_too_many_groups_are_refused():
    tally = GroupCounts(["id"], 0.5, max_groups=3)
    for value in (1, 2, 3, 2):
        tally.number([value])

    with pytest.raises(InvalidInput, match="more than 3 groups by id: group by values that many"):
        tally.number([4])


def test_long_group_value_is_refused():
    tally = GroupCounts(["field"], 0.5)
    tally.number(["x" * 200])

    with pytest.raises(InvalidInput, match="field has a value longer than 200 characters"):
        tally.number(["x" * 201])


def test_groups_keep_their_counts_when_more_are_added():
    tally = GroupCounts(["id"], 0.5)
    for batch in range(10):
        tally.add_predictions([(number,) for number in range(batch * 20)], [answer()] * batch * 20)

    groups, total = summarise(tally)

    assert [group.n for group in groups[:41:20]] == [9, 8, 7]
    assert total.n == sum(20 * batch for batch in range(10))
