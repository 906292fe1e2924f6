"""The REST API: one person or many in, predictions out."""
