"""Names are read as in golden.csv: one row for each name, sorted by rule, for people to check.

A row with a name is read by parse(), one without by parse_parts(). "|" separates words and keys.
The note says where a reading is known to be wrong: correct such a row together with the code.
"""

from pathlib import Path

import pytest

from gender_detection.names import parse, parse_parts
from tests import golden_rows

ROWS = golden_rows.read(Path(__file__).with_name("golden.csv"))
READING = ("title_gender", "given", "family", "reason", "keys", "script")


@pytest.mark.parametrize("row", ROWS, ids=golden_rows.label)
def test_name_is_read_as_in_the_table(row: dict[str, str]):
    # A row for fields has no name; a blank name is a space.
    if row["name"]:
        parsed = parse(row["name"], row["country"])
    else:
        parsed = parse_parts(row["given_name"], row["family_name"], row["country"])

    reading = {
        "title_gender": parsed.title_gender or "",
        "given": "|".join(parsed.given),
        "family": parsed.family or "",
        "reason": parsed.reason or "",
        "keys": "|".join(parsed.keys),
        "script": parsed.script,
    }
    assert reading == {column: row[column] for column in READING}


def test_each_row_has_a_rule_and_no_name_is_listed_twice():
    names = [(row["name"], row["given_name"], row["family_name"], row["country"]) for row in ROWS]

    assert len(set(names)) == len(names)
    assert all(row["rule"] for row in ROWS)
