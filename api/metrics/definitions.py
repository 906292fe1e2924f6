"""Every metric of the API with all its possible labels; no label holds text from a request.

docs/metrics.md describes them.
"""

from gender_detection.drift import COUNTRIES, LETTER_EDGES, PROBABILITY_EDGES, SCRIPTS
from gender_detection.model import answers
from gender_detection.telemetry.layout import OTHER, Counter, Gauge, Histogram, Layout

from ..spec.routes import AGGREGATE, PREDICT, ROUTES, rule

NONE = "none"
GENDERS = ("female", "male", "unknown")
BASES = (*answers.BASES, NONE)
REASONS = (NONE, *answers.ALL_REASONS, answers.BAD_ROW)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", OTHER)
STATUSES = (
    "200", "204", "304", "400", "401", "403", "404", "405", "406", "408", "411", "413", "415",
    "422", "429", "431", "500", "503", OTHER,
)  # fmt: skip
# Each path once, however many methods it has.
ALL_ROUTES = tuple(dict.fromkeys((*map(rule, ROUTES), OTHER)))
# The routes that use the model.
MODEL_ROUTES = PREDICT_ROUTE, AGGREGATE_ROUTE = rule(PREDICT), rule(AGGREGATE)
SECONDS = (
    0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
)  # fmt: skip
BYTES = (*(4.0**power for power in range(3, 11)), 8.0 * 2**20, 64.0 * 2**20, 2.0**30)
# Outcomes of loading a model.
LOADED, REFUSED = "loaded", "refused"
# What had no capacity left for a request (gender_detection.serving).
SHED = ("short", "long", "tables", "connections")
SIGNAL, EXIT = "signal", "exit"

_model_routes = tuple((route,) for route in MODEL_ROUTES)

REQUESTS = Counter(
    "gender_detection_http_requests",
    "Requests answered; route is other if none matched, or the server refused the request itself.",
    {"route": ALL_ROUTES, "method": METHODS, "status": STATUSES},
    shown_at_once=(
        *((rule(r), r.method, "200") for r in ROUTES),
        *((route, "POST", status) for route in MODEL_ROUTES for status in ("422", "500", "503")),
        (OTHER, "POST", "503"),
    ),
)
DURATION = Histogram(
    "gender_detection_http_request_duration_seconds",
    "Time from the last byte of a request to the first of its answer, time in the queue included.",
    {"route": ALL_ROUTES},
    _model_routes,
    SECONDS,
)
IN_FLIGHT = Gauge(
    "gender_detection_http_requests_in_flight", "Requests being read, queued or answered."
)
SHED_REQUESTS = Counter(
    "gender_detection_http_requests_shed",
    "Requests and connections refused with 503 for lack of capacity.",
    {"cause": SHED},
    tuple((cause,) for cause in SHED),
)
BODY_BYTES = Histogram(
    "gender_detection_http_request_body_bytes",
    "Sizes of request bodies; requests without a body are not counted.",
    {"route": ALL_ROUTES},
    _model_routes,
    BYTES,
)
NAMES = Histogram(
    "gender_detection_request_names",
    "Names per request.",
    {"route": MODEL_ROUTES},
    _model_routes,
    tuple(10.0**power for power in range(7)),
)
MODEL_DURATION = Histogram(
    "gender_detection_model_duration_seconds",
    "Time in the model: per JSON request, or per few thousand people of a table.",
    {"route": MODEL_ROUTES},
    _model_routes,
    SECONDS,
)
NOT_RATE_LIMITED = Counter(
    "gender_detection_requests_not_rate_limited",
    "Requests accepted although they could not be counted for the rate limit.",
)
PREDICTIONS = Counter(
    "gender_detection_predictions",
    "Names answered.",
    {"gender": GENDERS, "basis": BASES, "reason": REASONS},
    (
        *((gender, basis, NONE) for gender in GENDERS[:2] for basis in BASES[:-1]),
        *(("unknown", basis, "ambiguous") for basis in ("country", "name")),
        ("unknown", "pattern", "unseen"),
        *(("unknown", NONE, reason) for reason in (*answers.REASONS, answers.BAD_ROW)),
    ),
)
PROBABILITY = Histogram(
    "gender_detection_prediction_probability",
    "Probability of the likelier gender, for names with a probability.",
    edges=PROBABILITY_EDGES,
)
NAME_COUNTRIES = Counter(
    "gender_detection_name_countries",
    "Names by the country given; estimated from a sample under load.",
    {"country": COUNTRIES},
    ((NONE,),),
)
NAME_SCRIPTS = Counter(
    "gender_detection_name_scripts",
    "Names by script; estimated from a sample under load.",
    {"script": SCRIPTS},
    (("latin",),),
)
LETTERS = Histogram(
    "gender_detection_given_name_letters",
    "Letters per given name; estimated from a sample under load.",
    edges=tuple(map(float, LETTER_EDGES)),
)
RELOADS = Counter(
    "gender_detection_model_reloads",
    "Models that workers loaded, or refused because they are damaged.",
    {"outcome": (LOADED, REFUSED)},
    ((LOADED,), (REFUSED,)),
)
WORKER_EXITS = Counter(
    "gender_detection_worker_deaths",
    "Workers that ended unexpectedly, by a signal or by exiting.",
    {"cause": (SIGNAL, EXIT)},
    ((SIGNAL,), (EXIT,)),
)
# Not shown themselves: worker_metrics calculates the CPU time of all workers from them.
EXITED_WORKERS_CPU = Counter(
    "gender_detection_dead_workers_cpu_seconds", "CPU time of workers that have ended."
)
HIGHEST_CPU_SHOWN = Counter(
    "gender_detection_shown_cpu_seconds", "The highest CPU time shown so far."
)

SHOWN = (
    REQUESTS, DURATION, IN_FLIGHT, SHED_REQUESTS, BODY_BYTES, NAMES, MODEL_DURATION,
    NOT_RATE_LIMITED, PREDICTIONS, PROBABILITY, NAME_COUNTRIES, NAME_SCRIPTS, LETTERS, RELOADS,
    WORKER_EXITS,
)  # fmt: skip
LAYOUT = Layout((*SHOWN, EXITED_WORKERS_CPU, HIGHEST_CPU_SHOWN))
