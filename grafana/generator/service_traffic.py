"""The dashboard Service: how much is asked, what fails, how long it takes."""

from .frame import Panel
from .palette import ROUTES
from .panels import About, Query, by_status, heat, lines

P = "gender_detection_"
RATE = "[$__rate_interval]"
CHOSEN = 'route=~"$route"'
TOTAL = f"{P}http_requests_total{{{CHOSEN}"
ASKED = f"sum by (route) (rate({TOTAL}}}{RATE}))"
FAILED = f'sum by (route) (rate({TOTAL},status=~"5.."}}{RATE}))'
BUCKET = f"sum by (le) (rate({P}http_request_duration_seconds_bucket{{{CHOSEN}}}{RATE}))"
# The routes that ask the model.
ASKING = 'route=~"/predict|/aggregate"'
COUNT = f"sum(rate({P}http_request_duration_seconds_count{{{ASKING}}}{RATE}))"
WHOLE = f"sum(rate({P}http_request_duration_seconds_sum{{{ASKING}}}{RATE}))"
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
            "Requests a second by route; other is what no route matched, or was refused at"
            " the door.",
            "mostly /predict.",
            "much other: somebody probes, or a client has a wrong address.",
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
            "Requests a second by HTTP status.",
            "2xx; some 4xx, which are the clients' own mistakes.",
            "5xx are ours (503: no room or no model); many 401 or 429 are one client's.",
        ),
        [Query(f"sum by (status) (rate({TOTAL}}}{RATE}))", "{{status}}")],
    )


def _failed_by_route() -> Panel:
    return lines(
        About(
            "Failed by route",
            "Share of each route's requests answered with 5xx; the dashed line is the"
            " objective, 0.1 %.",
            "a line at 0.",
            "one route alone: its code or its inputs; all: workers, model, or room.",
        ),
        # Zero where a route fails never: no line would look like no measurement.
        [Query(f"(({FAILED}) or 0 * ({ASKED})) / ({ASKED} > 0)", "{{route}}")],
        "percentunit",
        colours=ROUTES,
        limit=0.001,
    )


def _how_long_it_takes() -> Panel:
    return heat(
        About(
            "How long it takes",
            "How many requests took how long, from the whole request to the head of its"
            " answer: brighter is more.",
            "one bright band below 10 ms; batches make a second one above.",
            "a band that climbs: waiting for CPU. A new one far above: some requests hang.",
        ),
        BUCKET,
        "s",
    )


def _latency_quantiles() -> Panel:
    return lines(
        About(
            "Latency, quantiles",
            "Half, nine in ten, and 99 in 100 requests were faster; the dashed line is the"
            " objective, 0.5 s. Estimated within the buckets of the heat map.",
            "99 % below 0.5 s.",
            "the median too: the machine is slow; 99 % alone: batches, or workers born anew.",
        ),
        _quantiles(BUCKET),
        "s",
        limit=0.5,
        size=(12, 9),
    )


def _where_the_time_goes() -> Panel:
    return lines(
        About(
            "Where the time goes",
            "Mean time of a request to /predict or /aggregate: inside the model, and around"
            " it (reading, checking, waiting, writing JSON). A table's time in the model runs"
            " on after the head of its answer.",
            "more around the model than in it for single names, the reverse for batches.",
            "around grows alone: requests wait for a worker. In the model: larger batches,"
            " or a slower version.",
        ),
        [
            Query(f"{MODEL} / {COUNT}", "in the model"),
            Query(f"clamp_min({WHOLE} - {MODEL}, 0) / {COUNT}", "around it"),
        ],
        "s",
        stacked=True,
        size=(12, 8),
    )


def _time_in_the_model_quantiles() -> Panel:
    return lines(
        About(
            "Time in the model, quantiles",
            "One observation a request in JSON, one a block of rows of a table.",
            "below 1 ms for single names.",
            "a step at a version's mark: compare with the version before, roll back if need be.",
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
    _how_long_it_takes,
    _latency_quantiles,
    _where_the_time_goes,
    _time_in_the_model_quantiles,
)
