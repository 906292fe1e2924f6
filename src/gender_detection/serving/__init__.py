"""The production server of the API (docs/decisions/0003-wsgi-server.md)."""
