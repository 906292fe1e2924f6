"""No table loses a row: each comes back as it was, with the answer that the model gives it alone.

To send many random tables, to an app with the current model (GENDER_DETECTION_MODEL_DIR):

    .venv/bin/python -m pytest --hypothesis-profile=fuzz tests/api/test_any_table.py
"""

import csv
import io

import pyarrow as pa
import pytest
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from gender_detection.api.app import create_app
from gender_detection.config import Settings
from gender_detection.model import Model, Person
from tests.api.table_strategies import ARROW, CSV, MEMBERS, Table, arrow_tables, csv_tables
from tests.text_strategies import examples

ANSWERS = ("gender", "probability", "p_female", "basis", "reason")
PROBLEM = "application/problem+json"
PIECES = [
    "a",
    "é",
    "Ольга",
    ",",
    ";",
    '"',
    '""',
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "\0",
    "1",
    "\ufeff",
]
# After the header: text of CSV that is torn, with bytes that are not UTF-8 among it.
TORN = st.lists(st.sampled_from([*map(str.encode, PIECES), b"\xff", b"\xc3"]), max_size=60)


@pytest.fixture(scope="module")
def fuzzed_client(fuzzed_model, tmp_path_factory) -> FlaskClient:
    settings = Settings(model_dir=str(tmp_path_factory.mktemp("model")))
    return create_app(settings, fuzzed_model, CollectorRegistry()).test_client()


def rows_of(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def alone(model: Model, columns: list[str], cells: list[str | None]) -> list[object]:
    """Return the answer of the model to the person in a row."""
    texts = dict(zip(columns, cells, strict=True))
    members = {MEMBERS[name]: text for name, text in texts.items() if name in MEMBERS}
    for member in ("name", "country"):
        if not (members.get(member) or "").strip():
            members.pop(member, None)
    (answer,) = model.predict([Person(**members)])
    return [getattr(answer, name) for name in ANSWERS]


def as_csv(answer: list[object]) -> list[str]:
    return ["" if value is None else str(value) for value in answer]


@examples(200)
@given(csv_tables())
def test_csv_rows_get_the_answers_that_each_gets_alone(
    fuzzed_client: FlaskClient, fuzzed_model: Model, table: Table
):
    response = fuzzed_client.post("/predict", data=table.body, content_type=CSV)

    assert response.status_code == 200
    head, *rows = rows_of(response.text.removeprefix("\ufeff"))
    width = len(table.columns)
    assert head[:width] == table.columns
    assert [row[:width] for row in rows] == table.rows
    assert [row[width:] for row in rows] == [
        as_csv(alone(fuzzed_model, table.columns, row)) for row in table.rows
    ]


@examples(200)
@given(arrow_tables())
def test_arrow_rows_get_the_answers_that_each_gets_alone(
    fuzzed_client: FlaskClient, fuzzed_model: Model, table: Table
):
    response = fuzzed_client.post("/predict", data=table.body, content_type=ARROW)

    assert response.status_code == 200
    answered = pa.ipc.open_stream(response.data).read_all()
    width = len(table.columns)
    assert answered.schema.names[:width] == table.columns
    columns = [column.to_pylist() for column in answered.columns]
    rows = [list(row) for row in zip(*columns, strict=True)]
    assert [row[:width] for row in rows] == table.rows
    assert [row[width:] for row in rows] == [
        alone(fuzzed_model, table.columns, row) for row in table.rows
    ]


def letters(text: str) -> str:
    """Return a text without what CSV may write in another way: quotes, separators, line ends."""
    return "".join(character for character in text if character not in '",;|\t\r\n')


@examples(300)
@given(st.sampled_from([b"name", b"name,country", b"given_name,family_name,x"]), TORN)
@example(b"name,country", [b'"', b"\n", b"a", b",", b"1"])
def test_damaged_csv_loses_no_text(fuzzed_client: FlaskClient, header: bytes, torn: list[bytes]):
    body = header + b"\n" + b"".join(torn)

    # Otherwise damaged bytes could be taken for another encoding.
    content_type = f"{CSV}; charset=utf-8"
    response = fuzzed_client.post("/predict", data=body, content_type=content_type)

    if response.status_code != 200:
        assert response.status_code in (400, 413, 422)
        assert response.content_type == PROBLEM
        return
    # If the only column has commas, another delimiter is written.
    delimiter = response.text[len("name")] if header == b"name" else ","
    written, *rows = rows_of(response.text, delimiter)
    # The header may have had a cell less than the rows (R).
    width = len(written) - len(ANSWERS)
    assert {len(row) for row in rows} <= {len(written)}
    kept = "".join(cell for row in rows for cell in row[:width])
    assert letters(kept) == letters(b"".join(torn).decode("utf-8", "replace"))
