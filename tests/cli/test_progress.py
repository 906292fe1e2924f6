"""Long work shows how far it is, on a terminal and nowhere else."""

import io

import pytest

from gender_detection.cli.progress import ProgressLine, megabytes
from tests.manual_clock import Clock


class Terminal(io.StringIO):
    """What a terminal shows in its line: text over text, from the last carriage return on."""

    def isatty(self) -> bool:
        return True

    @property
    def line(self) -> str:
        shown = ""
        for text in self.getvalue().split("\r"):
            shown = text + shown[len(text) :]
        return shown.rstrip()


def test_bar_percentage_rows_speed_and_time_left_are_shown(clock: Clock):
    terminal = Terminal()
    with ProgressLine(lambda: 0.25, terminal, clock) as progress:
        clock.now += 30
        progress(60_000)

        assert terminal.line == ("[#####---------------] 25%, 60,000 rows, 2,000 rows/s, 1:30 left")

    assert terminal.line == ""


def test_bytes_are_shown_in_megabytes(clock: Clock):
    terminal = Terminal()
    with ProgressLine(lambda: 0.5, terminal, clock, amount=megabytes) as progress:
        clock.now += 2
        progress(3_500_000)

        assert terminal.line == "[##########----------] 50%, 3.5 MB, 1.8 MB/s, 0:02 left"


def test_time_left_is_not_shown_if_the_share_is_unknown(clock: Clock):
    terminal = Terminal()
    with ProgressLine(lambda: None, terminal, clock) as progress:
        clock.now += 2
        progress(4000)

        assert terminal.line == "4,000 rows, 2,000 rows/s"


def test_hours_are_shown(clock: Clock):
    terminal = Terminal()
    with ProgressLine(lambda: 0.5, terminal, clock) as progress:
        clock.now += 3725
        progress(1)

        assert terminal.line.endswith("1:02:05 left")


def test_shorter_line_overwrites_a_longer_one(clock: Clock):
    terminal = Terminal()
    shares = iter([0.5, None])
    with ProgressLine(lambda: next(shares), terminal, clock) as progress:
        for _ in range(2):
            clock.now += 10
            progress(1000)

        assert terminal.line == "1,000 rows, 50 rows/s"


def test_short_work_shows_no_progress(clock: Clock):
    terminal = Terminal()
    with ProgressLine(lambda: 0.5, terminal, clock) as progress:
        clock.now += 0.5
        progress(4000)

    assert terminal.getvalue() == ""


def test_line_is_updated_a_few_times_a_second(clock: Clock):
    terminal = Terminal()
    with ProgressLine(lambda: 0.5, terminal, clock) as progress:
        for step in range(100):
            clock.now = 110 + step / 100
            progress(step)

    assert 4 <= terminal.getvalue().count("rows/s") <= 6


def test_nothing_is_shown_without_a_terminal(clock: Clock):
    log = io.StringIO()
    with ProgressLine(lambda: 0.5, log, clock) as progress:
        clock.now += 30
        progress(4000)

    assert log.getvalue() == ""


def test_line_is_cleared_when_the_work_is_interrupted(clock: Clock):
    terminal = Terminal()

    def work() -> None:
        with ProgressLine(lambda: 0.5, terminal, clock) as progress:
            clock.now += 30
            progress(4000)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()

    assert terminal.line == ""
    assert terminal.getvalue().endswith("\r")
