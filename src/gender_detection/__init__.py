"""Infer, from a personal name, how that name is gendered, and say how sure that is.

predict, score, share and load are those of gender_detection.library.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .library import Answer, Answers, Namer, load, predict, score, share

__all__ = ["Answer", "Answers", "Namer", "load", "predict", "score", "share"]


def __getattr__(name: str) -> Any:
    """Return a part of the library, which is imported when it is first asked for.

    Many processes that import a module of this package need no model: the server's first process,
    Spark's jobs, the command line until Ctrl-C is taken care of.
    """
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import library

    return getattr(library, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
