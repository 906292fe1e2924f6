"""What a table's answers come to, as text."""

import numpy as np
import pyarrow as pa

from .. import aggregation
from ..evaluation import interval_of, percent
from ..scoring.block_scorer import Counted


def summary(answers: pa.RecordBatch, counted: Counted, base_share: float, seconds: float) -> str:
    """Return how many rows were answered, unknown and why, the share of women, and the speed.

    answers are all that there are, base_share is what the probabilities are made for. What is odd
    about the rows' countries is said too.
    """
    tally = aggregation.GroupCounts([], base_share)
    everybody = np.zeros(len(answers), np.intp)
    aggregation.add_answers(tally, everybody, pa.table(answers), counted.answers)
    _, total = aggregation.summarise(tally)
    unknown = {reason: n for reason, n in total.unanswered.items() if n}
    lines = [
        f"{total.n:,} rows in {seconds:,.1f} s ({total.n / max(seconds, 1e-9):,.0f} rows/s)",
        f"answered: {total.answered:,} ({percent(total.answered / total.n if total.n else None)})",
        f"unknown: {sum(unknown.values()):,}" + _by_reason(unknown),  # type: ignore[arg-type]
    ]
    if total.female_share is not None:
        bounds = [bound for bound in (total.low, total.high) if bound is not None]
        share = percent(total.female_share)
        lines.append(
            f"women: {share} (95% interval {interval_of(bounds or None)}, "
            f"of {total.used:,} whose name says something)"
        )
    lines += [f"warning: {said}" for said in counted.countries.sentences()]
    lines += [f"warning: {caution.detail}" for caution in total.warnings]
    return "\n".join(lines)


def _by_reason(unknown: dict[str, int]) -> str:
    told = ", ".join(f"{reason} {n:,}" for reason, n in unknown.items())
    return f" ({told})" if told else ""
