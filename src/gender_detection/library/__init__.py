"""The library: names in, answers out, for Python, notebooks and data frames of any library.

import gender_detection as gd makes these available:

    gd.predict("Andrea Rossi", country="IT")     one answer
    gd.predict(["Maria", "Andrea Rossi"])        a list of them
    gd.score(frame, country="IT")                a data frame with five columns more
    gd.share(frame, by=["year"])                 the share of women in groups, with intervals
    gd.load("http://localhost:5000")             another model, with these as methods

The first three use one model for the whole process, which the first call loads (load()).
"""

from collections.abc import Iterable
from typing import Any, Unpack, overload

from .answers import Answer, Answers
from .finding import default, load
from .local import NameModel
from .namer import Namer, Options
from .people import One
from .served import ServedModel

__all__ = [
    "Answer",
    "Answers",
    "NameModel",
    "Namer",
    "ServedModel",
    "load",
    "predict",
    "score",
    "share",
]


@overload
def predict(names: One, **options: Unpack[Options]) -> Answer: ...


@overload
def predict(names: Iterable[Any], **options: Unpack[Options]) -> Answers: ...


def predict(names: Any, **options: Unpack[Options]) -> Answer | Answers:
    """Return Namer.predict of the process's model."""
    answers: Answer | Answers = default().predict(names, **options)
    return answers


def score(data: Any, **options: Any) -> Any:
    """Return Namer.score of the process's model."""
    return default().score(data, **options)


def share(data: Any, by: Any = (), **options: Any) -> Any:
    """Return Namer.share of the process's model."""
    return default().share(data, by, **options)
