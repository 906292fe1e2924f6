"""The page at / in Chromium; needs Debian's chromium and chromium-driver, and the extra dev."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client import CollectorRegistry
from werkzeug.serving import make_server

from gender_detection.api.app import create_app
from tests.api.server_process import wait_until

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PEOPLE = "Nombre,land,year\n" + "".join(
    f"{name},IT,{year}\n"
    for year, names in (("2019", ("Maria", "Andrea")), ("2020", ("John", "Maria", "Kim")))
    for name in names * 6
)


class Page:
    """The page in a browser; origin is where it is served."""

    def __init__(self, driver: Any, origin: str, downloads: Path) -> None:
        self.driver = driver
        self.origin = origin
        self.downloads = downloads

    def open(self) -> "Page":
        self.driver.get(f"{self.origin}/")
        self.wait(lambda: self.one("tables").is_displayed())
        return self

    @staticmethod
    def _is_gone(element: Any) -> bool:
        exceptions = pytest.importorskip("selenium.common.exceptions")
        try:
            element.is_enabled()
        except exceptions.StaleElementReferenceException:
            return True
        return False

    def one(self, element: str) -> Any:
        return self.driver.find_element("id", element)

    def wait(self, condition: Callable[[], object]) -> None:
        wait_until(lambda: bool(condition()), "the page")

    def click(self, form: str) -> None:
        self.driver.find_element("css selector", f"#{form} button:not([type=button])").click()

    def answers(self) -> list[str]:
        """Return the text of each answer, once there are any."""
        found = "#answer-list > li"
        self.wait(lambda: self.driver.find_elements("css selector", found))
        return [item.text for item in self.driver.find_elements("css selector", found)]

    def answer_table(self, file: Path) -> None:
        self.one("file").send_keys(str(file))
        self.click("table-form")
        self.wait_for_table()

    def wait_for_table(self) -> None:
        self.wait(
            lambda: self.one("download").is_displayed() or self.one("table-error").is_displayed()
        )

    def emulate(self, width: int = 1000, height: int = 900, scheme: str = "light") -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)

    def violations(self) -> list[str]:
        """Return what axe finds."""
        axe = pytest.importorskip("axe_playwright_python")
        self.driver.execute_script(Path(axe.__file__).with_name("axe.min.js").read_text())
        options = {"runOnly": {"type": "tag", "values": WCAG}}
        script = "axe.run(document, arguments[0]).then(arguments[1])"
        found = self.driver.execute_async_script(script, options)
        assert len(found["passes"]) > 15
        return [f"{v['id']}: {node['html']}" for v in found["violations"] for node in v["nodes"]]

    def submit(self, form: str) -> None:
        """Send a form without a script, which does not show the answer at once."""
        before = self.one("names")
        self.click(form)
        self.wait(lambda: self._is_gone(before))

    def disable_scripts(self, is_off: bool) -> None:
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": is_off})

    def download(self, link: str, file: str) -> str:
        """Click a link, and return the text of the file that it downloads."""
        self.one(link).click()
        downloaded = self.downloads / file
        self.wait(downloaded.exists)
        text = downloaded.read_bytes().decode()
        downloaded.unlink()
        return text

    def requests(self) -> list[str]:
        """Return the addresses that the page has asked for since the last call."""
        events = [
            json.loads(line["message"])["message"] for line in self.driver.get_log("performance")
        ]
        return [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]

    def complaints(self) -> list[str]:
        """Return what the browser wrote to its console since the last call."""
        return [line["message"] for line in self.driver.get_log("browser")]


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver")
    if not (CHROMIUM and DRIVER):
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ):  # fmt: skip
        options.add_argument(argument)
    downloads = str(tmp_path_factory.mktemp("downloads"))
    options.add_experimental_option("prefs", {"download.default_directory": downloads})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=DRIVER)
    driver = webdriver.Chrome(options=options, service=service)
    driver.downloads = Path(downloads)
    yield driver
    driver.quit()


@pytest.fixture
def serve(driver) -> Iterator[Callable[[Flask], Page]]:
    """Serve an app, and return its page, not yet opened."""
    servers = []

    def serve(app: Flask) -> Page:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        page = Page(driver, f"http://127.0.0.1:{server.port}", driver.downloads)
        page.emulate()
        page.requests(), page.complaints()
        return page

    yield serve
    driver.get("about:blank")
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def page(serve: Callable[[Flask], Page], settings, tiny_model) -> Page:
    return serve(create_app(settings, tiny_model, CollectorRegistry())).open()


@pytest.fixture
def people(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    return file
