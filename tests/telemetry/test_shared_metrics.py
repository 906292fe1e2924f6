"""Numbers in shared memory, and their places."""

import threading

import numpy as np
import pytest

from gender_detection.telemetry.layout import OTHER, Counter, Gauge, Histogram, Layout
from gender_detection.telemetry.shared_metrics import NOTE_BYTES, SharedMetrics
from gender_detection.telemetry.window import STEPS, Window

ASKED = Counter("asked", "", {"by": ("a", "b", OTHER), "how": ("well", "badly")})
NOW = Gauge("now", "")
TOOK = Histogram("took", "", {"by": ("a", "b")}, edges=(1.0, 2.0, 5.0))
LAYOUT = Layout((ASKED, NOW, TOOK))


def test_every_series_has_cells_of_its_own():
    starts = [LAYOUT.at(ASKED, *labels) for labels in ASKED.series()]
    starts += [LAYOUT.at(NOW), LAYOUT.at(TOOK, "a"), LAYOUT.at(TOOK, "b")]

    assert starts == [0, 1, 2, 3, 4, 5, 6, 7, 12]
    assert LAYOUT.size == 17
    assert LAYOUT.most_series() == 6 + 1 + 2 * 6


def test_value_that_a_label_does_not_have_is_other_or_refused():
    assert LAYOUT.at(ASKED, "Maria", "well") == LAYOUT.at(ASKED, OTHER, "well")
    with pytest.raises(ValueError, match="other"):
        LAYOUT.at(ASKED, "a", "so so")


@pytest.mark.parametrize(
    ("value", "place"), [(0.0, 0), (1.0, 0), (1.01, 1), (2.0, 1), (5.0, 2), (5.1, 3), (1e9, 3)]
)
def test_upper_edges_belong_to_their_bins(value, place):
    board = SharedMetrics(LAYOUT, 1)
    board.row(0).observe(LAYOUT.at(TOOK, "a"), TOOK.edges, value)

    assert board.totals()[LAYOUT.cells_of(TOOK)].argmax() in (place, 4)
    assert board.totals()[LAYOUT.at(TOOK, "a") + place] == 1


def test_rows_are_summed():
    board = SharedMetrics(LAYOUT, 3)
    for number in range(3):
        row = board.row(number)
        row.add(LAYOUT.at(ASKED, "a", "well"), number)
        row.observe(LAYOUT.at(TOOK, "b"), TOOK.edges, 2.0)
        row.add_all({LAYOUT.at(TOOK, "b") + 1: 1.0, LAYOUT.at(TOOK, "b") + 4: 2.0})

    totals = board.totals()
    assert totals[LAYOUT.at(ASKED, "a", "well")] == 3
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
    board = SharedMetrics(LAYOUT, 2)
    for number in range(2):
        row = board.row(number)
        row.add(LAYOUT.at(NOW), 1)
        row.add(LAYOUT.at(ASKED, "a", "well"), 1)
        board.write_worker_info(number, b"here")
    board.clear(1)

    totals = board.totals()
    assert totals[LAYOUT.at(NOW)] == 1
    assert totals[LAYOUT.at(ASKED, "a", "well")] == 2
    assert [board.read_worker_info(number) for number in range(2)] == [b"here", b""]


def test_note_half_written_is_none():
    board = SharedMetrics(LAYOUT, 2)
    board.write_worker_info(1, b"a long note")
    board._notes[NOTE_BYTES + 12] ^= 1

    assert board.read_worker_info(1) == b""
    assert board.read_worker_info(0) == b""


def test_note_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="5000 bytes"):
        SharedMetrics(LAYOUT, 1).write_worker_info(0, b"x" * 5000)


def test_window_counts_what_came_within_it():
    now = [0.0]
    board = SharedMetrics(LAYOUT, 1)
    window = Window(board, 100.0, lambda: now[0])
    row = board.row(0)
    counted = []
    for _ in range(4 * STEPS):
        row.add(0)
        now[0] += 100.0 / STEPS
        window.take()
        counted.append(window.counts()[0])

    assert counted[:STEPS] == list(range(1, STEPS + 1))
    # Then all that came in one window, within a step.
    assert set(counted[STEPS:]) <= {STEPS - 1, STEPS}
    assert np.all(window.counts() >= 0)


def test_window_takes_no_more_snapshots_than_it_has_room_for():
    now = [0.0]
    board = SharedMetrics(LAYOUT, 1)
    window = Window(board, 100.0, lambda: now[0])
    for _ in range(1000):
        now[0] += 0.5
        board.row(0).add(0)
        window.take()

    # 100 seconds of two a second.
    assert window.counts()[0] == pytest.approx(200, abs=100 / STEPS * 2)
