"""Which columns are read, by their names."""

import pytest

from gender_detection.errors import InvalidInput
from gender_detection.tables import Columns, find_columns


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["id", "name", "country"], Columns(name="name", country="country")),
        ([" NAME "], Columns(name=" NAME ")),
        (["Given Name", "Family-Name"], Columns(None, "Given Name", "Family-Name")),
        (["First_Name", "surname", "x"], Columns(None, "First_Name", "surname")),
        (["author", "Country Code"], Columns(name="author", country="Country Code")),
        (["full_name", "name"], Columns(name="name")),
        (["name", "forename", "last_name"], Columns("name", "forename", "last_name")),
    ],
)
def test_columns_are_found_by_name_or_synonym_in_any_case(names, columns):
    assert find_columns(names) == columns


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ["id", "family_name"],
            r"no column holds names: .* \(columns found: 'id', 'family_name'\)",
        ),
        (["name", "NAME"], "'name', 'NAME' could each be the column name: rename all but one"),
        (["first_name", "forename"], "could each be the column given_name"),
        (["name", "country", "Country"], "could each be the column country"),
        (["name", "x", "x"], "'x' more than once"),
        (["x" * 1000] * 1, "columns found: 'x{40}'"),
        ([f"c{at}" for at in range(30)], "'c19' and 10 more"),
    ],
)
def test_missing_or_ambiguous_columns_are_reported(names, message):
    with pytest.raises(InvalidInput, match=message) as caught:
        find_columns(names)
    assert len(str(caught.value)) < 500
