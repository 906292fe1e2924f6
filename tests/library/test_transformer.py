"""gd.GenderTransformer: names as features in pipelines of scikit-learn."""

import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import gender_detection as gd
from gender_detection.errors import InvalidInput, ModelNotFound
from gender_detection.library import finding

pytest.importorskip("sklearn")
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

NAMES = ["Maria Rossi", "Andrea", None, "J. R."]
FEATURES = ["p_female", "probability"]
FRAME = pd.DataFrame(
    {"name": NAMES, "country": ["IT", "IT", "DE", None], "age": [30, 40, 50, 60]},
    index=[7, 5, 3, 1],
)


def expected(names: list[Any], **options: Any) -> np.ndarray:
    rows = [(answer.p_female, answer.probability) for answer in gd.predict(names, **options)]
    return np.array(rows, np.float64)


@pytest.mark.parametrize(
    "names",
    [
        NAMES,
        tuple(NAMES),
        np.array(NAMES, object),
        np.array(NAMES, object).reshape(-1, 1),
        pd.Series(NAMES, name="who"),
        pd.Series(NAMES, dtype="category"),
        pd.Series(NAMES, dtype="string"),
        pd.DataFrame({"who": NAMES}),
        pd.DataFrame(NAMES),
        pa.array(NAMES),
        pa.chunked_array([NAMES[:1], NAMES[1:]]),
        pa.table({"who": NAMES}),
        ["Maria Rossi", "Andrea", float("nan"), "J. R."],
    ],
)
def test_names_become_features_however_they_are_kept(names: Any):
    features = gd.GenderTransformer().fit_transform(names)

    np.testing.assert_array_equal(features, expected(NAMES))
    assert features.dtype == np.float64
    assert np.isnan(features[2:]).all()


def test_polars_is_taken_and_given():
    polars = pytest.importorskip("polars")
    transformer = gd.GenderTransformer(country="IT").set_output(transform="polars")

    for names in (polars.Series("who", NAMES), polars.DataFrame({"who": NAMES})):
        features = transformer.fit_transform(names)
        assert isinstance(features, polars.DataFrame)
        assert features.columns == FEATURES
        np.testing.assert_array_equal(features.to_numpy(), expected(NAMES, country="IT"))


def test_columns_of_a_frame_are_found_or_named_as_in_score():
    scored = gd.score(FRAME)[FEATURES].to_numpy()
    renamed = FRAME.rename(columns={"name": "x", "country": "y"})
    named = gd.GenderTransformer(name="x", country_column="y")

    np.testing.assert_array_equal(gd.GenderTransformer().fit_transform(FRAME), scored)
    np.testing.assert_array_equal(named.fit_transform(renamed), scored)


def test_the_only_column_holds_names_whatever_it_is_called():
    names = ["Andrea Maria", "Weber"]
    given = gd.score(pd.DataFrame({"given_name": names}))[FEATURES].to_numpy()

    for column in ("country", "x", 7):
        features = gd.GenderTransformer().fit_transform(pd.DataFrame({column: names}))
        np.testing.assert_array_equal(features, expected(names))
    features = gd.GenderTransformer().fit_transform(pd.DataFrame({"given_name": names}))
    np.testing.assert_array_equal(features, given)


def test_no_names_have_no_rows():
    none: list[Any] = [
        [],
        pd.Series([], dtype=object),
        pa.table({"name": pa.array([], pa.string())}),
    ]
    for names in none:
        assert gd.GenderTransformer().fit_transform(names).shape == (0, 2)


def test_options_are_those_of_score():
    options: Any = {"country": "DE", "female_share": 0.3, "family_name_first": True}
    names = ["Rossi Andrea", "Kim"]

    features = gd.GenderTransformer(**options).fit_transform(names)
    np.testing.assert_array_equal(features, expected(names, **options))
    assert not np.array_equal(features, gd.GenderTransformer().fit_transform(names))


