"""The rules applied to two models: which figures are worse by more than is allowed."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .. import evaluation
from ..evaluation import LabelledPerson
from ..evaluation.measures import Bools
from ..model import Model, artifact
from . import statistics
from .asked import Asked, Marks, all_asked, answers, people_columns
from .references import Reference
from .rules import ECE, REVERSED, SAMPLE, SIZE, TIME, Rule, Rules
from .verdict import Finding, Verdict

# So often each model answers so many names, or a few more, when they are timed.
ROUNDS, TIMED = 5, 10_000
# So much of the champion's share of the names counts as the same share.
ALIKE = 0.9
# So many refused slices of a rule have a finding of their own; so many names or slices are listed.
WORST, SHOWN = 3, 12
OTHERS = "all others"
Indices = npt.NDArray[np.intp]
FAULTS = {
    "error": "wrong if every answer is forced",
    "wrong": "answered wrongly",
    "unknown": "unknown",
    "reversed": "answered with the opposite gender",
    "ece": "calibration error",
    "changed": "answered otherwise",
    "failed": "not moved as they must be",
}


@dataclass(frozen=True)
class Candidate:
    """A version with its manifest, and the bytes of its artifact."""

    model: Model
    manifest: Mapping[str, Any]
    size: int

    @classmethod
    def load(cls, folder: Path) -> "Candidate":
        """Return the version whose artifact is in folder; raise what Model.load() raises."""
        files = (path for path in folder.iterdir() if path.is_file())
        size = sum(path.stat().st_size for path in files)
        return cls(Model.load(folder), artifact.read_manifest(folder), size)

    @property
    def sample(self) -> float | None:
        """The share of the names that it was built with; None if its manifest does not say."""
        data = self.manifest.get("data", {})
        if "outside_sample" not in data:
            return None
        kept = data["rows"]["raw"]
        return float(kept / (kept + data["outside_sample"]))

    @property
    def choice(self) -> str:
        """The rule by which its sources were chosen: all or permissive."""
        return str(self.manifest.get("data", {}).get("choice", ""))

    def is_smaller_than(self, other: "Candidate") -> bool:
        """Return whether this was built with a smaller share of the names."""
        return (self.sample or 1.0) < ALIKE * (other.sample or 1.0)


def seconds_per_name(models: Sequence[Model], reference: Reference) -> list[float]:
    """Return the seconds that each model takes per name, the least of ROUNDS taken in turns."""
    every = max(1, len(reference.name) // TIMED)
    columns = {name: column[::every] for name, column in people_columns(reference).items()}
    n = len(columns["given_name"])
    found = [[_seconds(model, columns) / n for model in models] for _ in range(ROUNDS)]
    return [min(of_model) for of_model in zip(*found, strict=True)]


def _seconds(model: Model, columns: Mapping[str, Any]) -> float:
    started = time.perf_counter()
    answers(model, columns)
    return time.perf_counter() - started


def compare(
    challenger: Candidate,
    champion: Candidate | None,
    rules: Rules,
    references: Mapping[str, Reference],
    labelled: Callable[[], Iterator[LabelledPerson]] | None = None,
    seconds: Callable[[Sequence[Model], Reference], list[float]] = seconds_per_name,
    counted: Sequence[Asked] = (),
) -> Verdict:
    """Return the verdict on a challenger, as a first version where there is no champion.

    references are the data to draw names from, by whose they are; at least one. labelled yields the
    labelled people anew at each call. seconds is what measures the time per name. counted are
    people of whom only counts are known.
    """
    applied = rules.against_champion if champion else rules.first
    models = challenger.model, champion.model if champion else None
    asked = [*all_asked(*models, references, labelled), *counted]
    findings: list[Finding] = []
    for rule in applied:
        if rule.compares == SAMPLE:
            findings.append(_sample(rule, challenger, champion))
        elif rule.compares == SIZE:
            findings.append(_size(rule, challenger, champion))
        elif rule.compares == TIME:
            findings.append(_time(rule, challenger, champion, references, seconds))
        else:
            findings += _people(rule, asked)
    number = champion.model.version if champion else None
    return Verdict(challenger.model.version, number, tuple(findings), rules.source)


def _sample(rule: Rule, challenger: Candidate, champion: Candidate | None) -> Finding:
    mine, other = challenger.sample, champion.sample if champion else 1.0
    if mine is None or other is None:
        words = "A version does not say with which share of the names it was built."
        return _finding(rule, SAMPLE, "", "", None, words)
    # The counts of two samples of the same size differ a little.
    passed = mine >= 1 or (other < 1 and mine >= ALIKE * other)
    than = "that of the champion" if champion else "all names"
    words = (
        f"The version was built with {mine:.1%} of the names (SAMPLE), "
        f"{'no less' if passed else 'less'} than {than} ({other:.1%})."
    )
    return _finding(rule, SAMPLE, f"{mine:.1%}", f"{other:.1%}", passed, words)


def _size(rule: Rule, challenger: Candidate, champion: Candidate | None) -> Finding:
    mine, other = challenger.size / 1e6, champion.size / 1e6 if champion else None
    shown = f"{mine:.1f} MB", "" if other is None else f"{other:.1f} MB"
    if champion and champion.is_smaller_than(challenger):
        words = "The champion was built with a smaller share of the names, so its size is no guide."
        return _finding(rule, SIZE, *shown, None, words)
    limit = _limit(rule, challenger.size, champion.size if champion else None)
    words = f"The artifact has {mine:.1f} MB{_instead(shown[1])}."
    return _finding(rule, SIZE, *shown, limit, words)


def _time(
    rule: Rule,
    challenger: Candidate,
    champion: Candidate | None,
    references: Mapping[str, Reference],
    seconds: Callable[[Sequence[Model], Reference], list[float]],
) -> Finding:
    models = [candidate.model for candidate in (challenger, champion) if candidate]
    found = seconds(models, next(iter(references.values())))
    texts = [f"{1e6 * value:.2f} µs" for value in found]
    shown = texts[0], texts[1] if champion else ""
    limit = _limit(rule, found[0], found[1] if champion else None)
    words = f"A name takes {shown[0]}{_instead(shown[1])}."
    return _finding(rule, TIME, *shown, limit, words)


def _limit(rule: Rule, mine: float, other: float | None) -> bool:
    """Return whether a figure is within the rule's limit."""
    if rule.times is not None and other is not None:
        return mine <= rule.times * other
    return rule.most is None or mine <= rule.most


