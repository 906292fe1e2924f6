"""Tables that POST /predict refuses: at once with a problem, or in the middle by breaking off."""

import io
import logging

import pyarrow as pa
import pytest
from prometheus_client import CollectorRegistry

from gender_detection.api.app import create_app
from gender_detection.api.http.problems import Problem
from gender_detection.config import Settings
from gender_detection.errors import InvalidInput

CSV, ARROW = "text/csv", "application/vnd.apache.arrow.stream"
INVALID_TABLE = "urn:problem-type:gender-detection:invalid-table"
INVALID_REQUEST = "urn:problem-type:gender-detection:invalid-request"


def problem(response, status: int) -> dict:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.json["request_id"] == response.headers["X-Request-ID"]
    return dict(response.json)


def arrow(columns: dict) -> bytes:
    table = pa.table(columns)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=1)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("mime", "body", "message"),
    [
        (CSV, b"", "the table is empty, or its first line is blank: begin it with a header row"),
        (CSV, b"id,who\n1,Maria\n", "no column holds names: rename one to name, or two to "
         "given_name and family_name (columns found: 'id', 'who')"),
        (CSV, b"name,x,name\n", "the header has 'name' more than once: rename or remove one"),
        (CSV, b"name,forename,first_name\n", "'forename', 'first_name' could each be the column"),
        (f"{CSV}; charset=utf-8", b"name\xe9\n", "the header is not UTF-8: save the table as CSV"),
        (CSV, b"PK\x03\x04\x00\x08\n", "this is not text: save the table as CSV in UTF-8"),
        (CSV, b'{"name": "Maria"}', "no column holds names"),
        (CSV, b"name,gender,Predicted_Reason\n", "has a column 'Predicted_Reason'"),
        (CSV, b"name," + b"x" * 1_100_000, "a row is longer than 1048576 bytes"),
        (CSV, b"name\n" + b"x" * 17_000_000, "a row is longer than 16777216 bytes"),
        (ARROW, b"", "the body is empty: send an Arrow IPC stream"),
        (ARROW, b"name\nMaria\n", "this is not an Arrow IPC stream, or it is damaged"),
        (ARROW, arrow({"name": ["Maria"]})[:-100], "this is not an Arrow IPC stream, or it is"),
        (ARROW, arrow({"who": ["Maria"]}), "(columns found: 'who')"),
        (ARROW, arrow({"name": [1]}), "the column 'name' holds int64 instead of text"),
        (ARROW, arrow({"name": ["x"], "gender": [1], "predicted_basis": [1]}), "rename it"),
    ],
)  # fmt: skip
def test_unreadable_table_is_a_422_with_the_remedy(client, caplog, mime, body, message):
    document = problem(client.post("/predict", data=body, content_type=mime), 422)

    assert (document["type"], document["title"]) == (INVALID_TABLE, "Invalid table")
    assert message in document["detail"]
    assert "Maria" not in caplog.text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("threshold=0.4", "'threshold': expected number >= 0.5"),
        ("threshold=nan", "'threshold': expected number >= 0.5"),
        ("threshold=", "'threshold': expected number, got string"),
        ("threshold=high", "'threshold': expected number, got string"),
        ("female_share=1", "'female_share': expected number < 1.0"),
        (f"country={'I' * 101}", "'country': expected string of length <= 100"),
        ("country=IT&country=IT", "'country': given more than once"),
        ("explain=true", "'explain': unknown: use country, threshold, female_share"),
        ("name=1", "'name': unknown: use country, threshold, female_share"),
        ("a%27%22%0A=1", "unknown: use"),
    ],
)
@pytest.mark.parametrize("mime", [CSV, ARROW])
def test_invalid_query_is_a_422_that_names_the_parameter(client, mime, query, message):
    response = client.post(f"/predict?{query}", data=b"name\n", content_type=mime)
    document = problem(response, 422)

    assert document["type"] == INVALID_REQUEST
    assert document["detail"].startswith("query parameter ")
    assert message in document["detail"]


