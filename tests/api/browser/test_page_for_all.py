"""The page at / for everybody: the keyboard alone, a phone, assistive software, and keys."""

from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry

from gender_detection import api_keys
from gender_detection.api.app import create_app
from gender_detection.api.page.rendering import TEXTS

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
TAB, ENTER = "\ue004", "\ue007"
# CSS pixels of the smallest phones in use.
PHONE = (375, 667)


@pytest.fixture
def guarded(settings, tmp_path):
    """Settings that require a key."""
    file = tmp_path / "keys.json"
    file.write_bytes(api_keys.encode([]))
    return replace(settings, api_keys=str(file))


def test_first_screen_of_a_phone_says_all_that_the_page_is_not_for(page):
    page.emulate(*PHONE)

    limits = page.driver.find_element("css selector", ".limits").rect
    assert limits["y"] + limits["height"] < PHONE[1]


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
    assert page.driver.switch_to.active_element.get_attribute("id") == "key"
    assert page.one("key-error").text == TEXTS["key"]["enter"]
    page.one("key").send_keys("wrong")
    assert page.one("key-error").text == ""
    page.click("names-form")
    page.wait(lambda: page.one("names-error").text == TEXTS["key"]["refused"])
    assert page.violations() == []

    page.one("key").clear()
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1000])
def test_refusals_and_the_card_fit_and_have_no_violation(serve, guarded, tiny_model, scheme, width):
    page = serve(create_app(guarded, tiny_model, CollectorRegistry()))
    page.emulate(width, 800, scheme)
    for path in ("card", "no/such/page", "predict"):
        page.driver.get(f"{page.origin}/{path}")
        assert page.violations() == []
        assert page.driver.execute_script("return document.documentElement.scrollWidth") <= width
        colour = page.driver.execute_script(
            "return getComputedStyle(document.body).backgroundColor"
        )
        assert (colour == "rgb(20, 24, 29)") == (scheme == "dark")
    page.driver.find_element("css selector", "header a").click()

    assert page.driver.current_url == f"{page.origin}/"
    page.complaints()


def test_form_without_a_script_says_that_a_key_is_needed(serve, guarded, tiny_model):
    page = serve(create_app(guarded, tiny_model, CollectorRegistry()))
    page.disable_scripts(True)
    try:
        page.driver.get(f"{page.origin}/")
        said = page.driver.find_element("css selector", "noscript").text
        page.one("names").send_keys("Maria")
        page.submit("names-form")
    finally:
        page.disable_scripts(False)

    assert said == TEXTS["page"]["script_key"]
    assert page.driver.find_element("css selector", "h1").text == TEXTS["refusal"]["titles"]["401"]
    assert TEXTS["refusal"]["remedies"]["401"] in page.driver.find_element("tag name", "main").text
    assert page.violations() == []
