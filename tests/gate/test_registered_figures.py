"""Two versions compared by the figures that are registered with both."""

from itertools import product

import pytest

from gender_detection.evaluation.registered import Cell, RegisteredFigures
from gender_detection.gate import Candidate, compare, load_rules
from gender_detection.gate.registered import counted, not_compared
from gender_detection.gate.statistics import p_of_loss
from gender_detection.gate.verdict import Finding, Verdict
from gender_detection.model import Model
from tests.gate.invented import candidate, data, rows

N = 2000


def figures(error: int, file: str = "ab" * 32, n: int = N) -> RegisteredFigures:
    return RegisteredFigures(file, "", "2026-05-01T12:00:00+00:00", 0.8, Cell(n, error, 0, 0))


@pytest.fixture(scope="module")
def version(tiny_model: Model) -> Candidate:
    return candidate(tiny_model, rows())


def verdict_on(
    version: Candidate,
    mine: list[RegisteredFigures],
    champions: list[RegisteredFigures] | None,
) -> Verdict:
    champion = None if champions is None else version
    return compare(
        version,
        champion,
        load_rules(),
        {"the challenger's data": data(rows())},
        seconds=lambda models, _: [1e-6 for _ in models],
        counted=[*counted(mine, champions)],
    )


def of_rule(verdict: Verdict, name: str) -> Finding:
    (found,) = [finding for finding in verdict.findings if finding.rule == name]
    return found


def test_version_with_many_more_errors_on_the_same_file_is_refused(version):
    found = of_rule(verdict_on(version, [figures(200)], [figures(100)]), "errors_labelled")

    assert found.passed is False
    assert found.of == "people of the registered file abababababab"
    assert "10.0% are wrong if every answer is forced, instead of 5.0%" in found.words


# With 125, it would be refused if its errors were those of the champion and 25 more.
@pytest.mark.parametrize("mine", [90, 100, 115, 125])
def test_version_that_may_be_as_good_passes(version, mine):
    assert of_rule(verdict_on(version, [figures(mine)], [figures(100)]), "errors_labelled").passed


def test_rules_that_need_the_people_say_that_they_compare_nothing(version):
    verdict = verdict_on(version, [figures(100)], [figures(100)])

    for name in ("errors_labelled_by_country_and_gender", "calibration_labelled"):
        assert of_rule(verdict, name).passed is None
        assert "Only counts are known" in of_rule(verdict, name).words


def test_first_version_is_judged_by_its_own_figures(version):
    assert of_rule(verdict_on(version, [figures(1000)], None), "errors_labelled").passed is False
    assert of_rule(verdict_on(version, [figures(100)], None), "errors_labelled").passed


@pytest.mark.parametrize(
    ("mine", "champions", "why"),
    [
        ([figures(1)], [], "only this version has figures"),
        ([], [figures(1)], "only the champion has figures"),
        ([figures(1, n=30)], [figures(1, n=31)], "another number of its people"),
    ],
)
def test_file_that_is_not_compared_is_told(mine, champions, why):
    assert not [*counted(mine, champions)]
    (finding,) = not_compared(mine, champions)
    assert finding.passed is None
    assert why in finding.words
    assert "--register" in finding.words


def test_pairing_that_is_taken_is_the_least_certain_one():
    n = 40
    for mine, other in product(range(0, n + 1, 4), repeat=2):
        both = max(0, mine + other - n)
        taken = p_of_loss(mine - both, other - both, n, 0.01)
        for with_both in range(both, min(mine, other) + 1):
            assert p_of_loss(mine - with_both, other - with_both, n, 0.01) <= taken + 1e-12
