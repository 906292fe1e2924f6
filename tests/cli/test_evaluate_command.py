"""gender-detection evaluate reads a table of people, reports on it, and writes files on request."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gender_detection import evaluation, whole_files
from gender_detection.model import Model
from tests.cli.command_line import assert_reported_in_one_line, run
from tests.html_pages import Page

PNG = b"\x89PNG\r\n\x1a\n"
TABLE = "name,country,gender\nMaria,IT,female\nAndrea,DE,m\nJohn,,male\nKim,,x\nJ. R.,,f\n"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(TABLE)
    return path


@pytest.mark.usefixtures("published")
def test_report_is_printed(capsys: pytest.CaptureFixture[str], people: Path):
    code, out, err = run(capsys, "evaluate", str(people))

    assert (code, err) == (0, "")
    assert out.startswith("4 people, 50.0% women; answered from a probability of 0.8\nexcluded")
    assert "By country" in out


@pytest.mark.usefixtures("published")
def test_json_is_the_report(capsys: pytest.CaptureFixture[str], people: Path, tiny_model: Model):
    code, out, _ = run(capsys, "evaluate", str(people), "--json")

    assert code == 0
    assert json.loads(out) == evaluation.evaluate(tiny_model, evaluation.read_people(people))


@pytest.mark.usefixtures("published")
def test_options_are_passed_on(capsys: pytest.CaptureFixture[str], people: Path):
    options = "--json", "--threshold", "0.9", "--female-share", "0.3"
    found = json.loads(run(capsys, "evaluate", str(people), *options)[1])

    assert (found["threshold"], found["female_share"]) == (0.9, 0.3)


@pytest.mark.usefixtures("published")
def test_country_comes_from_the_named_column_or_is_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    path = tmp_path / "people.tsv"
    path.write_text("name\tcountry\tborn_in\tgender\nAndrea\tDE\tIT\tmale\n")

    def countries(*options: str) -> list[str]:
        found = json.loads(run(capsys, "evaluate", str(path), "--json", *options)[1])
        return list(found["slices"]["country"])

    assert countries() == ["DE"]
    assert countries("--country-column", "born_in") == ["IT"]
    assert countries("--no-country") == [""]


@pytest.mark.usefixtures("published")
def test_columns_are_found_as_by_score_or_named(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    path = tmp_path / "people.csv"
    path.write_text("first_name,label,sex\nMaria,John,f\n")
    options = "--json", "--gender-column", "sex", "--country", "IT"

    code, out, err = run(capsys, "evaluate", str(path), *options)

    assert (code, err) == (0, f"{path}: reading given names from 'first_name'\n")
    assert json.loads(out)["forced"]["errorCoded"] == 0
    assert list(json.loads(out)["slices"]["country"]) == ["IT"]
    found = json.loads(run(capsys, "evaluate", str(path), *options, "--name-column", "label")[1])
    assert found["forced"]["errorCoded"] == 1


@pytest.mark.usefixtures("published")
def test_bad_rows_are_left_out_with_a_warning(capsys: pytest.CaptureFixture[str], people: Path):
    people.write_text(TABLE + "Rossi, Anna,IT,f\n")

    code, out, err = run(capsys, "evaluate", str(people))

    assert code == 0
    assert err.startswith(f"warning: {people}: 1 of 6 rows cannot be read and are left out")
    assert out.startswith("4 people")
    assert "rows that cannot be read: 1\n" in out


@pytest.mark.usefixtures("published")
def test_tables_of_a_folder_are_evaluated_together(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    folder = tmp_path / "people"
    folder.mkdir()
    (folder / "one.csv").write_text("name,country,gender\nMaria,Atlantis,f\n")
    pq.write_table(pa.table({"name": ["John"], "gender": ["m"]}), folder / "two.parquet")

    code, out, err = run(capsys, "evaluate", str(folder), "--json")

    assert (code, json.loads(out)["n"]) == (0, 2)
    assert "row" not in err.partition("not understood")[2]


@pytest.mark.usefixtures("published")
def test_odd_country_is_a_warning_and_not_an_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    path = tmp_path / "people.csv"
    path.write_text("name,country,gender\nMaria,Atlantis,f\n")

    code, out, err = run(capsys, "evaluate", str(path), "--json")

    assert code == 0
    assert err.startswith(f"warning: {path}: 1 person has a country that is not understood")
    assert err.count("\n") == 1
    assert json.loads(out)["n"] == 1


@pytest.mark.usefixtures("published")
def test_report_and_plots_are_written(
    capsys: pytest.CaptureFixture[str], people: Path, tmp_path: Path
):
    page, plots = tmp_path / "report.html", tmp_path / "new" / "plots"

    code, out, err = run(
        capsys, "evaluate", str(people), "--report", str(page), "--plots", str(plots)
    )

    assert (code, err) == (0, "")
    assert out.startswith("4 people")
    assert sorted(path.name for path in plots.iterdir()) == ["coverage.png", "reliability.png"]
    assert all(path.read_bytes().startswith(PNG) for path in plots.iterdir())
    text = page.read_text(encoding="utf-8")
    shown = Page(text)
    assert [image.alt for image in shown.images] == [
        "Calibration on these people",
        "Error by coverage",
    ]
    assert not [image.alt for image in shown.images if image.is_blank]
    assert shown.fetched == []
    assert "gender-detection 7 on people.csv" in text
    assert "Maria" not in text
    assert not [*tmp_path.glob(".*"), *plots.glob(".*")]


@pytest.mark.usefixtures("published")
def test_plots_of_people_with_uninformative_names_are_written(
    capsys: pytest.CaptureFixture[str], people: Path, tmp_path: Path
):
    people.write_text("name,gender\nJ. R.,f\n")

    assert run(capsys, "evaluate", str(people), "--plots", str(tmp_path / "plots"))[0] == 0


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (None, ["no file", "check the path"]),
        ("name,kind\nMaria,f\n", ["no column gender", "'name', 'kind'"]),
        ("name,gender\nRossi, Anna,f\n", ["none of 0 people", "rows that cannot be read: 1"]),
        ("name,gender\nMaria,0\nJohn,1\n", ["none of 2 people", "female or male"]),
    ],
)
def test_unusable_file_is_reported_in_one_line(
    capsys: pytest.CaptureFixture[str], people: Path, content: str | None, parts: list[str]
):
    people.unlink() if content is None else people.write_text(content)

    assert_reported_in_one_line(run(capsys, "evaluate", str(people)), str(people), *parts)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("option", "target", "remedy"),
    [
        ("--report", "none/report.html", "create it first"),
        ("--report", "folder", "name a file in it"),
        ("--report", "people.csv", "name another file"),
        ("--plots", "people.csv", "name a folder"),
        ("--plots", "people.csv/plots", "name a folder"),
    ],
)
def test_unwritable_output_is_reported_before_the_work(
    capsys: pytest.CaptureFixture[str], people: Path, option: str, target: str, remedy: str
):
    (people.parent / "folder").mkdir()

    result = run(capsys, "evaluate", str(people), option, str(people.parent / target))

    assert_reported_in_one_line(result, remedy)
    assert people.read_text() == TABLE


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("option", ["--report", "--plots"])
def test_missing_matplotlib_is_reported_with_the_remedy(
    capsys: pytest.CaptureFixture[str], people: Path, monkeypatch: pytest.MonkeyPatch, option: str
):
    monkeypatch.delitem(sys.modules, "gender_detection.plots", raising=False)
    monkeypatch.delattr("gender_detection.plots", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    result = run(capsys, "evaluate", str(people), option, str(people.parent / "new"))

    assert_reported_in_one_line(result, "matplotlib", "pip install")


@pytest.mark.usefixtures("published")
def test_report_without_plots_needs_no_matplotlib(people: Path):
    code = (
        "import sys; from gender_detection import cli; code = cli.main(sys.argv[1:]); "
        "sys.exit(code or 'matplotlib' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "evaluate", str(people)], capture_output=True, timeout=60
    )

    assert (done.returncode, done.stderr) == (0, b"")


def test_help_lists_the_columns(capsys: pytest.CaptureFixture[str]):
    code, out, _ = run(capsys, "evaluate", "--help")

    assert code == 0
    for column in ("name", "given_name", "family_name", "country", "gender"):
        assert column in out


@pytest.mark.usefixtures("published")
def test_ctrl_c_ends_quietly_and_keeps_the_old_file(people: Path, tmp_path: Path):
    page = tmp_path / "report.html"
    page.write_text("yesterday's")
    pipe = tmp_path / "people.pipe"
    os.mkfifo(pipe)
    # If these tests run in the background, SIGINT is ignored, and the command would inherit this.
    code = (
        "import signal, sys; from gender_detection import cli; "
        "signal.signal(signal.SIGINT, signal.default_int_handler); sys.exit(cli.main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "evaluate", str(pipe), "--report", str(page)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started,
        # Opening waits until the command reads; what it waits for then never comes.
        pipe.open("w") as writer,
    ):
        writer.write(TABLE)
        writer.flush()
        started.send_signal(signal.SIGINT)
        out, err = started.communicate(timeout=60)

    assert (started.returncode, out, err) == (130, b"", b"")
    assert page.read_text() == "yesterday's"
    assert not list(tmp_path.glob(".report*"))


def test_partly_written_file_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "report.html"
    path.write_text("yesterday's")

    def interrupted(staged: Path, target: Path) -> None:
        assert (staged.read_text(), target) == ("today's", path)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)

    with pytest.raises(KeyboardInterrupt):
        whole_files.write_whole(path, b"today's")

    assert [path.read_text() for path in tmp_path.iterdir()] == ["yesterday's"]
