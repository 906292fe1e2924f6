"""Tables in every form, written and read by other means than those tested."""

import bz2
import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

Packer = Callable[[bytes], bytes]
FORMS = (
    "csv", "tsv", "csv.gz", "csv.bz2", "csv.zst", "csv.xz", "jsonl", "jsonl.gz", "parquet", "xlsx",
    "arrow", "arrows",
)  # fmt: skip
NAMES = ["Maria", "John Smith", "Andrea", "Kim", "J. R.", "?", "Rossi, Anna", "Mrs Smith", "Ünal"]
COUNTRIES = ["IT", "DE", "", "US"]


def people(rows: int) -> pa.Table:
    """Return people, all columns of text, no cell null."""
    return pa.table(
        {
            "id": [f"{at:03}" for at in range(rows)],
            "author": [NAMES[at % len(NAMES)] for at in range(rows)],
            "country": [COUNTRIES[at % len(COUNTRIES)] for at in range(rows)],
        }
    )


def write(path: Path, table: pa.Table) -> None:
    """Write a table in the format of the file's name."""
    kind = path.name.partition(".")[2]
    if kind.startswith(("csv", "tsv")):
        delimiter = "\t" if kind == "tsv" else ","
        text = delimiter.join(table.schema.names) + "\n"
        text += "".join(
            delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row.values())
            + "\n"
            for row in table.to_pylist()
        )
        path.write_bytes(_packed(path, text.encode()))
    elif kind.startswith("jsonl"):
        text = "".join(json.dumps(row) + "\n" for row in table.to_pylist())
        path.write_bytes(_packed(path, text.encode()))
    elif kind == "xlsx":
        book = openpyxl.Workbook()
        for row in [table.schema.names, *(list(row.values()) for row in table.to_pylist())]:
            book.active.append(row)
        book.save(path)
    elif kind == "parquet":
        pq.write_table(table, path, row_group_size=7)
    else:
        make = pa.ipc.new_file if kind == "arrow" else pa.ipc.new_stream
        with make(str(path), table.schema) as writer:
            writer.write_table(table, max_chunksize=7)


def read(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file; numbers as numbers, empty cells and nulls as None."""
    kind = path.name.partition(".")[2]
    if kind.startswith(("csv", "tsv")):
        text = pa.py_buffer(_unpacked(path))
        text_columns = dict.fromkeys(("id", "author", "country"), pa.string())
        rows = pyarrow.csv.read_csv(
            text,
            parse_options=pyarrow.csv.ParseOptions(delimiter="\t" if kind == "tsv" else ","),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=text_columns, strings_can_be_null=True, null_values=[""]
            ),
        ).to_pylist()
    elif kind.startswith("jsonl"):
        rows = [json.loads(line) for line in _unpacked(path).splitlines()]
    elif kind == "xlsx":
        header, *cells = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
        rows = [dict(zip(header, row, strict=True)) for row in cells]
    elif kind == "parquet":
        rows = pq.read_table(path).to_pylist()
    else:
        load: Callable = pa.ipc.open_file if kind == "arrow" else pa.ipc.open_stream
        rows = load(str(path)).read_all().to_pylist() if kind == "arrow" else _stream(path)
    return [{name: cell if cell != "" else None for name, cell in row.items()} for row in rows]


def _stream(path: Path) -> list[dict[str, Any]]:
    with path.open("rb") as file:
        return list(pa.ipc.open_stream(file).read_all().to_pylist())


def _packed(path: Path, text: bytes) -> bytes:
    packers: dict[str, Packer] = {
        ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress
    }  # fmt: skip
    if path.suffix == ".zst":
        return bytes(pa.compress(text, "zstd", asbytes=True))
    return packers.get(path.suffix, bytes)(text)


def _unpacked(path: Path) -> bytes:
    unpackers: dict[str, Packer] = {
        ".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress
    }  # fmt: skip
    if path.suffix == ".zst":
        return bytes(pa.CompressedInputStream(path.open("rb"), "zstd").read())
    return unpackers.get(path.suffix, bytes)(path.read_bytes())
