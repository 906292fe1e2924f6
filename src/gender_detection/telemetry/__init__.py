"""Numbers about this software at work, for Prometheus; never a name."""
