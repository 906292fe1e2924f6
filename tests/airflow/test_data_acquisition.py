import contextlib
import dataclasses
import types

import pytest

from gender_detection import jobs
from gender_detection.config import Settings
from gender_detection.errors import QualityError, SourceError
from gender_detection.sources import FileSource
from gender_detection.spark import session
from tests.spark.pipeline_fixtures import load_script

NAMES = [f"Name{number}" for number in range(2000)]


@pytest.fixture(scope="module")
def acquisition():
    return load_script("data_acquisition")


@pytest.fixture(scope="module")
def sampled(spark, acquisition):
    """Return a function from a share to the names in the sample."""
    df = spark.createDataFrame([(name,) for name in [*NAMES, None]], "name string").repartition(2)

    def inside(share):
        marked = acquisition.transform(df, share)
        assert marked.filter("reason IS NOT NULL AND reason <> 'outside_sample'").isEmpty()
        return {row["name"] for row in marked.filter("reason IS NULL").collect()}

    return inside


def test_full_share_keeps_every_statement_even_without_a_name(sampled):
    assert sampled(1.0) == {*NAMES, None}


def test_sample_has_its_share_and_contains_the_smaller_sample(sampled):
    tenth, half = sampled(0.1), sampled(0.5)
    assert 140 < len(tenth) < 260
    assert 900 < len(half) < 1100
    assert tenth < half


STAFF = """
[sources.staff]
kind = "file"
title = "Our own staff list"
licence = "internal"
path = "staff.csv"
format = "csv"
columns = { name = "first_name", gender = "sex", country = "country" }
"""


@pytest.fixture
def own_settings(tmp_path):
    """Settings under which a catalogue adds staff.csv to the built-in sources."""
    (tmp_path / "own.toml").write_text(STAFF)
    home = {"HOME": tmp_path / "home", "SOURCES": tmp_path / "own.toml"}
    return Settings.from_env({f"GENDER_DETECTION_{name}": str(at) for name, at in home.items()})


@pytest.fixture
def read_in_turn(acquisition, monkeypatch):
    """The kinds of the sources read, in order; packages are not read."""
    kinds = []
    read = acquisition.read

    def noted(entry, *arguments):
        kinds.append(entry.kind)
        if isinstance(entry, FileSource):
            return read(entry, *arguments)
        raise SourceError("the packages come after the user's own files")

    monkeypatch.setattr(acquisition, "read", noted)
    return kinds


def test_malformed_own_file_is_refused_before_other_sources_are_read(
    acquisition, own_settings, read_in_turn, tmp_path, monkeypatch, capsys
):
    (tmp_path / "staff.csv").write_text("first_name,sex,country\nEve,f,Atlantis\nAnn,f,Germany\n")
    monkeypatch.setattr(session, "session", lambda name: contextlib.nullcontext())

    code = session.run_job("data_acquisition", acquisition.acquire, lambda: own_settings)

    assert code == jobs.REFUSED
    assert read_in_turn == ["file"]
    output = capsys.readouterr().out
    assert "the first is line 2: column 'country' (country) holds 'Atlantis'" in output
    assert "Eve" not in output


def test_sources_are_read_own_files_first_and_published_in_catalogue_order(
    acquisition, own_settings, tmp_path, monkeypatch
):
    with (tmp_path / "own.toml").open("a") as catalogue:
        catalogue.write("[sources.ssa]\nenabled = true\n")
    kinds, published = [], {}

    def read_source(entry, cache_dir, target):
        kinds.append(entry.kind)
        return entry.name

    monkeypatch.setattr(acquisition, "read_source", read_source)
    stub = types.SimpleNamespace(stage_files=lambda files: files, kept=list, delete_report=id)
    monkeypatch.setattr(acquisition, "stage_dataset", lambda *_: stub)
    monkeypatch.setattr(acquisition, "transform", lambda files, share: files)
    monkeypatch.setattr(acquisition, "drop_rejected", lambda files, *_: (files, {}))
    monkeypatch.setattr(acquisition, "profiles_of", lambda files: {})
    monkeypatch.setattr(
        acquisition, "publish_stage", lambda *arguments, **_: published.update(arguments[4])
    )

    acquisition.acquire(None, own_settings)

    assert (kinds[0], kinds[-1], set(kinds[1:-1])) == ("file", "http", {"package"})
    assert list(published["sources"])[-1] == "staff"


