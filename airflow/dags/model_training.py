"""The training: from the data to a version that the gate has judged, each step a task.

This file has only the graph; the steps are in gender_detection.trainer and .release. Then the
notebook shows them as a report, and if nobody started the run, old versions are removed. It runs
when the data pipeline has made new data and, if GENDER_DETECTION_TRAINING_SCHEDULE is set, at those
times too. Give a data version to repeat a training. A version becomes champion only if the gate
finds it no worse.
"""

import sys
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Asset, AssetOrTimeSchedule, CronTriggerTimetable, Param, chain, dag

from gender_detection.airflow_callbacks import VECTORS, report_run, retried_unless
from gender_detection.config import Settings

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = "notebooks/exploratory_analysis.ipynb"
# The steps of two packages, which this file does not import: Airflow reads it often.
STEPS = {
    "trainer": ("fit", "calibrate", "assemble", "evaluate", "card"),
    "release": ("register", "gate"),
}

PARAMS = {
    "data_version": Param(
        "",
        type=["null", "string"],
        pattern="^([0-9a-f]{6,16})?$",
        description="Version of the dataset vectors, or its first digits, as 'gender-detection "
        "model show VERSION' prints it. Default: that of the settings, or the newest.",
    ),
    "l2": Param(
        5.0,
        type="number",
        exclusiveMinimum=0,
        description="Penalty on the weights of the pattern model.",
    ),
    "iterations": Param(
        14, type="integer", minimum=1, description="Iterations of fitting the pattern model."
    ),
    "error_allowed": Param(
        0.03,
        type="number",
        exclusiveMinimum=0,
        exclusiveMaximum=0.5,
        description="Share of wrong answers, on names never seen, for which the threshold is "
        "chosen.",
    ),
    "unattended": Param(
        False,
        type="boolean",
        description="As runs that Airflow starts by itself: train only if no version was trained "
        "so, and remove old versions at the end.",
    ),
}
# Values reach the command as variables: nothing that somebody types becomes part of a command.
GIVEN = {
    "GENDER_DETECTION_TRAINING_RUN": "{{ run_id }}",
    "DATA_VERSION": "{{ params.data_version or '' }}",
    "L2": "{{ params.l2 }}",
    "ITERATIONS": "{{ params.iterations }}",
    "ERROR_ALLOWED": "{{ params.error_allowed }}",
    "STARTED_BY": "{{ 'hand' if dag_run.run_type == 'manual' and not params.unattended else '' }}",
    "PYTHON": sys.executable,
}
PYTHON = 'exec "$PYTHON"'
OPTIONS = {
    "fit": '--data-version="$DATA_VERSION" --l2="$L2" --iterations="$ITERATIONS" '
    '--error-allowed="$ERROR_ALLOWED"',
}


def schedule(cron: str) -> list[Asset] | AssetOrTimeSchedule:
    """Return when to train: with new data and, if there is a cron expression, at its times."""
    if not cron:
        return [VECTORS]
    return AssetOrTimeSchedule(
        timetable=CronTriggerTimetable(cron, timezone="UTC"), assets=[VECTORS]
    )


def task(task_id: str, command: str) -> BashOperator:
    """Return a task that runs a command in the project's folder."""
    return BashOperator(
        task_id=task_id, bash_command=command, env=GIVEN, append_env=True, cwd=str(ROOT)
    )


@dag(
    schedule=schedule(Settings.from_env().training_schedule),
    start_date=datetime(2026, 1, 1),
    catchup=False,
    # Two trainings at a time would compare themselves with the same champion.
    max_active_runs=1,
    params=PARAMS,
    default_args={**retried_unless(65, 2), "execution_timeout": timedelta(hours=1)},
    on_success_callback=partial(report_run, failed=False),
    on_failure_callback=partial(report_run, failed=True),
    tags=["gender-detection"],
    doc_md=__doc__,
)
def model_training() -> None:
    """Fit, calibrate, assemble, evaluate, describe, register, and ask the gate; report; tidy up."""
    chain(
        # What somebody starts by hand is wanted, also with the same data.
        task(
            "new_data", f'[ "$STARTED_BY" = hand ] || {PYTHON} -m gender_detection.release new_data'
        ),
        *(
            task(step, f"{PYTHON} -m gender_detection.{package} {step} {OPTIONS.get(step, '')}")
            for package, steps in STEPS.items()
            for step in steps
        ),
        task("report", f"{PYTHON} tools/run_notebook.py {NOTEBOOK}"),
        # Nobody looks on: what is beyond the rules of the settings goes.
        task(
            "upkeep",
            f'[ "$STARTED_BY" = hand ] || {PYTHON} -m gender_detection.cli clean-old --yes',
        ),
    )


model_training()
