"""Running a task of the pipeline: progress lines, errors in one line, exit codes, metrics."""

import time
from collections.abc import Callable

from . import os_errors
from .config import Settings
from .errors import (
    ConfigError,
    GateRefusal,
    GenderDetectionError,
    InvalidInput,
    QualityError,
    SourceError,
    SourceUnavailable,
)
from .telemetry.reports import Attempt, attempt

# `make run` shows the lines of a task's output that start with this.
MARKER = "[gender-detection]"
# EX_DATAERR of BSD's sysexits.h.
REFUSED = 65
# Errors that another try would raise again.
_FINAL = QualityError | ConfigError | InvalidInput | SourceError | GateRefusal


def say(message: str) -> None:
    """Print a progress line; `make run` shows it."""
    print(f"{MARKER} {message}", flush=True)  # noqa: T201 - Airflow relays standard output


def run_task(
    task: str,
    work: Callable[[Settings, Attempt], None],
    read_settings: Callable[[], Settings],
    interrupted: str = "nothing was published",
) -> int:
    """Run work, which fills in what is reported of this attempt, and return its exit code.

    An error of this project is printed in one line. The code is REFUSED if the work would fail in
    the same way again. The metrics report the run as an attempt at the Airflow task.
    """
    start = time.monotonic()
    try:
        settings = read_settings()
        with attempt(settings.metrics_uri, task, say) as under_way:
            work(settings, under_way)
    except GenderDetectionError as err:
        say(f"error: {err}")
        may_succeed_later = isinstance(err, SourceUnavailable) or not isinstance(err, _FINAL)
        return 1 if may_succeed_later else REFUSED
    except OSError as err:
        say(f"error: {os_errors.describe(err)}")
        return 1
    except KeyboardInterrupt:
        say(f"interrupted; {interrupted}")
        return 130
    say(f"done in {time.monotonic() - start:.1f} s")
    return 0
