import re
from pathlib import Path

import pytest

from gender_detection.errors import ConfigError
from gender_detection.spark.data_rules import BUILT_IN, Rule, load_rules
from gender_detection.spark.source_changes import (
    CellKey,
    CellMoves,
    NameMove,
    compare,
    digest_of,
)

RULES = load_rules()
IT = CellKey("s", "given", "IT")


def cell(rows=1000, women=500.0, men=500.0):
    return {"rows": rows, "women": women, "men": men, "bearers": women + men}


def profile(**countries):
    return {"fingerprint": "", "cells": {"given": countries}}


def changes(before, now, moves=None, *, rules=RULES, new_release=False):
    return compare("s", before, now, moves or {}, rules, new_release=new_release)


def moved(together, single, beyond=1):
    largest = (NameMove("andrea", 1.0, 99.0, 100.0, 100.0, single),)
    return {IT: CellMoves(together, beyond, largest)}


def test_source_that_did_not_change_breaks_no_rule():
    assert changes(profile(IT=cell()), profile(IT=cell()), moved(0.0, 0.0)) == []


@pytest.mark.parametrize(
    ("now", "moves", "rule", "text"),
    [
        pytest.param(
            cell(rows=500), {}, "rows", "s: 1,000 rows before, 500 now (changed by 50.0%, 10.0%",
            id="half of the rows",
        ),
        pytest.param(
            cell(rows=700), {}, "country_rows", "s: given names in IT: 1,000 rows before, 700 now",
            id="rows of a country",
        ),
        pytest.param(
            cell(women=1000.0, men=1000.0), {}, "bearers", "1,000 bearers before, 2,000 now",
            id="counts added up twice",
        ),
        pytest.param(
            cell(women=470.0, men=530.0), {}, "women", "50.0% women before, 47.0% now",
            id="share of women",
        ),
        pytest.param(
            cell(), moved(0.04, 0.02, 3), "one_name",
            "3 single names changed too much, the largest for 2.0% of the people (0.5% allowed)",
            id="single name",
        ),
        pytest.param(
            cell(), moved(0.9, 0.0), "all_names", "90.0% of the people have another name or gender",
            id="genders swapped in a country with as many women as men",
        ),
    ],
)  # fmt: skip
def test_change_beyond_its_rule_is_told_in_words_without_a_name(now, moves, rule, text):
    found = changes(profile(IT=cell()), profile(IT=now), moves)
    told = {change.rule: change.text for change in found}
    assert text in told[rule]
    assert "andrea" not in "".join(told.values())
    reasons = {change.rule: change.reason for change in found}
    assert reasons[rule] == RULES.of("s", rule).reason


def test_country_that_is_gone_is_told_and_a_new_one_is_not():
    found = changes(profile(IT=cell(), DE=cell()), profile(DE=cell(), FR=cell()))
    assert [(change.rule, change.country) for change in found] == [("countries", "IT")]


def test_change_within_the_rules_passes():
    now = cell(rows=1100, women=520.0, men=500.0)
    assert changes(profile(IT=cell()), profile(IT=now), moved(0.05, 0.005)) == []


def test_country_of_few_rows_is_compared_by_no_rule_but_that_of_the_source():
    before, now = cell(rows=99), cell(rows=99, women=1.0, men=9.0)
    assert changes(profile(IT=before), profile(IT=now), moved(1.0, 1.0)) == []
    assert changes(profile(IT=before), profile()) == []
    both = profile(IT=before, DE=cell()), profile(DE=cell(rows=500))
    assert {change.country for change in changes(*both)} == {None, "DE"}


def test_rules_are_wider_for_another_release():
    before, now = profile(IT=cell()), profile(IT=cell(rows=800, women=470.0, men=530.0))
    assert {change.rule for change in changes(before, now)} == {"rows", "women"}
    assert changes(before, now, new_release=True) == []


def test_names_in_the_facts_are_those_that_moved_most():
    (change,) = changes(profile(IT=cell()), profile(IT=cell()), moved(0.01, 0.01))
    (name,) = change.facts()["names"]
    assert (name["name"], name["women_before"], name["women_now"]) == ("andrea", 1.0, 99.0)


def test_list_of_changes_has_a_name_of_its_own():
    first = changes(profile(IT=cell()), profile(IT=cell(rows=500)))
    again = changes(profile(IT=cell()), profile(IT=cell(rows=500)))
    other = changes(profile(IT=cell()), profile(IT=cell(rows=499)))
    names = {digest_of(found, {"s": "v1"}) for found in (first, again, other)}
    assert len(names) == 2
    assert digest_of(first, {"s": "v2"}) not in names


def test_own_rule_is_for_one_source_or_for_all(tmp_path):
    own = tmp_path / "rules.toml"
    own.write_text("[rules.rows]\nmost = 0.6\n[sources.s.country_rows]\nmost = inf\n")
    before, now = profile(IT=cell()), profile(IT=cell(rows=500))
    assert changes(before, now, rules=load_rules(own)) == []
    assert load_rules(own).of("other", "country_rows") == RULES.of("other", "country_rows")


@pytest.mark.parametrize("rule", ["rows", "countries", "country_rows", "bearers", "women",
                                  "one_name", "all_names"])  # fmt: skip
def test_built_in_rule_is_wider_for_a_release_and_says_why(rule):
    found = RULES.of("any", rule)
    assert isinstance(found, Rule)
    assert found.most <= found.most_new_release <= 1
    assert found.reason.endswith(".")
    assert f"[rules.{rule}]" in BUILT_IN.read_text()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("rules = 1", "rules must be tables"),
        ("[rule.rows]", "unknown key rule: give"),
        ("[rules.row]", "rules.row is unknown: the rules are rows, "),
        ("[rules.rows]\nmax = 1", "rules.rows: unknown key `max`"),
        ("[rules.rows]\nmost = 'x'", "rules.rows: Expected `float`, got `str` - at `most`"),
        ("[rules.rows]\nmost = nan", "rules.rows.most must be 0 or more"),
        ("[sources.s.rows]\nsmallest = -1", "sources.s.rows.smallest must be 0 or more"),
        ("[sources]\ns = 1", "sources must be tables"),
        ("[sources.s]\nrows = 1", "sources.s must be tables"),
        ("[", "not valid TOML"),
    ],
)
def test_mistake_in_own_rules_is_reported_with_file_rule_and_key(tmp_path, content, message):
    own = tmp_path / "rules.toml"
    own.write_text(content)
    with pytest.raises(ConfigError) as raised:
        load_rules(own)
    assert str(own) in str(raised.value)
    assert message in str(raised.value)


def test_missing_file_of_rules_is_reported(tmp_path):
    with pytest.raises(ConfigError, match=r"rules .*absent.toml: cannot be read"):
        load_rules(tmp_path / "absent.toml")


def test_source_that_lost_half_of_its_rows_is_told_before_its_countries():
    before = profile(IT=cell(), DE=cell())
    found = changes(before, profile(IT=cell(rows=100), DE=cell(rows=900)))
    assert found[0].rule == "rows"
    assert {change.rule for change in found[1:]} == {"country_rows"}


def test_rules_of_the_documentation_are_read(tmp_path):
    page = (Path(__file__).resolve().parents[2] / "docs" / "data.md").read_text()
    (example,) = re.findall(r"^```\n(\[rules\..*?)^```$", page, re.MULTILINE | re.DOTALL)
    own = tmp_path / "rules.toml"
    own.write_text(example)
    rules = load_rules(own)
    assert rules.of("any", "all_names").most == 0.02
    assert rules.of("staff", "rows").most == float("inf")
