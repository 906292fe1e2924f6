"""The dashboard Model: the version in service, its answers, and drift of the names."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from . import (
    frame,
    model_answers,
    model_names,
    model_now,
    model_rollbacks,
    model_shadow,
    model_versions,
)


def build() -> Dashboard:
    """Return the dashboard."""
    rows = (
        ("Overview", model_now.SUMMARY),
        ("Answers", model_answers.ANSWERS),
        ("Drift from the baseline", model_names.DRIFT),
        ("Names in requests", model_names.NAMES),
        ("Evaluation of the champion", model_versions.EVALUATION),
        ("Loading and the registry", model_versions.LOADS),
        ("The challenger, asked as well", model_shadow.SHADOW),
        ("Rolling back by itself", model_rollbacks.ROLLBACKS),
    )
    return frame.dashboard_of(
        "Model",
        "Which version is in service, what it answers, and whether the names in requests are like"
        " those it was trained on. First steps for each alert: docs/runbook.md.",
        rows,
        hours=6,
        events=(frame.ALERTS, frame.VERSIONS, frame.REFUSALS, model_rollbacks.ROLLED_BACK),
    )
