"""The data of the pipeline as they would be with a fault, or with less in them."""

import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from gender_detection.dataset_files import CLEAN, ORIGINS, RAW, TRANSFORMED, VECTORS, DatasetFiles
from gender_detection.features import hash_keys
from tests.spark.pipeline_fixtures import load_script

Tables = Mapping[str, pa.Table]
STAGES = (RAW, CLEAN, TRANSFORMED, ORIGINS, VECTORS)


class Data:
    """A version of the data: its manifests and tables by stage; raw has only a manifest."""

    def __init__(self, manifests: Mapping[str, Any], tables: Tables) -> None:
        self.manifests, self.tables = manifests, tables

    @classmethod
    def read(cls, data_uri: str) -> "Data":
        """Return the newest version at an address."""
        files = DatasetFiles(data_uri)
        chain = files.chain()
        tables = {stage: files.read(chain[stage]) for stage in STAGES[1:]}
        return cls({stage: chain[stage].manifest for stage in STAGES}, tables)

    def replaced(self, **tables: pa.Table) -> "Data":
        """Return it with other tables of some stages."""
        return Data(self.manifests, {**self.tables, **tables})

    def without_country(self, country: str) -> "Data":
        """Return it without what the sources say of a country."""
        kept = {
            stage: self.tables[stage].filter(
                pc.fill_null(pc.not_equal(self.tables[stage]["country"], country), True)
            )
            for stage in (CLEAN, TRANSFORMED)
        }
        return self.replaced(**kept)

    def thinned(self, to: int) -> "Data":
        """Return it with one of so many keys, as the setting SAMPLE does, and say so."""
        kept = {}
        for stage in STAGES[1:]:
            hashes = hash_keys(self.tables[stage]["key"].to_pylist())
            kept[stage] = self.tables[stage].filter(pa.array(hashes % to == 0))
        manifests = copy.deepcopy(dict(self.manifests))
        raw = manifests[RAW]
        left_out = raw["rows_out"] - raw["rows_out"] // to
        raw["rows_out"] -= left_out
        first = next(iter(raw["sources"]))
        raw["rejected"].setdefault(first, {}).setdefault("outside_sample", 0)
        raw["rejected"][first]["outside_sample"] += left_out
        return Data(manifests, kept)

    def swapped(
        self, spark: SparkSession, folder: Path, sources: Sequence[str], country: str
    ) -> "Data":
        """Return it as the jobs make it if sources have women and men exchanged in a country."""
        path = folder / "clean.parquet"
        pq.write_table(self.tables[CLEAN], path)
        clean = _exchanged(spark.read.parquet(str(path)), sources, country)
        transformed = load_script("data_transformation").transform(clean).persist()
        vectorization = load_script("vectorization")
        rows = vectorization.transform(transformed).filter("reason IS NULL")
        vectors = rows.select(*vectorization.GATE.columns)
        return self.replaced(
            clean=clean.toArrow(), transformed=transformed.toArrow(), vectors=vectors.toArrow()
        )

    def publish(self, data: Path, name: str) -> None:
        """Write it as the version that is published last."""
        made_of = {CLEAN: RAW, TRANSFORMED: CLEAN, ORIGINS: CLEAN, VECTORS: TRANSFORMED}
        for stage in STAGES:
            folder = data / stage / "versions" / name
            folder.mkdir(parents=True)
            files = []
            if stage in self.tables:
                path = folder / "part-00000.parquet"
                pq.write_table(self.tables[stage], path)
                files = [{"name": path.name, "bytes": path.stat().st_size}]
            manifest = {**self.manifests[stage], "version": name, "files": files}
            if stage in made_of:
                manifest["input"] = {made_of[stage]: name}
            (folder / "manifest.json").write_text(json.dumps(manifest))
            pointers = data / stage / "published"
            pointers.mkdir(exist_ok=True)
            pointer = pointers / f"{len(list(pointers.iterdir())) + 1:08d}.json"
            pointer.write_text(json.dumps({"version": name}))


def _exchanged(clean: DataFrame, sources: Sequence[str], country: str) -> DataFrame:
    told = F.col("source").isin([*sources]) & (F.col("country") == country)
    hit = told & (F.col("part") == "given")
    female, male = F.col("female"), F.col("male")
    return clean.withColumns(
        {"female": F.when(hit, male).otherwise(female), "male": F.when(hit, female).otherwise(male)}
    )
