"""The file of a table is read decompressed, and errors in it are reported with the remedy."""

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from gender_detection.errors import InvalidInput
from gender_detection.tables import Format, format_of, written_format_of
from gender_detection.tables.table_file import TableFile

CONTENT = b"name,year\n" + b"Maria,2020\n" * 10_000


def zstd(content: bytes) -> bytes:
    return bytes(pa.compress(content, "zstd", asbytes=True))


def zipped(content: bytes, *others: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data/a.csv", content)
        for name in ("data/", "__MACOSX/._a.csv", ".DS_Store", *others):
            archive.writestr(name, b"")
    return sink.getvalue()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "a.csv": bytes,
    "a.csv.gz": gzip.compress,
    "a.csv.bz2": bz2.compress,
    "a.csv.zst": zstd,
    "a.csv.xz": lzma.compress,
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
    ("name", "packer"),
    [("a.csv.gz", "gzip"), ("a.csv.bz2", "bz2"), ("a.csv.zst", "zstd"), ("a.csv.xz", "xz")],
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


def test_file_in_an_archive_is_read(tmp_path: Path):
    path = tmp_path / "a.csv.zip"
    path.write_bytes(zipped(CONTENT))

    with TableFile(path) as file:
        assert io.BufferedReader(file).read() == CONTENT


@pytest.mark.parametrize("name", ["a.csv.zip", "a.ZIP"])
def test_format_is_that_of_the_file_in_an_archive(tmp_path: Path, name: str):
    path = tmp_path / name
    path.write_bytes(zipped(CONTENT))

    assert format_of(path) == Format("csv", "zip")


def read_whole(path: Path) -> bytes:
    format_of(path)
    with TableFile(path) as file:
        return io.BufferedReader(file).read()


def encrypted(content: bytes) -> bytes:
    archive = bytearray(zipped(content))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        archive[archive.index(mark) + flags] |= 1
    return bytes(archive)


def damaged(content: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("a.csv", content)
    return sink.getvalue().replace(b"2020", b"2021", 1)


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        (zipped(b"", "b.csv"), r"people\.zip has 2 files: unpack it"),
        (b"PK", "is not a complete zip file: compress it again"),
        (encrypted(CONTENT), "is encrypted, or packed in an unusual way: unpack it first"),
        (damaged(CONTENT), "is not a complete zip file"),
    ],
    ids=["several", "cut", "encrypted", "damaged"],
)
def test_archive_that_cannot_be_read_is_reported(tmp_path: Path, archive: bytes, message: str):
    path = tmp_path / "people.zip"
    path.write_bytes(archive)

    with pytest.raises(InvalidInput, match=message):
        read_whole(path)


def test_archives_are_not_written(tmp_path: Path):
    with pytest.raises(InvalidInput, match=r"\.zip is only read"):
        written_format_of(tmp_path / "a.csv.zip")


def test_missing_file_or_folder_is_reported(tmp_path: Path):
    with pytest.raises(InvalidInput, match=r"no file .*b\.csv: check the path"):
        TableFile(tmp_path / "b.csv")
    with pytest.raises(InvalidInput, match=r"cannot be read \(Is a directory\)"):
        TableFile(tmp_path)
