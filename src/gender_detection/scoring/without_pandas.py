"""Keep pyarrow from importing pandas, which it does for its first array if it can."""

import sys
from collections.abc import Sequence
from types import ModuleType

import pyarrow as pa


def leave_pandas_out() -> None:
    """Make pyarrow assume, in this process and from now on, that pandas is not installed.

    This saves some 50 MB and half a second. It has no effect if pandas is already imported. Pandas
    can still be imported later, but pyarrow then does not convert from or to its tables.
    """
    sys.meta_path.insert(0, _NoPandas)
    try:
        # pyarrow tries the import once.
        pa.array([0])
    finally:
        sys.meta_path.remove(_NoPandas)


class _NoPandas:
    """A finder for which pandas does not exist."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> None:
        """Raise ModuleNotFoundError for pandas, and leave other modules to the other finders."""
        if name == "pandas":
            raise ModuleNotFoundError(name, name=name)
