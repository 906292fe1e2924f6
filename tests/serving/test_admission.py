"""A queue admits a burst, and few requests under overload."""

import pytest

from gender_detection.serving.admission import CALM_SECONDS, AdmissionQueue
from tests.manual_clock import Clock

FEW = 2
BURST_SECONDS = 1.0


@pytest.fixture
def queue(clock: Clock) -> AdmissionQueue:
    return AdmissionQueue(8, FEW, BURST_SECONDS, clock)


def test_burst_up_to_the_limit_is_admitted(queue):
    for _ in range(8):
        assert queue.admits()
        queue.in_progress += 1

    assert not queue.admits()


def test_after_a_refusal_few_are_admitted(queue):
    queue.in_progress = 8
    assert not queue.admits()

    queue.in_progress = FEW
    assert not queue.admits()
    queue.in_progress = FEW - 1
    assert queue.admits()


def test_limit_returns_to_normal_after_a_calm_second(queue, clock):
    queue.in_progress = 8
    assert not queue.admits()
    queue.in_progress = FEW

    clock.now += CALM_SECONDS / 2
    assert not queue.admits()
    clock.now += CALM_SECONDS * 0.9
    assert not queue.admits()
    clock.now += CALM_SECONDS
    assert queue.admits()


def test_idle_queue_always_admits_a_request(queue):
    queue.in_progress = 8
    assert not queue.admits()
    queue.in_progress = 0

    assert queue.admits()


def test_queue_of_one_never_holds_two(clock):
    queue = AdmissionQueue(1, FEW, BURST_SECONDS, clock)
    queue.in_progress = 1

    assert not queue.admits()
    assert not queue.admits()


def test_burst_of_slow_requests_is_admitted_up_to_its_total_time(queue):
    for _ in range(100):
        queue.record_duration(BURST_SECONDS / 4)
    queue.in_progress = 3
    assert queue.admits()

    queue.in_progress = 4
    assert not queue.admits()


def test_few_requests_that_take_longer_than_a_burst_are_admitted(queue):
    for _ in range(100):
        queue.record_duration(10 * BURST_SECONDS)
    queue.in_progress = FEW - 1
    assert queue.admits()

    queue.in_progress = FEW
    assert not queue.admits()


def test_limit_returns_to_normal_when_requests_are_fast_again(queue):
    for seconds in (BURST_SECONDS, BURST_SECONDS / 100):
        for _ in range(100):
            queue.record_duration(seconds)
    queue.in_progress = 7

    assert queue.admits()
