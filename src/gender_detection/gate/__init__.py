"""The gate between training and service: only a version that is no worse becomes champion.

consider() compares a new version with the champion by the rules of rules.toml, keeps the verdict
with the version, and promotes it if it passes. docs/decisions/0045-gate.md has the reasons.
"""

from .comparison import Candidate, compare
from .considering import check, consider
from .rules import Rule, Rules, load_rules
from .verdict import Finding, Verdict, as_json, headline, render

__all__ = [
    "Candidate",
    "Finding",
    "Rule",
    "Rules",
    "Verdict",
    "as_json",
    "check",
    "compare",
    "consider",
    "headline",
    "load_rules",
    "render",
]
