"""GET /openapi.json, and GET /docs, which shows it in Swagger UI; all files come from this server.

flask-swagger-ui provides the files. Its own page is not used: a strict Content-Security-Policy
forbids its inline script, and it discloses its version.
"""

from importlib.resources import files

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from ..http.schemas import JSON
from .openapi import describe
from .routes import DOCS_FILES, DOCS_SCRIPT

# Swagger UI needs style attributes and data: images, nothing else.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
# base leads from the page to the folder of /docs.
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gender Detection API</title>
<link rel="stylesheet" href="{base}docs/swagger-ui.css">
<link rel="icon" href="{base}docs/favicon-32x32.png">
</head>
<body>
<div id="docs" data-description="{base}openapi.json"></div>
<noscript>The interface is described in <a href="{base}openapi.json">openapi.json</a>.</noscript>
<script src="{base}docs/swagger-ui-bundle.js"></script>
<script src="{base}docs/start.js"></script>
</body>
</html>
"""
# With the default validatorUrl, Swagger UI sends the document to a service of its makers.
SCRIPT = """SwaggerUIBundle({
  url: document.getElementById("docs").dataset.description,
  dom_id: "#docs",
  deepLinking: true,
  validatorUrl: null,
});
"""


def docs() -> Blueprint:
    """Return the routes /openapi.json, /docs and /docs/<file>."""
    blueprint = Blueprint("docs", __name__)
    document = describe()

    @blueprint.get("/openapi.json")
    def show_openapi() -> Response:
        return Response(document, content_type=JSON)

    # People also write /docs/, from where all links lead one folder up.
    @blueprint.get("/docs", strict_slashes=False)
    def show_docs() -> Response:
        html = PAGE.format(base="../" if request.path.endswith("/") else "")
        page = Response(html, content_type="text/html; charset=utf-8")
        page.headers["Content-Security-Policy"] = POLICY
        return page

    @blueprint.get("/docs/<file>")
    def show_file(file: str) -> Response:
        if file not in DOCS_FILES:
            raise NotFound
        body = (
            SCRIPT.encode()
            if file == DOCS_SCRIPT
            else files("flask_swagger_ui").joinpath("dist", file).read_bytes()
        )
        return Response(body, mimetype=DOCS_FILES[file])

    return blueprint
