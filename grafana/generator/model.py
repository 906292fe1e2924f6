"""The dashboard Model: which model answers, what it says, and whether names are as in training."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from . import frame, model_answers, model_names, model_now, model_versions


def build() -> Dashboard:
    """Return the dashboard."""
    rows = (
        ("Which model answers?", model_now.SUMMARY),
        ("Answers", model_answers.ANSWERS),
        ("Drift: are names as they were in training?", model_names.DRIFT),
        ("Names asked for", model_names.NAMES),
        ("The champion's own evaluation", model_versions.EVALUATION),
        ("Loads and the registry", model_versions.LOADS),
    )
    return frame.dashboard_of(
        "Model",
        "Which version answers, what it says, and whether the names that come are those it was"
        " made for. First steps for each alert: docs/runbook.md.",
        rows,
        hours=6,
        events=(frame.ALERTS, frame.VERSIONS, frame.REFUSALS),
    )
