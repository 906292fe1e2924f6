"""The dashboard Pipeline: outcomes and durations of jobs, and their rows."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from . import (
    frame,
    pipeline_gate,
    pipeline_now,
    pipeline_rows,
    pipeline_runs,
    pipeline_upkeep,
)


def build() -> Dashboard:
    """Return the dashboard."""
    rows = (
        ("Overview", pipeline_now.SUMMARY),
        ("Runs", pipeline_runs.RUNS),
        ("Rows", pipeline_rows.ROWS),
        ("Freshness", pipeline_runs.FRESHNESS),
        ("The gate", pipeline_gate.GATE),
        ("Upkeep", pipeline_upkeep.UPKEEP),
    )
    return frame.dashboard_of(
        "Pipeline",
        "Whether the jobs that produce data and models succeed, how long they take, and how many"
        " rows they read, write and reject. First steps for each alert: docs/runbook.md.",
        rows,
        hours=24,
        events=(frame.ALERTS, frame.VERSIONS),
    )
