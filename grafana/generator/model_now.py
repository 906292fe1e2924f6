"""The first row of the dashboard Model: an overview."""

from .frame import Panel
from .palette import BAD, GOOD, WARNING
from .panels import VECTORS, About, Query, number

P = "gender_detection_"
R = "gender_detection:"
DAY = 86400
INFO = f"{P}model_info"
NONE = "no worker has a model"


def _version() -> Panel:
    return number(
        About(
            "Version",
            "Version of the model in service; two while workers change to a new one.",
            "one.",
            "two for more than a minute: a worker refuses the new one (see Refused today).",
            NONE,
        ),
        [Query(f"max by (version) ({INFO})", "{{version}}")],
        "none",
        named=True,
    )


def _data_version() -> Panel:
    return number(
        About(
            "Data version",
            "Version of the data that the model was trained on.",
            "one.",
            "older than the last published data: train a model (make train).",
            NONE,
        ),
        [Query(f"max by (data_version) ({INFO})", "{{data_version}}")],
        "none",
        named=True,
    )


def _age() -> Panel:
    return number(
        About(
            "Age",
            "Time since the model in service was trained; the oldest if there are several.",
            "weeks: names change slowly.",
            "train a new model (docs/runbook.md, ModelOld).",
            NONE,
        ),
        [Query(f"time() - min({P}model_trained_timestamp_seconds)")],
        "s",
        steps=((None, GOOD), (90 * DAY, WARNING)),
    )


def _age_of_the_data() -> Panel:
    return number(
        About(
            "Age of the data",
            "Time since the pipeline last produced training data.",
            "about the age of the model.",
            "much younger than the model: train; much older: the pipeline fails, see the"
            " dashboard Pipeline.",
            "no pipeline reports",
        ),
        [Query(f"time() - max({P}pipeline_task_last_success_timestamp_seconds{VECTORS})")],
        "s",
        steps=((None, GOOD), (90 * DAY, WARNING)),
    )


def _unknown() -> Panel:
    return number(
        About(
            "Unknown",
            "Share of names answered unknown in the last ten minutes.",
            "close to the share of the day (below) and to the model's own evaluation.",
            "see Unknown by reason, then Drift: the names differ, or the model is worse.",
            "no names in ten minutes",
        ),
        [Query(f"{R}unknown:ratio_rate10m")],
        "percentunit",
    )


def _latest_load() -> Panel:
    return number(
        About(
            "Latest load",
            "Duration of the latest load in the slowest worker, and the time since then.",
            "a duration below one second.",
            "seconds: the disk is slow or its cache is cold. Repeated loads minutes apart:"
            " workers die (dashboard Service).",
            NONE,
        ),
        [
            Query(f"max({P}model_load_seconds)", "took"),
            Query(f"time() - max({P}model_loaded_timestamp_seconds)", "ago"),
        ],
        "s",
    )


def _refused_today() -> Panel:
    return number(
        About(
            "Refused today",
            "Times that workers refused a damaged or incompatible version in 24 hours; each"
            " worker tries again every minute.",
            "0.",
            "publish an intact version, or roll back (docs/runbook.md, ModelRefused).",
            "the API does not answer",
        ),
        [Query(f'sum(increase({P}model_reloads_total{{outcome="refused"}}[1d]))')],
        "none",
        steps=((None, GOOD), (0.5, BAD)),
    )


def _registry_contact() -> Panel:
    return number(
        About(
            "Registry contact",
            "Time since the model registry last answered.",
            "below a minute (MODEL_POLL_SECONDS is 30).",
            "the registry is down or cannot be reached; the API keeps serving the last intact"
            " copy.",
            "no registry is followed",
        ),
        [Query(f"time() - max({P}registry_contact_timestamp_seconds > 0)")],
        "s",
        steps=((None, GOOD), (300, WARNING), (3600, BAD)),
    )


SUMMARY = (
    _version,
    _data_version,
    _age,
    _age_of_the_data,
    _unknown,
    _latest_load,
    _refused_today,
    _registry_contact,
)
