"""The page at / in Chromium: typing, pasting, files, the keyboard, a phone, and assistive software.

Needs Debian's chromium and chromium-driver, and the extra dev.
"""

import csv
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client import CollectorRegistry
from werkzeug.serving import make_server

from gender_detection import api_keys
from gender_detection.api.app import create_app
from gender_detection.api.page.rendering import TEXTS
from tests.api.server_process import wait_until

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed"
)

AXE = Path(axe.__file__).with_name("axe.min.js")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Drops a file of that name and text.
DROP = """
const files = new DataTransfer();
files.items.add(new File([arguments[1]], arguments[0]));
const dropped = new DragEvent("drop", { dataTransfer: files, cancelable: true, bubbles: true });
document.getElementById("drop").dispatchEvent(dropped);
"""
TAB, ENTER = "\ue004", "\ue007"
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
        self.driver.execute_script(AXE.read_text())
        options = {"runOnly": {"type": "tag", "values": WCAG}}
        script = "axe.run(document, arguments[0]).then(arguments[1])"
        found = self.driver.execute_async_script(script, options)
        assert len(found["passes"]) > 15
        return [f"{v['id']}: {node['html']}" for v in found["violations"] for node in v["nodes"]]

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


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
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


def test_typed_names_are_answered_on_a_scale(page):
    page.one("names").send_keys("Maria\nRossi, Andrea\nKim")
    page.one("country").send_keys("Italy")
    page.click("names-form")
    maria, andrea, kim = page.answers()

    assert "mostly women" in maria
    assert "people with this name" in maria
    assert "mostly men" in andrea
    assert "both women and men have this name" in kim
    marks = page.driver.find_elements("css selector", "#answer-list .mark")
    places = [float(mark.get_attribute("cx").rstrip("%")) for mark in marks]
    assert places[1] < 20 < places[2] < 80 < places[0]
    band = page.driver.find_element("css selector", "#answer-list .band")
    assert (band.get_attribute("x"), band.get_attribute("width")) == ("20.00%", "60.00%")


def test_pasted_names_are_answered_and_no_name_is_in_a_url(page):
    page.one("names").click()
    page.driver.execute_cdp_cmd("Input.insertText", {"text": "Maria\r\nJohn\n\n  Kim  "})
    page.click("names-form")

    assert [answer.split()[0] for answer in page.answers()] == ["Maria", "John", "Kim"]
    addresses = page.requests()
    assert f"{page.origin}/predict" in addresses
    assert not [address for address in addresses if not address.startswith(f"{page.origin}/")]
    assert not [address for address in addresses if "Maria" in address]
    assert not page.complaints()


def test_markup_in_a_name_stays_text(page):
    page.one("names").send_keys("<img src=x onerror=document.title=1>")
    page.click("names-form")

    assert "<img src=x" in page.answers()[0]
    assert page.driver.title == TEXTS["page"]["title"]


def test_nothing_to_ask_is_said(page):
    page.one("names").send_keys("  ")
    page.click("names-form")

    assert page.one("names-error").text == TEXTS["names"]["none"]


def test_table_is_answered_and_downloaded(page, people):
    page.answer_table(people)
    page.one("download").click()
    answered = page.downloads / "people_answered.csv"
    page.wait(answered.exists)
    rows = list(csv.DictReader(answered.open()))
    answered.unlink()

    assert page.one("columns-list").text.split("\n") == [
        TEXTS["table"]["name"], "Nombre", TEXTS["table"]["country"], "land",
    ]  # fmt: skip
    assert len(rows) == 30
    assert (rows[0]["Nombre"], rows[0]["year"], rows[0]["gender"]) == ("Maria", "2019", "female")


def test_columns_can_be_changed_and_asked_again(page, tmp_path):
    file = tmp_path / "odd.csv"
    file.write_text("who;where;year\nMaria;IT;2019\nAndrea;IT;2020\n")
    page.answer_table(file)
    assert page.one("table-error").text
    page.one("name-column").send_keys("who")
    page.one("country-column").send_keys("where")
    page.click("table-form")
    page.wait_for_table()

    assert page.one("table-error").text == ""
    assert page.one("columns-list").text.split("\n")[1::2] == ["who", "where"]
    asked = [address for address in page.requests() if "/predict" in address]
    assert asked[-1].endswith("/predict?name_column=who&country_column=where")


def test_table_without_a_header_is_read_by_number(page, tmp_path):
    file = tmp_path / "bare.csv"
    file.write_text("2019,Maria\n2020,John\n")
    page.one("file").send_keys(str(file))
    page.one("table-options").find_element("css selector", "summary").click()
    page.one("header").click()
    page.click("table-form")
    page.wait_for_table()
    page.one("name-column").send_keys("Maria")
    page.click("table-form")
    page.wait_for_table()

    assert page.one("download").is_displayed()
    asked = [address for address in page.requests() if "/predict" in address]
    assert asked[-1].endswith("/predict?name_column=2")
    page.one("by").send_keys("column_1")
    page.click("shares-form")
    page.wait(lambda: page.one("shares-answer").is_displayed())
    assert page.one("shares-rows").text.startswith("2019 1 ")


