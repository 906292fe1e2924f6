"""What Airflow alone sees of the pipeline: how a run of the DAG ended, and which job was killed.

The contexts are those that Airflow hands its callbacks.
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
        # A run made by hand for a day of the past is said to have started then.
        started, ended = max(run.start_date or run.run_after, run.run_after), run.end_date
    elif not failed:
        return  # no task has run: one for a day before the DAG's first, and it made nothing
    _report(uri, "dag", context["dag"].dag_id, started, ended, failed)


def report_failed_job(uri: str, context: Mapping[str, Any]) -> None:
    """Report that a job failed: one that was killed, or ran out of time, could not do so itself."""
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
