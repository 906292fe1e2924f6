"""Every metric of the API with all its possible labels; no label holds text from a request.

The counts of all processes are families in shared memory; what is Described has its value when
Prometheus asks. docs/metrics.md is made from SERVICE and MODEL.
"""

from gender_detection.drift import COUNTRIES, FEATURES, LETTER_EDGES, PROBABILITY_EDGES, SCRIPTS
from gender_detection.lineage.answers import KINDS
from gender_detection.model import answers
from gender_detection.rollback import CAUSES
from gender_detection.telemetry.described import Described
from gender_detection.telemetry.layout import OTHER, Counter, Family, Gauge, Histogram, Layout

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
# What a poll of the registry can end with: fields of model_sync.Status.
POLLS = ("published", "refused", "failed")
# How the challenger's answer differs from the champion's, and why a name was not asked of it.
SHADOW_SAME = NONE
DIFFERENCES = (SHADOW_SAME, *KINDS)
SHADOW_DROPS = SHADOW_FULL, SHADOW_FAILED, SHADOW_WITHDRAWN = "full", "failed", "withdrawn"
# What the watch over a new champion does (promotion_watch).
READY, JUDGING = "ready", "judging"
# The paths of the shown figures in a model's metrics.
FIGURES = {
    "unseen_error": ("unseen", "forced", "errorCoded"),
    "unseen_ece": ("unseen", "ece"),
    "unseen_unknown_share": ("unseen", "at_threshold", "naCoded"),
    "known_error": ("known", "world", "error"),
    "people_error": ("people", "forced", "errorCoded"),
    "people_ece": ("people", "ece"),
}

# At most so many names a second have their script, country and length counted. Above that, an even
# sample is counted, each name for as many as were skipped.
SAMPLED_PER_SECOND = 200
# With fewer names in the window, chance alone looks like drift.
MIN_NAMES = 200

_model_routes = tuple((route,) for route in MODEL_ROUTES)
_SAMPLED = (
    f"above {SAMPLED_PER_SECOND} names a second in a worker, estimated from a sample of "
    f"{SAMPLED_PER_SECOND}."
)
_WORKER = {"worker": ()}

