"""The first row of the dashboard Pipeline: an overview."""

from .frame import Panel
from .palette import BAD, GOOD, WARNING
from .panels import About, Query, number

P = "gender_detection_pipeline_"
DAY = 86400
WORDS = {"0": ("succeeded", GOOD), "1": ("failed", BAD)}
NEVER = "no run recorded"


def _metrics_up() -> Panel:
    return number(
        About(
            "Metrics up",
            "Whether the last scrape of the pipeline's metrics by Prometheus succeeded.",
            "up.",
            "start gender-detection metrics; the files that the jobs wrote are still in its"
            " folder.",
            "no target named pipeline",
        ),
        [Query('min(up{job="pipeline"})')],
        "none",
        words={"0": ("down", BAD), "1": ("up", GOOD)},
    )


def _last_run() -> Panel:
    return number(
        About(
            "Last run",
            "Outcome of the last run of the DAG.",
            "succeeded.",
            "the table below names the task; its log is in Airflow (make airflow).",
            NEVER,
        ),
        [Query(f"max({P}dag_failed)")],
        "none",
        words=WORDS,
    )


def _last_success() -> Panel:
    return number(
        About(
            "Last success",
            "Time since a run of the DAG last succeeded.",
            "less than the interval of your runs.",
            "docs/runbook.md, DataOld.",
            NEVER,
        ),
        [Query(f"time() - max({P}dag_last_success_timestamp_seconds)")],
        "s",
        steps=((None, GOOD), (45 * DAY, WARNING)),
    )


def _tasks_failed() -> Panel:
    return number(
        About(
            "Tasks failed",
            "Tasks whose last attempt failed, including training.",
            "0.",
            "the table below shows which task failed and when.",
            NEVER,
        ),
        [Query(f"sum({P}task_failed)")],
        "none",
        steps=((None, GOOD), (1, BAD)),
    )


def _runs_ended() -> Panel:
    return number(
        About(
            "Runs ended",
            "Runs of the DAG that ended in the time shown.",
            "the number that you scheduled.",
            "none: nothing starts the DAG (make data).",
            NEVER,
        ),
        [Query(f"sum(changes({P}dag_last_attempt_timestamp_seconds[$__range]))")],
        "none",
    )


def _names_produced() -> Panel:
    return number(
        About(
            "Names produced",
            "Rows of the dataset vectors, which the training reads.",
            "within a few per cent of the previous run.",
            "far fewer: a source is missing, see Rows.",
            NEVER,
        ),
        [Query(f'max({P}rows_out{{stage="vectors"}})')],
        "short",
    )


def _rejected() -> Panel:
    return number(
        About(
            "Rejected",
            "Share of rows rejected, over all stages.",
            "as in the previous run.",
            "see Rejected by reason: a source changed its format.",
            NEVER,
        ),
        [Query(f"sum({P}rows_rejected) / sum({P}rows_in)")],
        "percentunit",
    )


def _unreadable_files() -> Panel:
    return number(
        About(
            "Unreadable files",
            "Metrics files that cannot be read.",
            "0.",
            "the log of gender-detection metrics names them. Remove them: the next run writes"
            " new ones.",
            "no target named pipeline",
        ),
        [Query(f"max({P}unreadable_files)")],
        "none",
        steps=((None, GOOD), (1, WARNING)),
    )


SUMMARY = (
    _metrics_up,
    _last_run,
    _last_success,
    _tasks_failed,
    _runs_ended,
    _names_produced,
    _rejected,
    _unreadable_files,
)
