import html
import re
import signal
import threading
from pathlib import Path
from typing import Any

import nbformat
import pytest
import run_notebook
from jupyter_client.manager import AsyncKernelManager
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gender_detection import jobs
from gender_detection.config import Settings
from gender_detection.telemetry.textfiles import TextFiles
from tests.html_pages import Page

TITLES = ["Look at the data", "Train the pattern model", "Where we are"]


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return Settings.from_env({"GENDER_DETECTION_HOME": str(home)})


def notebook_file(folder, second):
    cells = [
        new_markdown_cell("# A study\nprose\n## Look at the data"),
        new_code_cell("rows = 20 + 1"),
        new_code_cell(f"# Train the pattern model\n{second}"),
        new_markdown_cell("## Where we are"),
        new_code_cell("import os\nprint(f'rows {2 * rows} in {os.getcwd()}')"),
        new_code_cell(""),
    ]
    path = folder / "study.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_titles_come_from_the_first_comment_or_the_nearest_heading(tmp_path):
    notebook = nbformat.read(notebook_file(tmp_path, "pass"), as_version=4)
    assert list(run_notebook.cell_titles(notebook).values()) == TITLES


def test_executed_notebook_is_saved_as_html_and_its_source_is_unchanged(tmp_path, settings, capsys):
    source = notebook_file(tmp_path, "pass")
    before = source.read_bytes()
    assert run_notebook.run(source, settings) == 0
    page = (Path(settings.model_dir) / "study.html").read_text()
    assert f"rows 42 in {run_notebook.ROOT}" in page
    assert source.read_bytes() == before
    shown = capsys.readouterr().out.splitlines()
    assert [line.partition(" ...")[0] for line in shown] == [
        f"[{number}/3] {title}" for number, title in enumerate(TITLES, start=1)
    ]


def test_figures_appear_in_the_html_as_images_with_their_titles(tmp_path, settings):
    cells = [
        new_code_cell("from gender_detection import plots"),
        new_code_cell("plots.bars('Keys & names', ['a', 'b'], [1, 2], 'keys')"),
        new_code_cell("plots.learning([3.0, 2.0, 1.0])"),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "drawn.ipynb")
    assert run_notebook.run(tmp_path / "drawn.ipynb", settings) == 0
    page = Page((Path(settings.model_dir) / "drawn.html").read_text())
    assert [shown.alt for shown in page.images] == ["Keys & names", "Training of the pattern model"]
    assert not [shown.alt for shown in page.images if shown.is_blank]
    assert {shown.pixels.shape[:2] for shown in page.images} == {(600, 1200)}
    assert "<Figure" not in page.words


def tagged(cell, *tags):
    cell.metadata["tags"] = list(tags)
    return cell


@pytest.fixture(scope="module")
def reported(tmp_path_factory, settings):
    """The page of a notebook with every tag, and what its last cell found at the page's place."""
    folder = tmp_path_factory.mktemp("reported")
    page, found = Path(settings.model_dir) / "reported.html", folder / "found.html"
    cells = [
        new_markdown_cell("# A study of <names>"),
        tagged(new_markdown_cell("**Not for you.**"), "summary", "notice"),
        new_markdown_cell("## Look & see"),
        new_code_cell("# Two bars\nfrom gender_detection import plots\n"
                      "plots.bars('Bars', ['a', 'b'], [1, 2], 'keys')"),
        tagged(new_markdown_cell("The *second* is higher."), "caption"),
        new_code_cell("plots.learning([3.0, 2.0, 1.0])"),
        new_code_cell("# A text\nfrom IPython.display import Markdown\nMarkdown('# A card')"),
        tagged(new_markdown_cell("## Summary"), "summary"),
        tagged(new_markdown_cell("You read this in Jupyter."), "jupyter"),
        tagged(new_code_cell("f'{6 * 7} % wrong'"), "summary"),
        tagged(new_code_cell("plots.bars('Last drawn', ['a'], [1], 'keys')"), "summary"),
        tagged(new_markdown_cell("Look at this first."), "summary", "caption"),
        tagged(new_markdown_cell("## Log it"), "report"),
        tagged(new_code_cell(f"import shutil\nshutil.copy({str(page)!r}, {str(found)!r})"),
               "report"),
    ]  # fmt: skip
    nbformat.write(new_notebook(cells=cells), folder / "reported.ipynb")
    assert run_notebook.run(folder / "reported.ipynb", settings) == 0
    return page.read_text(), found.read_text()


def test_report_opens_with_the_summary_though_it_is_computed_last(reported):
    words = Page(reported[0]).words
    order = [
        "A study of",
        "Not for you.",
        "Summary",
        "42 % wrong",
        "Contents",
        "Look & see",
        "A text",
    ]
    places = [words.index(word) for word in order]
    assert places == sorted(places)
    assert words.count("42 % wrong") == 1


def test_contents_of_the_report_lead_to_its_sections(reported):
    links = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a>', reported[0])
    assert [text for _, text in links] == ["Summary", "Look &amp; see"]
    ids = re.findall(r'id="([^"]+)"', reported[0])
    assert len(ids) == len(set(ids))
    assert {html.unescape(target) for target, _ in links} <= set(map(html.unescape, ids))


def test_each_image_of_the_report_has_a_numbered_caption(reported):
    captions = [shown.caption.strip() for shown in Page(reported[0]).images]
    assert captions == [
        "Figure 1. Look at this first.",
        "Figure 2. The second is higher.",
        "Figure 3. Training of the pattern model",
    ]


def test_code_of_the_report_is_folded_and_its_title_is_not(reported):
    outside = re.sub(r"<details>.*?</details>", "", reported[0], flags=re.DOTALL)
    assert "Code" in Page(reported[0]).words
    assert "A text" in Page(outside).words
    assert "from gender_detection" in Page(reported[0]).words
    assert "from gender_detection" not in Page(outside).words


