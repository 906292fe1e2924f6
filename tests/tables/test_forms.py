"""Whatever the form, the block size and the number of processes, the answers are those of score."""

import functools
from pathlib import Path

import pyarrow as pa
import pytest

from gender_detection.errors import InvalidInput
from gender_detection.model import Model
from gender_detection.scoring import ANSWERS, score
from gender_detection.scoring.block_scorer import Scorer, answers_of
from gender_detection.scoring.file_job import JobOptions, Plan
from gender_detection.scoring.process_pool import InProcess, Workers
from gender_detection.tables import Columns, arrow_files, excel, format_of, readers, writers
from tests.tables.table_examples import FORMS, people, read, write

ROWS = 60
COLUMNS = Columns("author", country="country")
OPTIONS = JobOptions(country="IT", threshold=0.9, female_share=0.3)


def run(model: Model, path: Path, out: Path, jobs: int = 1, options: JobOptions = OPTIONS):
    """Score a file into another, and return how many rows have each answer."""
    scorer = functools.partial(Scorer, model)
    workers = InProcess(scorer) if jobs == 1 else Workers(scorer, jobs)
    progress: list[int] = []
    try:
        plan = Plan(path, format_of(path), format_of(out), options)
        plan.check(model)
        counts = plan.run(out, workers, progress.append).answers
        plan.close()
    finally:
        workers.close()
    assert progress == sorted(progress)
    assert (progress or [0])[-1] == counts.sum()
    return counts


def expected(model: Model, table: pa.Table, options: JobOptions = OPTIONS) -> list[dict]:
    scored = score(
        table,
        model,
        COLUMNS,
        country=options.country,
        threshold=options.threshold,
        female_share=options.female_share,
    )
    return [
        {name: cell if cell != "" else None for name, cell in row.items()}
        for row in scored.to_pylist()
    ]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "BLOCK_BYTES", 150)
    monkeypatch.setattr(arrow_files, "BLOCK_ROWS", 4)
    monkeypatch.setattr(excel, "BLOCK_ROWS", 4)


@pytest.mark.parametrize("target", FORMS)
@pytest.mark.parametrize("source", FORMS)
@pytest.mark.usefixtures("small_blocks")
def test_any_format_is_converted_to_any_other(
    tiny_model: Model, tmp_path: Path, source: str, target: str
):
    path, out = tmp_path / f"in.{source}", tmp_path / f"out.{target}"
    write(path, people(ROWS))

    run(tiny_model, path, out)

    assert read(out) == expected(tiny_model, people(ROWS))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("jobs", "small"), [(1, False), (2, True), (3, True), (3, False)])
def test_processes_and_blocks_change_nothing(
    tiny_model: Model, tmp_path: Path, form: str, jobs: int, small: bool, request
):
    if small:
        request.getfixturevalue("small_blocks")
    path, out = tmp_path / f"in.{form}", tmp_path / f"out.{form}"
    write(path, people(ROWS))

    counts = run(tiny_model, path, out, jobs)

    assert read(out) == expected(tiny_model, people(ROWS))
    answers = answers_of(tiny_model, OPTIONS.threshold)["gender"].to_pylist()
    found = [row["gender"] for row in read(out)]
    for gender in ("female", "male", "unknown"):
        assert found.count(gender) == sum(
            n for n, answer in zip(counts, answers, strict=True) if answer == gender
        )


@pytest.mark.parametrize(
    ("source", "target"),
    [("csv", form) for form in FORMS]
    + [(form, "csv") for form in FORMS if not form.startswith("jsonl")],
)
def test_table_without_rows_keeps_its_columns(tiny_model, tmp_path, source: str, target: str):
    path, out = tmp_path / f"in.{source}", tmp_path / f"out.{target}"
    write(path, people(0))

    assert run(tiny_model, path, out).sum() == 0

    assert read(out) == []
    if target == "csv":
        assert out.read_text() == ",".join(["id,author,country", *ANSWERS]) + "\n"


def test_arrow_columns_of_any_type_are_kept(tiny_model: Model, tmp_path: Path):
    table = pa.table(
        {
            "name": pa.array(["Maria", None, "John"]).dictionary_encode(),
            "x": pa.array([[1], None, [2, 3]], pa.list_(pa.int8())),
            "t": pa.array([0, 1, None], pa.timestamp("us", "UTC")),
        },
    ).replace_schema_metadata({"made by": "me"})
    for form in ("parquet", "arrow", "arrows"):
        path, out = tmp_path / f"in.{form}", tmp_path / f"out.{form}"
        write(path, table)
        run(tiny_model, path, out)
        assert [row["x"] for row in read(out)] == [[1], None, [2, 3]]
        if form == "parquet":
            schema = pa.parquet.read_schema(out)
            assert schema.metadata[b"made by"] == b"me"
            assert schema.types[:3] == table.schema.types


def test_columns_of_any_type_are_written_as_text(tiny_model: Model, tmp_path: Path):
    table = pa.table(
        {
            "name": ['=1+1;"', None],
            "x": pa.array([[1, 2], None], pa.list_(pa.int8())),
            "f": [0.5, float("nan")],
            "b": [b"\xff", b"a"],
            "d": pa.array([0, None], pa.date32()),
        }
    )
    path = tmp_path / "in.parquet"
    write(path, table)
    run(tiny_model, path, tmp_path / "out.csv", options=JobOptions())
    run(tiny_model, path, tmp_path / "out.jsonl", options=JobOptions())

    first, second = (tmp_path / "out.csv").read_text().splitlines()[1:]
    assert first.startswith('"=1+1;""","[1,2]",0.5,\ufffd,1970-01-01,')
    assert second.startswith(",,nan,a,,unknown")
    full, empty = read(tmp_path / "out.jsonl")
    assert (full["x"], full["f"], full["d"]) == ([1, 2], 0.5, "1970-01-01")
    assert (empty["x"], empty["f"]) == (None, None)


@pytest.mark.usefixtures("small_blocks")
def test_late_field_named_like_an_answer_is_reported(tiny_model: Model, tmp_path: Path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"name": "Maria"}\n' * 50 + '{"name": "John", "gender": null}\n')

    with pytest.raises(InvalidInput, match="a field with the name of a field to append"):
        run(tiny_model, path, tmp_path / "out.jsonl")


def test_parquet_writes_rows_in_groups_of_bounded_size(tiny_model, tmp_path, monkeypatch):
    monkeypatch.setattr(writers, "GROUP_ROWS", 25)
    write(tmp_path / "in.csv", people(ROWS))
    run(tiny_model, tmp_path / "in.csv", tmp_path / "out.parquet")

    metadata = pa.parquet.ParquetFile(tmp_path / "out.parquet").metadata
    groups = [metadata.row_group(at).num_rows for at in range(metadata.num_row_groups)]
    assert sum(groups) == ROWS
    assert max(groups) <= 25
