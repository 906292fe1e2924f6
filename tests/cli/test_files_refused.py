"""The error for a file that cannot be written names the path as given, and the cause."""

import errno
import os
from pathlib import Path

import pytest

from gender_detection import whole_files
from gender_detection.scoring import file_job
from tests.cli.command_line import assert_reported_in_one_line, run

pytestmark = pytest.mark.usefixtures("published", "pandas_as_it_is")
REMEDIES = [
    (errno.ENOSPC, "free some space on the disk"),
    (errno.EACCES, "allow access to it"),
    (errno.EROFS, "can be written to"),
    (errno.ENOENT, "name another folder"),
    (errno.EMFILE, "ulimit -n"),
]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "people.csv"
    path.write_text("name\nMaria\n")
    return path


def last_line(result: tuple[int, str, str]) -> tuple[int, str, str]:
    code, out, err = result
    assert ".part" not in err
    assert "Errno" not in err
    return code, out, err.splitlines(keepends=True)[-1]


@pytest.mark.parametrize(("number", "remedy"), REMEDIES)
def test_file_that_cannot_be_created_is_reported_with_folder_cause_and_remedy(
    capsys, monkeypatch, people: Path, tmp_path: Path, number: int, remedy: str
):
    out = tmp_path / "made" / "out.csv"
    out.parent.mkdir()

    def refuse(path, *_, **__):
        raise OSError(number, os.strerror(number), str(path))

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        result = run(capsys, "score", str(people), str(out))

    message = f"no file can be made in {out.parent} ({os.strerror(number)})"
    assert_reported_in_one_line(last_line(result), message, remedy)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("folder", [False, True], ids=["file", "folder"])
def test_full_disk_while_writing_is_reported_with_the_given_path(
    capsys, monkeypatch, people: Path, tmp_path: Path, number: int, folder: bool
):
    out = tmp_path / "out"
    source, target = (people.parent, out) if folder else (people, out.with_suffix(".csv"))

    def fill(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(file_job.Plan, "run", fill)
    result = run(capsys, "score", str(source), str(target))

    assert_reported_in_one_line(
        last_line(result), f"error: {target}: {os.strerror(number)}: free some"
    )
    assert not target.exists()


@pytest.mark.skipif(
    not (Path("/proc/self").exists() and os.access("/proc", os.W_OK)),
    reason="needs a folder that says it can be written in, and cannot",
)
def test_unwritable_folder_is_reported(capsys, people: Path):
    result = run(capsys, "score", str(people), "/proc/out.csv")

    assert_reported_in_one_line(
        last_line(result), "no file can be made in /proc (", "another folder"
    )


def test_file_whose_folder_becomes_unwritable_is_reported_under_its_final_path(
    monkeypatch, tmp_path: Path
):
    def refuse(self, target):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self), None, str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError) as caught:
        whole_files.write_whole(tmp_path / "report.html", b"x")

    assert caught.value.filename == str(tmp_path / "report.html")
    assert not list(tmp_path.glob(".*"))
