"""The dashboard Service: room, and the sizes of what is sent."""

from .frame import Panel
from .palette import CAUSES, ROUTES, SERIES, WORKERS
from .panels import About, Query, heat, lines

P = "gender_detection_"
RATE = "[$__rate_interval]"
BODY = f'sum by (le) (rate({P}http_request_body_bytes_bucket{{route=~"$route"}}{RATE}))'


def _shed_by_cause() -> Panel:
    return lines(
        About(
            "Shed by cause",
            "Requests refused with 503 for want of room: short and long ones, tables, connections.",
            "a line at 0.",
            "more workers or machines, or a rate limit for whoever sends so much"
            " (docs/runbook.md, Shedding).",
        ),
        [Query(f"sum by (cause) (rate({P}http_requests_shed_total{RATE}))", "{{cause}}")],
        "reqps",
        colours=CAUSES,
        stacked=True,
    )


def _in_flight() -> Panel:
    return lines(
        About(
            "In flight",
            "Requests being read, waiting or answered.",
            "a few for each worker.",
            "it stays high: more comes in than goes out; shedding is next.",
        ),
        [Query(f"sum({P}http_requests_in_flight)", "in flight")],
        "none",
    )


def _cpu() -> Panel:
    return lines(
        About(
            "CPU",
            "Processors that the workers keep busy, beside the number of workers, which is"
            " the most they can.",
            "well below the number of workers.",
            "near it: latency will climb; add workers where there are processors.",
        ),
        [
            Query(f"sum(rate({P}workers_cpu_seconds_total{RATE}))", "busy"),
            Query(f"sum({P}workers)", "workers"),
        ],
        "none",
    )


def _memory_by_worker() -> Panel:
    return lines(
        About(
            "Memory by worker",
            "Resident memory; the pages of the model are shared, and counted in each.",
            "flat after the first requests.",
            "a steady climb is a leak: restart, and report it.",
        ),
        [Query(f"max by (worker) ({P}worker_resident_memory_bytes)", "worker {{worker}}")],
        "bytes",
        colours=WORKERS,
    )


def _open_files_by_worker() -> Panel:
    return lines(
        About(
            "Open files by worker",
            "Open file descriptors, connections among them.",
            "follows the connections.",
            "it climbs while traffic does not: connections are not closed.",
        ),
        [Query(f"max by (worker) ({P}worker_open_fds)", "worker {{worker}}")],
        "none",
        colours=WORKERS,
    )


def _let_in_without_a_count() -> Panel:
    return lines(
        About(
            "Let in without a count",
            "Requests that passed because the rate limit's storage was out of reach.",
            "a line at 0, also where there is no rate limit.",
            "see whether Redis answers; until then nobody is limited.",
        ),
        [Query(f"sum(rate({P}requests_not_rate_limited_total{RATE}))", "let in")],
        "reqps",
        colours={"let in": SERIES[1]},
    )


def _sizes_of_bodies() -> Panel:
    return heat(
        About(
            "Sizes of bodies",
            "How many requests had a body how large: brighter is more.",
            "most below 1 KB.",
            "large ones explain long latencies; above 8 MB are tables.",
        ),
        BODY,
        "bytes",
        size=(8, 8),
    )


def _names_in_a_request() -> Panel:
    return heat(
        About(
            "Names in a request",
            "How many requests asked for how many names: brighter is more.",
            "most for one name.",
            "many large batches: tables would be cheaper (README, Use it).",
        ),
        f"sum by (le) (rate({P}request_names_bucket{RATE}))",
        "short",
        size=(8, 8),
    )


def _names_by_route() -> Panel:
    return lines(
        About(
            "Names by route",
            "Names asked for a second.",
            "follows the requests.",
            "far more names than requests would make: somebody sends tables.",
        ),
        [Query(f"sum by (route) (rate({P}request_names_sum{RATE}))", "{{route}}")],
        "count:names/s",
        colours=ROUTES,
        stacked=True,
    )


SATURATION = (
    _shed_by_cause,
    _in_flight,
    _cpu,
    _memory_by_worker,
    _open_files_by_worker,
    _let_in_without_a_count,
)
SIZES = (
    _sizes_of_bodies,
    _names_in_a_request,
    _names_by_route,
)
