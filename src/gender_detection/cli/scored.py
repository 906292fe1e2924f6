"""The summary that `gender-detection score` prints at its end."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .. import aggregation
from ..countries.report import CountryReport
from ..evaluation import interval_of, percent
from ..model.answers import BASES, CORRECTION
from ..scoring.block_scorer import Counts

CORRECTED = BASES[CORRECTION]


def summary(
    answers: pa.RecordBatch,
    rows: Counts,
    countries: CountryReport,
    base_share: float,
    seconds: float,
) -> str:
    """Return the speed, how many rows are answered or unknown and why, the share of women, and
    warnings.

    answers has a row for each possible answer, and rows says how many rows have it; countries is
    the report on their countries; base_share is the share of women that the probabilities are
    calibrated for.
    """
    counts = aggregation.GroupCounts([], base_share)
    everybody = np.zeros(len(answers), np.intp)
    aggregation.add_answers(counts, everybody, pa.table(answers), rows)
    _, total = aggregation.summarise(counts)
    unknown = {reason: n for reason, n in total.unanswered.items() if n}
    lines = [
        f"{total.n:,} rows in {seconds:,.1f} s ({total.n / max(seconds, 1e-9):,.0f} rows/s)",
        f"answered: {total.answered:,} ({percent(total.answered / total.n if total.n else None)})",
        f"unknown: {sum(unknown.values()):,}" + _by_reason(unknown),  # type: ignore[arg-type]
    ]
    corrected = int(rows[pc.equal(answers.column("basis"), CORRECTED).fill_null(False)].sum())
    if corrected:
        lines.append(f"corrected: {corrected:,}")
    if total.female_share is not None:
        bounds = [bound for bound in (total.low, total.high) if bound is not None]
        share = percent(total.female_share)
        lines.append(
            f"women: {share} (95% interval {interval_of(bounds or None)}, "
            f"estimated from {total.used:,} rows with a probability)"
        )
    lines += [f"warning: {sentence}" for sentence in countries.sentences()]
    lines += [f"warning: {caution.detail}" for caution in total.warnings]
    return "\n".join(lines)


def _by_reason(unknown: dict[str, int]) -> str:
    reasons = ", ".join(f"{reason} {n:,}" for reason, n in unknown.items())
    return f" ({reasons})" if reasons else ""
