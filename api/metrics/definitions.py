"""Every number that the API keeps, with all labels it can have; none ever holds what was sent.

docs/metrics.md lists them for those who read.
"""

from gender_detection.drift import COUNTRIES, LETTER_EDGES, PROBABILITY_EDGES, SCRIPTS
from gender_detection.telemetry.layout import OTHER, Counter, Gauge, Histogram, Layout

from ..spec.routes import ROUTES, rule

NONE = "none"
GENDERS = ("female", "male", "unknown")
BASES = ("title", "country", "name", "pattern", NONE)
REASONS = (NONE, "ambiguous", "unseen", "initials", "empty", "not_a_name", "bad_row")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", OTHER)
STATUSES = (
    "200", "204", "304", "400", "401", "403", "404", "405", "406", "408", "411", "413", "415",
    "422", "429", "431", "500", "503", OTHER,
)  # fmt: skip
ALL_ROUTES = (*(rule(route) for route in ROUTES), OTHER)
# Those that ask the model.
ASKING = PREDICT_ROUTE, AGGREGATE_ROUTE = "/predict", "/aggregate"
SECONDS = (
    0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
)  # fmt: skip
BYTES = (*(4.0**power for power in range(3, 11)), 8.0 * 2**20, 64.0 * 2**20, 2.0**30)
# Outcomes of looking for a model.
LOADED, REFUSED = "loaded", "refused"
# Why there was no room for a request: gender_detection.serving.protocol and bridge.
SHED = ("short", "long", "tables", "connections")
SIGNAL, EXIT = "signal", "exit"

_asked = tuple((route,) for route in ASKING)

REQUESTS = Counter(
    "gender_detection_http_requests",
    "Requests answered; route is other where none matched, or the server refused at the door.",
    {"route": ALL_ROUTES, "method": METHODS, "status": STATUSES},
    shown_at_once=(
        *((rule(r), r.method, "200") for r in ROUTES),
        *((route, "POST", status) for route in ASKING for status in ("422", "500", "503")),
        (OTHER, "POST", "503"),
    ),
)
DURATION = Histogram(
    "gender_detection_http_request_duration_seconds",
    "Time from a request's last byte to the head of its answer, waiting for its turn included.",
    {"route": ALL_ROUTES},
    _asked,
    SECONDS,
)
IN_FLIGHT = Gauge(
    "gender_detection_http_requests_in_flight", "Requests being read, waiting or answered."
)
SHED_REQUESTS = Counter(
    "gender_detection_http_requests_shed",
    "Requests and connections refused with 503 for want of room.",
    {"cause": SHED},
    tuple((cause,) for cause in SHED),
)
BODY_BYTES = Histogram(
    "gender_detection_http_request_body_bytes",
    "Sizes of request bodies, where there is one.",
    {"route": ALL_ROUTES},
    _asked,
    BYTES,
)
NAMES = Histogram(
    "gender_detection_request_names",
    "Names asked for in a request.",
    {"route": ASKING},
    _asked,
    tuple(10.0**power for power in range(7)),
)
MODEL_DURATION = Histogram(
    "gender_detection_model_duration_seconds",
    "Time inside the model: of each request in JSON, of each few thousand people of a table.",
    {"route": ASKING},
    _asked,
    SECONDS,
)
UNCOUNTED = Counter(
    "gender_detection_requests_not_rate_limited",
    "Requests let in though they could not be counted for the rate limit.",
)
PREDICTIONS = Counter(
    "gender_detection_predictions",
    "Names answered.",
    {"gender": GENDERS, "basis": BASES, "reason": REASONS},
    (
        *((gender, basis, NONE) for gender in GENDERS[:2] for basis in BASES[:-1]),
        *(("unknown", basis, "ambiguous") for basis in ("country", "name")),
        ("unknown", "pattern", "unseen"),
        *(("unknown", NONE, reason) for reason in REASONS[3:]),
    ),
)
PROBABILITY = Histogram(
    "gender_detection_prediction_probability",
    "Probability of the likelier gender, of names that say anything.",
    edges=PROBABILITY_EDGES,
)
COUNTRIES_ASKED = Counter(
    "gender_detection_name_countries",
    "Names by country given; of a large request estimated from some of its names.",
    {"country": COUNTRIES},
    ((NONE,),),
)
SCRIPTS_ASKED = Counter(
    "gender_detection_name_scripts",
    "Names by script; of a large request estimated from some of its names.",
    {"script": SCRIPTS},
    (("latin",),),
)
LETTERS = Histogram(
    "gender_detection_given_name_letters",
    "Letters of the given names; of a large request estimated from some of its names.",
    edges=tuple(map(float, LETTER_EDGES)),
)
RELOADS = Counter(
    "gender_detection_model_reloads",
    "Models that workers loaded, or refused because they were damaged.",
    {"outcome": (LOADED, REFUSED)},
    ((LOADED,), (REFUSED,)),
)
DEATHS = Counter(
    "gender_detection_worker_deaths",
    "Workers that ended unasked, by a signal or by themselves.",
    {"cause": (SIGNAL, EXIT)},
    ((SIGNAL,), (EXIT,)),
)
# What dead workers took, and the most that was ever shown for all: not shown as they are.
CPU_OF_THE_DEAD = Counter("gender_detection_dead_workers_cpu_seconds", "CPU time of dead workers.")
CPU_SHOWN = Counter("gender_detection_shown_cpu_seconds", "The most CPU time told so far.")

SHOWN = (
    REQUESTS, DURATION, IN_FLIGHT, SHED_REQUESTS, BODY_BYTES, NAMES, MODEL_DURATION, UNCOUNTED,
    PREDICTIONS, PROBABILITY, COUNTRIES_ASKED, SCRIPTS_ASKED, LETTERS, RELOADS, DEATHS,
)  # fmt: skip
LAYOUT = Layout((*SHOWN, CPU_OF_THE_DEAD, CPU_SHOWN))
