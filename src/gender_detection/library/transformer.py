"""A transformer of scikit-learn: names in, the probability that they are women's out.

It is gender_detection.GenderTransformer. scikit-learn is not part of the runtime.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import InputTags, Tags

from ..errors import InvalidInput
from ..tables import Columns, find_columns
from ..tables.column_roles import NoNames
from .finding import shared
from .frames import Frame, from_objects
from .namer import options_of

FEATURES = ("p_female", "probability")
NAME = "name"  # of the column for names in a list
_LISTS = (list, tuple, np.ndarray, pa.Array, pa.ChunkedArray)


class GenderTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn names into two features: p_female, and the probability of the likelier gender.

    These stand for a protected attribute. They are for measuring: whether errors, scores or
    decisions differ between groups. They are not for deciding about a person, and a model that is
    fitted on them decides by gender, which is unlawful in many places.

    X is a data frame that gd.score takes, whose columns are found in the same way or named here; a
    data frame with one column, whatever it is called; or a series, list or array of names. A name
    without an answer, such as a missing one, is NaN in both features; the features do not depend on
    a threshold.

    model is what gd.load takes first: a folder, models:/… or an address; without it, the model is
    that of the process. Other parameters are those of gd.score. There is nothing to learn: fit
    checks X and finds the model. A process loads each model once, and the transformer holds only
    its parameters: so does a pickle of it, which asks for the model where it is used.
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        name: str | None = None,
        given_name: str | None = None,
        family_name: str | None = None,
        country_column: str | None = None,
        country: str | None = None,
        female_share: float | None = None,
        family_name_first: bool = False,
    ) -> None:
        """Keep the parameters; fit and transform check them."""
        self.model = model
        self.name = name
        self.given_name = given_name
        self.family_name = family_name
        self.country_column = country_column
        self.country = country
        self.female_share = female_share
        self.family_name_first = family_name_first

    def fit(self, X: Any, y: Any = None) -> "GenderTransformer":  # noqa: N803
        """Check X and find the model; raise InvalidInput, or the errors of gd.load."""
        self._people(X)
        shared(self.model)
        return self

    def transform(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: N803
        """Return the features of each row, float64 (rows, 2); raise as fit does."""
        cells, columns = self._people(X)
        options = options_of(None, self.female_share, self.family_name_first)
        options["country"] = self.country
        answers = shared(self.model).answered(cells, columns, options)
        return np.column_stack([answers[name].to_numpy() for name in FEATURES])

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """Return the names of the features, whatever those of X are."""
        return np.array(FEATURES, object)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.no_validation = True
        # Arrays with two dimensions are of numbers there.
        tags.input_tags = InputTags(
            one_d_array=True, two_d_array=False, string=True, allow_nan=True
        )
        return tags

    def _people(self, X: Any) -> tuple[pa.Table, Columns]:  # noqa: N803
        """Return the columns to read, and which they are."""
        frame = _frame_of(X)
        chosen = Columns(self.name, self.given_name, self.family_name, self.country_column)
        try:
            columns = find_columns(frame.columns, chosen)
        except NoNames:
            if len(frame.columns) != 1 or chosen.used():
                raise
            columns = Columns(*frame.columns)
        return frame.arrow(columns.used()), columns


def _frame_of(names: Any) -> Frame:
    """Return names as a frame, those of a series or a list as its only column."""
    if hasattr(names, "to_frame"):
        return Frame(names.to_frame())
    if not isinstance(names, _LISTS):
        return Frame(names)
    if not isinstance(names, pa.Array | pa.ChunkedArray):
        items = np.asarray(names, object)
        if items.ndim != 1 and (items.ndim != 2 or items.shape[1] != 1):
            raise InvalidInput(
                f"an array of shape {items.shape}: give one column of names, or a data frame"
            )
        names = from_objects(items.ravel(), NAME)
    return Frame(pa.table([names], names=[NAME]))
