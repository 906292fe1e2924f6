"""POST /predict with a table: CSV and Arrow streams, in and out."""

import csv
import io

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from gender_detection.api.app import create_app
from gender_detection.api.http.schemas import MAX_NAME_CHARACTERS
from gender_detection.config import Settings
from gender_detection.scoring import ANSWERS
from gender_detection.tables import arrow_texts

ARROW = "application/vnd.apache.arrow.stream"
CELL = st.text(st.sampled_from('ab",\r\n \tñ李0=@'), max_size=6)
NAMES = ["Maria", "John", "Robin", "Andrea Rossi", "Frau Kim", "J. R.", "", "?", "=1+1", "NA"]


@pytest.fixture(scope="module")
def tiny_client(tiny_model, tmp_path_factory):
    settings = Settings(model_dir=str(tmp_path_factory.mktemp("model")))
    return create_app(settings, tiny_model, CollectorRegistry()).test_client()


def post_csv(client, body: str | bytes, query: str = ""):
    return client.post(f"/predict{query}", data=body, content_type="text/csv")


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def dumped(table: pa.Table, rows: int | None = None) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=rows)
    return sink.getvalue()


def post_arrow(client, table: pa.Table, query: str = "", rows: int | None = None):
    return client.post(f"/predict{query}", data=dumped(table, rows), content_type=ARROW)


def test_rows_are_returned_unchanged_with_answers_appended(client):
    body = 'id,name,note\r\n007,Maria,"a ""b"", c"\r\n1e5,John,NA\r\n-,Robin,\r\nnull,?,=1+1\r\n'
    response = post_csv(client, body)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert response.text == (
        "id,name,note,gender,probability,p_female,basis,reason\r\n"
        '007,Maria,"a ""b"", c",female,0.99,0.99,name,\r\n'
        "1e5,John,NA,male,0.987,0.013,name,\r\n"
        "-,Robin,,unknown,0.6,0.6,name,ambiguous\r\n"
        "null,?,=1+1,unknown,,,,not_a_name\r\n"
    )


@given(
    st.lists(st.tuples(CELL, CELL, CELL), max_size=6),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["", "\ufeff"]),
)
def test_any_cells_are_returned_unchanged(tiny_client, rows, quoting, mark):
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting).writerows([("x,y", "name", "z"), *rows])
    response = post_csv(tiny_client, (mark + text.getvalue()).encode())
    assert response.text.startswith(mark)
    head, *answered = read(response.text.removeprefix(mark))

    assert head == ["x,y", "name", "z", *ANSWERS]
    assert [tuple(row[:3]) for row in answered] == rows
    assert {len(row) for row in answered} <= {8}


def as_shown(prediction: dict) -> list[str]:
    """Return the members of a JSON answer as CSV shows them."""
    return ["" if prediction[name] is None else str(prediction[name]) for name in ANSWERS]


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", {}),
        ("?country=it", {"country": "it"}),
        ("?threshold=0.95&female_share=0.2", {"threshold": 0.95, "female_share": 0.2}),
    ],
)
def test_answers_equal_those_in_json_for_the_same_people(tiny_client, query, options):
    people = [{"name": name, "country": code} for name in NAMES for code in ("IT", "DE", None)]
    people += [{"given_name": name, "family_name": "Rossi"} for name in NAMES]
    answer = tiny_client.post("/predict", json={"instances": people, **options}).json
    fields = ("name", "given_name", "family_name", "country")
    columns = {field: [person.get(field) for person in people] for field in fields}
    text = io.StringIO(newline="")
    csv.writer(text).writerows([fields, *zip(*columns.values(), strict=True)])
    from_csv = post_csv(tiny_client, text.getvalue().encode(), query)
    from_arrow = post_arrow(tiny_client, pa.table(columns), query)

    predictions = answer["predictions"]
    assert [row[4:] for row in read(from_csv.text)[1:]] == list(map(as_shown, predictions))
    assert pa.ipc.open_stream(from_arrow.data).read_all().select(ANSWERS).to_pylist() == [
        {name: prediction[name] for name in ANSWERS} for prediction in predictions
    ]
    for response in (from_csv, from_arrow):
        assert response.headers["X-Threshold"] == str(answer["model"]["threshold"])


