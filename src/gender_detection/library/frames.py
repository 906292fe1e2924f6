"""Data frames of any library: their columns as Arrow, and new columns in the same kind of frame.

narwhals knows the libraries: pandas, Polars, Arrow, Modin, cuDF, and lazily Polars and DuckDB.
Anything else that exports an Arrow stream (the PyCapsule interface) becomes an Arrow table.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa

from ..errors import InvalidInput
from ..tables.csv_table import shown

KINDS = "a data frame of pandas, Polars or Arrow, a DuckDB relation, or what exports Arrow"
_SPARK = (
    nw.Implementation.PYSPARK,
    nw.Implementation.PYSPARK_CONNECT,
    nw.Implementation.SQLFRAME,
)


class Frame:
    """A data frame with columns of people.

    columns are their names, as texts.
    """

    def __init__(self, data: Any) -> None:
        """Raise InvalidInput if data is no data frame, or two of its columns have one name."""
        self._lazy: Any = None
        self._frame = self._eager(data)
        names = self._frame.columns
        self.columns = tuple(map(str, names))
        # pandas has numbers as names of columns, too.
        self._names = dict(zip(self.columns, names, strict=True))

    def _eager(self, data: Any) -> Any:
        """Return data as an eager frame of narwhals."""
        if isinstance(data, nw.DataFrame | nw.LazyFrame):
            data = data.to_native()
        try:
            frame = nw.from_native(data)
        except nw.exceptions.DuplicateError as err:
            raise InvalidInput("two columns have the same name: rename one of them") from err
        except (TypeError, nw.exceptions.NarwhalsError) as err:
            if hasattr(data, "__arrow_c_stream__"):
                return nw.from_native(pa.table(data), eager_only=True)
            raise InvalidInput(_refusal(data)) from err
        if frame.implementation in _SPARK:
            raise InvalidInput(
                "a Spark data frame is scored by gender_detection.spark.score, on its executors"
            )
        if isinstance(frame, nw.LazyFrame):
            self._lazy = frame
            return frame.collect("pyarrow")
        return frame

    def has(self, name: str) -> bool:
        """Return whether there is a column with a name."""
        return name in self._names

    def arrow(self, names: Sequence[str]) -> pa.Table:
        """Return columns as Arrow, null for each missing value: None, NaN, NaT, pd.NA, null.

        Raise InvalidInput, which names the column, if it holds values of several types.
        """
        return pa.table([self._column(name) for name in names], names=list(names))

    def _column(self, name: str) -> pa.Array | pa.ChunkedArray:
        column = self._frame.get_column(self._names[name])
        if column.implementation.is_pandas_like():
            return from_objects(column.to_pandas(), name)
        with _refusing(name):
            return column.to_arrow()

    def with_columns(self, table: pa.Table) -> Any:
        """Return a frame of the same kind with more columns; the data frame itself is not changed.

        The index of pandas is kept, and other columns are not copied.
        """
        implementation = self._frame.implementation
        if implementation.is_pandas_like():
            frame = self._frame.to_native().copy(deep=False)
            namespace = self._frame.__native_namespace__()
            for name in table.column_names:
                frame[name] = _for_pandas(table[name], namespace, frame.index)
            return frame
        plain = pa.table([decoded(column) for column in table.columns], names=table.column_names)
        more = nw.from_arrow(plain, backend=implementation).iter_columns()
        return self._as_before(self._frame.with_columns(*more).to_native())

    def like(self, table: pa.Table) -> Any:
        """Return a table as a frame of the same kind."""
        implementation = self._frame.implementation
        if implementation.is_pyarrow():
            return self._as_before(table)
        return nw.from_arrow(table, backend=implementation).to_native()

    def _as_before(self, native: Any) -> Any:
        """Return an eager frame as lazy as the data frame was."""
        if self._lazy is None:
            return native
        namespace = self._lazy.__native_namespace__()
        if self._lazy.implementation.is_polars():
            return namespace.from_arrow(native).lazy()
        return namespace.from_arrow(native)


def from_objects(values: Any, name: str) -> pa.Array | pa.ChunkedArray:
    """Return a series of pandas or an array of NumPy as Arrow, null for each missing value.

    Raise InvalidInput, which names the column so, if it holds values of several types.
    """
    with _refusing(name):
        return pa.Array.from_pandas(values)


@contextlib.contextmanager
def _refusing(name: str) -> Iterator[None]:
    """Raise InvalidInput, which names a column, if Arrow cannot hold its values."""
    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, OverflowError) as err:
        raise InvalidInput(
            f"the column {shown([name])} holds values that are not text: use strings, or None"
        ) from err


def _for_pandas(column: pa.ChunkedArray, namespace: Any, index: Any) -> Any:
    """Return a column for pandas, of its usual type for such values: text or float."""
    if pa.types.is_dictionary(column.type) and namespace.Series([""]).dtype == object:
        # Before pandas 3, texts are Python's: all rows share those of the dictionary.
        coded = column.combine_chunks()
        texts = np.array([*coded.dictionary.to_pylist(), None], object)
        values = texts[coded.indices.fill_null(len(texts) - 1).to_numpy()]
        return namespace.Series(values, index=index, dtype=object)
    return namespace.Series(decoded(column).to_pandas().array, index=index)


def decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column with the values of its dictionary, if it has one."""
    kind = column.type
    return column.cast(kind.value_type) if pa.types.is_dictionary(kind) else column


def _refusal(data: Any) -> str:
    kind = type(data).__name__
    return f"score and share take {KINDS}, not {kind}: for names alone, use predict"