REQUESTS = Counter(
    "gender_detection_http_requests",
    "Requests answered; route is other if none matched, or the server refused the request.",
    {"route": ALL_ROUTES, "method": METHODS, "status": STATUSES},
    shown_at_once=(
        *((rule(r), r.method, "200") for r in ROUTES),
        *((route, "POST", status) for route in MODEL_ROUTES for status in ("422", "500", "503")),
        (OTHER, "POST", "503"),
    ),
)
DURATION = Histogram(
    "gender_detection_http_request_duration_seconds",
    "Seconds from the last byte of a request to the head of its answer, waiting included.",
    {"route": ALL_ROUTES},
    _model_routes,
    SECONDS,
)
IN_FLIGHT = Gauge(
    "gender_detection_http_requests_in_flight", "Requests being read, waiting or being answered."
)
SHED_REQUESTS = Counter(
    "gender_detection_http_requests_shed",
    "Requests refused with 503 for lack of capacity: short and long requests, tables, connections.",
    {"cause": SHED},
    tuple((cause,) for cause in SHED),
)
BODY_BYTES = Histogram(
    "gender_detection_http_request_body_bytes",
    "Sizes of bodies in bytes, for requests with a body.",
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
    "Seconds in the model, per JSON request and per few thousand people of a table.",
    {"route": MODEL_ROUTES},
    _model_routes,
    SECONDS,
)
NOT_RATE_LIMITED = Counter(
    "gender_detection_requests_not_rate_limited",
    "Requests accepted without counting: the storage of the rate limit could not be reached.",
)
PREDICTIONS = Counter(
    "gender_detection_predictions",
    "Names answered: by gender, what the answer is based on, and why the gender is unknown.",
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
    f"Names by the country given; {_SAMPLED}",
    {"country": COUNTRIES},
    ((NONE,),),
)
NAME_SCRIPTS = Counter(
    "gender_detection_name_scripts",
    f"Names by script; {_SAMPLED}",
    {"script": SCRIPTS},
    (("latin",),),
)
LETTERS = Histogram(
    "gender_detection_given_name_letters",
    f"Letters of the given names; {_SAMPLED}",
    edges=tuple(map(float, LETTER_EDGES)),
)
RELOADS = Counter(
    "gender_detection_model_reloads",
    "Versions that workers loaded, or refused because they were damaged or incompatible; a refusal "
    "is repeated every minute.",
    {"outcome": (LOADED, REFUSED)},
    ((LOADED,), (REFUSED,)),
)
SHADOW_NAMES = Counter(
    "gender_detection_shadow_names",
    "Names asked of the challenger as well, by how its answer differs from the champion's.",
    {"difference": DIFFERENCES},
    tuple((difference,) for difference in DIFFERENCES),
)
SHADOW_DROPPED = Counter(
    "gender_detection_shadow_names_dropped",
    "Names drawn for the challenger but not asked of it: too many waited, it failed, or it was "
    "withdrawn meanwhile.",
    {"reason": SHADOW_DROPS},
    tuple((reason,) for reason in SHADOW_DROPS),
)
WORKER_EXITS = Counter(
    "gender_detection_worker_deaths",
    "Workers that ended unexpectedly: killed by a signal, or by their own exit.",
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
WORKERS = Described("gender_detection_workers", "Worker processes that run.")
WORKERS_WANTED = Described(
    "gender_detection_workers_wanted", "Worker processes that are configured."
)
WORKERS_READY = Described("gender_detection_workers_ready", "Worker processes that have a model.")
WORKER_STARTED = Described(
    "gender_detection_worker_start_time_seconds",
    "When a running worker was started, in Unix time; workers are known by their index.",
    _WORKER,
)
WORKER_MEMORY = Described(
    "gender_detection_worker_resident_memory_bytes",
    "Memory of a running worker in bytes, shared pages included.",
    _WORKER,
)
WORKER_FILES = Described(
    "gender_detection_worker_open_fds", "Open files and connections of a running worker.", _WORKER
)
WORKERS_CPU = Described(
    "gender_detection_workers_cpu_seconds",
    "CPU time of the workers in seconds, user and system, including that of dead workers.",
    type="counter",
)
SERVER_STARTED = Described(
    "gender_detection_server_start_time_seconds", "When the server was started, in Unix time."
)
BUILD = Described(
    "gender_detection_build_info",
    "1 for the versions of this program and of Python.",
    {"version": (), "python": ()},
)
DRIFT = Described(
    "gender_detection_drift_divergence",
    "Jensen-Shannon divergence (base 2, 0 to 1) of the names of the last DRIFT_SECONDS from the "
    f"model's baseline; missing below {MIN_NAMES} names.",
    {"feature": tuple(FEATURES)},
)
DRIFT_NAMES = Described(
    "gender_detection_drift_window_names",
    "Names of the last DRIFT_SECONDS, which drift_divergence compares.",
)
MODELS = Described(
    "gender_detection_model_info",
    "1 for a model in service.",
    {"name": (), "version": (), "data_version": ()},
)
MODEL_WORKERS = Described(
    "gender_detection_model_workers", "Workers that serve a version.", {"version": ()}
)
MODEL_LOAD = Described(
    "gender_detection_model_load_seconds",
    "Seconds that the slowest worker took for its latest load of a model.",
)
MODEL_LOADED = Described(
    "gender_detection_model_loaded_timestamp_seconds",
    "When a worker last loaded a model, in Unix time.",
)
MODEL_TRAINED = Described(
    "gender_detection_model_trained_timestamp_seconds",
    "When the model in service was trained, in Unix time; the oldest if there are several.",
)
FIGURE = Described(
    "gender_detection_model_figure",
    "Figures of the model's own evaluation, as shares of 1.",
    {"figure": tuple(FIGURES)},
)
FETCHES = Described(
    "gender_detection_registry_fetches",
    "Versions of the registry that were published here or refused, and polls that failed; only if "
    "MODEL_URI names a registered model.",
    {"outcome": POLLS},
    type="counter",
)
REGISTRY_CONTACT = Described(
    "gender_detection_registry_contact_timestamp_seconds",
    "When the registry last answered, in Unix time, 0 if never; only if MODEL_URI names a "
    "registered model.",
)
WATCH = Gauge(
    "gender_detection_model_watch",
    "With AUTO_ROLLBACK: ready is 1 once the next champion could be compared with the version in "
    "service, judging is 1 while the version in service is compared with the one before.",
    {"state": (READY, JUDGING)},
    ((READY,), (JUDGING,)),
)
ROLLBACKS = Described(
    "gender_detection_model_rollbacks",
    "Versions that this server rolled back by itself: for unknown answers, or for drift of the "
    "answers; only with AUTO_ROLLBACK.",
    {"cause": CAUSES},
    type="counter",
)
ROLLBACKS_FAILED = Described(
    "gender_detection_model_rollbacks_failed",
    "Versions that this server would have rolled back, which the registry did not allow; only with "
    "AUTO_ROLLBACK.",
    type="counter",
)

SHADOW_WORKERS = Described(
    "gender_detection_shadow_workers",
    "Workers that ask a challenger as well, by its version; only with a SHADOW_SHARE.",
    {"version": ()},
)
SHADOW_FETCHES = Described(
    "gender_detection_shadow_fetches",
    "Challengers that were fetched from the registry or refused, and polls that failed; only with "
    "a SHADOW_SHARE.",
    {"outcome": POLLS},
    type="counter",
)

SERVICE = (
    REQUESTS, DURATION, IN_FLIGHT, SHED_REQUESTS, BODY_BYTES, NAMES, MODEL_DURATION,
    NOT_RATE_LIMITED, WORKERS, WORKERS_WANTED, WORKERS_READY, WORKER_EXITS, WORKER_STARTED,
    WORKER_MEMORY, WORKER_FILES, WORKERS_CPU, SERVER_STARTED, BUILD,
)  # fmt: skip
MODEL = (
    PREDICTIONS, PROBABILITY, NAME_COUNTRIES, NAME_SCRIPTS, LETTERS, DRIFT, DRIFT_NAMES, MODELS,
    MODEL_WORKERS, MODEL_LOAD, MODEL_LOADED, MODEL_TRAINED, RELOADS, FIGURE, FETCHES,
    REGISTRY_CONTACT, SHADOW_NAMES, SHADOW_DROPPED, SHADOW_WORKERS, SHADOW_FETCHES,
    WATCH, ROLLBACKS, ROLLBACKS_FAILED,
)  # fmt: skip
SHOWN = tuple(metric for metric in (*SERVICE, *MODEL) if isinstance(metric, Family))
LAYOUT = Layout((*SHOWN, EXITED_WORKERS_CPU, HIGHEST_CPU_SHOWN))
