"""A lane is long for a burst and short for an overload."""

import pytest

from gender_detection.serving.lanes import CALM_SECONDS, FEW, Lane


@pytest.fixture
def clock():
    class Clock:
        now = 100.0

        def __call__(self) -> float:
            return self.now

    return Clock()


@pytest.fixture
def lane(clock) -> Lane:
    return Lane(8, clock)


def test_burst_up_to_the_limit_is_let_in(lane):
    for _ in range(8):
        assert lane.admits()
        lane.in_hand += 1

    assert not lane.admits()


def test_after_a_refusal_few_are_let_in(lane):
    lane.in_hand = 8
    assert not lane.admits()

    lane.in_hand = FEW
    assert not lane.admits()
    lane.in_hand = FEW - 1
    assert lane.admits()


def test_lane_is_long_again_after_a_calm_second(lane, clock):
    lane.in_hand = 8
    assert not lane.admits()
    lane.in_hand = FEW

    clock.now += CALM_SECONDS / 2
    assert not lane.admits()
    clock.now += CALM_SECONDS * 0.9
    assert not lane.admits()
    clock.now += CALM_SECONDS
    assert lane.admits()


def test_idle_lane_lets_in_whatever_was_before(lane):
    lane.in_hand = 8
    assert not lane.admits()
    lane.in_hand = 0

    assert lane.admits()


def test_lane_of_one_never_holds_two(clock):
    lane = Lane(1, clock)
    lane.in_hand = 1

    assert not lane.admits()
    assert not lane.admits()