def test_dropped_file_is_answered(page):
    page.driver.execute_script(DROP, "dropped.tsv", "name\tyear\nMaria\t2019\n")
    page.click("table-form")
    page.wait_for_table()

    assert page.one("columns-list").text.split("\n") == [TEXTS["table"]["name"], "name"]
    assert page.one("download").get_attribute("download") == "dropped_answered.tsv"


def test_workbook_is_not_taken_for_a_table(page, tmp_path):
    file = tmp_path / "people.xlsx"
    file.write_bytes(b"PK\x03\x04" + bytes(100))
    page.one("file").send_keys(str(file))

    page.wait(lambda: page.one("table-error").text == TEXTS["table"]["not_text"])


def test_file_has_to_be_chosen_first(page):
    page.click("table-form")

    assert page.one("table-error").text == TEXTS["table"]["no_file"]


def test_shares_by_group_are_drawn_and_tabled(page, people):
    page.answer_table(people)
    page.one("by").send_keys("year")
    page.click("shares-form")
    page.wait(lambda: page.one("shares-answer").is_displayed())

    rows = page.driver.find_elements("css selector", "#shares-rows tr")
    assert [row.text.split()[:2] for row in rows] == [
        ["2019", "12"],
        ["2020", "18"],
        ["All", "rows"],
    ]
    picture = page.driver.find_element("css selector", "#shares-picture svg")
    assert picture.get_attribute("aria-label") == TEXTS["shares"]["picture"]
    assert len(picture.find_elements("css selector", ".interval")) == 3
    assert not page.complaints()


def test_keyboard_alone_is_enough(page):
    keys = webdriver.ActionChains(page.driver)
    keys.send_keys(TAB, ENTER).perform()
    focused = page.driver.switch_to.active_element
    assert focused.get_attribute("id") == "names"
    keys = webdriver.ActionChains(page.driver)
    keys.send_keys("Andrea", TAB, "Ital", TAB, ENTER).perform()

    assert "mostly men" in page.answers()[0]


def test_card_opens_and_closes_by_keyboard(serve, settings, tiny_model):
    documents = {"card.md": "# Card of <b>this</b> model\n"}
    model = replace(tiny_model, documents=documents)
    page = serve(create_app(settings, model, CollectorRegistry())).open()
    page.one("card-link").send_keys(ENTER)
    page.wait(lambda: "Card of" in page.one("card-text").text)

    assert page.one("card-text").text == "# Card of <b>this</b> model"
    assert page.violations() == []
    webdriver.ActionChains(page.driver).send_keys("\ue00c").perform()
    assert not page.one("card").is_displayed()
    assert page.driver.switch_to.active_element.get_attribute("id") == "card-link"


def test_key_is_sent_in_the_header_only(serve, settings, tiny_model, tmp_path, people):
    keys, secret = api_keys.create([], "laboratory")
    file = tmp_path / "keys.json"
    file.write_bytes(api_keys.encode(keys))
    guarded = replace(settings, api_keys=str(file))
    page = serve(create_app(guarded, tiny_model, CollectorRegistry())).open()
    page.one("names").send_keys("Maria")
    page.click("names-form")
    page.wait(lambda: page.one("names-error").text)
    assert "API key required" in page.one("names-error").text

    page.one("key").send_keys(secret)
    page.click("names-form")
    assert "mostly women" in page.answers()[0]
    page.answer_table(people)
    assert page.one("download").is_displayed()
    assert not [address for address in page.requests() if secret in address]
    stored = "return [localStorage.length, sessionStorage.length, document.cookie]"
    assert page.driver.execute_script(stored) == [0, 0, ""]
    page.driver.refresh()
    assert page.one("key").get_attribute("value") == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1000])
def test_everything_fits_and_has_no_violation(page, people, scheme, width):
    page.emulate(width, 800, scheme)
    assert page.violations() == []
    page.one("names").send_keys("Maria\nJohn\nKim\nJ. R.\nxyz\n" + "Maria" * 40)
    page.click("names-form")
    page.answers()
    page.answer_table(people)
    page.one("by").send_keys("year")
    page.click("shares-form")
    page.wait(lambda: page.one("shares-answer").is_displayed())
    page.one("table-options").find_element("css selector", "summary").click()

    assert page.violations() == []
    assert page.driver.execute_script("return document.documentElement.scrollWidth") <= width
    dark = page.driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (dark == "rgb(20, 24, 29)") == (scheme == "dark")


def test_form_works_without_a_script(serve, settings, tiny_model):
    page = serve(create_app(settings, tiny_model, CollectorRegistry()))
    page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page.driver.get(f"{page.origin}/")
        assert TEXTS["page"]["script"] in page.driver.find_element("css selector", "noscript").text
        page.one("names").send_keys("Maria\nKim")
        page.click("names-form")
        maria, kim = page.answers()
    finally:
        page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    assert "mostly women" in maria
    assert "both women and men have this name" in kim
    assert page.driver.current_url == f"{page.origin}/#answers-title"
