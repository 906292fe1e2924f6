"""The report of an evaluation: one dictionary of plain values, ready for JSON.

    n, excluded        people evaluated; people labelled neither female nor male
    bad_rows           rows that cannot be read, which are neither of these
    threshold, female_share, family_name_first   as passed to the model
    share_of_women     in the labels
    at_threshold, forced, ece, error_at_coverage   of gender_detection.evaluation.metrics
    unknown_by_reason  people whose answer is unknown at the threshold
    without_initials   n and the metrics of the people with a probability, that is without the
                       reasons initials, empty and not_a_name
    slices             of gender_detection.evaluation.slices
    findings           sentences: which countries have many errors, and why
    warnings           sentences: which values in the data were not used as written

Shares are between 0 and 1, None if there is nobody to count.
"""

from collections.abc import Iterable
from typing import Any

from ..model import Model
from ..model.answers import BELOW_THRESHOLD, REASONS
from .findings import findings, warnings
from .inference import Judged, Progress, judge
from .measures import metrics
from .people import LabelledPerson
from .slices import slices_of

_REASONS = (*REASONS, *dict.fromkeys(BELOW_THRESHOLD.values()))


def evaluate(
    model: Model,
    people: Iterable[LabelledPerson],
    *,
    threshold: float | None = None,
    female_share: float | None = None,
    family_name_first: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Return the report of a model on people of known gender, such as those of read_people().

    threshold defaults to that of the model. Raise InvalidInput if the file of the people cannot be
    read, or if the threshold or the share is out of range.
    """
    judged = judge(
        model,
        people,
        threshold=threshold,
        female_share=female_share,
        family_name_first=family_name_first,
        progress=progress,
    )
    return report_of(judged)


def report_of(judged: Judged) -> dict[str, Any]:
    """Return the report of people whose answers are known."""
    p_female, is_female, threshold = judged.p_female, judged.is_female, judged.threshold
    named = judged.answered
    return {
        **_head(judged),
        **_errors(metrics(p_female, is_female, threshold)),
        "unknown_by_reason": {
            reason: int(judged.having("reason", reason).sum()) for reason in _REASONS
        },
        "without_initials": {
            "n": int(named.sum()),
            **_errors(metrics(p_female[named], is_female[named], threshold)),
        },
        "slices": slices_of(judged),
        "findings": findings(judged),
        "warnings": warnings(judged),
    }


def _head(judged: Judged) -> dict[str, Any]:
    n = len(judged.is_female)
    return {
        "n": n,
        "excluded": judged.excluded,
        "bad_rows": judged.bad_rows,
        "threshold": judged.threshold,
        "female_share": judged.female_share,
        "family_name_first": judged.family_name_first,
        "share_of_women": float(judged.is_female.mean()) if n else None,
    }


def _errors(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: figures[name] for name in ("at_threshold", "forced", "ece", "error_at_coverage")}
