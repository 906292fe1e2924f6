"""What the gate has found, in figures and in words."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from ..card.markdown import bullets, paragraph, table

_STATES = {True: "passed", False: "refused", None: "not compared"}


@dataclass(frozen=True)
class Finding:
    """What one rule found.

    rule        its name
    of          what was compared, such as "names of the data 8a257882c3d471ab, IT, women"
    challenger, champion   the figures as texts, "" for none
    allowed     how much is allowed, in words
    certainty   with which certainty it must be exceeded to refuse, None where nothing is uncertain
    passed      None if the rule could not be applied
    words       a sentence
    reason      why there is such a rule
    """

    rule: str
    of: str
    challenger: str
    champion: str
    allowed: str
    certainty: float | None
    passed: bool | None
    words: str
    reason: str


@dataclass(frozen=True)
class Verdict:
    """Whether a version may become champion, and why.

    challenger and champion are numbers of versions, champion None if there was none; rules is where
    the rules stand.
    """

    challenger: str
    champion: str | None
    findings: tuple[Finding, ...]
    rules: str = ""

    @property
    def passed(self) -> bool:
        """Whether no rule refuses the version."""
        return all(finding.passed is not False for finding in self.findings)

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """The findings that refuse the version."""
        return tuple(finding for finding in self.findings if finding.passed is False)


def headline(verdict: Verdict) -> str:
    """Return the verdict in one sentence."""
    against = (
        f"compared with the champion, version {verdict.champion}"
        if verdict.champion
        else "judged as a first version"
    )
    if verdict.passed:
        return f"Version {verdict.challenger} passed the gate, {against}."
    rules = len({finding.rule for finding in verdict.refusals})
    by = "1 rule" if rules == 1 else f"{rules} rules"
    return f"Version {verdict.challenger} is refused by {by} of the gate, {against}."


def summary(verdict: Verdict) -> str:
    """Return the headline and, for a version that is refused, each reason, as Markdown."""
    parts = [f"**Gate:** {headline(verdict)}"]
    if verdict.refusals:
        parts.append(bullets(finding.words for finding in verdict.refusals))
    return "\n\n".join(parts)


def render(verdict: Verdict) -> str:
    """Return the verdict as Markdown: the headline, the reasons of a refusal, and all figures."""
    parts = [f"# Gate: version {verdict.challenger}", paragraph(headline(verdict))]
    if verdict.refusals:
        parts += ["## Why it is refused", *_reasons(verdict.refusals)]
    missing = [finding for finding in verdict.findings if finding.passed is None]
    if missing:
        parts += ["## Not compared", bullets(f"**{f.rule}**: {f.words}" for f in missing)]
    compared = [finding for finding in verdict.findings if finding.passed is not None]
    parts += ["## What was compared", _table(compared)]
    if verdict.rules:
        parts.append(paragraph(f"The rules are those of {verdict.rules}."))
    return "\n\n".join(parts) + "\n"


def _reasons(refusals: Sequence[Finding]) -> Iterator[str]:
    """Yield a paragraph for each rule that refuses, and the list of what it found."""
    for rule, found in groupby(refusals, key=lambda finding: finding.rule):
        findings = list(found)
        yield paragraph(f"**{rule}**: {findings[0].reason}")
        yield bullets(finding.words for finding in findings)


def _table(findings: Sequence[Finding]) -> str:
    header = ("rule", "of", "challenger", "champion", "allowed", "certainty", "")
    rows = [
        [
            finding.rule,
            finding.of,
            finding.challenger,
            finding.champion,
            finding.allowed,
            "" if finding.certainty is None else f"{finding.certainty:g}",
            _STATES[finding.passed],
        ]
        for finding in findings
    ]
    return table(header, rows, text=2)


def as_json(verdict: Verdict) -> str:
    """Return the verdict as JSON, with all of its findings."""
    shown = {"passed": verdict.passed, "headline": headline(verdict), **asdict(verdict)}
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"
