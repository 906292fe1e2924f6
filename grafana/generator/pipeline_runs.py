"""The dashboard Pipeline: outcome, duration and age of runs."""

from .frame import Panel
from .palette import BAD, GOOD, TASKS
from .panels import VECTORS, About, Query, lines, states, table_of

P = "gender_detection_pipeline_"
WORDS = {"0": ("succeeded", GOOD), "1": ("failed", BAD)}
NEVER = "no run recorded"


def _last_attempts() -> Panel:
    return table_of(
        About(
            "Last attempts",
            "Outcome and time of the last attempt of each task of pipeline and training.",
            "all succeeded, in order.",
            "failed: the log of a task is in Airflow (make airflow).",
            NEVER,
        ),
        {
            "Outcome": f"max by (task) ({P}task_failed)",
            "Took": f"max by (task) ({P}task_duration_seconds)",
            "Last attempt": f"1000 * max by (task) ({P}task_last_attempt_timestamp_seconds)",
            "Last success": f"1000 * max by (task) ({P}task_last_success_timestamp_seconds)",
        },
        units={
            "Took": "s",
            "Last attempt": "dateTimeFromNow",
            "Last success": "dateTimeFromNow",
        },
        words={"Outcome": WORDS},
        labels={"task": "Task"},
        size=(12, 9),
    )


def _outcomes() -> Panel:
    return states(
        About(
            "Outcomes",
            "Outcome of the last attempt of each task and of the DAG, over time.",
            "succeeded throughout.",
            "a task that fails and recovers was retried by Airflow; a task that stays failed"
            " needs your attention.",
            NEVER,
        ),
        [
            Query(f"max by (dag) ({P}dag_failed)", "{{dag}}"),
            Query(f"max by (task) ({P}task_failed)", "{{task}}"),
        ],
        WORDS,
        size=(12, 9),
    )


def _durations() -> Panel:
    return lines(
        About(
            "Durations",
            "Duration of the last attempt of each task and of the DAG.",
            "within a third of the previous runs.",
            "a rise: more data, or a shared machine; a drop to seconds: the task failed.",
            NEVER,
        ),
        [
            Query(f"max by (dag) ({P}dag_duration_seconds)", "{{dag}}"),
            Query(f"max by (task) ({P}task_duration_seconds)", "{{task}}"),
        ],
        "s",
        colours=TASKS,
        size=(12, 8),
    )


def _attempts() -> Panel:
    return lines(
        About(
            "Attempts",
            "Attempts of each task, by the time at which they ended.",
            "one bar per task and run.",
            "several of one task: Airflow retries it.",
            NEVER,
        ),
        [
            Query(
                f"sum by (task) (changes({P}task_last_attempt_timestamp_seconds"
                "[$__rate_interval]))",
                "{{task}}",
            )
        ],
        "none",
        colours=TASKS,
        bars=True,
        stacked=True,
        size=(12, 8),
    )


def _time_since_the_last_success() -> Panel:
    return lines(
        About(
            "Time since the last success",
            "By task, and for the DAG.",
            "drops to 0 at each run.",
            "one that only rises: this task fails, or nothing starts it.",
            NEVER,
        ),
        [
            Query(f"time() - max by (dag) ({P}dag_last_success_timestamp_seconds)", "{{dag}}"),
            Query(f"time() - max by (task) ({P}task_last_success_timestamp_seconds)", "{{task}}"),
        ],
        "s",
        colours=TASKS,
        size=(12, 8),
    )


def _age_of_model_and_data() -> Panel:
    return lines(
        About(
            "Age of model and data",
            "Age of the model in service and of the newest training data.",
            "drops to 0 after each training and run.",
            "both rise although training succeeds: the new version is not promoted, or is"
            " refused (dashboard Model).",
            "the API does not answer",
        ),
        [
            Query("time() - min(gender_detection_model_trained_timestamp_seconds)", "model"),
            Query(f"time() - max({P}task_last_success_timestamp_seconds{VECTORS})", "data"),
        ],
        "s",
        size=(12, 8),
    )


RUNS = (
    _last_attempts,
    _outcomes,
    _durations,
    _attempts,
)
FRESHNESS = (
    _time_since_the_last_success,
    _age_of_model_and_data,
)
