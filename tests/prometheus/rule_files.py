"""The committed configuration, rules and tests of rules, as the tests here read them."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = ROOT / "prometheus" / "prometheus.yml"
RULES = sorted((ROOT / "prometheus" / "rules").glob("*.yml"))
TESTS = sorted((ROOT / "tests" / "prometheus").glob("*.yml"))
RUNBOOK = ROOT / "docs" / "runbook.md"


def rules() -> list[dict]:
    """Return all rules of all groups of all files."""
    files = [yaml.safe_load(path.read_text()) for path in RULES]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def alerts() -> dict[str, dict]:
    """Return the alerting rules by name; no two have the same."""
    found = [rule for rule in rules() if "alert" in rule]
    named = {rule["alert"]: rule for rule in found}
    assert len(named) == len(found)
    return named


def recorded() -> dict[str, str]:
    """Return the expressions of the recording rules by name."""
    return {rule["record"]: rule["expr"] for rule in rules() if "record" in rule}


def rule_tests() -> list[dict]:
    """Return all tests of all of promtool's test files."""
    return [test for path in TESTS for test in yaml.safe_load(path.read_text())["tests"]]


def seconds(duration: str) -> int:
    """Return a duration as Prometheus writes it (1d12h) in seconds."""
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    return sum(int(n) * units[unit] for n, unit in re.findall(r"(\d+)([smhd])", duration))
