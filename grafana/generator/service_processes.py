"""The dashboard Service: workers, deaths, versions of the program."""

from .frame import Panel
from .palette import BAD, CAUSES, GOOD, WARNING, WORKERS
from .panels import About, Query, lines, number, table_of

P = "gender_detection_"
RATE = "[$__rate_interval]"


def _workers() -> Panel:
    return lines(
        About(
            "Workers",
            "Worker processes wanted, alive, and ready, which is with a model.",
            "all three the same.",
            "alive below wanted: they die faster than they are born; ready below alive: no"
            " model can be loaded.",
        ),
        [
            Query(f"sum({P}workers_wanted)", "wanted"),
            Query(f"sum({P}workers)", "alive"),
            Query(f"sum({P}workers_ready)", "ready"),
        ],
        "none",
    )


def _deaths_of_workers() -> Panel:
    return lines(
        About(
            "Deaths of workers",
            "Workers that ended unasked: by a signal (out of memory: the kernel's), or by"
            " themselves.",
            "a line at 0; the server replaces each at once.",
            "signal: look for the OOM killer in the kernel's log; exit: at the API's log.",
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


def _age_of_workers() -> Panel:
    return lines(
        About(
            "Age of workers",
            "How long each worker has run.",
            "rising together since the server's start.",
            "a saw's teeth: that worker dies again and again.",
        ),
        [Query(f"time() - max by (worker) ({P}worker_start_time_seconds)", "worker {{worker}}")],
        "s",
        colours=WORKERS,
    )


def _server_s_age() -> Panel:
    return number(
        About(
            "Server's age",
            "Time since the server started.",
            "since the last release.",
            "shorter: something restarts it (container, machine).",
            "the API does not answer",
        ),
        [Query(f"time() - max({P}server_start_time_seconds)")],
        "s",
        steps=((None, WARNING), (600, GOOD)),
        width=6,
    )


def _workers_died_today() -> Panel:
    return number(
        About(
            "Workers died today",
            "Workers that ended unasked in the last 24 hours.",
            "0.",
            "see Deaths of workers.",
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
            "Version of the program and of Python that each server runs.",
            "one line a server, all the same.",
            "different ones: a release stopped half way.",
            "the API does not answer",
        ),
        {"Servers": f"count by (version, python) ({P}build_info)"},
        labels={"version": "Program", "python": "Python"},
        size=(12, 4),
    )


PROCESSES = (
    _workers,
    _deaths_of_workers,
    _age_of_workers,
    _server_s_age,
    _workers_died_today,
    _build,
)
