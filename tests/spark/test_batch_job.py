"""The job batch_prediction: read, score, publish completely or not at all."""

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from gender_detection import scoring
from gender_detection.config import Settings
from gender_detection.errors import DatasetError, InvalidInput
from gender_detection.spark import user_tables
from tests.spark.pipeline_fixtures import load_script

CSV = 'id,First Name,note\n007,Maria,"he said ""hi"""\n2,J.,  padded \n3,,\n'


@pytest.fixture(scope="module")
def job():
    return load_script("batch_prediction")


@pytest.fixture
def predict(spark, job, tiny_artifact, tmp_path, capsys):
    """Run the job on files of tmp_path; return its output."""
    (tmp_path / "people.csv").write_text(CSV)

    def run(source="people.csv", output="answered", **options):
        given = {"model": tiny_artifact, "input_format": "csv", **options}
        arguments = [f"--input={tmp_path / source}", f"--output={tmp_path / output}"]
        arguments += [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
        assert job.predict(spark, Settings.from_env({}), job.read_arguments(arguments)) == []
        return capsys.readouterr().out

    return run


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def csv_rows(folder):
    return "".join(sorted(path.read_text() for path in folder.glob("part-*"))).splitlines()


def test_csv_values_are_written_unchanged(predict, tmp_path):
    output = predict()
    header, maria, initials, nobody = csv_rows(tmp_path / "answered")
    assert header == "id,First Name,note,gender,probability,p_female,basis,reason"
    assert maria.startswith('007,Maria,"he said ""hi""",female,0.')
    assert initials == "2,J.,  padded ,unknown,,,,initials"
    assert nobody == "3,,,unknown,,,,empty"
    line = "3 rows, 1 answered (100.0% female), 2 unknown (1 "
    assert f"[gender-detection] {line}" in output
    assert "Maria" not in output
    assert names(tmp_path) == ["answered", "people.csv"]
    assert "_SUCCESS" in names(tmp_path / "answered")


@pytest.mark.parametrize("kind", ["parquet", "json", "orc"])
def test_every_format_is_written_and_read(predict, tmp_path, kind):
    predict(output="first", output_format=kind)
    predict("first", "second", input_format=kind, output_format="parquet")
    found = pq.read_table(tmp_path / "second").to_pylist()
    assert [row["id"] for row in found] == ["007", "2", "3"]
    assert [row["gender"] for row in found] == ["female", "unknown", "unknown"]
    assert [row["predicted_gender"] for row in found] == ["female", "unknown", "unknown"]


def test_existing_output_is_kept_without_overwrite(predict, tmp_path):
    (tmp_path / "answered").mkdir()
    (tmp_path / "answered" / "mine").touch()
    with pytest.raises(InvalidInput, match="answered exists already"):
        predict()
    assert names(tmp_path / "answered") == ["mine"]
    predict(overwrite="true")
    assert "mine" not in names(tmp_path / "answered")
    assert names(tmp_path) == ["answered", "people.csv"]


def test_output_may_replace_the_input(predict, tmp_path):
    predict(output="people.csv", overwrite="True")
    assert len(csv_rows(tmp_path / "people.csv")) == 4


def test_job_that_fails_leaves_no_files_and_the_old_output(
    spark, job, predict, tmp_path, monkeypatch
):
    predict()
    before = csv_rows(tmp_path / "answered")
    broken = spark.range(10).selectExpr("assert_true(id < 5, 'Maria is no number') AS id")
    with pytest.raises(
        DatasetError, match=r"answered cannot be written: Spark reports \w+"
    ) as raised:
        user_tables.publish_table(broken, str(tmp_path / "answered"), "parquet", overwrite=True)
    assert "Maria" not in str(raised.value)
    assert csv_rows(tmp_path / "answered") == before
    assert names(tmp_path) == ["answered", "people.csv"]


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("missing", "parquet", "missing cannot be read as parquet: there is no such file"),
        ("people.csv", "parquet", "people.csv cannot be read as parquet: Spark reports"),
        ("empty", "orc", "empty cannot be read as orc: it has no file of that format"),
    ],
)
def test_unreadable_input_is_reported_in_one_line(predict, tmp_path, source, kind, message):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match=message) as raised:
        predict(source, input_format=kind)
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "answered").exists()


def test_options_for_spark_are_passed_on(predict, tmp_path):
    (tmp_path / "people.tsv").write_text("name\tid\nMaria, Rossi\t1\n")
    predict("people.tsv", read_option="sep=\t", write_option="compression=gzip")
    (file,) = (tmp_path / "answered").glob("part-*.csv.gz")
    table = pyarrow.csv.read_csv(file)
    assert table.column_names == ["name", "id", *scoring.ANSWERS]


def test_empty_options_are_unset_and_invalid_ones_are_refused(job, capsys):
    options = job.read_arguments(["--input=a", "--output=b", "--country=", "--threshold="])
    assert (options.country, options.threshold, options.overwrite) == (None, None, False)
    for wrong in ("--input=", "--input-format=xls", "--threshold=high", "--overwrite=perhaps"):
        with pytest.raises(SystemExit) as raised:
            job.read_arguments(["--input=a", "--output=b", wrong])
        assert raised.value.code == 2
        assert wrong.partition("=")[0] in capsys.readouterr().err
