"""Folders and outputs in a store: read and written as those of this machine, or refused."""

import gzip
import json
from pathlib import Path

import fsspec
import pytest

from gender_detection.cli.remote import Remote, fetched, files_below
from gender_detection.errors import InvalidInput
from tests.cli.command_line import assert_reported_in_one_line, run
from tests.cli.remote_people import CSV, parquet

SECRET = "SIGNATURE"

pytestmark = pytest.mark.usefixtures("published", "pandas_as_it_is", "temporary")


@pytest.fixture
def folder(memory_store) -> str:
    for name in ("a.csv", "b/c.csv", "b/d.parquet"):
        memory_store.pipe_file(f"/bucket/people/{name}", parquet() if "parquet" in name else CSV)
    for name in ("readme.md", ".hidden/e.csv", "_SUCCESS", "_temporary/f.csv"):
        memory_store.pipe_file(f"/bucket/people/{name}", CSV)
    return "memory://bucket/people"


@pytest.mark.parametrize("slash", ["", "/"])
def test_tables_of_a_folder_in_a_store_are_read_as_one(capfd, folder: str, slash: str):
    code, out, err = run(capfd, "aggregate", folder + slash, "--json")

    assert code == 0, err
    assert json.loads(out)["total"]["n"] == 15


def test_files_of_a_folder_in_a_store_are_named_in_it(capfd, memory_store, folder: str):
    memory_store.pipe_file("/bucket/people/b/c.csv", b"name,country,gender\nMaria,IT,male\n")

    code, out, _ = run(capfd, "check", folder, "--json", "--threshold", "0.9")

    assert code == 0
    (_, row) = map(json.loads, out.splitlines())
    assert row["file"] == "b/c.csv"


def test_broken_table_of_a_folder_is_named(capfd, memory_store, folder: str):
    memory_store.pipe_file("/bucket/people/b/d.parquet", b"no parquet")

    result = run(capfd, "evaluate", folder)

    assert_reported_in_one_line(
        result, "memory://bucket/people/b/d.parquet is not in Parquet format"
    )


def test_folder_of_a_store_is_scored_into_a_folder(capfd, folder: str, tmp_path: Path):
    code, _, err = run(capfd, "score", folder, str(tmp_path / "out"), "--jobs", "1")

    assert code == 0, err
    files = {
        path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*")
    }
    assert files == {"a.csv", "b/c.csv", "b/d.parquet"}


def test_names_in_a_store_stay_below_the_output_folder(
    monkeypatch: pytest.MonkeyPatch, memory_store
):
    found = ["/bucket/people//etc/a.csv", "/bucket/people/../b.csv", "/bucket/people/c.csv"]
    monkeypatch.setattr(type(memory_store), "find", lambda *_: found)

    names = [name for _, name in files_below(Remote("memory://bucket/people/"))]

    assert names == ["../b.csv", "etc/a.csv", "c.csv"]


def test_files_of_a_store_whose_paths_differ_in_slashes_alone_are_refused(
    monkeypatch, memory_store
):
    monkeypatch.setattr(
        type(memory_store), "find", lambda *_: ["/people/b/a.csv", "/people//b/a.csv"]
    )

    with pytest.raises(InvalidInput, match=r"a\.csv has the same path below memory://people as"):
        files_below(Remote("memory://people"))


def test_copy_that_is_shorter_than_the_store_said_is_refused(
    monkeypatch, memory_store, temporary: Path
):
    def get_file(self: object, path: str, copy: str, callback: fsspec.Callback) -> None:
        callback.set_size(4)
        Path(copy).write_text("abc")

    memory_store.pipe_file("/people.csv", b"abcd")
    monkeypatch.setattr(type(memory_store), "get_file", get_file)

    with (
        pytest.raises(InvalidInput, match=r"people.csv cannot be read \(the connection was cut\)"),
        fetched(Remote("memory://people.csv")),
    ):
        pytest.fail("a part is read as a whole")