def test_invalid_query_with_a_json_body_is_reported_too(client):
    document = problem(client.post("/predict?threshold=2", json={"name": "Maria"}), 422)

    assert document["type"] == INVALID_REQUEST
    assert document["detail"] == "query parameter 'threshold': expected number <= 1.0"


@pytest.mark.parametrize(
    ("content_type", "encoding", "message"),
    [
        (
            "text/csv; charset=klingon",
            "identity",
            "the charset in the content type: unknown encoding 'klingon'",
        ),
        ("text/csv; header=maybe", "identity", "say header=absent if there is no header row"),
        ("text/csv", "gzip", "the body is compressed"),
        (ARROW, "zstd", "the body is compressed"),
        ("text/tab-separated-values", "identity", "send 'Content-Type: application/json'"),
    ],
)
def test_unsupported_content_is_a_415(client, content_type, encoding, message):
    headers = {"Content-Encoding": encoding}
    response = client.post("/predict", data=b"name\n", content_type=content_type, headers=headers)

    assert message in problem(response, 415)["detail"]


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "us-ascii"])
def test_charsets_equal_to_utf8_are_accepted(client, charset):
    content_type = f"text/csv; charset={charset}; header=present"

    assert client.post("/predict", data="name\n", content_type=content_type).status_code == 200


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("; charset=windows-1252", "cp1252"), ("; charset=utf-16", "utf-16"), ("", "utf-16")],
)
def test_tables_in_other_encodings_are_answered_in_utf8(client, charset, encoding):
    body = "name;note\r\nMaria;Zoë\r\n".encode(encoding)
    response = client.post("/predict", data=body, content_type=f"text/csv{charset}")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    lines = response.text.removeprefix("\ufeff").splitlines()
    assert lines[0].startswith("name;note;gender;probability;")
    assert lines[1].startswith("Maria;Zoë;female;")
    assert response.headers["X-Table-Notes"].startswith("read as ")


def test_lines_above_the_header_are_left_out_and_told(client):
    body = b"sep=;\r\nname;country\r\nMaria;IT\r\n"
    response = client.post("/predict", data=body, content_type=CSV)

    assert response.text.startswith("name;country;gender;")
    assert response.headers["X-Table-Notes"] == "left out the first line, sep=;"


def test_uncertain_encoding_is_a_422_that_names_the_parameter(client):
    body = "name\nZoë\n".encode("cp1252")
    document = problem(client.post("/predict", data=body, content_type=CSV), 422)

    assert "charset=windows-125" in document["detail"]


def test_without_a_model_a_table_is_a_503(client_without_model):
    response = client_without_model.post("/predict", data=b"name\n", content_type=CSV)

    assert problem(response, 503)["title"] == "No model is loaded"


@pytest.fixture
def small_client(model, tmp_path):
    """An app that takes tables of 3,000,000 bytes, and far less of JSON."""
    settings = Settings(model_dir=str(tmp_path), max_table_bytes=3_000_000, max_body_bytes=10_000)
    return create_app(settings, model, CollectorRegistry()).test_client()


