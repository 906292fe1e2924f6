"""The file of a table is read decompressed, and errors in it are reported with the remedy."""

import bz2
import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from gender_detection.errors import InvalidInput
from gender_detection.tables.table_file import TableFile

CONTENT = b"name,year\n" + b"Maria,2020\n" * 10_000


def zstd(content: bytes) -> bytes:
    return bytes(pa.compress(content, "zstd", asbytes=True))


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "a.csv": bytes,
    "a.csv.gz": gzip.compress,
    "a.csv.bz2": bz2.compress,
    "a.csv.zst": zstd,
}


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("parts", [1, 3])
def test_bytes_equal_those_of_the_table(tmp_path: Path, name: str, parts: int):
    path = tmp_path / name
    path.write_bytes(PACKERS[name](CONTENT) * parts)

    with TableFile(path) as file:
        assert file.share_read == 0
        assert io.BufferedReader(file).read() == CONTENT * parts
    assert file.share_read is None


def test_share_read_grows(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(CONTENT)

    with TableFile(path) as file:
        file.read(len(CONTENT) // 2)
        assert file.share_read == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(
    ("name", "packer"), [("a.csv.gz", "gzip"), ("a.csv.bz2", "bz2"), ("a.csv.zst", "zstd")]
)
@pytest.mark.parametrize("packed", [True, False])
def test_truncated_compressed_file_is_reported(
    tmp_path: Path, name: str, packer: str, packed: bool
):
    path = tmp_path / name
    path.write_bytes(PACKERS[name](CONTENT)[:-20] if packed else CONTENT)

    with (
        TableFile(path) as file,
        pytest.raises(
            InvalidInput, match=rf"{name} is not a complete {packer} file: compress it again"
        ),
    ):
        io.BufferedReader(file).read()


def test_missing_file_or_folder_is_reported(tmp_path: Path):
    with pytest.raises(InvalidInput, match=r"no file .*b\.csv: check the path"):
        TableFile(tmp_path / "b.csv")
    with pytest.raises(InvalidInput, match=r"cannot be read \(Is a directory\)"):
        TableFile(tmp_path)
