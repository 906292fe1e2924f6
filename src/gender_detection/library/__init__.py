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
import inspect
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, Unpack, overload

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

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

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
    """Return the answer to a name, or a list with the answer to each of several, in order.

    This is Namer.predict of the process's model, with its options: country, threshold, female_share
    and family_name_first.
    """
    answers: Answer | Answers = shared().predict(names, **options)
    return answers


def _of_process(
    method: Callable[Concatenate[Namer, Parameters], Result],
) -> Callable[Parameters, Result]:
    """Return a method of Namer as a function for the process's model, with its documentation."""
    name = method.__name__

    def call(*args: Parameters.args, **options: Parameters.kwargs) -> Result:
        result: Result = getattr(shared(), name)(*args, **options)
        return result

    call.__name__ = call.__qualname__ = name
    call.__doc__ = method.__doc__
    _, *parameters = inspect.signature(method).parameters.values()
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return call


score = _of_process(Namer.score)
share = _of_process(Namer.share)
