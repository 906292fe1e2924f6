"""The dashboard Service: workers, their deaths, versions of the program."""

from .frame import Panel
from .palette import BAD, CAUSES, GOOD, WARNING, WORKERS
from .panels import About, Query, lines, number, table_of

P = "gender_detection_"
RATE = "[$__rate_interval]"


def _workers() -> Panel:
    return lines(
        About(
            "Workers",
            "Worker processes: configured (wanted), running (alive), and with a model (ready).",
            "all three are equal.",
            "alive below wanted: workers die faster than they are replaced; ready below"
            " alive: no model can be loaded.",
        ),
        [
            Query(f"sum({P}workers_wanted)", "wanted"),
            Query(f"sum({P}workers)", "alive"),
            Query(f"sum({P}workers_ready)", "ready"),
        ],
        "none",
    )


def _worker_deaths() -> Panel:
    return lines(
        About(
            "Worker deaths",
            "Workers that ended unexpectedly: killed by a signal (by the kernel if memory ran"
            " out), or by their own exit.",
            "a line at 0; the server replaces each at once.",
            "signal: look for the OOM killer in the kernel's log; exit: read the API's log.",
        ),
        [
            Query(
                f"sum by (cause) (increase({P}worker_deaths_total{RATE}))",
                "{{cause}}",
            )
        ],
        "none",
        colours=CAUSES,
        bars=True,
    )


def _worker_age() -> Panel:
    return lines(
        About(
            "Worker age",
            "How long each worker has been running.",
            "all rise together from the server's start.",
            "a sawtooth: this worker dies repeatedly.",
        ),
        [Query(f"time() - max by (worker) ({P}worker_start_time_seconds)", "worker {{worker}}")],
        "s",
        colours=WORKERS,
    )


def _server_age() -> Panel:
    return number(
        About(
            "Server age",
            "Time since the server started.",
            "the time since the last release.",
            "shorter: something restarts it, such as the container or the machine.",
            "the API does not answer",
        ),
        [Query(f"time() - max({P}server_start_time_seconds)")],
        "s",
        steps=((None, WARNING), (600, GOOD)),
        width=6,
    )


def _worker_deaths_today() -> Panel:
    return number(
        About(
            "Worker deaths today",
            "Workers that ended unexpectedly in the last 24 hours.",
            "0.",
            "see Worker deaths.",
            "the API does not answer",
        ),
        [Query(f"sum(increase({P}worker_deaths_total[1d]))")],
        "none",
        steps=((None, GOOD), (0.5, WARNING), (10, BAD)),
        width=6,
    )


def _build() -> Panel:
    return table_of(
        About(
            "Build",
            "Versions of the program and of Python, with the number of servers that run them.",
            "one row.",
            "several rows: a release stopped half way.",
            "the API does not answer",
        ),
        {"Servers": f"count by (version, python) ({P}build_info)"},
        labels={"version": "Program", "python": "Python"},
        size=(12, 4),
    )


PROCESSES = (
    _workers,
    _worker_deaths,
    _worker_age,
    _server_age,
    _worker_deaths_today,
    _build,
)
