"""The dashboard Service: capacity, and the sizes of requests."""

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
            "Requests per second refused with 503 for lack of capacity: short or long"
            " requests, tables, connections.",
            "a line at 0.",
            "add workers or machines, or limit the clients that send most (docs/runbook.md,"
            " Shedding).",
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
            "Requests that are being read, waiting or being answered.",
            "a few per worker.",
            "it stays high: requests arrive faster than they are answered, and shedding follows.",
        ),
        [Query(f"sum({P}http_requests_in_flight)", "in flight")],
        "none",
    )


def _cpu() -> Panel:
    return lines(
        About(
            "CPU",
            "Cores that the workers keep busy, and the number of workers, which is the maximum.",
            "well below the number of workers.",
            "close to it: latency will rise; add workers if there are free cores.",
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
            "Resident memory. The workers share the pages of the model, but each counts them.",
            "flat after the first requests.",
            "a steady rise is a leak: restart the server, and report it.",
        ),
        [Query(f"max by (worker) ({P}worker_resident_memory_bytes)", "worker {{worker}}")],
        "bytes",
        colours=WORKERS,
    )


def _open_files_by_worker() -> Panel:
    return lines(
        About(
            "Open files by worker",
            "Open file descriptors, including connections.",
            "follows the number of connections.",
            "it rises while traffic does not: connections are not closed.",
        ),
        [Query(f"max by (worker) ({P}worker_open_fds)", "worker {{worker}}")],
        "none",
        colours=WORKERS,
    )


def _not_rate_limited() -> Panel:
    return lines(
        About(
            "Not rate-limited",
            "Requests per second accepted without counting, because the rate limit's storage"
            " could not be reached.",
            "a line at 0, also without a rate limit.",
            "check that Redis answers; until it does, no client is limited.",
        ),
        [Query(f"sum(rate({P}requests_not_rate_limited_total{RATE}))", "not counted")],
        "reqps",
        colours={"not counted": SERIES[1]},
    )


def _body_sizes() -> Panel:
    return heat(
        About(
            "Body sizes",
            "Requests by the size of their body; brighter means more.",
            "most below 1 KB.",
            "large bodies explain long latencies; bodies above 8 MB are tables.",
        ),
        BODY,
        "bytes",
        size=(8, 8),
    )


def _names_per_request() -> Panel:
    return heat(
        About(
            "Names per request",
            "Requests by the number of names in them; brighter means more.",
            "most have one name.",
            "many large batches: tables would cost less (docs/http.md).",
        ),
        f"sum by (le) (rate({P}request_names_bucket{RATE}))",
        "short",
        size=(8, 8),
    )


def _names_by_route() -> Panel:
    return lines(
        About(
            "Names by route",
            "Names received per second.",
            "follows the number of requests.",
            "far more names than requests: a client sends tables.",
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
    _not_rate_limited,
)
SIZES = (
    _body_sizes,
    _names_per_request,
    _names_by_route,
)
