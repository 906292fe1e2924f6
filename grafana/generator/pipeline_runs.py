"""The dashboard Pipeline: how runs ended, how long they took, how long ago."""

from .frame import Panel
from .palette import BAD, GOOD, TASKS
from .panels import VECTORS, About, Query, lines, states, table_of

P = "gender_detection_pipeline_"
WORDS = {"0": ("succeeded", GOOD), "1": ("failed", BAD)}
NEVER = "never run here"


def _last_attempts() -> Panel:
    return table_of(
        About(
            "Last attempts",
            "Each task of the pipeline, and training: how and when it last ended.",
            "all succeeded, one after the other.",
            "failed: its log is in Airflow (make airflow), training's in the notebook that"
            " make train left.",
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
            "How the last attempt of each task, and of the whole DAG, had ended at each time.",
            "succeeded throughout.",
            "a task that fails and recovers is retried by Airflow; one that stays failed needs"
            " you.",
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
            "How long the last attempt of each task took, and the whole DAG.",
            "as before, within a third.",
            "a climb: more data, or a machine that is shared; a fall to seconds: it failed.",
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
            "When attempts of tasks ended, how often.",
            "one bar of each task at each run.",
            "several of one task: it is retried.",
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
            "By task and for the whole DAG.",
            "falling to 0 at each run.",
            "one that only rises: that task fails, or is never started.",
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


def _age_of_what_is_served() -> Panel:
    return lines(
        About(
            "Age of what is served",
            "Age of the model in service, and of the newest training data.",
            "falling to 0 after each run and training.",
            "both rise though training succeeds: the new version is not promoted or refused"
            " (dashboard Model).",
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
    _age_of_what_is_served,
)
