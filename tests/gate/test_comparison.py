"""Which versions the gate lets pass, and which it refuses, on invented names."""

import json
from dataclasses import replace

import msgspec
import pytest

from gender_detection.gate import Candidate, Rule, Rules, compare, load_rules, render
from gender_detection.gate.verdict import as_json, summary
from gender_detection.model import Model
from tests.gate.invented import (
    COUNTRIES,
    NAMES,
    SAMPLED,
    candidate,
    data,
    judged,
    people,
    refusing,
    rows,
)


@pytest.fixture(scope="module")
def champion(tiny_model: Model) -> Candidate:
    return candidate(tiny_model, rows(), version="1")


def test_equal_version_passes(tiny_model: Model, champion: Candidate):
    verdict = judged(candidate(tiny_model, rows()), champion, data(rows()), labelled=[*people()])

    assert verdict.passed
    assert not [finding for finding in verdict.findings if finding.passed is None]
    assert "Version 2 passed the gate, compared with the champion, version 1." in summary(verdict)


def test_country_whose_genders_are_swapped_is_refused_by_its_slice(
    tiny_model: Model, champion: Candidate
):
    swapped = rows(swapped=["IT"])
    verdict = judged(candidate(tiny_model, swapped), champion, data(swapped), data(rows(), "old"))

    by_slice = {f.of: f for f in verdict.refusals if f.rule == "errors_by_country_and_gender"}
    assert set(by_slice) == {
        f"names of the champion's data (IT, {gender})" for gender in ("women", "men")
    }
    finding = by_slice["names of the champion's data (IT, women)"]
    assert finding.words == (
        "Of 64 names of the champion's data (IT, women), 100.0% are wrong if every answer is "
        "forced, instead of 0.0%; allowed is 5 points more."
    )
    assert "DE" not in "".join(f.of for f in verdict.refusals)


def test_swapped_country_is_refused_without_the_data_of_the_champion(
    tiny_model: Model, champion: Candidate
):
    # By its own data, which the same fault has turned, the challenger is right everywhere.
    swapped = rows(swapped=["IT"])
    verdict = judged(candidate(tiny_model, swapped), champion, data(swapped))

    (finding,) = (f for f in verdict.refusals if f.rule == "opposite_answers_by_country")
    assert "(IT), 100.0% are answered with the opposite gender" in finding.words


def test_swapped_country_is_refused_by_labelled_people(tiny_model: Model, champion: Candidate):
    swapped = rows(swapped=["IT"])
    challenger = candidate(tiny_model, swapped)
    verdict = judged(challenger, champion, data(swapped), labelled=[*people()])

    found = {f.of for f in verdict.refusals if f.rule == "errors_labelled_by_country_and_gender"}
    assert found == {"labelled people (IT, women)", "labelled people (IT, men)"}


def test_version_of_a_sample_is_refused_whatever_its_figures(
    tiny_model: Model, champion: Candidate
):
    challenger = candidate(tiny_model, rows(), manifest=SAMPLED)
    verdict = judged(challenger, champion, data(rows()))

    assert refusing(verdict) == {"sample"}
    assert "built with 2.0% of the names (SAMPLE), less than that of the champion (100.0%)" in (
        verdict.refusals[0].words
    )


def test_samples_of_the_same_share_are_compared_by_their_figures(
    tiny_model: Model, champion: Candidate
):
    slightly_less = {"data": {"rows": {"raw": 19}, "outside_sample": 981}}
    challenger = candidate(tiny_model, rows(), manifest=slightly_less)

    assert judged(challenger, replace(champion, manifest=SAMPLED), data(rows())).passed


def test_version_that_knows_fewer_names_is_refused(tiny_model: Model, champion: Candidate):
    challenger = candidate(tiny_model, rows(known=NAMES[::4]))
    verdict = judged(challenger, champion, data(rows(known=NAMES[::4])), data(rows(), "old"))

    assert {"coverage", "errors"} <= refusing(verdict)


def test_better_version_passes(tiny_model: Model):
    few = rows(known=NAMES[::4])
    champion = candidate(tiny_model, few, version="1")
    verdict = judged(candidate(tiny_model, rows()), champion, data(rows()), data(few, "old"))

    assert verdict.passed


