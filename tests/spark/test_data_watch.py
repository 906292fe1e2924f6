"""Sources are compared with the last run, and a change beyond a rule stops the run."""

import json

import pytest

from gender_detection.errors import QualityError
from gender_detection.spark import data_watch
from gender_detection.spark.data_rules import load_rules
from gender_detection.spark.data_watch import REPORT, Watch, baselines
from gender_detection.spark.datasets import Dataset, Version
from gender_detection.spark.profiles import profiles_of

RAW = (
    "source string, name string, country string, year short, "
    "n_female double, n_male double, p_female double, n_sources int, part string, n_bearers double"
)
# As many women as men in Italy: swapping them leaves every total as it is. Andrea is 2 % of them.
ITALY = [
    *((f"Woman{n}", "IT", 98.0, 2.0) for n in range(150)),
    *((f"Man{n}", "it", 2.0, 98.0) for n in range(147)),
    ("Andrea", "IT", 0.0, 300.0),
]
FRANCE = [(f"Nom{n}", "FR", float(n % 2), float(1 - n % 2)) for n in range(300)]
FAMILIES = [(f"Family{n}", "IT", 5.0) for n in range(300)]


def statements(spark, given, families=FAMILIES, *, source="s"):
    rows = [(source, n, c, 1990, w, m, None, None, "given", None) for n, c, w, m in given]
    rows += [(source, n, c, *[None] * 5, "family", b) for n, c, b in families]
    return spark.createDataFrame(rows, RAW)


def facts_of(df, *, release="1", sample=1.0, names=("s",)):
    sources = {name: {"release": release} for name in names}
    return {"sample": sample, "sources": sources, "profiles": profiles_of(df)}


class Runs:
    """Runs of the first stage on one dataset."""

    def __init__(self, spark, folder):
        self.dataset = Dataset(spark, str(folder))
        self._watch = Watch(spark, self.dataset, load_rules())

    def run(self, df, *, accepted="", **facts):
        """Compare and publish df as the job does; return the version."""
        described = facts_of(df, **facts)
        notes = self._watch.check(df, described, accepted=accepted)
        return self.dataset.publish(df, described, by="name", shards=1, notes=notes)

    def refused(self, df, **facts):
        """Run on changed data; return the report, and the rules that it breaks."""
        before = self.dataset.current()
        with pytest.raises(QualityError) as raised:
            self.run(df, **facts)
        assert self.dataset.current() == before
        path = f"{self.dataset.uri}/{REPORT}"
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - a URI without a scheme
            report = json.load(file)
        assert path in str(raised.value)
        assert f"GENDER_DETECTION_ACCEPT_DATA_CHANGES={report['list']}" in str(raised.value)
        return report, {(change["rule"], change["country"]) for change in report["changes"]}


@pytest.fixture(scope="module")
def first(spark):
    return statements(spark, [*ITALY, *FRANCE]).persist()


@pytest.fixture
def runs(spark, tmp_path, first):
    runs = Runs(spark, tmp_path / "raw")
    runs.run(first)
    return runs


def test_first_run_says_that_there_is_nothing_to_compare_with(spark, tmp_path, first, capsys):
    Runs(spark, tmp_path / "raw").run(first)
    assert "sources: no earlier version to compare them with" in capsys.readouterr().out


def test_same_statements_in_another_order_pass_without_reading_the_last_version(
    runs, first, capsys, monkeypatch
):
    monkeypatch.setattr(Dataset, "read", None)
    before = runs.dataset.current()
    assert runs.run(first.repartition(3)) == before
    assert f"sources compared with version {before.name}: s" in capsys.readouterr().out


def test_genders_swapped_in_one_country_stop_the_run_with_the_names_that_moved_most(
    spark, runs, capsys
):
    swapped = [(name, country, men, women) for name, country, women, men in ITALY]
    report, broken = runs.refused(statements(spark, [*swapped, *FRANCE]))
    assert {("all_names", "IT"), ("one_name", "IT")} <= broken
    assert {country for _, country in broken} == {"IT"}
    names = next(c["names"] for c in report["changes"] if c["rule"] == "one_name")
    andrea = names[0]
    assert (andrea["name"], andrea["women_before"], andrea["women_now"]) == ("andrea", 0.0, 300.0)
    printed = capsys.readouterr().out
    assert "changed: s: given names in IT: " in printed
    assert "of the people have another name or gender (5.0% allowed)" in printed
    assert "andrea" not in printed.lower()


