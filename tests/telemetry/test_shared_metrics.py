"""Metrics in shared memory, and their layout."""

import threading

import numpy as np
import pytest

from gender_detection.telemetry.layout import OTHER, Counter, Gauge, Histogram, Layout
from gender_detection.telemetry.shared_metrics import INFO_BYTES, SharedMetrics
from gender_detection.telemetry.window import STEPS, Window

REQUESTS = Counter("requests", "", {"by": ("a", "b", OTHER), "how": ("well", "badly")})
NOW = Gauge("now", "")
TOOK = Histogram("took", "", {"by": ("a", "b")}, edges=(1.0, 2.0, 5.0))
LAYOUT = Layout((REQUESTS, NOW, TOOK))


def test_every_series_has_its_own_cells():
    starts = [LAYOUT.at(REQUESTS, *labels) for labels in REQUESTS.series()]
    starts += [LAYOUT.at(NOW), LAYOUT.at(TOOK, "a"), LAYOUT.at(TOOK, "b")]

    assert starts == [0, 1, 2, 3, 4, 5, 6, 7, 12]
    assert LAYOUT.size == 17
    assert LAYOUT.most_series() == 6 + 1 + 2 * 6


def test_value_that_a_label_has_twice_is_refused():
    with pytest.raises(ValueError, match="requests: label by has a value twice"):
        Counter("requests", "", {"by": ("a", "b", "a")})


def test_unknown_label_value_counts_as_other_or_is_refused():
    assert LAYOUT.at(REQUESTS, "Maria", "well") == LAYOUT.at(REQUESTS, OTHER, "well")
    with pytest.raises(ValueError, match="other"):
        LAYOUT.at(REQUESTS, "a", "so so")


@pytest.mark.parametrize(
    ("value", "bin_index"), [(0.0, 0), (1.0, 0), (1.01, 1), (2.0, 1), (5.0, 2), (5.1, 3), (1e9, 3)]
)
def test_upper_edges_belong_to_their_bins(value, bin_index):
    shared = SharedMetrics(LAYOUT, 1)
    shared.row(0).observe(LAYOUT.at(TOOK, "a"), TOOK.edges, value)

    assert shared.totals()[LAYOUT.cells_of(TOOK)].argmax() in (bin_index, 4)
    assert shared.totals()[LAYOUT.at(TOOK, "a") + bin_index] == 1


def test_rows_are_summed():
    shared = SharedMetrics(LAYOUT, 3)
    for number in range(3):
        row = shared.row(number)
        row.add(LAYOUT.at(REQUESTS, "a", "well"), number)
        row.observe(LAYOUT.at(TOOK, "b"), TOOK.edges, 2.0)
        row.add_all({LAYOUT.at(TOOK, "b") + 1: 1.0, LAYOUT.at(TOOK, "b") + 4: 2.0})

    totals = shared.totals()
    assert totals[LAYOUT.at(REQUESTS, "a", "well")] == 3
    assert totals[LAYOUT.cells_of(TOOK)].tolist() == [0, 0, 0, 0, 0, 0, 6, 0, 0, 12]


def test_threads_lose_no_count():
    row = SharedMetrics(LAYOUT, 1).row(0)

    def count():
        for _ in range(20_000):
            row.add(0)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert row.get(0) == 80_000


def test_clearing_a_row_keeps_its_counters():
    shared = SharedMetrics(LAYOUT, 2)
    for number in range(2):
        row = shared.row(number)
        row.add(LAYOUT.at(NOW), 1)
        row.add(LAYOUT.at(REQUESTS, "a", "well"), 1)
        shared.write_worker_info(number, b"here")
    shared.clear(1)

    totals = shared.totals()
    assert totals[LAYOUT.at(NOW)] == 1
    assert totals[LAYOUT.at(REQUESTS, "a", "well")] == 2
    assert [shared.read_worker_info(number) for number in range(2)] == [b"here", b""]


def test_partly_written_info_is_empty():
    shared = SharedMetrics(LAYOUT, 2)
    shared.write_worker_info(1, b"a long text")
    shared._infos[INFO_BYTES + 12] ^= 1

    assert shared.read_worker_info(1) == b""
    assert shared.read_worker_info(0) == b""


def test_overlong_info_is_refused():
    with pytest.raises(ValueError, match="5000 bytes"):
        SharedMetrics(LAYOUT, 1).write_worker_info(0, b"x" * 5000)


def test_window_counts_what_was_added_within_it():
    now = [0.0]
    shared = SharedMetrics(LAYOUT, 1)
    window = Window(shared, 100.0, lambda: now[0])
    row = shared.row(0)
    counted = []
    for _ in range(4 * STEPS):
        row.add(0)
        now[0] += 100.0 / STEPS
        window.take()
        counted.append(window.counts()[0])

    assert counted[:STEPS] == list(range(1, STEPS + 1))
    # From then on the count of one window, to within a step.
    assert set(counted[STEPS:]) <= {STEPS - 1, STEPS}
    assert np.all(window.counts() >= 0)


def test_window_takes_at_most_one_snapshot_per_step():
    now = [0.0]
    shared = SharedMetrics(LAYOUT, 1)
    window = Window(shared, 100.0, lambda: now[0])
    for _ in range(1000):
        now[0] += 0.5
        shared.row(0).add(0)
        window.take()

    # 100 seconds of two a second.
    assert window.counts()[0] == pytest.approx(200, abs=100 / STEPS * 2)