def test_report_has_one_title_and_loads_nothing(reported):
    assert reported[0].count("<h1") == 1
    assert "<title>A study of &lt;names&gt;</title>" in reported[0]
    assert Page(reported[0]).fetched == []
    assert reported[0].count("src=") == reported[0].count('src="data:image/png;base64,') == 3


def test_report_is_complete_when_the_cells_that_log_it_are_executed(reported):
    saved, found = reported
    assert found == saved
    assert "Log it" not in saved
    assert "in Jupyter" not in saved


def test_html_loads_nothing_from_another_host_but_keeps_links(tmp_path, settings):
    link = new_markdown_cell("[the source](https://example.org/names)")
    nbformat.write(new_notebook(cells=[link]), tmp_path / "linked.ipynb")
    assert run_notebook.run(tmp_path / "linked.ipynb", settings) == 0
    page = (Path(settings.model_dir) / "linked.html").read_text()
    assert Page(page).fetched == []
    assert 'href="https://example.org/names"' in page


@pytest.mark.parametrize(
    "loading",
    [
        '<script src="https://cdn.example/require.js"></script>',
        '<script type="module">await import("https://cdn.example/mermaid.mjs")</script>',
        '<link rel="stylesheet" href="//cdn.example/style.css">',
        "<style>@import 'https://cdn.example/style.css';</style>",
        '<p style="background: url(https://cdn.example/x.png)">',
        '<iframe src="http://cdn.example/"></iframe>',
    ],
)
def test_page_that_loads_something_is_found(loading):
    assert len(Page(f"<p>text</p>{loading}").fetched) == 1


def test_warning_of_the_library_is_printed_after_its_cell(tmp_path, settings, capsys):
    cells = [
        new_code_cell(
            "import logging\nlogging.basicConfig(format='%(name)s: %(message)s')\n"
            "logging.getLogger('gender_detection.registry').warning('a new experiment begins')\n"
            "logging.getLogger('py4j').warning('as always')"
        )
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "warned.ipynb")
    assert run_notebook.run(tmp_path / "warned.ipynb", settings) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].endswith(" s")
    assert shown[1:] == ["[gender-detection] warning: a new experiment begins"]


def test_failing_cell_is_named_and_its_trace_goes_to_the_log(tmp_path, settings, capsys):
    source = notebook_file(tmp_path, "raise ValueError('first\\nno data: run make data')")
    report = Path(settings.model_dir) / "study.html"
    report.parent.mkdir(exist_ok=True)
    report.write_text("the one before")
    # It would fail again.
    assert run_notebook.run(source, settings) == jobs.REFUSED
    shown = capsys.readouterr()
    error = "[gender-detection] error: Train the pattern model: no data: run make data (details: "
    assert shown.out.splitlines()[-1].startswith(error)
    assert "Traceback" not in shown.out + shown.err
    assert "Traceback" in (settings.home / "log" / "notebook.log").read_text()
    assert report.read_text() == "the one before"


def test_interrupt_ends_the_kernel_without_a_traceback(tmp_path, settings, monkeypatch, capfd):
    source = notebook_file(tmp_path, "import threading\nthreading.Event().wait()")
    managers: list[AsyncKernelManager] = []

    def make(**options: Any) -> AsyncKernelManager:
        managers.append(AsyncKernelManager(**options))
        return managers[0]

    monkeypatch.setattr(run_notebook, "AsyncKernelManager", make)
    start = run_notebook.Progress.start

    def start_and_interrupt(progress, cell, cell_index):
        start(progress, cell, cell_index)
        if progress.current == TITLES[1]:
            main = threading.main_thread().ident
            assert main is not None
            signal.pthread_kill(main, signal.SIGINT)

    monkeypatch.setattr(run_notebook.Progress, "start", start_and_interrupt)
    monkeypatch.setenv("GENDER_DETECTION_HOME", str(settings.home))
    assert run_notebook.main([str(source)]) == 130
    assert not managers[0].has_kernel
    shown = capfd.readouterr()
    assert "Traceback" not in shown.out + shown.err
    said = "[gender-detection] interrupted; 'gender-detection model list' says which"
    assert shown.out.splitlines()[-1].startswith(said)
    assert not (settings.home / "metrics").exists()


@pytest.mark.parametrize("outcome", [0, 1, OSError("disk full")])
def test_training_reports_its_outcome(tmp_path, monkeypatch, outcome):
    def run(source, settings):
        if isinstance(outcome, OSError):
            raise outcome
        return outcome

    monkeypatch.setattr(run_notebook, "run", run)
    monkeypatch.setenv("GENDER_DETECTION_HOME", str(tmp_path))
    assert run_notebook.main(["study.ipynb"]) == (0 if outcome == 0 else 1)

    samples = [s for family in TextFiles(tmp_path / "metrics").collect() for s in family.samples]
    found = {s.name.partition("_task_")[2]: s.value for s in samples if s.labels}
    assert all(s.labels == {"task": "report"} for s in samples if s.labels)
    assert found["failed"] == (outcome != 0)
    assert ("last_success_timestamp_seconds" in found) == (outcome == 0)
    assert found["duration_seconds"] >= 0


def test_training_that_cannot_report_succeeds(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(run_notebook, "run", lambda source, settings: 0)
    monkeypatch.setenv("GENDER_DETECTION_HOME", str(tmp_path))
    (tmp_path / "metrics").write_text("a file, where a folder should be")

    assert run_notebook.main(["study.ipynb"]) == 0
    assert "[gender-detection] warning: metrics not reported to " in capsys.readouterr().out
