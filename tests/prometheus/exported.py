"""The metrics that rules and dashboards may read, and the labels that each has.

This is written apart from the declarations, so that a change of a name or a label, which breaks
somebody's dashboards, is made on purpose.
"""

STAGES = {
    "pipeline_rows_in": "stage",
    "pipeline_rows_out": "stage",
    "pipeline_rows_rejected": "stage reason",
    "pipeline_task_duration_seconds": "task",
    "pipeline_task_last_attempt_timestamp_seconds": "task",
    "pipeline_task_last_success_timestamp_seconds": "task",
    "pipeline_task_failed": "task",
    "pipeline_dag_duration_seconds": "dag",
    "pipeline_dag_last_attempt_timestamp_seconds": "dag",
    "pipeline_dag_last_success_timestamp_seconds": "dag",
    "pipeline_dag_failed": "dag",
    "pipeline_gate_passed": "",
    "pipeline_gate_refusals": "rule",
    "pipeline_upkeep_removed": "kind",
    "pipeline_upkeep_removed_bytes": "kind",
    "pipeline_upkeep_kept_bytes": "kind",
    "pipeline_unreadable_files": "",
}
SERVICE = {
    "http_requests_total": "route method status",
    "http_requests_in_flight": "",
    "http_requests_shed_total": "cause",
    "requests_not_rate_limited_total": "",
    "predictions_total": "gender basis reason",
    "name_countries_total": "country",
    "name_scripts_total": "script",
    "model_info": "name version data_version",
    "model_workers": "version",
    "model_load_seconds": "",
    "model_loaded_timestamp_seconds": "",
    "model_trained_timestamp_seconds": "",
    "model_reloads_total": "outcome",
    "model_figure": "figure",
    "drift_divergence": "feature",
    "drift_window_names": "",
    "registry_fetches_total": "outcome",
    "registry_contact_timestamp_seconds": "",
    "shadow_names_total": "difference",
    "shadow_names_dropped_total": "reason",
    "shadow_workers": "version",
    "shadow_fetches_total": "outcome",
    "model_watch": "state",
    "model_rollbacks_total": "cause",
    "model_rollbacks_failed_total": "",
    "workers": "",
    "workers_wanted": "",
    "workers_ready": "",
    "worker_deaths_total": "cause",
    "worker_start_time_seconds": "worker",
    "worker_resident_memory_bytes": "worker",
    "worker_open_fds": "worker",
    "workers_cpu_seconds_total": "",
    "server_start_time_seconds": "",
    "build_info": "version python",
}
HISTOGRAMS = {
    "http_request_duration_seconds": "route",
    "http_request_body_bytes": "route",
    "request_names": "route",
    "model_duration_seconds": "route",
    "prediction_probability": "",
    "given_name_letters": "",
}
# What Prometheus itself makes or says.
PROMETHEUS = {
    "up": "",
    "ALERTS": "alertname alertstate severity",
    "prometheus_rule_evaluation_failures_total": "rule_group",
}
TARGET = {"job", "instance"}


def exported() -> dict[str, set[str]]:
    """Return the labels of each metric, those of its target included, by the name in queries."""
    names = {**STAGES, **SERVICE}
    for name, labels in HISTOGRAMS.items():
        names[f"{name}_bucket"] = f"{labels} le"
        names[f"{name}_sum"] = names[f"{name}_count"] = labels
    ours = {f"gender_detection_{name}": labels for name, labels in names.items()}
    return {name: TARGET | set(labels.split()) for name, labels in {**ours, **PROMETHEUS}.items()}
