"""Columns in, the same columns and the answers out."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gender_detection.errors import InvalidInput
from gender_detection.model import Model, Person
from gender_detection.scoring import ANSWERS, BAD_ROW, Columns, answers, find_columns, score

NAMES = st.sampled_from([None, "", " ", "Maria", "John Smith", "Andrea", "Kim", "J. R.", "?", "\0"])
COUNTRIES = st.sampled_from([None, "", " ", "IT", "it", "DE", "Italy", "zz", "\u0130T"])
PEOPLE = st.lists(st.tuples(NAMES, NAMES, NAMES, COUNTRIES), max_size=12)
PARTS = ["name", "given_name", "family_name", "country"]


def table(people: list[tuple], columns: list[str] = PARTS) -> pa.Table:
    cells = list(zip(*people, strict=True)) or [()] * len(columns)
    return pa.table([pa.array(column, pa.string()) for column in cells], columns)


def expected(model: Model, person: tuple, default: str | None, **options: float) -> dict:
    """Return what the model answers to one person alone."""
    name, given, family, country = person
    if not (name or "").strip():
        name = None
    if not (country or "").strip():
        country = default
    (answer,) = model.predict([Person(name, given, family, country)], **options)
    return {field: getattr(answer, field) for field in ANSWERS}


@given(PEOPLE, st.sampled_from([None, "IT"]), st.integers(1, 5))
def test_each_row_is_answered_as_the_model_answers_one_person(tiny_model, people, default, size):
    rows = table(people)
    chunked = pa.Table.from_batches(rows.to_batches(max_chunksize=size), rows.schema)
    options = {"threshold": 0.9, "female_share": 0.3}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "PEOPLE_AT_ONCE", size)
        scored = score(chunked, tiny_model, Columns(*PARTS), country=default, **options)

    assert scored.schema.names == [*PARTS, *ANSWERS]
    assert scored.select(PARTS) == rows
    asked = [expected(tiny_model, person, default, **options) for person in people]
    assert scored.select(ANSWERS).to_pylist() == asked


class CountingModel:
    """Stands for a model, and keeps what it is asked."""

    def __init__(self, model):
        self.model, self.asked = model, []

    def predict(self, people, **options):
        self.asked += people
        return self.model.predict(people, **options)


def test_model_is_asked_once_for_each_combination(tiny_model):
    model = CountingModel(tiny_model)
    people = [("Maria", "IT"), ("John", "IT"), ("Maria", "IT"), ("Maria", None), ("Maria", None)]
    score(table(people * 100, ["name", "country"]), model, Columns("name", country="country"))

    assert [(person.name, person.country) for person in model.asked] == [
        ("Maria", "IT"), ("John", "IT"), ("Maria", None),
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_batch_comes_back_as_a_batch_with_typed_columns_and_its_metadata(tiny_model, rows):
    schema = pa.schema([("name", pa.string()), ("x", pa.list_(pa.int8()))], {"made by": "me"})
    batch = pa.record_batch([pa.array(["Maria"] * rows, pa.string()), [[1]] * rows], schema)
    scored = score(batch, tiny_model, Columns("name"))

    assert isinstance(scored, pa.RecordBatch)
    assert scored.schema.metadata == {b"made by": b"me"}
    assert scored.select(["name", "x"]) == batch.replace_schema_metadata(None)
    assert scored.schema.types[2:] == list(answers.TYPES)
    assert scored["gender"].to_pylist() == ["female"] * rows
    assert score(pa.table(batch), tiny_model, Columns("name")) == pa.table(scored)


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
)
def test_text_of_any_kind_is_read_and_kept(tiny_model, kind):
    names = pa.array(["John", None, "Maria", "John"]).cast(kind)
    scored = score(pa.table({"name": names}), tiny_model, Columns("name"), country="IT")

    assert scored["name"].type == kind
    assert scored["gender"].to_pylist() == ["male", "unknown", "female", "male"]
    assert scored["reason"].to_pylist() == [None, "empty", None, None]


def test_column_of_nothing_but_nulls_is_empty_names(tiny_model):
    scored = score(pa.table({"name": pa.nulls(2)}), tiny_model, Columns("name"))

    assert scored["reason"].to_pylist() == ["empty", "empty"]


@pytest.mark.parametrize(
    ("column", "told"),
    [([1, 2], "int64"), ([b"a"], "binary"), ([["a"]], "list"), ([1.5], "double")],
)
def test_column_that_is_no_text_is_refused(tiny_model, column, told):
    with pytest.raises(InvalidInput, match=f"the column 'name' holds {told}.* give strings"):
        score(pa.table({"name": column}), tiny_model, Columns("name"))


def test_bad_rows_and_overlong_names_are_marked(tiny_model):
    names = ["Maria", "Maria", "\U0001f600" * 1000, "x" * 1001]
    rows = pa.table({"name": names, "family_name": ["", "", "", ""]})
    bad = pa.array([False, True, False, False])
    scored = score(rows, tiny_model, find_columns(rows.schema.names), bad=bad)

    assert scored["name"].to_pylist() == names
    assert scored["reason"].to_pylist() == [None, BAD_ROW, "not_a_name", BAD_ROW]
    assert scored["gender"].to_pylist() == ["female", "unknown", "unknown", "unknown"]
    for column in ("probability", "p_female", "basis"):
        assert scored[column].is_valid().to_pylist() == [True, False, False, False]


@pytest.mark.parametrize("batches", [answers._batches, pa.Table.to_batches])
def test_bad_rows_are_found_in_each_chunk_of_a_sliced_table(tiny_model, batches, monkeypatch):
    # Chunks of more than 2 GiB together stay apart.
    monkeypatch.setattr(answers, "_batches", batches)
    rows = pa.concat_tables([pa.table({"name": ["Maria"] * 3})] * 2).slice(1)
    bad = pa.array([False, True, False, False, False, True]).slice(1)

    scored = score(rows, tiny_model, Columns("name"), bad=bad)
    assert scored["reason"].to_pylist() == [BAD_ROW, None, None, None, BAD_ROW]


def test_answers_are_prefixed_where_a_column_is_called_like_one(tiny_model):
    rows = pa.table({"name": ["Maria"], "Gender": ["f"]})

    assert score(rows, tiny_model, Columns("name")).schema.names == [
        "name", "Gender", "predicted_gender", "predicted_probability", "predicted_p_female",
        "predicted_basis", "predicted_reason",
    ]  # fmt: skip
    rows = rows.append_column("Predicted_Basis", pa.array(["x"]))
    with pytest.raises(InvalidInput, match=r"called like 'Predicted_Basis', .*rename it"):
        score(rows, tiny_model, Columns("name"))


@pytest.mark.parametrize("names", [[], ["Maria"]])
@pytest.mark.parametrize("options", [{"threshold": 0.4}, {"female_share": 1.0}])
def test_options_out_of_range_are_refused(tiny_model, names, options):
    with pytest.raises(InvalidInput, match=next(iter(options))):
        score(table([(n,) for n in names], ["name"]), tiny_model, Columns("name"), **options)


def test_distinct_rows_are_numbered_and_found_where_they_stand_first():
    columns = [pa.array(["a", None, "a", "a", None]), pa.array(["x", "x", "y", "x", "x"])]
    numbers, first = answers.distinct_rows(columns)

    assert first[numbers].tolist() == [0, 1, 2, 0, 1]
    assert sorted(first.tolist()) == [0, 1, 2]