def test_folder_of_a_store_without_tables_is_refused(capfd, memory_store):
    memory_store.pipe_file("/bucket/x/readme.md", b"")

    assert_reported_in_one_line(
        run(capfd, "aggregate", "memory://bucket/x/"), "memory://bucket/x/ has no tables"
    )


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.csv.gz"])
def test_output_is_written_to_a_store(capfd, memory_store, tmp_path: Path, name: str):
    (tmp_path / "people.csv").write_bytes(CSV)
    source = str(tmp_path / "people.csv")

    code, out, err = run(capfd, "score", source, f"memory://bucket/{name}", "--jobs", "1")

    assert code == 0, err
    assert "5 rows in" in out
    assert run(capfd, "score", source, str(tmp_path / name), "--jobs", "1")[0] == 0
    assert memory_store.cat_file(f"/bucket/{name}") == (tmp_path / name).read_bytes()


def test_disagreements_are_written_to_a_store(capfd, memory_store, tmp_path: Path):
    (tmp_path / "people.csv").write_bytes(CSV)

    code, _, err = run(
        capfd, "check", str(tmp_path / "people.csv"), "--out", "memory://bucket/rows.jsonl"
    )

    assert code == 0, err
    assert memory_store.isfile("/bucket/rows.jsonl")


def test_failed_score_leaves_the_output_in_a_store_as_it_was(capfd, memory_store, tmp_path: Path):
    memory_store.pipe_file("/bucket/out.csv", b"before")
    source = tmp_path / "people.csv.gz"
    source.write_bytes(gzip.compress(CSV + b"Maria,IT,female\n" * 10_000)[:-100])

    result = run(capfd, "score", str(source), "memory://bucket/out.csv", "--jobs", "1")

    assert result[0] == 1
    assert "is not a complete gzip file" in result[2]
    assert memory_store.cat_file("/bucket/out.csv") == b"before"


@pytest.mark.parametrize(
    ("source", "out", "message"),
    [
        ("FILE", "https://host/out.csv", "https://host/out.csv: web servers are only read"),
        (
            "FILE",
            "memory://bucket/out.bib",
            "memory://bucket/out.bib: bibliographies are only read",
        ),
        ("FILE", "memory://bucket/out", "memory://bucket/out: unknown table format"),
        ("memory://bucket/a.csv", "memory://bucket/a.csv", "a.csv is the input itself"),
        ("memory://bucket", "memory://other/", "a folder of tables is written to this machine"),
    ],
)
def test_output_that_cannot_be_written_is_refused_before_the_work(
    capfd, memory_store, tmp_path: Path, source: str, out: str, message: str
):
    memory_store.pipe_file("/bucket/a.csv", CSV)
    (tmp_path / "people.csv").write_bytes(CSV)

    result = run(capfd, "score", source.replace("FILE", str(tmp_path / "people.csv")), out)

    assert_reported_in_one_line(result, message)


def test_full_disk_while_an_output_is_made_names_the_folder_of_copies(
    capfd, monkeypatch: pytest.MonkeyPatch, memory_store, tmp_path: Path, temporary: Path
):
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gender_detection.cli.score.Plan.run", fail)
    (tmp_path / "people.csv").write_bytes(CSV)

    result = run(capfd, "score", str(tmp_path / "people.csv"), "memory://out.csv", "--jobs", "1")

    assert result[0] == 1
    message = f"memory://out.csv cannot be written: no space for a copy of it in {temporary}"
    assert message in result[2].splitlines()[-1]


def test_server_that_cannot_be_asked_for_a_folder_is_reported(monkeypatch, memory_store):
    class StrangeError(Exception):
        pass

    def fail(*_: object) -> None:
        raise StrangeError(SECRET)

    monkeypatch.setattr(type(memory_store), "find", fail)

    with pytest.raises(
        InvalidInput, match=r"memory://bucket cannot be read \(StrangeError\): check"
    ):
        files_below(Remote("memory://bucket"))
