"""The metrics of the API for Prometheus."""
