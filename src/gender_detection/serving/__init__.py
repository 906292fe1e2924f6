"""The production server that the API runs behind (docs/decisions/0003-wsgi-server.md)."""
