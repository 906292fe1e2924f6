"""Infer, from a personal name, how that name is gendered, and say how sure that is.

predict, score, share, load and others are those of gender_detection.library.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .library import Answer, Answers, Namer, load, predict, score, share
    from .library import GenderTransformer as GenderTransformer
    from .library import register_in_duckdb as register_in_duckdb

__all__ = ["Answer", "Answers", "Namer", "load", "predict", "score", "share"]

# These need a package that is not part of the runtime: help() and * do not ask for them.
_OPTIONAL = ("GenderTransformer", "register_in_duckdb")


def __getattr__(name: str) -> Any:
    """Return a part of the library, which is imported when it is first asked for.

    Many processes that import a module of this package need no model: the server's first process,
    Spark's jobs, the command line until Ctrl-C is taken care of.
    """
    if name not in __all__ and name not in _OPTIONAL:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import library

    return getattr(library, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
