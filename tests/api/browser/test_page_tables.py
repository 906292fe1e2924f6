"""The form of a file in a browser: choosing, dropping, other kinds of files, and shares."""

import csv
import io

import pytest

from gender_detection.api.page.rendering import TEXTS

# Drops a file of that name and text on an element.
DROP = """
const files = new DataTransfer();
files.items.add(new File([arguments[1]], arguments[0]));
const dropped = new DragEvent("drop", { dataTransfer: files, cancelable: true, bubbles: true });
document.getElementById(arguments[2]).dispatchEvent(dropped);
"""
TAB, ENTER = "\ue004", "\ue007"


def test_table_is_answered_and_downloaded(page, people):
    page.answer_table(people)
    rows = list(csv.DictReader(io.StringIO(page.download("download", "people_answered.csv"))))

    assert page.one("columns-list").text.split("\n") == [
        TEXTS["table"]["name"], "Nombre", TEXTS["table"]["country"], "land",
    ]  # fmt: skip
    assert len(rows) == 30
    assert (rows[0]["Nombre"], rows[0]["year"], rows[0]["gender"]) == ("Maria", "2019", "female")


def test_columns_can_be_changed_and_asked_again(page, tmp_path):
    file = tmp_path / "odd.csv"
    file.write_text("who;where;year\nMaria;IT;2019\nAndrea;IT;2020\n")
    page.answer_table(file)
    said = page.one("table-error").text
    assert said.startswith("no column holds names")
    assert TEXTS["table"]["choose"].removeprefix("{detail}") in said
    assert "--name-column" not in said
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


@pytest.mark.parametrize("beside", ["drop", "names-title"])
def test_dropped_file_is_answered_wherever_it_is_dropped(page, beside):
    page.driver.execute_script(DROP, "dropped.tsv", "name\tyear\nMaria\t2019\n", beside)
    page.click("table-form")
    page.wait_for_table()

    assert page.one("columns-list").text.split("\n") == [TEXTS["table"]["name"], "name"]
    assert page.one("download").get_attribute("download") == "dropped_answered.tsv"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("people.xlsx", b"PK\x03\x04" + bytes(100), "workbook"),
        ("people.xls", b"\xd0\xcf\x11\xe0" + bytes(100), "workbook"),
        ("people.zip", b"PK\x03\x04" + bytes(100), "packed"),
        ("people.csv.gz", b"\x1f\x8b\x08\x00" + bytes(100), "packed"),
        ("people.pdf", b"%PDF-1.7\n", "pdf"),
        ("people.png", b"\x89PNG" + bytes(100), "other"),
        ("people.csv", b"", "empty"),
    ],
)
def test_file_that_is_no_table_is_not_sent(page, tmp_path, name, content, kind):
    file = tmp_path / name
    file.write_bytes(content)
    page.one("file").send_keys(str(file))
    page.wait(lambda: page.one("table-error").text == TEXTS["table"]["kinds"][kind])
    page.click("table-form")

    assert page.one("table-error").text == TEXTS["table"]["kinds"][kind]
    assert not [address for address in page.requests() if "/predict" in address]


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


def test_shares_are_kept_as_a_file(page, people):
    page.answer_table(people)
    page.one("by").send_keys("year")
    page.click("shares-form")
    page.wait(lambda: page.one("shares-answer").is_displayed())
    text = page.download("shares-download", "shares.csv").removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [(row["year"], row["n"]) for row in rows] == [("2019", "12"), ("2020", "18")]
    for row in rows:
        assert float(row["low"]) < float(row["female_share"]) < float(row["high"])
        assert "too_few" in row["warnings"]


def test_groups_have_their_whole_names_on_a_phone(page, tmp_path):
    file = tmp_path / "people.csv"
    long = [f"Mathematics and Statistics, group {at}" for at in range(3)]
    file.write_text("name,unit\n" + "".join(f'Maria,"{unit}"\n' for unit in long))
    page.emulate(375, 800)
    page.answer_table(file)
    page.one("by").send_keys("unit")
    page.click("shares-form")
    page.wait(lambda: page.one("shares-answer").is_displayed())

    labels = page.driver.find_elements("css selector", "#shares-picture text:not(.axis-text)")
    assert [label.text for label in labels] == [*long, TEXTS["shares"]["all"]]
    right = "return Math.max(...arguments[0].map((one) => one.getBoundingClientRect().right))"
    assert page.driver.execute_script(right, labels) <= 375
