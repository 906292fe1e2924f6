"""Metrics that only Airflow can report: how a run of the DAG ended, and which job was killed.

context is what Airflow passes to its callbacks.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .reports import report

log = logging.getLogger(__name__)


def report_run(uri: str, context: Mapping[str, Any], *, failed: bool) -> None:
    """Report how a run of the DAG ended."""
    run = context.get("dag_run")
    started = ended = None
    if run is not None:
        # For a manual run of a past day, Airflow's start_date is that day.
        started, ended = max(run.start_date or run.run_after, run.run_after), run.end_date
    elif not failed:
        return  # a run for a day before the DAG's first has no tasks
    _report(uri, "dag", context["dag"].dag_id, started, ended, failed)


def report_failed_job(uri: str, context: Mapping[str, Any]) -> None:
    """Report that a job failed; one that was killed or timed out could not report it itself."""
    if isinstance(context.get("exception"), KeyboardInterrupt):
        return
    task = context["ti"]
    _report(uri, "task", task.task_id, task.start_date, task.end_date, failed=True)


def _report(
    uri: str,
    kind: str,
    name: str,
    started: datetime | None,
    ended: datetime | None,
    failed: bool,
) -> None:
    ended = ended or datetime.now(UTC)
    seconds = (ended - started).total_seconds() if started else None
    report(uri, kind, name, seconds, failed=failed, ended=ended.timestamp(), warn=log.warning)
