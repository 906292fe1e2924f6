"""The description of all routes: OpenAPI, and the page that shows it."""
