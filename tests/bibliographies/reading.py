"""Bibliographies of invented works, read as the command reads them."""

from pathlib import Path
from typing import Any

from gender_detection.tables import format_of
from gender_detection.tables.blocks import from_bytes
from gender_detection.tables.readers import Source, open_source

Rows = list[dict[str, Any]]


def opened(path: Path, text: str | bytes) -> Source:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return open_source(path, format_of(path))


def read(path: Path, text: str | bytes) -> tuple[Rows, str | None]:
    """Return the rows of a bibliography, and what was skipped in it."""
    source = opened(path, text)
    rows = [
        row
        for block in source.blocks(None)
        for batch in from_bytes(bytes(block.text))
        for row in batch.to_pylist()
    ]
    source.close()
    return rows, source.skipped_content


def column(rows: Rows, name: str) -> list[Any]:
    return [row[name] for row in rows]
