"""What our DAGs share: the asset between them, how tasks are retried, and their reports.

Airflow parses the DAG files again and again, so importing this module imports only Airflow. The
settings are read here, when Airflow calls: it passes none.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, RetryDecision, RetryPolicy

# The training data: data_pipeline makes them, and model_training is scheduled on them.
VECTORS = Asset(name="gender_detection_vectors", uri="gender-detection://data/vectors")
# In the messages of Spark's hook and of the BashOperator.
_EXIT_CODE = re.compile(r"(?:Error code is:|non-zero exit code) (\d+)\.")


class StopWhenRefused(RetryPolicy):
    """Does not retry a job that would fail in the same way again.

    exit_codes are those of such a job: 65 (gender_detection.jobs.REFUSED) if it refuses its data
    or its settings, 2 if it refuses its options.
    """

    def __init__(self, *exit_codes: int) -> None:
        """Stop after these exit codes; after any other, the task's own retries apply."""
        self.exit_codes = exit_codes

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Any = None
    ) -> RetryDecision:
        """Return the decision; the exit code is in the text of exception only."""
        code = _EXIT_CODE.search(str(exception))
        if code and int(code[1]) in self.exit_codes:
            return RetryDecision.fail(
                "the job refused its data, settings or options: its log says why"
            )
        return RetryDecision.default()

    def serialize(self) -> dict[str, Any]:
        """Return the arguments of the policy."""
        return {"exit_codes": list(self.exit_codes)}


def report_failed_job(context: Mapping[str, Any]) -> None:
    """Report a failed job; one that was killed or timed out could not report itself."""
    from .config import Settings  # not for each parsing of the DAG files
    from .telemetry import airflow_runs

    airflow_runs.report_failed_job(Settings.from_env().metrics_uri, context)


def report_run(context: Mapping[str, Any], failed: bool) -> None:
    """Report how a run of a DAG ended."""
    from .config import Settings  # not for each parsing of the DAG files
    from .telemetry import airflow_runs

    airflow_runs.report_run(Settings.from_env().metrics_uri, context, failed=failed)


def retried_unless(*exit_codes: int) -> dict[str, Any]:
    """Return the default arguments of tasks that are retried, except after these exit codes."""
    return {
        "retries": 2,
        "retry_delay": timedelta(seconds=10),
        "retry_exponential_backoff": True,
        "retry_policy": StopWhenRefused(*exit_codes),
        "on_retry_callback": report_failed_job,
        "on_failure_callback": report_failed_job,
    }
