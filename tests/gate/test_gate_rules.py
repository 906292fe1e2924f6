"""The file of rules: the one of the package, and a user's own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gender_detection.config import Settings
from gender_detection.errors import ConfigError
from gender_detection.gate import load_rules


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str], str]:
    """Write a file of rules, and return its path."""

    def write(text: str) -> str:
        path = tmp_path / "own-rules.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_every_built_in_rule_has_a_reason_in_a_sentence():
    rules = load_rules()

    for rule in (*rules.against_champion, *rules.first):
        assert rule.reason.endswith("."), rule.name
        assert len(rule.reason.split()) > 5, rule.name
    assert {"sample", "errors_by_country_and_gender"} <= {r.name for r in rules.against_champion}


def test_own_file_overrides_keys_adds_rules_and_leaves_rules_out(own):
    rules = load_rules(
        own(
            """
            [rules.errors]
            worse = 0.02
            [rules.time]
            enabled = false
            [rules.people_of_mine]
            compares = "labelled.wrong"
            by = ["country"]
            most = 0.04
            reason = "Mine."
            """
        )
    )
    by_name = {rule.name: rule for rule in rules.against_champion}

    assert (by_name["errors"].worse, by_name["errors"].certainty) == (0.02, 0.99)
    assert by_name["people_of_mine"].most == 0.04
    assert "time" not in by_name
    assert rules.source.endswith("own-rules.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[rules.errors]\nworst = 1", "rules.errors: unknown key `worst`"),
        ("[rules.errors]\nworse = 'much'", "rules.errors: Expected `float | null`, got `str`"),
        ("[rules.errors]\nworse = -0.1", "worse must be 0 or more"),
        ("[rules.errors]\nmost = 0.1", "worse, most: give worse or most, and no other"),
        ("[rules.errors]\ncertainty = 1", "certainty = 1.0: give one from 0.5 to below 1"),
        ("[rules.errors]\ncompares = 'people.ece'", "compares = 'people.ece': use people.error,"),
        ("[rules.errors_unseen]\nby = ['country']", "the slices of unseen are gender"),
        ("[rules.errors]\nleast = 0", "least = 0: give at least 1"),
        ("[rules.mine]\ncompares = 'size'\nreason = 'So.'", "no limit: give times, and no other"),
        ("[rules.mine]\ncompares = 'size'\ntimes = 2", "missing key `reason`"),
        ("[rules.errors]\nreason = ' '", "reason is empty"),
        ("[rules.sample]\nmost = 1", "most: leave all of them out"),
        ("[rules.errors]\nname = 'x'", "unknown key name"),
        ("[rule.errors]\nworse = 1", "rule: give tables named [rules.NAME]"),
        ("rules = 3", "rules: give tables named [rules.NAME]"),
        ("[rules.errors", "not valid TOML"),
    ],
)
def test_broken_file_is_named_with_rule_and_remedy(own, text: str, message: str):
    with pytest.raises(ConfigError) as caught:
        load_rules(own(text))

    assert message in str(caught.value)
    assert "own-rules.toml" in str(caught.value)


def test_missing_file_is_named(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"missing\.toml"):
        load_rules(str(tmp_path / "missing.toml"))


def test_file_is_a_setting():
    assert Settings.from_env({"GENDER_DETECTION_GATE_RULES": "x.toml"}).gate_rules == "x.toml"
