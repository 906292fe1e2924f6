"""A report is read by people: as text in a terminal, as one HTML page."""

from html.parser import HTMLParser
from typing import Any

import pytest

from gender_detection import evaluation
from gender_detection.evaluation import LabelledPerson, as_html, as_text, text_report
from gender_detection.model import Model, Person


@pytest.fixture(scope="module")
def report(tiny_model: Model, mixed_people: list[LabelledPerson]) -> dict[str, Any]:
    many = [LabelledPerson(Person(name="Maria", country="KR"), "male")] * 40
    odd = [LabelledPerson(Person(name="Maria", country="Atlantis"), "female")]
    return evaluation.evaluate(tiny_model, [*mixed_people, *many, *odd])


class Page(HTMLParser):
    """The tags, their attributes and the words of a page; unclosed is what is still open."""

    VOID = frozenset({"meta", "img"})

    def __init__(self, page: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.unclosed: list[str] = []
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.unclosed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def line_with(lines: list[str], *parts: str) -> str:
    (found,) = [line for line in lines if all(part in line for part in parts)]
    return found


def test_text_fits_a_terminal_and_has_no_markup(report: dict[str, Any]):
    lines = as_text(report).splitlines()

    assert max(map(len, lines)) <= text_report.WIDTH
    assert as_text(report).isascii()
    assert lines == [line.rstrip() for line in lines]


def test_text_states_who_was_evaluated_and_who_was_left_out(report: dict[str, Any]):
    lines = as_text(report).splitlines()

    assert lines[0].startswith("49 people, 10.2% women; answered from a probability of 0.8")
    assert lines[1] == "excluded, labelled neither female nor male: 1"


def test_text_has_a_row_per_country_and_one_for_small_ones(report: dict[str, Any]):
    lines = as_text(report).splitlines()

    assert line_with(lines, " KR ").split() == [
        "KR", "40", "0.0%", "100.0%", "91.2", "to", "100.0%", "-", "100.0%", "+100.0%", "100.0%",
        "0.0%",
    ]  # fmt: skip
    assert line_with(lines, "3 others").split()[:5] == ["3", "others", "7", "57.1%", "28.6%"]


def test_text_shows_a_limited_number_of_countries(tiny_model: Model):
    countries = (
        "AR AT AU BE BR CA CH CL CO CZ DE DK ES FI FR GB GR HU IE IN IT MX NL NO NZ PL PT"
    ).split()
    people = [
        LabelledPerson(Person(name="Maria", country=country), "female")
        for at, country in enumerate(countries)
        for _ in range(100 - at)
    ]

    report = evaluation.evaluate(tiny_model, people)

    lines = as_text(report).splitlines()
    shown = lines[lines.index("By country") + 2 : lines.index("By basis of the answer") - 1]
    assert [line.split()[0] for line in shown] == [*countries[:25], "2"]
    assert line_with(lines, "2 others").split()[2] == "149"
    assert "<td>PT</td>" in as_html(report, "all")


def test_text_ends_with_the_findings(report: dict[str, Any]):
    assert "\nFindings\n- KR: 100.0% of 40 forced answers are wrong" in as_text(report)


def test_page_is_complete_and_needs_no_other_file(report: dict[str, Any]):
    page = Page(as_html(report, "A report", {"coverage": b"\x89PNG"}))

    assert page.unclosed == []
    assert [attrs["src"] for tag, attrs in page.tags if tag == "img"] == [
        "data:image/png;base64,iVBORw=="
    ]
    assert not [tag for tag, attrs in page.tags if tag in ("script", "link") or "href" in attrs]


def test_page_has_tables_findings_and_warnings(report: dict[str, Any]):
    words = Page(as_html(report, "A report")).words

    for part in (
        "A report",
        "49 people",
        "By country",
        report["findings"][0],
        "a country that is not",
    ):
        assert part in words


def test_page_escapes_text_from_outside(report: dict[str, Any]):
    page = as_html(report, "<b>&co</b>.csv", {'"><script>': b""})

    assert "<b>" not in page
    assert "<script>" not in page
    assert "&lt;b&gt;&amp;co" in page


def test_no_name_is_shown(report: dict[str, Any]):
    for shown in (as_text(report), as_html(report, "A report")):
        for name in ("Maria", "Andrea", "Smith", "Kim"):
            assert name not in shown


def test_report_of_no_people_can_be_rendered(tiny_model: Model):
    nobody = evaluation.evaluate(tiny_model, [])

    assert as_text(nobody).startswith("0 people, - women")
    assert Page(as_html(nobody, "Nobody")).unclosed == []
