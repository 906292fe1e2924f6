"""A lane is long for a burst and short for an overload."""

import pytest

from gender_detection.serving.admission import CALM_SECONDS, AdmissionQueue

FEW = 2
BURST_SECONDS = 1.0


@pytest.fixture
def clock():
    class Clock:
        now = 100.0

        def __call__(self) -> float:
            return self.now

    return Clock()


@pytest.fixture
def lane(clock) -> AdmissionQueue:
    return AdmissionQueue(8, FEW, BURST_SECONDS, clock)


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
    lane = AdmissionQueue(1, FEW, BURST_SECONDS, clock)
    lane.in_hand = 1

    assert not lane.admits()
    assert not lane.admits()


def test_burst_of_long_requests_is_let_in_as_far_as_its_time_goes(lane):
    for _ in range(100):
        lane.took(BURST_SECONDS / 4)
    lane.in_hand = 3
    assert lane.admits()

    lane.in_hand = 4
    assert not lane.admits()


def test_requests_longer_than_a_burst_still_find_room_for_few(lane):
    for _ in range(100):
        lane.took(10 * BURST_SECONDS)
    lane.in_hand = FEW - 1
    assert lane.admits()

    lane.in_hand = FEW
    assert not lane.admits()


def test_lane_is_as_long_as_ever_when_requests_are_short_again(lane):
    for seconds in (BURST_SECONDS, BURST_SECONDS / 100):
        for _ in range(100):
            lane.took(seconds)
    lane.in_hand = 7

    assert lane.admits()
