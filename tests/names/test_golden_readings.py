"""Names are read as golden.csv says: a row a name, by rule, for a person to read and correct.

A row with a name is read by parse(), one without by parse_parts(); words and keys are parted by
"|". The note says where a reading is known to be wrong: correct such a row with the code.
"""

from pathlib import Path

import golden_rows
import pytest

from gender_detection.names import parse, parse_parts

ROWS = golden_rows.read(Path(__file__).with_name("golden.csv"))
READING = ("title_gender", "given", "family", "reason", "keys", "script")


@pytest.mark.parametrize("row", ROWS, ids=golden_rows.label)
def test_name_is_read_as_the_table_says(row: dict[str, str]):
    # A name in fields has neither; a blank one has a space.
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


def test_each_rule_has_rows_and_no_name_is_asked_for_twice():
    asked = [(row["name"], row["given_name"], row["family_name"], row["country"]) for row in ROWS]

    assert len(set(asked)) == len(asked)
    assert all(row["rule"] for row in ROWS)
