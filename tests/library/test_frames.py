"""gd.score and gd.share: a data frame in, one of the same kind out, and it is not changed."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import gender_detection as gd
from gender_detection.errors import ColumnNotFound, InvalidInput

ROWS = {
    "name": ["Maria Rossi", "Andrea", None, "J. R."],
    "country": ["IT", "IT", "DE", None],
    "year": [2020, 2021, 2020, 2021],
}
ANSWERS = ["gender", "probability", "p_female", "basis", "reason"]


class ExportsArrow:
    """Something that only exports Arrow."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return pa.table(ROWS).__arrow_c_stream__(requested_schema)


def polars(rows: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("polars").DataFrame(rows)


def duckdb(rows: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("duckdb").from_arrow(pa.table(rows))


FRAMES = {
    "pandas": pd.DataFrame,
    "pandas of Arrow": lambda rows: pd.DataFrame(rows).convert_dtypes(dtype_backend="pyarrow"),
    "Arrow": pa.table,
    "Polars": polars,
    "lazy Polars": lambda rows: polars(rows).lazy(),
    "DuckDB": duckdb,
}


def columns_of(frame: Any) -> dict[str, list[Any]]:
    """Return the columns of a frame of any kind, None for missing values."""
    if hasattr(frame, "collect"):
        frame = frame.collect()
    if isinstance(frame, pd.DataFrame):
        frame = pa.Table.from_pandas(frame, preserve_index=False)
    elif not isinstance(frame, pa.Table):
        frame = pa.table(frame)
    return {name: frame[name].to_pylist() for name in frame.column_names}


@pytest.mark.parametrize("kind", FRAMES)
def test_score_adds_five_columns_to_a_frame_of_the_same_kind(kind: str):
    data = FRAMES[kind](ROWS)
    scored = gd.score(data)

    assert type(scored) is type(data)
    columns = columns_of(scored)
    assert list(columns) == [*ROWS, *ANSWERS]
    assert {name: columns[name] for name in ROWS} == ROWS
    assert columns["gender"] == ["female", "male", "unknown", "unknown"]
    assert columns["reason"] == [None, None, "empty", "initials"]
    assert columns["p_female"][2] is None
    assert list(columns_of(data)) == list(ROWS)


@pytest.mark.parametrize("kind", FRAMES)
def test_share_has_a_row_for_each_group_with_its_own_type(kind: str):
    data = FRAMES[kind](ROWS)
    shares = gd.share(data, by=["year"])

    assert type(shares) is type(data)
    columns = columns_of(shares)
    assert list(columns) == [
        "year", "n", "answered", "used", "female_share", "low", "high", "warnings",
    ]  # fmt: skip
    assert columns["year"] == [2020, 2021]
    assert columns["n"] == [2, 2]
    assert columns["low"][0] < columns["female_share"][0] < columns["high"][0]
    assert "fewer than 30 people" in columns["warnings"][0]


def test_what_exports_arrow_becomes_a_table():
    scored = gd.score(ExportsArrow())

    assert isinstance(scored, pa.Table)
    assert scored["gender"].to_pylist()[0] == "female"


def test_index_and_other_types_of_pandas_are_kept():
    frame = pd.DataFrame(
        {"name": pd.Categorical(["Maria", "John"]), "when": pd.to_datetime(["2020", "2021"])},
        index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)]),
    )
    scored = gd.score(frame)

    assert scored.index.equals(frame.index)
    assert scored["name"].dtype == frame["name"].dtype
    assert scored["when"].dtype == frame["when"].dtype
    assert scored["gender"].tolist() == ["female", "male"]
    assert scored["probability"].dtype == np.float64
    assert list(frame.columns) == ["name", "when"]


def test_every_missing_value_of_pandas_is_missing():
    missing = [None, np.nan, pd.NA, pd.NaT]
    frame = pd.DataFrame({"name": missing, "country": [np.nan, "IT", pd.NA, None]})

    assert gd.score(frame)["reason"].tolist() == ["empty"] * 4


def test_columns_with_numbers_as_names_are_kept():
    frame = pd.DataFrame({"name": ["Maria"], 7: [1]})

    assert list(gd.score(frame).columns) == ["name", 7, *ANSWERS]


def test_columns_may_be_named_and_taken_names_get_a_prefix():
    frame = pa.table({"who": ["Andrea"], "where": ["DE"], "gender": ["?"]})
    scored = gd.score(frame, name="who", country_column="where")

    assert scored.column_names[3:] == [f"predicted_{name}" for name in ANSWERS]
    assert scored["predicted_gender"].to_pylist() == ["female"]


def test_options_are_those_of_predict():
    frame = pa.table({"name": ["Andrea"]})

    assert gd.score(frame, country="IT")["gender"].to_pylist() == ["male"]
    assert gd.score(frame, country="IT", threshold=1.0)["gender"].to_pylist() == ["unknown"]


def test_an_empty_frame_stays_empty():
    scored = gd.score(pd.DataFrame({"name": pd.Series([], dtype=object)}))

    assert list(scored.columns) == ["name", *ANSWERS]
    assert len(gd.share(pa.table({"name": pa.array([], pa.string())}))) == 1


def test_shares_are_those_of_all_people_or_by_country():
    frame = pd.DataFrame(ROWS)

    assert gd.share(frame)["n"].tolist() == [4]
    assert gd.share(frame, by="country")["country"].tolist()[:2] == ["DE", "IT"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (["Maria"], "for names alone, use predict"),
        ({"name": ["Maria"]}, "not dict"),
        (pd.DataFrame({"name": [1, 2]}), "the column 'name' holds int64 instead of text"),
        (pd.DataFrame({"name": ["Maria", 3]}), "the column 'name' holds values that are not text"),
        (pd.DataFrame({"x": ["Maria"]}), "no column holds names"),
        (pd.DataFrame([["a", "b"]], columns=["name", "name"]), "name"),
    ],
)
def test_what_cannot_be_scored_is_refused_with_the_remedy(data: Any, said: str):
    with pytest.raises(InvalidInput, match=said):
        gd.score(data)


def test_a_group_that_is_not_there_is_named():
    frame = pd.DataFrame(ROWS).assign(field="x")
    with pytest.raises(ColumnNotFound, match=r"no column team to group by \(columns .*'field'\)"):
        gd.share(frame, by="team")


def test_countries_that_are_not_understood_are_told():
    frame = pd.DataFrame({"name": ["Maria", "John"], "country": ["Atlantis", "IT"]})

    with pytest.warns(UserWarning, match="1 row has a country that is not understood") as told:
        gd.score(frame)
    assert [warning.filename for warning in told] == [__file__]
