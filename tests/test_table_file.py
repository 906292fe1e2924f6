"""The file of a table is read unpacked, and what is wrong with it is said with the remedy."""

import gzip
import io
from pathlib import Path

import pytest

from gender_detection.errors import InvalidInput
from gender_detection.table_file import TableFile, delimiter_of

CONTENT = b"name,year\n" + b"Maria,2020\n" * 10_000


@pytest.mark.parametrize(("name", "packed"), [("a.csv", False), ("a.csv.gz", True)])
def test_bytes_are_those_of_the_table(tmp_path: Path, name: str, packed: bool):
    path = tmp_path / name
    path.write_bytes(gzip.compress(CONTENT) if packed else CONTENT)

    with TableFile(path) as file:
        assert file.share_read == 0
        assert io.BufferedReader(file).read() == CONTENT
    assert file.share_read is None


def test_share_read_grows(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(CONTENT)

    with TableFile(path) as file:
        file.read(len(CONTENT) // 2)
        assert file.share_read == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("content", [CONTENT, gzip.compress(CONTENT)[:-20]])
def test_what_is_no_whole_gzip_is_told(tmp_path: Path, content: bytes):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(content)

    with (
        TableFile(path) as file,
        pytest.raises(InvalidInput, match=r"a\.csv\.gz is no whole gzip file: pack it again"),
    ):
        io.BufferedReader(file).read()


def test_file_that_is_not_there_or_none_is_told(tmp_path: Path):
    with pytest.raises(InvalidInput, match=r"no file .*b\.csv: check the path"):
        TableFile(tmp_path / "b.csv")
    with pytest.raises(InvalidInput, match=r"cannot be read \(Is a directory\)"):
        TableFile(tmp_path)


@pytest.mark.parametrize(
    ("name", "header", "delimiter"),
    [
        ("a.csv", "name,year", ","),
        ("a.csv", "name;year", ";"),
        ("a.txt", "name\tyear, maybe\tx", "\t"),
        ("a.TSV.gz", "name, of all", "\t"),
        ("a.csv", "name", ","),
    ],
)
def test_delimiter_is_that_of_the_header_or_of_the_name(name: str, header: str, delimiter: str):
    assert delimiter_of(Path(name), header) == delimiter
