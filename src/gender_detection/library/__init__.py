"""The library: names in, answers out, for Python, notebooks and data frames of any library.

import gender_detection as gd makes these available:

    gd.predict("Andrea Rossi", country="IT")     one answer
    gd.predict(["Maria", "Andrea Rossi"])        a list of them
    gd.score(frame, country="IT")                a data frame with five columns more
    gd.share(frame, by=["year"])                 the share of women in groups, with intervals
    gd.load("http://localhost:5000")             another model, with these as methods
    gd.GenderTransformer()                       a transformer of scikit-learn
    gd.register_in_duckdb(connection)            functions for SQL

The first three use one model for the whole process, which the first call loads (load()). The last
two are imported when they are first asked for, as they need what is not part of the runtime.
"""

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Unpack, overload

from .answers import Answer, Answers
from .finding import load, shared
from .local import NameModel
from .namer import Namer, Options
from .people import One
from .served import ServedModel

if TYPE_CHECKING:
    from .duckdb_functions import register_in_duckdb as register_in_duckdb
    from .transformer import GenderTransformer as GenderTransformer

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

# The module of each, and the package that it needs. They are not in __all__: * takes what is there.
_OPTIONAL = {
    "GenderTransformer": ("transformer", "scikit-learn>=1.7"),
    "register_in_duckdb": ("duckdb_functions", "duckdb>=1.4"),
}


def __getattr__(name: str) -> Any:
    """Return a part that is not always there; raise ImportError, with the remedy, if it is not."""
    if name not in _OPTIONAL:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, package = _OPTIONAL[name]
    try:
        return getattr(importlib.import_module(f".{module}", __name__), name)
    except ImportError as err:
        raise ImportError(
            f"{name} needs {package}, which cannot be imported: run \"pip install '{package}'\""
        ) from err


@overload
def predict(names: One, **options: Unpack[Options]) -> Answer: ...


@overload
def predict(names: Iterable[Any], **options: Unpack[Options]) -> Answers: ...


def predict(names: Any, **options: Unpack[Options]) -> Answer | Answers:
    """Return Namer.predict of the process's model."""
    answers: Answer | Answers = shared().predict(names, **options)
    return answers


def score(data: Any, **options: Any) -> Any:
    """Return Namer.score of the process's model."""
    return shared().score(data, **options)


def share(data: Any, by: Any = (), **options: Any) -> Any:
    """Return Namer.share of the process's model."""
    return shared().share(data, by, **options)