def _instead(other: str) -> str:
    return f", instead of {other}" if other else ""


class _Compared(NamedTuple):
    """A slice under a rule: its words, n, both figures, and the p-value of keeping to the limit."""

    of: str
    n: int
    mine: float
    other: float | None
    p: float
    names: Sequence[str]


def _people(rule: Rule, asked: Sequence[Asked]) -> Iterator[Finding]:
    """Yield the findings of a rule on each set that it compares: the refusals, or one for all."""
    group, _, figure = rule.compares.partition(".")
    sets = [one for one in asked if one.group == group]
    if not sets:
        words = f"There are no {group} people: GENDER_DETECTION_PEOPLE names no file."
        yield _finding(rule, rule.compares, "", "", None, words)
    for one in sets:
        if one.is_counted and (rule.by or figure not in one.challenger.faults):
            words = f"Only counts are known of the {one.of}, which this rule cannot use."
            yield _finding(rule, one.of, "", "", None, words)
            continue
        compared = [_compared(rule, figure, one, of, at) for of, at in _slices(rule, one)]
        failing = statistics.refused([c.p for c in compared], rule.certainty)
        refusals = [c for c, fails in zip(compared, failing, strict=True) if fails]
        if not compared:
            words = f"There are none among the {one.of}."
            yield _finding(rule, one.of, "", "", None, words)
        yield from _refused(rule, figure, refusals, len(compared))
        if compared and not refusals:
            worst = max(compared, key=_loss)
            yield _judged(rule, figure, worst, passed=True, slices=len(compared))


def _refused(
    rule: Rule, figure: str, refusals: Sequence[_Compared], slices: int
) -> Iterator[Finding]:
    """Yield a finding for each of the worst slices, and one for all others that are refused."""
    worst_first = sorted(refusals, key=_loss, reverse=True)
    for at in worst_first[:WORST]:
        yield _judged(rule, figure, at, passed=False, slices=slices)
    if others := worst_first[WORST:]:
        yield Finding(
            rule.name, f"{len(others)} more of {slices} slices", "", "", _allowed(rule),
            rule.certainty, False,
            f"Beyond what is allowed are also {_listed([at.of for at in others])}.", rule.reason,
        )  # fmt: skip


def _loss(compared: _Compared) -> float:
    return compared.mine - (compared.other or 0.0)


def _listed(items: Sequence[str]) -> str:
    """Return the first items as one text, with the number of the others."""
    different = list(dict.fromkeys(items))
    more = f" and {len(different) - SHOWN} more" if len(different) > SHOWN else ""
    return ", ".join(different[:SHOWN]) + more


