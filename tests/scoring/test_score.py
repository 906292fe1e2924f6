"""Columns in, the same columns and the answers out."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gender_detection.errors import InvalidInput
from gender_detection.model import Model, Person
from gender_detection.model.answers import BAD_ROW
from gender_detection.scoring import ANSWERS, answers, score
from gender_detection.scoring import distinct as distinct_module
from gender_detection.scoring.distinct import distinct_rows
from gender_detection.scoring.encoded_answers import DICTIONARIES, TYPES
from gender_detection.tables import Columns, find_columns
from gender_detection.tables.arrow_texts import MAX_NAME_CHARACTERS
from tests.text_strategies import examples

# Words of names: known by the tiny model, by country, by their family name's form or origin, or not
# at all.
GIVEN = (
    "Maria MARIA maria MARÍA María Märia John Andrea andrea Kim Zunelda Zundo Anne-Marie Thi Oo "
    "Aaa aaaaaa ßßß Łucja Ольга Dr Mrs Md J. JM McKenzie Jo Li Wang Nagy Mary Bob2 Ma"
).split()
FAMILY = (
    "Rossi ROSSI Rossi-Bianchi Schmidt Ivanova Ivanov IVANOVA Nováková Kaur Casanova Nguyen Wang "
    "Li Nagy Ann Maria Smith Jr de Ng O'Brien Sørensen Straße Ó Smith,"
).split()
LETTER = st.builds("{}{}".format, st.sampled_from("ABCDEFGIMOSTVXYÉ"), st.sampled_from([".", ""]))
MADE = st.one_of(
    st.sampled_from(GIVEN),
    st.builds("{} {}".format, st.sampled_from(GIVEN), st.sampled_from(FAMILY)),
    st.builds("{} {} {}".format, st.sampled_from(GIVEN), LETTER, st.sampled_from(FAMILY)),
    st.builds("{}, {}".format, st.sampled_from(FAMILY), st.sampled_from(GIVEN)),
    st.builds("{} {}  {}".format, *[st.sampled_from(GIVEN)] * 2, st.sampled_from(FAMILY)),
)
NAMES = MADE | st.sampled_from(
    [None, "", " ", "J. R.", "?", "\0", " Maria", "Maria ", "Maria\tRossi", "Maria\n", "m" * 65]
)
FAMILIES = st.sampled_from([None, "", " ", *FAMILY, "a" * 64 + "ova", "x" * 513, "Herr"])
COUNTRIES = st.sampled_from(
    [None, "", " ", "IT", "it", " DE ", "HU", "hu", "CN", "Italy", "zz", "\u0130T"]
)
PEOPLE = st.lists(
    st.tuples(NAMES, NAMES, FAMILIES, COUNTRIES)
    | st.tuples(st.sampled_from([None, "", " "]), NAMES, FAMILIES, COUNTRIES),
    max_size=12,
)
PARTS = ["name", "given_name", "family_name", "country"]


def table(people: list[tuple], columns: list[str] = PARTS) -> pa.Table:
    cells = list(zip(*people, strict=True)) or [()] * len(columns)
    return pa.table([pa.array(column, pa.string()) for column in cells], columns)


def expected(model: Model, person: tuple, default: str | None, **options: Any) -> dict:
    """Return what the model answers to one person alone."""
    name, given, family, country = person
    if not (name or "").strip():
        name = None
    if not (country or "").strip():
        country = default
    (answer,) = model.predict([Person(name, given, family, country)], **options)
    return {field: getattr(answer, field) for field in ANSWERS}


SHARES = st.none() | st.sampled_from([0.3, 1e-300, 1 - 1e-12])
COLUMNS = st.sampled_from(
    [PARTS, ["name"], ["name", "country"], PARTS[1:], ["given_name"], ["family_name", "name"]]
)


@examples(300)
@given(
    PEOPLE, COLUMNS, st.sampled_from([None, "IT", "hu"]), st.integers(1, 5), SHARES, st.booleans()
)
def test_each_row_is_answered_as_the_model_answers_one_person(
    tiny_model, persons, columns, default, size, share, family_first
):
    rows = table(persons).select(columns)
    chunked = pa.Table.from_batches(rows.to_batches(max_chunksize=size), rows.schema)
    options = {"threshold": 0.9, "female_share": share, "family_name_first": family_first}
    read = Columns(**{name: name for name in columns})
    scored = score(chunked, tiny_model, read, country=default, **options)

    assert scored.schema.names == [*columns, *ANSWERS]
    assert scored.select(columns) == rows
    given = [
        tuple(cell if name in columns else None for name, cell in zip(PARTS, person, strict=True))
        for person in persons
    ]
    asked = [expected(tiny_model, person, default, **options) for person in given]
    assert scored.select(ANSWERS).to_pylist() == asked


def test_people_are_reported_as_their_names_were_read(tiny_model):
    reported = []
    score(
        table([("Andrea Maria",)], ["name"]), tiny_model, Columns("name"), family_name_first=True,
        on_answers=lambda found, *_: reported.extend(found),
    )  # fmt: skip

    assert [one.given_name for one in reported] == ["Maria"]


def test_distinct_people_are_reported_with_their_row_counts(tiny_model):
    reported = []
    persons = [("Maria", "IT"), ("J.", "IT"), ("Maria", "IT"), ("Maria", None), ("Maria", None)]
    score(
        table(persons * 100, ["name", "country"]), tiny_model, Columns("name", country="country"),
        on_answers=lambda found, rows, _: reported.append((list(found), rows.tolist())),
    )  # fmt: skip

    ((predictions, rows),) = reported
    assert rows == [200, 100, 200]
    assert [(one.name, one.country, one.reason) for one in predictions] == [
        ("Maria", "IT", None), ("J.", "IT", "initials"), ("Maria", None, None),
    ]  # fmt: skip


def test_mostly_distinct_rows_get_the_same_answers(tiny_model, monkeypatch):
    names = ["Maria", "John", None, "J.", "Maria", "M" * (MAX_NAME_CHARACTERS + 1), "Kim"]
    rows = pa.table({"name": names, "country": ["IT", None, "IT", "IT", "DE", "IT", None]})
    bad = pa.array([False, True, *[False] * 5])
    reported = []
    asked = {
        "bad": bad,
        "on_answers": lambda people, rows, _: reported.append((len(people), rows.tolist())),
    }
    numbered = score(rows, tiny_model, Columns("name", country="country"), **asked)
    monkeypatch.setattr(distinct_module, "FEW", 0)
    monkeypatch.setattr(distinct_module, "MOSTLY", 0.5)
    as_they_are = score(rows, tiny_model, Columns("name", country="country"), **asked)

    assert as_they_are == numbered
    assert numbered["reason"].to_pylist().count("bad_row") == 2
    assert reported[1] == (7, [1] * 7)


@pytest.mark.parametrize(("plain", "types"), [(True, TYPES), (False, DICTIONARIES)])
@pytest.mark.parametrize("rows", [0, 1, 3])
def test_batch_is_returned_with_typed_columns_and_its_metadata(tiny_model, rows, plain, types):
    schema = pa.schema([("name", pa.string()), ("x", pa.list_(pa.int8()))], {"made by": "me"})
    batch = pa.record_batch([pa.array(["Maria"] * rows, pa.string()), [[1]] * rows], schema)
    scored = score(batch, tiny_model, Columns("name"), plain=plain)

    assert isinstance(scored, pa.RecordBatch)
    assert scored.schema.metadata == {b"made by": b"me"}
    assert scored.select(["name", "x"]) == batch.replace_schema_metadata(None)
    assert scored.schema.types[2:] == list(types)
    assert scored["gender"].to_pylist() == ["female"] * rows
    assert score(pa.table(batch), tiny_model, Columns("name"), plain=plain) == pa.table(scored)


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
)
def test_every_text_type_is_read_and_kept(tiny_model, kind):
    names = pa.array(["John", None, "Maria", "John"]).cast(kind)
    scored = score(pa.table({"name": names}), tiny_model, Columns("name"), country="IT")

    assert scored["name"].type == kind
    assert scored["gender"].to_pylist() == ["male", "unknown", "female", "male"]
    assert scored["reason"].to_pylist() == [None, "empty", None, None]


def test_column_of_only_nulls_is_empty_names(tiny_model):
    scored = score(pa.table({"name": pa.nulls(2)}), tiny_model, Columns("name"))

    assert scored["reason"].to_pylist() == ["empty", "empty"]


@pytest.mark.parametrize(
    ("column", "kind"),
    [([1, 2], "int64"), ([b"a"], "binary"), ([["a"]], "list"), ([1.5], "double")],
)
def test_column_that_is_not_text_is_refused(tiny_model, column, kind):
    with pytest.raises(InvalidInput, match=f"the column 'name' holds {kind}.* use strings"):
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


def test_answers_are_prefixed_if_a_column_has_the_same_name(tiny_model):
    rows = pa.table({"name": ["Maria"], "Gender": ["f"]})

    assert score(rows, tiny_model, Columns("name")).schema.names == [
        "name", "Gender", "predicted_gender", "predicted_probability", "predicted_p_female",
        "predicted_basis", "predicted_reason",
    ]  # fmt: skip
    rows = rows.append_column("Predicted_Basis", pa.array(["x"]))
    with pytest.raises(InvalidInput, match=r"has a column 'Predicted_Basis', .*rename it"):
        score(rows, tiny_model, Columns("name"))


@pytest.mark.parametrize("names", [[], ["Maria"]])
@pytest.mark.parametrize("options", [{"threshold": 0.4}, {"female_share": 1.0}])
def test_options_out_of_range_are_refused(tiny_model, names, options):
    with pytest.raises(InvalidInput, match=next(iter(options))):
        score(table([(n,) for n in names], ["name"]), tiny_model, Columns("name"), **options)


def test_distinct_rows_are_numbered_and_returned():
    columns = [pa.array(["a", None, "a", "a", None]), pa.array(["x", "x", "y", "x", "x"])]
    numbers, distinct = distinct_rows(columns)

    assert [column.take(pa.array(numbers)) for column in distinct] == columns
    assert [len(column) for column in distinct] == [3, 3]
