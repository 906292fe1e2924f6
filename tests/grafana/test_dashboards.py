"""The committed dashboards: as the generator writes them, whole, legible, and of known metrics."""

import json
import re
from itertools import combinations

import pytest
import yaml

from gender_detection import plots
from grafana.generator import DASHBOARDS, palette
from grafana.generator.frame import text_of
from grafana.generator.may_be_empty import MAY_BE_EMPTY
from tests.grafana import queries

PROVISIONING = queries.FOLDER.parent
PROMETHEUS = {"type": "prometheus", "uid": "prometheus"}
EACH = pytest.mark.parametrize("name", queries.NAMES)
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\b")


def test_dashboards_are_service_model_and_pipeline():
    assert queries.NAMES == sorted(DASHBOARDS) == ["model", "pipeline", "service"]


@EACH
def test_committed_dashboard_is_what_the_generator_writes(name: str):
    committed = (queries.FOLDER / f"{name}.json").read_text(encoding="utf-8")

    assert committed == text_of(DASHBOARDS[name]()), "run: make dashboards"


@EACH
def test_every_panel_explains_what_it_shows_what_is_normal_and_what_to_do(name: str):
    for panel in queries.panels(name):
        shows, normal, otherwise = panel["description"].split("\n\n")
        assert panel["title"]
        assert len(shows) > 15, panel["title"]
        assert normal.startswith("**Normal:** "), panel["title"]
        assert otherwise.startswith("**Otherwise:** "), panel["title"]


@EACH
def test_every_panel_has_its_unit_and_says_why_it_is_empty(name: str):
    for panel in queries.panels(name):
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["unit"], panel["title"]
        assert defaults["noValue"], panel["title"]


@EACH
def test_no_data_source_has_to_be_chosen(name: str):
    board = queries.dashboard(name)

    for panel in queries.panels(name):
        assert panel["datasource"] == PROMETHEUS, panel["title"]
        assert panel["targets"], panel["title"]
        assert all(target["datasource"] == PROMETHEUS for target in panel["targets"])
    asking = board["annotations"]["list"] + board["templating"]["list"]
    assert all(one["datasource"] == PROMETHEUS for one in asking)


@EACH
def test_dashboard_shows_the_present_and_refreshes(name: str):
    board = queries.dashboard(name)

    assert board["time"]["to"] == "now"
    assert board["refresh"] == "30s"
    for variable in board["templating"]["list"]:
        assert variable["current"]["value"] == "$__all"


@EACH
def test_dashboards_are_linked_to_each_other_by_their_tag(name: str):
    board = queries.dashboard(name)
    (link,) = board["links"]

    assert board["uid"] == f"gender-detection-{name}"
    assert (link["type"], link["tags"], link["keepTime"]) == ("dashboards", board["tags"], True)


@EACH
def test_ids_titles_and_query_letters_are_unique(name: str):
    board = queries.dashboard(name)
    ids = [panel["id"] for panel in board["panels"]]
    titles = [panel["title"] for panel in board["panels"]]

    assert len(set(ids)) == len(ids)
    assert len(set(titles)) == len(titles)
    for panel in queries.panels(name):
        refs = [target["refId"] for target in panel["targets"]]
        assert len(set(refs)) == len(refs), panel["title"]


@EACH
def test_panels_fit_the_grid_without_overlap(name: str):
    boxes = [panel["gridPos"] for panel in queries.dashboard(name)["panels"]]

    assert all(box["x"] >= 0 and box["x"] + box["w"] <= 24 for box in boxes)
    for one, other in combinations(boxes, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or above, (one, other)


@EACH
def test_rows_have_no_gaps(name: str):
    boxes = [panel["gridPos"] for panel in queries.dashboard(name)["panels"]]
    bottom = max(box["y"] + box["h"] for box in boxes)

    filled = sum(box["w"] * box["h"] for box in boxes)
    assert filled == 24 * bottom, "set size=(width, height): the panels of a row fill 24 columns"


@EACH
def test_every_colour_can_be_distinguished_by_the_colour_blind(name: str):
    text = json.dumps(queries.dashboard(name))
    schemes = set(re.findall(r'"mode": "((?:palette|continuous)[\w-]*)"', text))

    assert set(COLOUR.findall(text)) <= set(palette.SERIES)
    assert not schemes
    for panel in queries.panels(name):
        assert panel["fieldConfig"]["defaults"]["color"]["mode"] in ("fixed", "thresholds")
    assert set(re.findall(r'"scheme": "(\w+)"', text)) <= {"Viridis"}


def test_palette_is_that_of_okabe_and_ito_and_a_grey():
    theirs = "#0072B2 #56B4E9 #009E73 #F0E442 #E69F00 #D55E00 #CC79A7".split()

    assert set(palette.SERIES) == {*theirs, "#999999"}


def test_colours_are_those_of_the_plots():
    same = (palette.BLUE, palette.ORANGE, palette.GREEN, palette.GREY)

    assert same == (plots.BLUE, plots.ORANGE, plots.GREEN, plots.GREY)
    assert palette.GENDERS == {
        "female": plots.ORANGE, "male": plots.BLUE, "unknown": plots.GREY,
    }  # fmt: skip


def test_panels_that_may_be_empty_exist_and_have_a_reason():
    asked = {query.where for query in queries.queries()}

    assert set(MAY_BE_EMPTY) <= asked
    assert all(len(reason.split()) > 3 for reason in MAY_BE_EMPTY.values())


def test_data_source_has_the_uid_that_the_dashboards_name():
    text = (PROVISIONING / "datasources" / "prometheus.yml").read_text(encoding="utf-8")
    (source,) = yaml.safe_load(text)["datasources"]

    assert {"type": source["type"], "uid": source["uid"]} == PROMETHEUS
    assert source["url"] == "http://prometheus:9090"
    assert (source["isDefault"], source["editable"]) == (True, False)


def test_data_source_has_the_scrape_interval_of_prometheus():
    text = (PROVISIONING / "datasources" / "prometheus.yml").read_text(encoding="utf-8")
    (source,) = yaml.safe_load(text)["datasources"]
    config = (queries.ROOT / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")

    asked = yaml.safe_load(config)["global"]["scrape_interval"]
    assert source["jsonData"]["timeInterval"] == asked


def test_dashboards_are_read_from_where_the_folder_is_mounted():
    text = (queries.FOLDER / "provider.yml").read_text(encoding="utf-8")
    (provider,) = yaml.safe_load(text)["providers"]

    assert provider["type"] == "file"
    assert provider["options"]["path"] == "/etc/grafana/provisioning/dashboards"
    assert provider["allowUiUpdates"] is False


def test_no_grafana_file_has_a_secret():
    files = [path for path in (queries.ROOT / "grafana").rglob("*.*") if path.is_file()]
    secret = re.compile(r"pass" + r"word|secure" + r"JsonData|api_?key|token", re.IGNORECASE)
    texts = {path: path.read_text(encoding="utf-8") for path in files if path.suffix != ".pyc"}

    assert len(texts) > 10
    assert not [path for path, text in texts.items() if secret.search(text)]


def test_generator_imports_only_the_route_descriptions_of_the_service():
    imported = set()
    for path in (queries.ROOT / "grafana").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        imported |= set(re.findall(r"^ *(?:from|import) (gender_detection\S*)", text, re.MULTILINE))

    assert imported == {"gender_detection.api.spec.routes"}
