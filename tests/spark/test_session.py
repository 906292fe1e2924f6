import contextlib

import pytest

from gender_detection.errors import ConfigError, DatasetError, QualityError
from gender_detection.spark import session


@pytest.fixture(autouse=True)
def no_session(monkeypatch):
    """A job that is given no real session: what is looked at is the frame around it."""
    monkeypatch.setattr(session, "session", lambda name: contextlib.nullcontext("session"))


def test_job_that_ends_well_says_how_long_it_took(capsys):
    given = []
    assert session.run_job("tidying", given.append) == 0
    assert given == ["session"]
    assert capsys.readouterr().out.startswith("[gender-detection] done in ")


def test_named_error_is_one_line_and_a_code(capsys):
    def job(spark):
        raise DatasetError("no data set: run 'make data' first")

    assert session.run_job("tidying", job) == 1
    out = capsys.readouterr().out
    assert out == "[gender-detection] error: no data set: run 'make data' first\n"


@pytest.mark.parametrize("refusal", [QualityError, ConfigError])
def test_refusal_has_the_code_that_nobody_tries_again(capsys, refusal):
    def job(spark):
        raise refusal("rule rows_kept: 1 of 2 rows came through")

    assert session.run_job("tidying", job) == session.REFUSED
    assert "error: rule rows_kept" in capsys.readouterr().out


def test_interrupt_says_that_nothing_was_published(capsys):
    def job(spark):
        raise KeyboardInterrupt

    assert session.run_job("tidying", job) == 130
    assert "interrupted; nothing was published" in capsys.readouterr().out