def test_lost_rows_and_a_lost_country_stop_the_run(spark, runs):
    report, broken = runs.refused(statements(spark, ITALY, FAMILIES[:150]))
    assert ("rows", None) in broken
    assert ("countries", "FR") in broken
    assert ("country_rows", "IT") in broken
    assert report["since"] == {"s": runs.dataset.current().name}


def test_source_without_a_single_statement_left_stops_the_run(spark, runs):
    _, broken = runs.refused(statements(spark, [("Ann", "US", 1.0, 0.0)], [], source="t"))
    assert ("rows", None) in broken


def test_accepted_list_is_published_with_its_changes_and_is_the_next_to_compare_with(
    spark, runs, first
):
    changed = statements(spark, ITALY)
    report, _ = runs.refused(changed)
    runs.refused(changed, accepted="000000000000")
    published = runs.run(changed, accepted=report["list"])
    accepted = published.manifest["accepted_changes"]
    assert accepted["list"] == report["list"]
    assert accepted["changes"] == [change["text"] for change in report["changes"]]
    # Neither the list nor the time is in the version's name, so a repeated run changes nothing.
    assert runs.run(changed) == published
    # What was accepted once is not accepted again, the other way round.
    runs.refused(first, accepted=report["list"])


def test_rerun_without_a_change_removes_the_report_of_a_refused_one(spark, runs, first, tmp_path):
    runs.refused(statements(spark, ITALY))
    runs.run(first)
    assert not (tmp_path / "raw" / REPORT).exists()


def test_names_in_capitals_are_the_same_names(spark, runs):
    shouted = [(name.upper(), *rest) for name, *rest in [*ITALY, *FRANCE]]
    runs.run(statements(spark, shouted))


def test_another_sample_is_not_compared_and_the_last_one_of_the_same_sample_is(
    spark, runs, first, capsys
):
    runs.run(statements(spark, ITALY), sample=0.5)
    assert "no earlier version" in capsys.readouterr().out
    runs.refused(statements(spark, ITALY), sample=1.0)


def version(name, *sources, sample=1.0, **manifest):
    facts = {"sample": sample, "sources": dict.fromkeys(sources), "profiles": {}, **manifest}
    return Version(name, "", facts)


def test_source_is_compared_with_the_newest_version_that_has_it():
    kept = [version("3", "a"), version("2", "a", "b"), version("1", "a", "b", "c", sample=0.1)]
    facts = {"sample": 1.0, "sources": {"a": {}, "b": {}, "c": {}}}
    assert {name: at.name for name, at in baselines(kept, facts).items()} == {"a": "3", "b": "2"}


def test_version_made_before_sources_were_compared_is_passed_over():
    assert (
        baselines([Version("1", "", {"sources": {"a": {}}})], {"sample": 1.0, "sources": "a"}) == {}
    )


def test_profile_counts_rows_women_and_men_by_country(spark):
    df = statements(spark, [("Eva", "se", 3.0, 1.0), ("Bo", "SE", 0.0, 2.0)], [("Ek", "SE", 7.0)])
    cells = profiles_of(df)["s"]["cells"]
    assert cells == {
        "family": {"SE": {"rows": 1, "women": 0.0, "men": 0.0, "bearers": 7.0}},
        "given": {"SE": {"rows": 2, "women": 3.0, "men": 3.0, "bearers": 6.0}},
    }


def test_sources_that_are_no_longer_read_are_told(capsys):
    source = {"release": "1"}
    before = Version("v1", "/raw", {"sources": {"s": source, "gone": source}})
    data_watch._say_what_is_compared({"s": before}, {"sources": {"s": source}})
    assert "sources that are no longer read: gone\n" in capsys.readouterr().out