@pytest.mark.parametrize("rows", [1, 2, None])
def test_arrow_table_is_returned_unchanged_with_answers_appended(client, rows):
    table = pa.table(
        {
            "id": pa.array([7, None, 9], pa.int16()),
            "Author": pa.array(["Maria", None, "John"]).dictionary_encode(),
            "tags": [["a"], [], None],
        }
    ).replace_schema_metadata({"made by": "me"})
    response = post_arrow(client, table, rows=rows)
    answered = pa.ipc.open_stream(response.data).read_all()

    assert response.status_code == 200
    assert response.headers["Content-Type"] == ARROW
    assert answered.schema.metadata == {b"made by": b"me"}
    assert answered.select(table.schema.names).equals(table)
    assert answered.select(ANSWERS).to_pydict() == {
        "gender": ["female", "unknown", "male"],
        "probability": [0.99, None, 0.987],
        "p_female": [0.99, None, 0.013],
        "basis": ["name", None, "name"],
        "reason": [None, "not_a_name", None],
    }


@pytest.mark.parametrize("mime", ["text/csv", ARROW])
def test_table_answer_names_its_model(client, mime):
    body = b"name\nMaria\n" if mime == "text/csv" else dumped(pa.table({"name": ["Maria"]}))
    response = client.post("/predict", data=body, content_type=mime)
    assert response.headers["X-Model-Version"] == "7"
    assert response.headers["X-Data-Version"] == "2025-01"
    assert response.headers["X-Threshold"] == "0.8"
    response = client.post("/predict?threshold=1", data=body, content_type=mime)
    assert response.headers["X-Threshold"] == "1.0"


def test_table_without_rows_gets_its_header(client):
    assert post_csv(client, "name").text == "name,gender,probability,p_female,basis,reason\n"
    empty = pa.schema([("name", pa.string())]).empty_table()
    answered = pa.ipc.open_stream(post_arrow(client, empty).data).read_all()
    assert (answered.num_rows, answered.schema.names) == (0, ["name", *ANSWERS])


def test_bad_rows_are_kept_in_place_and_marked(client):
    body = (
        b'name,country\nMaria,IT\nJohn\nMaria,IT,x\n"Robin,IT\n'
        + b"Mar\xeda,IT\n"
        + b"x" * (MAX_NAME_CHARACTERS + 1)
        + b",IT\nJohn,\n"
    )
    response = client.post("/predict", data=body, content_type="text/csv; charset=utf-8")
    rows = read(response.text)

    assert [row[:2] for row in rows[1:]] == [
        ["Maria", "IT"], ["John", ""], ["Maria", "IT,x"], ['"Robin,IT', ""], ["Mar\ufffda", "IT"],
        ["x" * 1001, "IT"], ["John", ""],
    ]  # fmt: skip
    bad = ["unknown", "", "", "", "bad_row"]
    assert [row[2:] for row in rows[2:-1]] == [bad] * 5
    assert [row[2] for row in (rows[1], rows[-1])] == ["female", "male"]
    assert arrow_texts.MAX_NAME_CHARACTERS == MAX_NAME_CHARACTERS


def test_cell_of_megabytes_affects_only_its_row(client):
    long = '"' + "x\n" * 1_000_000 + '"'
    response = post_csv(client, f"name,n\nMaria,1\n{long},2\nMaria,3\n")

    assert response.status_code == 200
    assert response.text == (
        "name,n,gender,probability,p_female,basis,reason\n"
        "Maria,1,female,0.99,0.99,name,\n"
        f"{long},2,unknown,,,,bad_row\n"
        "Maria,3,female,0.99,0.99,name,\n"
    )


def test_country_of_the_query_applies_to_rows_without_one(client, model):
    asked = []

    def predict(people):
        asked.extend(people)
        return type(model).predict(model, people)

    model.predict = predict
    post_csv(
        client,
        "name,country\nMaria,\nMaria,de\nMaria, \nMaria,Spain\nMaria,Atlantis\n",
        "?country=IT",
    )

    assert {person.country for person in asked} == {"IT", "DE", "ES", "Atlantis"}


def test_answers_are_prefixed_if_the_table_has_a_column_of_that_name(client):
    text = post_csv(client, "name,gender\nMaria,f\n").text

    assert read(text) == [
        ["name", "gender", *(f"predicted_{name}" for name in ANSWERS)],
        ["Maria", "f", "female", "0.99", "0.99", "name", ""],
    ]


def test_answers_of_tables_are_counted(client):
    def counted() -> list[str]:
        metrics = client.get("/metrics").text.splitlines()
        lines = [x for x in metrics if x.startswith("gender_detection_predictions_total{")]
        return [line for line in lines if not line.endswith(" 0.0")]

    post_csv(client, "name\nMaria\nMaria\nRobin\n")
    post_arrow(client, pa.table({"name": ["Maria", "x" * 1001]}))
    assert sorted(line.partition("{")[2] for line in counted()) == [
        'basis="name",gender="female",reason="none"} 3.0',
        'basis="name",gender="unknown",reason="ambiguous"} 1.0',
        'basis="none",gender="unknown",reason="bad_row"} 1.0',
    ]
