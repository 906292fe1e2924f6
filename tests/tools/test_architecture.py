import architecture
import pytest


@pytest.fixture(scope="module")
def graph() -> architecture.Graph:
    return architecture.parts_imported(architecture.python_files("src", "api", "airflow"))


def test_picture_matches_the_code(graph: architecture.Graph):
    shown = architecture.PICTURE.read_text()
    assert shown == architecture.drawing(graph), "run: .venv/bin/python tools/architecture.py"


def test_every_part_is_in_the_picture(graph: architecture.Graph):
    shown = architecture.PICTURE.read_text()
    assert graph
    assert not [part for part in graph if part not in shown]


def test_imports_that_follow_from_others_are_left_out():
    graph = {"top": {"middle", "low"}, "middle": {"low"}, "low": set()}
    assert architecture.reduced(graph) == {"top": {"middle"}, "middle": {"low"}, "low": set()}


def test_module_named_in_a_string_counts_as_imported(tmp_path, monkeypatch):
    monkeypatch.setattr(architecture, "ROOT", tmp_path)
    package = tmp_path / "src" / "gender_detection"
    (package / "serving").mkdir(parents=True)
    (package / "api").mkdir()
    (package / "api" / "app.py").write_text("")
    starts = package / "serving" / "server.py"
    starts.write_text("APP = 'gender_detection.api.app'\n")
    found = architecture.parts_imported([starts, package / "api" / "app.py"])
    assert found == {"serving": {"api"}, "api": set()}