def test_full_version_replaces_one_of_a_sample_whatever_its_size(
    tiny_model: Model, champion: Candidate
):
    challenger = replace(candidate(tiny_model, rows()), size=50_000_000)
    first_look = replace(champion, manifest=SAMPLED)
    verdict = judged(challenger, first_look, data(rows()))

    assert verdict.passed
    assert {f.rule for f in verdict.findings if f.passed is None and f.rule == "size"} == {"size"}
    assert refusing(judged(challenger, champion, data(rows()))) == {"size"}


def test_slow_version_is_refused(tiny_model: Model, champion: Candidate):
    verdict = compare(
        candidate(tiny_model, rows()),
        champion,
        load_rules(),
        {"the data of both": data(rows())},
        seconds=lambda models, _: [4e-6, 1e-6],
    )

    assert refusing(verdict) == {"time"}
    assert verdict.refusals[0].words == (
        "A name takes 4.00 µs, instead of 1.00 µs; allowed is 3 times."
    )


def test_lost_unmistakable_names_are_listed(tiny_model: Model, champion: Candidate):
    wolfgang = [{"name": "wolfgang", "country": None, "female": 900.0, "male": 1.0}]
    rule = {r.name: r for r in load_rules().against_champion}["unmistakable"]
    strict = Rules((replace_worse(rule, 0.0),), (), "")
    german = [{"name": "wolfgang", "country": None, "female": 1.0, "male": 900.0}]
    before = candidate(tiny_model, [*rows(), *german], version="1")

    verdict = judged(
        candidate(tiny_model, [*rows(), *wolfgang]), before, data(rows()), rules=strict
    )

    assert refusing(verdict) == {"unmistakable"}
    assert "have become so: Wolfgang" in verdict.refusals[0].words


def replace_worse(rule: Rule, worse: float) -> Rule:
    return msgspec.structs.replace(rule, worse=worse)


@pytest.fixture
def lenient() -> Rules:
    """The rules for a first version, without those on names that the invented data do not have."""
    first = load_rules().first
    return Rules((), tuple(r for r in first if not r.compares.startswith(("unm", "unseen"))), "")


def test_first_version_is_judged_by_rules_of_its_own(tiny_model: Model, lenient: Rules):
    verdict = judged(candidate(tiny_model, rows()), None, data(rows()), rules=lenient)

    assert verdict.passed
    assert "judged as a first version" in summary(verdict)


def test_first_version_of_a_sample_passes(tiny_model: Model, lenient: Rules):
    challenger = candidate(tiny_model, rows(), manifest=SAMPLED)

    assert judged(challenger, None, data(rows()), rules=lenient).passed


def test_first_version_that_is_wrong_on_its_own_names_is_refused(tiny_model: Model, lenient: Rules):
    challenger = candidate(tiny_model, rows(swapped=COUNTRIES))
    verdict = judged(challenger, None, data(rows()), rules=lenient)

    assert refusing(verdict) == {"errors", "errors_by_country_and_gender"}
    assert "allowed is 10 %" in summary(verdict)


def test_slices_with_few_names_are_judged_together(tiny_model: Model, champion: Candidate):
    swapped = rows(swapped=["IT"])
    rare = [{**row, "country": "SM"} for row in swapped[1:30:3]]
    challenger = candidate(tiny_model, [*swapped, *rare])
    verdict = judged(challenger, champion, data([*rows(), *rare]))

    slices = [f.of for f in verdict.findings if f.rule == "errors_by_country_and_gender"]
    assert not [of for of in slices if "SM" in of]


def test_version_without_its_share_of_the_names_is_not_compared_in_it(
    tiny_model: Model, champion: Candidate
):
    verdict = judged(candidate(tiny_model, rows(), manifest={}), champion, data(rows()))

    assert verdict.passed
    (finding,) = (f for f in verdict.findings if f.rule == "sample")
    assert finding.passed is None
    assert "## Not compared\n\n- **sample**" in render(verdict)


def test_verdict_as_json_has_all_findings(tiny_model: Model, champion: Candidate):
    verdict = judged(candidate(tiny_model, rows(), manifest=SAMPLED), champion, data(rows()))
    shown = json.loads(as_json(verdict))

    assert (shown["passed"], shown["challenger"], shown["champion"]) == (False, "2", "1")
    assert len(shown["findings"]) == len(verdict.findings)
