"""The answers of the library, as Python and notebooks show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ..model import EvidenceSummary, Prediction
from ..model.answers import Basis, Gender, Reason, percent

_SHOWN = 20  # answers in a notebook


@dataclass(frozen=True, slots=True)
class Answer:
    """How a name is gendered, and how probable that is: the fields of model.Prediction.

    It does not tell who somebody is. gender is "unknown" below the threshold, and reason says why.
    """

    name: str | None
    gender: Gender
    probability: float | None
    p_female: float | None
    basis: Basis | None
    reason: Reason | None
    given_name: str | None
    country: str | None
    matched: str | None
    evidence: EvidenceSummary

    @classmethod
    def of(cls, prediction: Prediction) -> "Answer":
        """Return the answer of a prediction."""
        return cls(*(getattr(prediction, name) for name in cls.__slots__))

    def __repr__(self) -> str:
        """Return what matters in one line."""
        return f"<{self.name}: {self.gender}{_how_sure(self)}>"

    def _repr_html_(self) -> str:
        return _as_html([self], 1)


class Answers(list[Answer]):
    """Answers in the order of the names; a list, also for pandas.DataFrame()."""

    def _repr_html_(self) -> str:
        return _as_html(self[:_SHOWN], len(self))


def _how_sure(answer: Answer) -> str:
    if answer.probability is None:
        return f" ({answer.reason})"
    if answer.gender == "unknown":
        return f" ({answer.reason}, {answer.p_female:.0%} female)"
    return f" at {percent(answer.probability)}, by {answer.basis}"


def _as_html(answers: Sequence[Answer], n: int) -> str:
    header = "<tr><th>name</th><th>country</th><th>gender</th><th>P(female)</th><th>why</th></tr>"
    rows = "".join(map(_row, answers))
    more = f"<p>and {n - len(answers):,} more</p>" if n > len(answers) else ""
    return f"<table>{header}{rows}</table>{more}"


def _row(answer: Answer) -> str:
    cells: list[Any] = [answer.name, answer.country, answer.gender]
    texts = [f"<td>{escape(str(cell)) if cell is not None else ''}</td>" for cell in cells]
    p_female = answer.p_female
    if p_female is None:
        scale = "<td></td>"
    else:
        scale = (
            f'<td><meter min="0" max="1" value="{p_female}" title="P(female) {p_female}"></meter> '
            f"{percent(p_female)}</td>"
        )
    why = answer.reason or f"by {answer.basis}"
    return f"<tr>{''.join(texts)}{scale}<td>{escape(why)}</td></tr>"