def _slices(rule: Rule, asked: Asked) -> Iterator[tuple[str, Indices]]:
    """Yield the slices of a set in words, with their people; small ones are put together."""
    everybody = np.arange(len(asked))
    if not rule.by or not len(asked):
        if len(asked):
            yield asked.of, everybody
        return
    dimensions = [asked.labels[by] for by in rule.by if by in asked.labels]
    first, rest = dimensions[0], dimensions[1:]
    # One gender of a country may be too few alone: then both are counted among the others.
    for only in np.unique(rest[0]) if rest else [None]:
        chosen = everybody if only is None else everybody[rest[0] == only]
        labels, codes, counts = np.unique(first[chosen], return_inverse=True, return_counts=True)
        # Sorted once: a comparison of all texts for each of 200 countries would be slow.
        parts = np.split(chosen[np.argsort(codes, kind="stable")], np.cumsum(counts)[:-1])
        found = {str(label): at for label, at in zip(labels, parts, strict=True)}
        large = {label: at for label, at in found.items() if len(at) >= rule.least}
        if small := [at for label, at in found.items() if label not in large]:
            large[OTHERS] = np.concatenate(small)
        for label, at in large.items():
            slice_of = label if only is None else f"{label}, {only}"
            yield f"{asked.of} ({slice_of})", at


def _compared(rule: Rule, figure: str, asked: Asked, of: str, at: Indices) -> _Compared:
    mine, other = asked.challenger, asked.champion
    allowed = (rule.most if rule.worse is None else rule.worse) or 0.0
    before = other if rule.worse is not None else None
    if figure == ECE:
        return _calibration(asked, of, at, allowed, before)
    bad, bad_before = _faults(figure, mine, other)
    lost = bad[at] if bad_before is None else bad[at] & ~bad_before[at]
    won = 0 if bad_before is None else int((~bad[at] & bad_before[at]).sum())
    n, wrong = len(at), int(bad[at].sum())
    if before is None:
        p = statistics.p_of_share(wrong, n, allowed)
    else:
        p = statistics.p_of_loss(int(lost.sum()), won, n, allowed)
    share = None if bad_before is None else float(bad_before[at].mean())
    names = [asked.names[place] for place in at[lost]] if asked.names else []
    return _Compared(of, n, wrong / n, share, p, names)


def _faults(figure: str, mine: Marks, other: Marks | None) -> tuple[Bools, Bools | None]:
    """Return who has the fault with the challenger, and with the champion, bool (n,)."""
    if figure != REVERSED:
        return mine.faults[figure], other.faults[figure] if other else None
    if other is None:
        return np.zeros(len(mine.said), bool), None
    return mine.said * other.said < 0, None


def _calibration(
    asked: Asked, of: str, at: Indices, allowed: float, before: Marks | None
) -> _Compared:
    is_female, p_female = asked.is_female[at], asked.challenger.p_female[at]
    error = evaluation.expected_calibration_error(p_female, is_female) or 0.0
    share = None
    if asked.champion:
        earlier = asked.champion.p_female[at]
        share = evaluation.expected_calibration_error(earlier, is_female) or 0.0
    compared_with = before.p_female[at] if before else None
    p = statistics.p_of_calibration(p_female, compared_with, is_female, allowed)
    return _Compared(of, len(at), error, share, p, [])


def _judged(rule: Rule, figure: str, c: _Compared, *, passed: bool, slices: int) -> Finding:
    mine, other = f"{c.mine:.1%}", "" if c.other is None else f"{c.other:.1%}"
    worst = f"the worst of {slices} slices: " if passed and slices > 1 else ""
    words = f"Of {c.n:,} {c.of}, {mine} are {FAULTS[figure]}{_instead(other)}"
    if figure == ECE:
        words = f"The calibration error of {c.n:,} {c.of} is {mine}{_instead(other)}"
    if not passed:
        words += f"; allowed is {_allowed(rule)}"
        if c.names:
            words += f". Among those that have become so: {_listed(c.names)}"
    return Finding(
        rule.name, worst + c.of, mine, other, _allowed(rule), rule.certainty, passed,
        f"{words}.", rule.reason,
    )  # fmt: skip


def _allowed(rule: Rule) -> str:
    if rule.worse is not None:
        return f"{100 * rule.worse:g} points more"
    if rule.times is not None:
        return f"{rule.times:g} times"
    if rule.most is None:
        return "no less"
    return f"{rule.most:g}" if rule.compares in (SIZE, TIME) else f"{100 * rule.most:g} %"


def _finding(
    rule: Rule, of: str, mine: str, other: str, passed: bool | None, words: str
) -> Finding:
    if passed is False and rule.compares in (SIZE, TIME):
        words = f"{words.removesuffix('.')}; allowed is {_allowed(rule)}."
    return Finding(rule.name, of, mine, other, _allowed(rule), None, passed, words, rule.reason)
