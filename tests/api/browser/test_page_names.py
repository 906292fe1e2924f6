"""The form of names in a browser: typing, pasting, keeping the answers, and no script at all."""

import csv
import io

from prometheus_client import CollectorRegistry

from gender_detection.api.app import create_app
from gender_detection.api.page.rendering import TEXTS

COLUMNS = ["name", "country", "gender", "probability", "p_female", "basis", "reason"]


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


def test_too_much_is_said_before_it_is_sent(page):
    form = page.one("names-form")
    most, longest = (int(form.get_attribute(f"data-{name}")) for name in ("most", "longest"))
    write = "arguments[0].value = arguments[1]"
    page.driver.execute_script(write, page.one("names"), "Kim\n" * (most + 1))
    page.click("names-form")
    assert f"{most + 1} names" in page.one("names-error").text
    page.driver.execute_script(write, page.one("names"), "Kim\n\n" + "x" * (longest + 1))
    page.click("names-form")

    assert page.one("names-error").text.startswith("Line 3 is longer")
    assert not [address for address in page.requests() if "/predict" in address]


def test_answers_are_kept_as_a_file(page):
    page.one("names").send_keys('Maria\nRossi, "Andrea"\nxyz')
    page.one("country").send_keys("Italy")
    page.click("names-form")
    page.answers()
    text = page.download("answers-download", "answers.csv")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))

    assert text.startswith("\ufeff")
    assert text.count("\r\n") == 4
    assert list(rows[0]) == COLUMNS
    assert [row["name"] for row in rows] == ["Maria", 'Rossi, "Andrea"', "xyz"]
    assert (rows[0]["country"], rows[0]["gender"], rows[0]["reason"]) == ("IT", "female", "")
    assert float(rows[0]["p_female"]) == float(rows[0]["probability"]) > 0.8
    assert (rows[2]["gender"], rows[2]["reason"]) == ("unknown", "unseen")


def test_answers_are_copied_as_cells(page):
    grant = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    page.driver.execute_cdp_cmd("Browser.grantPermissions", {"origin": page.origin, **grant})
    page.one("names").send_keys("Maria\nKim")
    page.click("names-form")
    page.answers()
    page.one("answers-copy").click()
    page.wait(lambda: page.one("answers-copied").text)
    read = "navigator.clipboard.readText().then(arguments[0])"
    rows = [row.split("\t") for row in page.driver.execute_async_script(read).splitlines()]

    assert page.one("answers-copied").text == TEXTS["answers"]["copied"]
    assert rows[0] == COLUMNS
    assert [row[0] for row in rows[1:]] == ["Maria", "Kim"]


def test_later_question_replaces_what_was_answered(page):
    for name in ("Maria", "Kim"):
        page.one("names").clear()
        page.one("names").send_keys(name)
        page.click("names-form")
        page.wait(lambda name=name: page.answers()[0].startswith(name))
    text = page.download("answers-download", "answers.csv")

    assert "Kim" in text
    assert "Maria" not in text


def test_server_that_is_gone_is_said(page):
    page.driver.execute_cdp_cmd("Network.enable", {})
    conditions = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    offline = "Network.emulateNetworkConditions"
    page.driver.execute_cdp_cmd(offline, {"offline": True, **conditions})
    try:
        page.one("names").send_keys("Maria")
        page.click("names-form")
        page.wait(lambda: page.one("names-error").text)
    finally:
        page.driver.execute_cdp_cmd(offline, {"offline": False, **conditions})

    assert page.one("names-error").text == TEXTS["errors"]["connection"]


def test_form_works_without_a_script(serve, settings, tiny_model):
    page = serve(create_app(settings, tiny_model, CollectorRegistry()))
    page.disable_scripts(True)
    try:
        page.driver.get(f"{page.origin}/")
        assert TEXTS["page"]["script"] in page.driver.find_element("css selector", "noscript").text
        assert not page.one("answers-keep").is_displayed()
        page.one("names").send_keys("Maria\nKim")
        page.click("names-form")
        maria, kim = page.answers()
    finally:
        page.disable_scripts(False)

    assert "mostly women" in maria
    assert "both women and men have this name" in kim
    assert page.driver.current_url == f"{page.origin}/#answers-title"
