"""GET /docs: the interface to read, in a browser that is asked to fetch nothing from elsewhere."""

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
BROWSER_SECONDS = 60
FILES = ["start.js", "swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"]
LINK = re.compile(r"""(?:src|href|action)\s*=\s*["']?([^"'\s>]+)|url\(["']?([^"')]+)""")


def test_page_lets_a_browser_load_only_from_this_host(client):
    response = client.get("/docs")

    assert (response.status_code, response.mimetype) == (200, "text/html")
    directives = response.headers["Content-Security-Policy"].split("; ")
    policy = dict(directive.split(" ", 1) for directive in directives)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert {source for value in policy.values() for source in value.split()} == {
        "'none'", "'self'", "'unsafe-inline'", "data:",
    }  # fmt: skip


def test_page_and_styles_have_no_external_links(client):
    page, styles = client.get("/docs").text, client.get("/docs/swagger-ui.css").text

    links = [found[1] or found[2] for text in (page, styles) for found in LINK.finditer(text)]
    assert [link for link in links if not link.startswith("data:")] == [
        "docs/swagger-ui.css",
        "docs/favicon-32x32.png",
        "openapi.json",
        "docs/swagger-ui-bundle.js",
        "docs/start.js",
    ]
    assert "<script>" not in page


def test_document_is_not_sent_to_an_external_validator(client):
    assert "validatorUrl: null" in client.get("/docs/start.js").text


@pytest.mark.parametrize("file", FILES)
def test_files_of_the_page_are_served(client, file):
    response = client.get(f"/docs/{file}")

    assert response.status_code == 200
    assert response.data
    assert response.mimetype in ("text/javascript", "text/css", "image/png")


@pytest.mark.parametrize(
    "file", ["VERSION", "index.html", "swagger-ui.js", "..%2f__init__.py", ".", "%00", "x" * 5000]
)
def test_no_other_file_is_served(client, file):
    response = client.get(f"/docs/{file}")

    assert (response.status_code, response.mimetype) == (404, "application/problem+json")


def test_page_shows_no_version_of_its_software(client):
    assert not re.search(r"\d+\.\d+\.\d+", client.get("/docs").text)


@pytest.fixture
def origin(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_browser_shows_every_route_and_contacts_no_other_host(origin, client, tmp_path):
    net_log = tmp_path / "net.json"
    done = subprocess.run(
        [
            str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={tmp_path / 'profile'}", f"--log-net-log={net_log}",
            "--enable-logging=stderr", "--virtual-time-budget=20000", "--dump-dom",
            f"{origin}/docs",
        ],
        capture_output=True, text=True, timeout=BROWSER_SECONDS, check=False,
    )  # fmt: skip

    for path in client.get("/openapi.json").json["paths"]:
        assert f'data-path="{path}"' in done.stdout
    assert "CONSOLE" not in done.stderr
    asked = requests_of_pages(net_log)
    assert {f"{origin}/docs", f"{origin}/openapi.json"} <= asked
    assert not [url for url in asked if not url.startswith((f"{origin}/", "data:"))]


def requests_of_pages(net_log: Path) -> set[str]:
    """Return what pages asked for; the browser's own requests have no page that began them."""
    log = json.loads(net_log.read_text())
    begun = log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    begins = [event.get("params", {}) for event in log["events"] if event["type"] == begun]
    requests = [params for params in begins if "url" in params]
    return {r["url"] for r in requests if "127.0.0.1" in r["url"] + r.get("initiator", "")}