# Most of its checks are for arrays of numbers.
@pytest.mark.filterwarnings("ignore:Can't test estimator")
def test_it_keeps_the_conventions_of_scikit_learn():
    check_estimator(gd.GenderTransformer())
    transformer = gd.GenderTransformer(country="IT")

    assert clone(transformer).get_params() == transformer.get_params()
    assert transformer.set_params(country="DE").get_params()["country"] == "DE"
    assert repr(transformer) == "GenderTransformer(country='DE')"
    assert transformer.get_feature_names_out(["who"]).tolist() == FEATURES
    assert transformer.transform(["Andrea"])[0, 0] > 0.9  # there is nothing to fit


def test_the_index_of_pandas_is_kept_beside_other_columns():
    both = ColumnTransformer(
        [("of_one", gd.GenderTransformer(), "name"), ("scaled", StandardScaler(), ["age"])]
    ).set_output(transform="pandas")
    features = both.fit_transform(FRAME)

    assert list(features.columns) == ["of_one__p_female", "of_one__probability", "scaled__age"]
    assert features.index.tolist() == FRAME.index.tolist()
    np.testing.assert_array_equal(features.iloc[:, :2].to_numpy(), expected(NAMES))


def test_a_pipeline_is_cross_validated():
    names = ["Maria", "John", "Anna", "Peter", None, "Laura", "Mario", "J. R."] * 3
    frame = pd.DataFrame({"name": names, "country": "IT", "age": range(24)})
    y = [name in ("Maria", "Anna", "Laura") for name in names]
    features = ColumnTransformer(
        [
            (
                "names",
                make_pipeline(gd.GenderTransformer(), SimpleImputer()),
                ["name", "country"],
            ),
            ("age", StandardScaler(), ["age"]),
        ]
    )

    scores = cross_val_score(make_pipeline(features, LogisticRegression()), frame, y, cv=3)
    assert scores.mean() > 0.8


def test_a_pickle_holds_the_parameters_and_no_model():
    fitted = gd.GenderTransformer(country="IT").fit(FRAME)
    stored = pickle.dumps(fitted)
    loaded = pickle.loads(stored)

    assert len(stored) < 1_000
    assert vars(loaded) == fitted.get_params()
    np.testing.assert_array_equal(loaded.transform(NAMES), fitted.transform(NAMES))


def test_a_model_may_be_named_and_is_loaded_once(tiny_artifact, monkeypatch):
    monkeypatch.setattr(finding, "_SHARED", {})
    loads = []
    load = finding.load

    def counted(where: str) -> gd.Namer:
        loads.append(where)
        return load(where)

    monkeypatch.setattr(finding, "load", counted)

    for _ in range(2):
        features = gd.GenderTransformer(str(tiny_artifact)).fit_transform(["Maria"])
        assert features[0, 0] > 0.9
    assert loads == [str(tiny_artifact)]
    with pytest.raises(ModelNotFound, match="no/such/folder"):
        gd.GenderTransformer("no/such/folder").fit(["Maria"])


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (np.array([["Maria", "Rossi"]]), r"shape \(1, 2\): give one column of names"),
        ([1.5, 2.5], "the column 'name' holds double instead of text"),
        (["Maria", 3], "the column 'name' holds values that are not text"),
        (pd.DataFrame({"a": ["Maria"], "b": ["Rossi"]}), "no column holds names"),
        ("Maria", "not str"),
    ],
)
def test_what_holds_no_names_is_refused(names: Any, said: str):
    with pytest.raises(InvalidInput, match=said):
        gd.GenderTransformer().fit_transform(names)


def test_options_out_of_range_are_refused():
    with pytest.raises(InvalidInput, match="female_share"):
        gd.GenderTransformer(female_share=2).fit_transform(["Maria"])


@pytest.mark.parametrize(
    ("package", "part", "remedy"),
    [
        ("sklearn", "GenderTransformer", "scikit-learn"),
        ("duckdb", "register_in_duckdb", "duckdb"),
    ],
)
def test_without_the_package_an_error_says_what_to_install(package: str, part: str, remedy: str):
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "import gender_detection as gd; from gender_detection import *; help(gd)\n"
        f"try: from gender_detection import {part}\n"
        "except ImportError as err: print('SAID', err)"
    )
    printed = subprocess.check_output([sys.executable, "-c", code], text=True)

    assert f"SAID {part} needs {remedy}>=" in printed
    assert f"run \"pip install '{remedy}>=" in printed