def chunked(body: bytes) -> dict:
    return {
        "input_stream": io.BytesIO(body),
        "environ_overrides": {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    }


def test_table_of_exactly_the_limit_is_answered(small_client):
    body = b"name\n" + b"Maria\n" * 499_999 + b"x"

    for how in ({"data": body}, chunked(body)):
        response = small_client.post("/predict", content_type=CSV, **how)
        assert response.status_code == 200
        assert response.data.count(b"\n") == 500_001


def test_table_over_the_limit_with_content_length_is_a_413(small_client):
    response = small_client.post("/predict", data=b"x" * 3_000_001, content_type=CSV)

    assert problem(response, 413)["detail"] == (
        "the table is longer than 3000000 bytes: send it in parts"
    )


def test_answer_to_a_table_over_the_limit_without_content_length_is_cut_off(small_client, caplog):
    body = b"name\n" + b"Maria\n" * 500_000

    response = small_client.post("/predict", content_type=CSV, **chunked(body))
    with pytest.raises(Problem, match="longer than 3000000 bytes"):
        _ = response.data
    assert "Maria" not in caplog.text


class CountedBody(io.BytesIO):
    """A body that knows how much of it was read, and may break off."""

    def __init__(self, body: bytes, whole: bool = True) -> None:
        super().__init__(body)
        self.length = len(body)
        self.whole = whole

    def readinto(self, buffer) -> int:
        read = super().readinto(buffer)
        if not read and not self.whole:
            raise OSError("reset")
        return read


def send(app, body: io.BytesIO, mime: str, length: int):
    """Call the app as a server does; return status and the iterable of its answer's parts."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/predict",
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": body,
        "CONTENT_TYPE": mime,
        "CONTENT_LENGTH": str(length),
        "HTTP_X_REQUEST_ID": "r-1",
    }
    started = []
    parts = app.wsgi_app(environ, lambda status, headers: started.append(status))
    return started[0], parts


def many(mime: str) -> bytes:
    if mime == CSV:
        return b"name,x\n" + b"Maria,%s\n" % (b"x" * 90) * 50_000
    return arrow({"name": ["Maria"] * 5_000, "x": ["x" * 900] * 5_000})


@pytest.mark.parametrize("mime", [CSV, ARROW])
def test_answer_begins_before_the_whole_table_is_read(app, mime):
    body = CountedBody(many(mime))
    status, parts = send(app, body, mime, body.length)
    first = next(iter(parts))

    assert status == "200 OK"
    assert first
    assert body.tell() < body.length / 3
    parts.close()


@pytest.mark.parametrize("mime", [CSV, ARROW])
def test_answer_to_an_incomplete_table_is_cut_off(app, mime, caplog):
    whole = many(mime)
    body = CountedBody(whole[: len(whole) // 2], whole=False)
    status, parts = send(app, body, mime, len(whole))
    answer = iter(parts)

    assert status == "200 OK"
    assert next(answer)
    with caplog.at_level(logging.ERROR), pytest.raises(Exception, match="400 Bad Request"):
        list(answer)
    parts.close()
    assert "table broken off request_id=r-1 after bytes=" in caplog.text
    assert "Maria" not in caplog.text


@pytest.mark.parametrize(
    ("mime", "fault", "message"),
    [
        (CSV, b"y" * 17_000_000, "a row is longer than"),
        (ARROW, b"\0" * 1_000, "it is damaged"),
    ],
)
def test_answer_is_cut_off_at_an_error_in_the_table(app, mime, fault, message, caplog):
    whole = many(mime)
    half = len(whole) // 2
    body = whole[:half] + fault + whole[half:]
    _, parts = send(app, io.BytesIO(body), mime, len(body))

    with caplog.at_level(logging.ERROR), pytest.raises(InvalidInput, match=message):
        list(parts)
    parts.close()
    assert "table broken off request_id=r-1 after bytes=" in caplog.text
    assert message in caplog.text
    assert "Maria" not in caplog.text


@pytest.mark.parametrize("mime", [CSV, ARROW])
def test_abandoned_answer_is_closed_without_a_log_line(app, mime, caplog):
    body = CountedBody(many(mime))
    _, parts = send(app, body, mime, body.length)
    next(iter(parts))
    parts.close()

    assert body.tell() < body.length / 3
    assert not caplog.records


def test_one_model_answers_a_whole_table(app, model):
    body = many(CSV)
    _, parts = send(app, io.BytesIO(body), CSV, len(body))
    answer = iter(parts)
    text = next(answer)
    asked = model.asked
    text += b"".join(answer)

    assert asked
    assert text.count(b",female,0.99,0.99,name,\n") == 50_000


def test_arrow_rows_smaller_than_a_byte_are_refused_with_the_remedy(client):
    """250 kB would have made two million rows."""
    table = pa.table({"name": pa.nulls(2_000_000), "active": pa.array([True] * 2_000_000)})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)

    response = client.post("/predict", data=sink.getvalue(), content_type=ARROW)

    assert response.status_code == 422
    assert response.json["detail"] == (
        "a batch has more rows (2000000) than bytes (250000): write the column of names as "
        "strings, or as a dictionary of strings"
    )
