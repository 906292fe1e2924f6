"""Metrics for Prometheus; they never contain names of people."""
