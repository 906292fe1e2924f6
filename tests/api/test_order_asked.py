"""Requests say that full names have the family name first: in JSON, in the query, for tables."""

import io

import pyarrow as pa
import pytest
from prometheus_client import CollectorRegistry

from gender_detection.api.app import create_app
from gender_detection.config import Settings

ARROW = "application/vnd.apache.arrow.stream"
# Read in the usual order, this is a man.
NAME = "John Maria"


@pytest.fixture(scope="module")
def real(tiny_model, tmp_path_factory):
    settings = Settings(model_dir=str(tmp_path_factory.mktemp("model")))
    return create_app(settings, tiny_model, CollectorRegistry()).test_client()


def test_one_person_and_many_are_read_so(real):
    one = real.post("/predict", json={"name": NAME, "family_name_first": True}).json
    asked = {"instances": [NAME, {"name": NAME}], "family_name_first": True}
    many = real.post("/predict", json=asked).json["predictions"]
    usual = real.post("/predict", json={"name": NAME}).json

    assert usual["gender"] == "male"
    assert [answer["gender"] for answer in (one, *many)] == ["female"] * 3
    assert one["given_name"] == "Maria"


def test_names_are_counted_in_the_metrics_as_they_were_read(client, model):
    # The model is asked last for the names that the metrics look at.
    client.post("/predict", json={"instances": ["Maria"] * 3, "family_name_first": True})
    assert model.family_name_first
    client.post("/predict", json={"instances": ["Maria"] * 3})
    assert not model.family_name_first


def test_groups_are_read_so(real):
    def share(**options: bool) -> float:
        asked = {"instances": [NAME] * 30, **options}
        return float(real.post("/aggregate", json=asked).json["total"]["female_share"])

    assert share() < 0.1
    assert share(family_name_first=True) > 0.9


@pytest.mark.parametrize(
    ("query", "gender"),
    [("?family_name_first=true", "female"), ("?family_name_first=false", "male"), ("", "male")],
)
def test_tables_are_read_so_by_the_query(real, query, gender):
    table = pa.table({"name": [NAME]})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)

    csv = real.post(f"/predict{query}", data=f"name\n{NAME}\n", content_type="text/csv")
    arrow = real.post(f"/predict{query}", data=sink.getvalue(), content_type=ARROW)

    assert csv.text.splitlines()[1].split(",")[1] == gender
    assert pa.ipc.open_stream(arrow.data).read_all()["gender"].to_pylist() == [gender]


def test_groups_of_a_table_are_read_so_by_the_query(real):
    def share(query: str) -> float:
        body = "name\n" + f"{NAME}\n" * 30
        answer = real.post(f"/aggregate{query}", data=body, content_type="text/csv")
        return float(answer.json["total"]["female_share"])

    assert share("") < 0.1
    assert share("?family_name_first=1") > 0.9


def test_other_values_are_refused(real):
    answer = real.post("/predict?family_name_first=yes", json={"name": NAME})

    assert answer.status_code == 422
    assert "query parameter 'family_name_first': expected boolean" in answer.json["detail"]
