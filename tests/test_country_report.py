"""The report on countries that are not understood, and on NA."""

from gender_detection.countries.report import (
    MOST_VALUES,
    CountryReport,
    na_is_missing,
    report_on,
)


def test_countries_that_are_understood_or_missing_are_not_reported():
    report = report_on(["IT", "Italy", None, "", "nan", "NA"])

    assert (report.unknown, report.sentences()) == (0, [])


def test_most_common_values_are_the_examples():
    report = report_on(["Utopia", "Atlantis", "Atlantis", "Oz", "Oz", "Oz", "Narnia"])

    assert report.unknown == 7
    [sentence] = report.sentences("person", "people")
    assert sentence.startswith(
        "7 people have a country that is not understood ('Oz', 'Atlantis', 'Narnia', …)"
    )


def test_reports_of_parts_add_up_to_the_whole_report():
    whole, parts = report_on(["Oz", "Utopia", "Oz"]), CountryReport(namibia=2)
    for part in (["Oz"], ["Utopia", "Oz"]):
        parts.add(report_on(part))

    assert parts.values == whole.values
    assert [w.code for w in parts.warnings()] == ["country_not_understood", "na_is_namibia"]


def test_column_without_countries_takes_no_more_memory():
    report = report_on(f"{number} {'x' * 10_000}" for number in range(MOST_VALUES + 5))

    assert report.unknown == MOST_VALUES + 5
    assert len(report.values) == MOST_VALUES
    assert max(map(len, report.values)) <= 40
    assert len(report.sentences()[0]) < 400


def test_na_is_missing_unless_another_row_names_a_country():
    assert na_is_missing(["NA", None, "", "na"])
    assert na_is_missing(["NA", "Atlantis"])
    assert not na_is_missing(["NA", "Italy"])
