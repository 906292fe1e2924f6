"""The dashboard Service: traffic, errors and latency."""

from .frame import Panel
from .objectives import SLOW_SECONDS
from .palette import ROUTES
from .panels import About, Query, by_status, heat, lines
from .service_routes import ASKING_THE_MODEL

P = "gender_detection_"
RATE = "[$__rate_interval]"
CHOSEN = 'route=~"$route"'
TOTAL = f"{P}http_requests_total{{{CHOSEN}"
ASKED = f"sum by (route) (rate({TOTAL}}}{RATE}))"
FAILED = f'sum by (route) (rate({TOTAL},status=~"5.."}}{RATE}))'
BUCKET = f"sum by (le) (rate({P}http_request_duration_seconds_bucket{{{CHOSEN}}}{RATE}))"
COUNT = f"sum(rate({P}http_request_duration_seconds_count{{{ASKING_THE_MODEL}}}{RATE}))"
WHOLE = f"sum(rate({P}http_request_duration_seconds_sum{{{ASKING_THE_MODEL}}}{RATE}))"
MODEL = f"sum(rate({P}model_duration_seconds_sum{RATE}))"
INSIDE = f"sum by (le) (rate({P}model_duration_seconds_bucket{RATE}))"


def _quantiles(bucket: str) -> list[Query]:
    return [
        Query(f"histogram_quantile({q}, {bucket})", f"{float(q):.0%}")
        for q in ("0.5", "0.9", "0.99")
    ]


def _requests_by_route() -> Panel:
    return lines(
        About(
            "Requests by route",
            "Requests per second by route. The route is other where no route matched or the"
            " server refused the request.",
            "mostly /predict.",
            "many on other: someone scans the API, or a client has a wrong address.",
        ),
        [Query(ASKED, "{{route}}")],
        "reqps",
        colours=ROUTES,
        stacked=True,
    )


def _requests_by_status() -> Panel:
    return by_status(
        About(
            "Requests by status",
            "Requests per second by HTTP status.",
            "2xx, and some 4xx, which are errors of the clients.",
            "5xx are errors of the service (503: no capacity or no model); many 401 or 429"
            " usually come from one client.",
        ),
        [Query(f"sum by (status) (rate({TOTAL}}}{RATE}))", "{{status}}")],
    )


def _failed_by_route() -> Panel:
    return lines(
        About(
            "Failed by route",
            "Share of each route's requests answered with 5xx. The dashed line is the"
            " objective, 0.1 %.",
            "a line at 0.",
            "one route: its code or its input; all routes: workers, model or capacity.",
        ),
        # 0 where a route never fails: a missing line would look like a missing measurement.
        [Query(f"(({FAILED}) or 0 * ({ASKED})) / ({ASKED} > 0)", "{{route}}")],
        "percentunit",
        colours=ROUTES,
        limit=0.001,
    )


def _request_duration() -> Panel:
    return heat(
        About(
            "Request duration",
            "Requests by duration, from the last byte of the request to the head of the"
            " answer; brighter means more.",
            "one bright band below 10 ms; batches make a second one above it.",
            "a band that rises: requests wait for CPU. A new band far above: some requests hang.",
        ),
        BUCKET,
        "s",
    )


def _latency_quantiles() -> Panel:
    return lines(
        About(
            "Latency, quantiles",
            "Durations that 50 %, 90 % and 99 % of requests stay below, estimated within the"
            " buckets of the heat map. The dashed line is the objective, 0.5 s.",
            "99 % below 0.5 s.",
            "the median rises too: the machine is slow; 99 % alone rises: batches, or workers"
            " that restart.",
        ),
        _quantiles(BUCKET),
        "s",
        limit=SLOW_SECONDS,
        size=(12, 9),
    )


def _time_in_and_around_the_model() -> Panel:
    return lines(
        About(
            "Time in and around the model",
            "Mean duration of a request to /predict or /aggregate, split into the model and"
            " the rest (reading, validating, waiting, writing JSON). For a table, time in the"
            " model continues after the head of the answer.",
            "single names: more time around the model than in it; batches: the reverse.",
            "only the time around the model rises: requests wait for a worker; the time in"
            " the model rises: larger batches, or a slower version.",
        ),
        [
            Query(f"{MODEL} / {COUNT}", "in the model"),
            Query(f"clamp_min({WHOLE} - {MODEL}, 0) / {COUNT}", "around the model"),
        ],
        "s",
        stacked=True,
        size=(12, 8),
    )


def _time_in_the_model_quantiles() -> Panel:
    return lines(
        About(
            "Time in the model, quantiles",
            "One observation per JSON request and per block of a table's rows.",
            "below 1 ms for single names.",
            "a step at a version's mark: compare with the version before, and roll back if"
            " necessary.",
        ),
        _quantiles(INSIDE),
        "s",
        size=(12, 8),
    )


TRAFFIC = (
    _requests_by_route,
    _requests_by_status,
    _failed_by_route,
)
LATENCY = (
    _request_duration,
    _latency_quantiles,
    _time_in_and_around_the_model,
    _time_in_the_model_quantiles,
)
