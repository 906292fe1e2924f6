"""Score tables of people: Arrow in, Arrow out, or files block by block on several cores."""

from .answers import OnAnswers, answer, answer_names, score
from .encoded_answers import ANSWERS, EncodedAnswers

__all__ = ["ANSWERS", "EncodedAnswers", "OnAnswers", "answer", "answer_names", "score"]
