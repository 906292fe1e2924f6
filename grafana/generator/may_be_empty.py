"""Queries that may return no data; every other query of the dashboards must return some."""

# The reason, by dashboard and title of the panel or annotation. The tests read it.
MAY_BE_EMPTY: dict[tuple[str, str], str] = {
    ("service", "Alert firing"): "marks alerts, and there should be none",
    ("model", "Alert firing"): "marks alerts, and there should be none",
    ("pipeline", "Alert firing"): "marks alerts, and there should be none",
    ("service", "Alerts pending or firing"): "lists alerts, and there should be none",
    ("service", "Version came into service"): "marks changes of version, which are rare",
    ("model", "Version came into service"): "marks changes of version, which are rare",
    ("pipeline", "Version came into service"): "marks changes of version, which are rare",
    ("service", "Worker died"): "marks deaths of workers, and there should be none",
    ("model", "Version refused"): "marks refused versions, and there should be none",
    ("model", "Version rolled back"): "marks versions rolled back, and there should be none",
    ("model", "Rollbacks"): "exists only where AUTO_ROLLBACK is on",
    ("model", "Drift by feature"): "is not measured below 200 names in five minutes",
    ("pipeline", "Rules that refused it"): "lists refusals, and there should be none",
    ("pipeline", "Last upkeep"): "exists only once gender-detection clean-old has run",
    ("pipeline", "Kept"): "exists only once gender-detection clean-old has run",
    ("pipeline", "Removed"): "exists only once gender-detection clean-old has run",
    ("model", "Registry contact"): "exists only where MODEL_URI names a registered model",
    ("model", "Fetches from the registry"): "exists only where MODEL_URI names a registered model",
    ("model", "Share that differs by kind"): "has no value where no challenger is asked",
    ("model", "Workers that ask a challenger"): "exists only where a challenger is asked",
    ("model", "Fetches of challengers"): "exists only with a SHADOW_SHARE",
}
