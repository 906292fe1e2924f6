import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gender_detection.errors import DatasetError
from gender_detection.spark.datasets import Dataset
from gender_detection.spark.files import Files

MANIFEST = {"stage": "test"}
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Killed(BaseException):
    """Simulates that the process ends in the middle of an operation."""


def frame(spark, numbers):
    return spark.createDataFrame([(n, f"name{n % 7}") for n in numbers], "number long, name string")


def publish(spark, folder, numbers, *, shards=1, at=NOON, notes=None):
    return Dataset(spark, str(folder), lambda: at).publish(
        frame(spark, numbers), dict(MANIFEST), by="name", shards=shards, notes=notes
    )


def numbers_in(spark, folder):
    return sorted(row["number"] for row in Dataset(spark, str(folder)).read().collect())


def tree(folder):
    """Return the bytes of every file below folder, by path."""
    files = (path for path in sorted(Path(folder).rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def four_published(spark, tmp_path_factory):
    """A dataset with the published versions 0, 1, 2 and 3, each of one row."""
    folder = tmp_path_factory.mktemp("four") / "dataset"
    names = [publish(spark, folder, [number]).name for number in range(4)]
    return folder, names


@pytest.fixture
def four(four_published, tmp_path):
    """A copy of the four versions' dataset, and their names."""
    folder, names = four_published
    return shutil.copytree(folder, tmp_path / "dataset"), names


@pytest.fixture(scope="module")
def undisturbed(spark, tmp_path_factory):
    """The version of the rows 10 to 19, and its files."""
    folder = tmp_path_factory.mktemp("undisturbed") / "dataset"
    version = publish(spark, folder, range(10, 20))
    return version.name, tree(folder / "versions" / version.name)


def test_missing_dataset_is_reported_with_the_command_to_run(spark, tmp_path):
    with pytest.raises(DatasetError, match=f"{tmp_path}: run 'make data' first"):
        Dataset(spark, str(tmp_path)).current()


def test_published_rows_are_read_back_with_their_manifest(spark, tmp_path):
    publish(spark, tmp_path, range(20), shards=3)
    version = Dataset(spark, str(tmp_path)).current()
    assert numbers_in(spark, tmp_path) == list(range(20))
    assert version.manifest["stage"] == "test"
    assert [f["name"] for f in version.manifest["schema"]["fields"]] == ["number", "name"]
    for file in version.manifest["files"]:
        content = (tmp_path / "versions" / version.name / file["name"]).read_bytes()
        assert file["bytes"] == len(content)
        assert file["sha256"] == hashlib.sha256(content).hexdigest()


def test_folder_has_only_the_version_and_its_pointer(spark, tmp_path, undisturbed):
    publish(spark, tmp_path, range(10, 20))
    name, files = undisturbed
    expected = {f"versions/{name}/{file}": content for file, content in files.items()}
    found = tree(tmp_path)
    assert json.loads(found.pop("published/00000001.json")) == {"version": name}
    assert found == expected


def test_same_rows_in_another_order_and_layout_give_the_same_bytes(spark, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    publish(spark, first, range(200), shards=2)
    shuffled = frame(spark, reversed(range(200))).repartition(5, "number")
    dataset = Dataset(spark, str(second), lambda: NOON)
    dataset.publish(shuffled, dict(MANIFEST), by="name", shards=2)
    assert tree(first) == tree(second)


def test_other_rows_or_another_manifest_make_another_version(spark, tmp_path):
    df = frame(spark, [1])
    dataset = Dataset(spark, str(tmp_path))
    names = {
        dataset.publish(df, {"stage": "test"}, by="name", shards=1).name,
        dataset.publish(df, {"stage": "other"}, by="name", shards=1).name,
        dataset.publish(frame(spark, [2]), {"stage": "test"}, by="name", shards=1).name,
    }
    assert len(names) == 3


def test_publishing_the_current_version_again_changes_nothing(spark, four):
    folder, names = four
    before = tree(folder)
    assert publish(spark, folder, [3]).name == names[3]
    assert tree(folder) == before


def test_version_has_the_time_and_the_notes_of_its_first_publication_and_no_other_name(spark, four):
    folder, names = four
    later = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
    again = publish(spark, folder, [3], at=later, notes={"note": "again"})
    assert again.name == names[3]
    assert again.manifest["published_at"] == "2026-05-01T12:00:00Z"
    assert "note" not in again.manifest
    new = publish(spark, folder, [4], at=later, notes={"note": "new"})
    assert Dataset(spark, str(folder)).current() == new
    assert (new.manifest["published_at"], new.manifest["note"]) == ("2026-06-01T09:30:00Z", "new")
    elsewhere = publish(spark, folder.parent / "elsewhere", [4])
    assert elsewhere.name == new.name


def test_kept_versions_are_the_complete_ones_newest_first_and_each_once(spark, four):
    folder, names = four
    publish(spark, folder, [2])
    shutil.rmtree(folder / "versions" / names[3])
    assert [version.name for version in Dataset(spark, str(folder)).kept()] == [names[2]]
    publish(spark, folder, [5])
    assert [version.manifest["stage"] for version in Dataset(spark, str(folder)).kept()] == [
        "test",
        "test",
    ]


def test_last_three_versions_are_kept(four):
    folder, names = four
    assert {path.name for path in (folder / "versions").iterdir()} == set(names[1:])


def test_old_version_can_be_published_again(spark, four):
    folder, names = four
    assert publish(spark, folder, [0]).name == names[0]
    assert numbers_in(spark, folder) == [0]
    assert len(list((folder / "published").iterdir())) == 5


@pytest.mark.parametrize("gone", ["manifest.json", "."])
def test_pointer_to_an_incomplete_version_is_reported_with_the_command_to_run(spark, four, gone):
    folder, names = four
    target = folder / "versions" / names[3] / gone
    shutil.rmtree(target) if target.is_dir() else target.unlink()
    with pytest.raises(
        DatasetError, match=rf"{names[3]} is missing or incomplete: run 'make data'"
    ):
        Dataset(spark, str(folder)).current()
    assert publish(spark, folder, [3]).name == names[3]
    assert numbers_in(spark, folder) == [3]


@pytest.mark.parametrize("content", ["", '{"version', "null", "[]", "{}"])
@pytest.mark.parametrize("file", ["published/00000004.json", "versions/{}/manifest.json"])
def test_damaged_json_is_reported_with_the_remedy(spark, four, file, content):
    folder, names = four
    file = file.format(names[3])
    (folder / file).write_text(content)
    with pytest.raises(DatasetError, match=rf"{file} is damaged: delete it and run 'make data'"):
        Dataset(spark, str(folder)).current()


@pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_bytes(b"PAR1")])
def test_missing_or_truncated_rows_are_reported_with_the_remedy(spark, four, damage):
    folder, names = four
    damage(folder / "versions" / names[3] / "part-00000.parquet")
    with pytest.raises(DatasetError, match=r"part-00000.parquet is missing or damaged: delete"):
        Dataset(spark, str(folder)).read()


def test_partly_moved_version_folder_is_completed(spark, four, undisturbed):
    folder, _ = four
    name, files = undisturbed
    half = folder / "versions" / name
    half.mkdir()
    (half / "part-00000.parquet").write_bytes(b"half of")
    (half / "part-00009.parquet").write_bytes(b"no part of it")
    publish(spark, folder, range(10, 20))
    assert tree(half) == files


def test_leftovers_of_a_killed_run_are_removed(spark, four, tmp_path):
    folder, _ = four
    for when in ("stage", "publish"):
        leftover = folder / "_staging" / "dead" / "part-0.parquet"
        leftover.parent.mkdir(parents=True)
        leftover.write_bytes(b"half")
        if when == "stage":
            source = next((folder / "versions").rglob("*.parquet"))
            assert Dataset(spark, str(folder)).stage_files([source]).count() == 1
        else:
            publish(spark, folder, [3])
            assert not (folder / "_staging").exists()
        assert not leftover.exists()


def assert_ends_like_the_undisturbed(spark, folder, undisturbed):
    """Run again after a killed run, and find the same result as after an undisturbed run."""
    publish(spark, folder, range(10, 20))
    assert tree(folder / "versions" / undisturbed[0]) == undisturbed[1]
    assert numbers_in(spark, folder) == list(range(10, 20))
    assert not (folder / "_staging").exists()


def test_reader_has_a_complete_version_wherever_a_run_is_killed(
    spark, four_published, tmp_path, monkeypatch, undisturbed
):
    move, delete = Files.move, Files.delete
    steps = []

    def step(operation, *arguments):
        # Before and after each change on disk.
        for _ in range(2):
            steps.append(operation.__name__)
            if len(steps) == last:
                raise Killed
            operation(*arguments)
            operation = _nothing

    def _nothing(*arguments):
        pass

    monkeypatch.setattr(Files, "move", lambda *a: step(move, *a))
    monkeypatch.setattr(Files, "delete", lambda *a: step(delete, *a))
    seen, last = [], 0
    while True:
        last += 1
        folder = shutil.copytree(four_published[0], tmp_path / f"killed{last}")
        steps.clear()
        try:
            publish(spark, folder, range(10, 20))
        except Killed:
            seen.append(numbers_in(spark, folder))
            continue
        break
    old, new = [3], list(range(10, 20))
    switched = seen.index(new)
    assert seen == [old] * switched + [new] * (len(seen) - switched)
    assert 0 < switched < len(seen)
    assert len(seen) >= 12
    last = 0
    for number in (1, switched, switched + 1, len(seen)):
        assert_ends_like_the_undisturbed(spark, tmp_path / f"killed{number}", undisturbed)


def test_version_partly_deleted_by_a_killed_run_is_written_again(spark, four, monkeypatch):
    folder, names = four
    delete = Files.delete

    def die_in_the_middle(files, uri):
        delete(files, uri)
        if uri.endswith(f"{names[1]}/part-00000.parquet"):
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Files, "delete", die_in_the_middle)
        with pytest.raises(Killed):
            publish(spark, folder, [4])
    assert publish(spark, folder, [1]).name == names[1]
    assert numbers_in(spark, folder) == [1]


def test_address_of_an_unknown_file_system_is_reported_with_the_remedy(spark):
    with pytest.raises(DatasetError, match="nowhere://bucket/raw: Spark has no file system"):
        Dataset(spark, "nowhere://bucket/raw")