def test_mistake_in_the_rules_is_refused_before_any_source_is_read(
    acquisition, own_settings, read_in_turn, tmp_path, monkeypatch, capsys
):
    (tmp_path / "rules.toml").write_text("[rules.row]\nmost = 1\n")
    settings = dataclasses.replace(own_settings, data_rules=str(tmp_path / "rules.toml"))
    monkeypatch.setattr(session, "session", lambda name: contextlib.nullcontext())

    code = session.run_job("data_acquisition", acquisition.acquire, lambda: settings)

    assert code == jobs.REFUSED
    assert read_in_turn == []
    assert "rules.toml: rules.row is unknown: the rules are" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "accepted"),
    [
        ([], "0123456789ab"),
        (["--accept-data-changes="], "0123456789ab"),
        (["--accept-data-changes=ba9876543210"], "ba9876543210"),
    ],
)
def test_option_comes_before_the_setting_and_an_empty_one_counts_as_not_given(
    acquisition, monkeypatch, arguments, accepted
):
    monkeypatch.setenv("GENDER_DETECTION_ACCEPT_DATA_CHANGES", "0123456789ab")
    assert acquisition.read_settings(arguments).accept_data_changes == accepted


def test_few_malformed_lines_are_counted_and_the_first_is_shown(acquisition, tmp_path, capsys):
    path = tmp_path / "staff.csv"
    path.write_text("first_name,sex\n" + "Ann,f\n" * 40 + "Eve\nBob,x\nBea,y\n")
    columns = {"name": "first_name", "gender": "sex"}
    entry = FileSource(
        name="staff", title="", licence="", path=str(path), format="csv", columns=columns
    )

    facts = acquisition.read_source(entry, tmp_path, tmp_path / "staff.parquet")

    assert facts["lines_rejected"] == {"gender_not_known": 2, "header": 1, "malformed": 1}
    _, _, gender, malformed = capsys.readouterr().out.splitlines()
    assert malformed == (
        "[gender-detection] staff: lines rejected as malformed: 1; the first is line 42: "
        "it has 1 cells, but the header has 2"
    )
    assert "lines rejected as gender_not_known: 2; the first is line 43: " in gender
    assert "column 'sex' (gender) holds 'x'" in gender
    for name in ("Eve", "Bob", "Bea"):
        assert name not in gender + malformed


RAW = {
    "source": "'s'",
    "name": "'Maria'",
    "country": "'IT'",
    "year": "1950S",
    "n_female": "9D",
    "n_male": "1D",
    "p_female": "0.9D",
    "n_sources": "3",
    "part": "'given'",
    "n_bearers": "CAST(NULL AS double)",
}
NOTHING = "CAST(NULL AS double)"
FAMILY = {
    "part": "'family'",
    "n_bearers": "9D",
    **dict.fromkeys(("n_female", "n_male", "p_female"), NOTHING),
}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"source": "CAST(NULL AS string)"}, "source_not_null on column source"),
        ({"n_female": "-9D"}, "n_female_not_negative on column n_female"),
        ({"n_male": "-1D"}, "n_male_not_negative on column n_male"),
        ({"p_female": "90D"}, "p_female_in_0_1 on column p_female"),
        ({"n_sources": "-1"}, "n_sources_not_negative on column n_sources"),
        (
            dict.fromkeys(("n_female", "n_male", "p_female"), NOTHING),
            "has_a_figure on column p_female",
        ),
        ({"part": "'middle'"}, "part_is_known on column part"),
        ({"n_bearers": "9D"}, "bearers_of_family_names on column n_bearers"),
        ({**FAMILY, "n_bearers": "-9D"}, "n_bearers_not_negative on column n_bearers"),
        ({**FAMILY, "n_bearers": NOTHING}, "bearers_of_family_names on column n_bearers"),
        ({**FAMILY, "n_female": "9D"}, "family_names_have_no_gender on column part"),
    ],
)
def test_gate_names_the_broken_rule(spark, acquisition, changes, rule):
    def statement(columns):
        return spark.range(1).selectExpr(*(f"{v} AS {k}" for k, v in columns.items()))

    good = statement(RAW).union(statement({**RAW, **FAMILY}))
    assert acquisition.GATE.check(good, rows_in=2) == 2
    with pytest.raises(QualityError, match=f"stage raw: rule {rule}: 1 rows break it"):
        acquisition.GATE.check(good.union(statement({**RAW, **changes})), rows_in=3)
