"""Datasets of the tiny model's names, as the pipeline leaves them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gender_detection.config import Settings
from tests.conftest import TINY_NGRAMS

SOURCE = {
    "title": "Names written down for tests",
    "licence": "CC0-1.0",
    "citation": "",
    "homepage": "https://example.org",
    "sha256": "0" * 64,
    "lines_in": 200,
    "statements": 200,
    "permissive": True,
}
INPUTS = {"clean": "raw", "transformed": "clean", "origins": "clean", "vectors": "transformed"}
PACKAGE = "1.0"


def clean_of(transformed: pa.Table) -> pa.Table:
    """Return statements that say what the dataset transformed says."""
    return pa.Table.from_pylist(
        [
            {
                "source": "written",
                "name": row["key"].title(),
                "country": row["country"],
                "part": "given",
                "female": row["female"],
                "male": row["male"],
                "bearers": row["female"] + row["male"],
            }
            for row in transformed.to_pylist()
        ]
    )


def write(data: Path, tables: Mapping[str, pa.Table], version: str = "aaaaaaaa") -> Settings:
    """Publish the tables clean, transformed, origins and vectors; return settings for them."""
    rows = {"raw": len(tables["clean"]), **{stage: len(table) for stage, table in tables.items()}}
    for stage in ("raw", *INPUTS):
        folder = data / stage / "versions" / version
        folder.mkdir(parents=True)
        files = []
        if stage in tables:
            path = folder / "part-00000.parquet"
            pq.write_table(tables[stage], path)
            files = [{"name": path.name, "bytes": path.stat().st_size}]
        manifest = {
            "stage": stage,
            "version": version,
            "files": files,
            "input": {INPUTS[stage]: version} if stage in INPUTS else {},
            "rows_in": rows[stage],
            "rows_out": rows[stage],
            "rejected": {},
            "code": {"package": PACKAGE},
            **_more(stage),
        }
        (folder / "manifest.json").write_text(json.dumps(manifest))
        pointer = data / stage / "published" / "00000001.json"
        pointer.parent.mkdir(exist_ok=True)
        number = len(list(pointer.parent.iterdir())) + 1
        pointer.with_name(f"{number:08d}.json").write_text(json.dumps({"version": version}))
    return settings_for(data)


def settings_for(data: Path, **others: str) -> Settings:
    """Return settings with a home beside the data."""
    given = {"HOME": str(data.parent / "home"), "DATA_URI": str(data), **others}
    return Settings.from_env({f"GENDER_DETECTION_{name}": value for name, value in given.items()})


def _more(stage: str) -> dict[str, Any]:
    if stage == "raw":
        return {"sources": {"written": SOURCE}, "sample": 1.0, "choice": "all"}
    if stage == "vectors":
        ngrams = {**vars(TINY_NGRAMS), "version": 1}
        return {"features": ngrams, "splits": {"train": 100, "valid": 10, "test": 10}}
    return {}
