"""What is kept and what is removed, in a real embedded MLflow: one store, copied for each test."""

import json
import time

import mlflow
import pytest

from gender_detection import dataset_retention
from gender_detection.errors import RegistryError
from gender_detection.model import Model, store
from gender_detection.registry import CHALLENGER, CHAMPION, Registry
from gender_detection.registry.stock import Stock
from gender_detection.upkeep import remove
from tests.upkeep.old_versions import Home, age, copied, named, publish_data

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore:.*input example:UserWarning"
)


class Killed(BaseException):
    """Simulates that the process ends in the middle of an operation."""


@pytest.fixture(scope="module")
def cleaned(original: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy in which the upkeep has run once."""
    home = copied(original, tmp_path_factory.mktemp("cleaned") / "home")
    home.clean()
    return home


def reasons(home: Home, **changed: object) -> dict[str, str]:
    """Return why things are kept, by their names."""
    return {item.name: item.why for item in home.upkeep(**changed).plan().kept}


def test_aliases_rollbacks_and_the_newest_are_kept_and_the_rest_is_removed(home):
    plan = home.upkeep().plan()

    assert named(plan.removed, "version") == {"1", "3"}
    assert reasons(home) | {
        "version 2 of tiny-names": "within reach of a rollback of champion",
        "version 4 of tiny-names": "is champion, within reach of a rollback of challenger",
        "version 5 of tiny-names": "is challenger",
        "version 6 of tiny-names": "the newest",
    } == reasons(home)


def test_more_rollbacks_in_a_row_reach_further(home):
    kept = reasons(home, keep_rollbacks=2)

    assert "2 rollbacks in a row of champion" in kept["version 1 of tiny-names"]
    # Nothing was challenger before: a rollback goes to the next lower version.
    assert "2 rollbacks in a row of challenger" in kept["version 3 of tiny-names"]


def test_rollbacks_find_their_versions(cleaned):
    assert cleaned.registry.previous(CHAMPION) == ("4", "2")
    assert cleaned.registry.previous(CHALLENGER) == ("5", "4")


def test_removed_versions_leave_no_files_and_no_run(original, cleaned):
    home = cleaned
    versions = original.client.search_model_versions("name='tiny-names'")
    runs = {version.version: version.run_id for version in versions}
    assert original.files_of("3")

    assert home.numbers() == {"2", "4", "5", "6"}
    assert not home.files_of("1")
    assert not home.files_of("3")
    assert home.files_of("4")
    assert home.client.get_run(runs[3]).info.lifecycle_stage == "deleted"
    assert home.client.get_run(runs[4]).info.lifecycle_stage == "active"
    folders = {path.name for path in (home.folder / "mlflow" / "artifacts").iterdir()}
    assert runs[3] not in folders
    assert len(list((home.folder / "mlflow" / "artifacts" / "models").iterdir())) == 4


def test_kept_version_can_still_be_loaded(cleaned, tmp_path):
    fetched = cleaned.registry.download(cleaned.registry.find(CHAMPION), tmp_path / "fetched")
    assert Model.load(fetched).version == "4"


def test_runs_that_failed_or_never_ended_are_removed_when_they_are_old(home, cleaned):
    young = home.upkeep(failed_run_days=30.0).plan()
    assert not [item for item in young.removed if "failed" in item.name or "running" in item.name]
    assert len([path for path in home.files() if path.endswith("log.txt")]) == 2

    assert not [path for path in cleaned.files() if path.endswith("log.txt")]


def test_run_that_may_be_under_way_is_kept_however_few_days_are_set(home):
    upkeep = home.upkeep(failed_run_days=0.0)
    soon = type(upkeep)(upkeep.registry, upkeep.settings, time.time() + 60)
    removed = [item.name for item in soon.plan().removed]

    assert [name for name in removed if "failed" in name]
    assert not [name for name in removed if "running" in name]


def test_data_of_kept_versions_are_kept_with_all_that_they_were_made_from(home):
    publish_data(home.folder / "data", "7")
    publish_data(home.folder / "data", "8")
    home.clean()

    # 6, 7 and 8 were published last.
    for stage in dataset_retention.STAGES:
        assert home.data(stage) == {f"{stage[0]}{n}" for n in (2, 4, 5, 6, 7, 8)}


def test_nothing_is_known_of_the_data_of_a_model_without_versions(home):
    upkeep = home.upkeep()
    upkeep = type(upkeep)(
        Registry(home.settings.tracking_uri, "nobody"), upkeep.settings, upkeep.now
    )
    plan = upkeep.plan()

    assert not named(plan.removed, "data")
    assert "the datasets stay" in " ".join(plan.notes)


def test_served_version_is_kept_and_copies_but_the_one_before_are_removed(home, tmp_path):
    for number in ("1", "2", "3"):
        folder = home.publish(number, tmp_path / number)
        age(folder, 100 - int(number))
    plan = home.clean()

    assert "served from" in reasons(home)["version 3 of tiny-names"]
    # 2 is the version to which a rollback of the champion moves.
    assert {item.why for item in plan.kept if item.kind == "copy"} == {
        "is served",
        "the one before",
    }
    left = [path.name.partition("-")[0] for path in store.versions(home.folder / "model")]
    assert sorted(left) == ["2", "3"]
    assert home.numbers() == {"2", "3", "4", "5", "6"}


def test_plan_changes_nothing(home):
    before = home.files()

    plan = home.upkeep().plan()

    assert home.files() == before
    assert home.numbers() == {"1", "2", "3", "4", "5", "6"}
    assert sum(item.size for item in plan.removed) > 0
    assert all(item.why for item in (*plan.removed, *plan.kept))


@pytest.mark.parametrize("dies_at", ["delete_model_version", "files", "delete_run"])
def test_interrupted_upkeep_is_finished_by_the_next(home, monkeypatch, dies_at):
    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        if dies_at == "files":
            patch.setattr("gender_detection.registry.stock._remove_files", die)
        else:
            patch.setattr(mlflow.MlflowClient, dies_at, die)
        upkeep = home.upkeep()
        with pytest.raises(Killed):
            remove(upkeep, upkeep.plan(), lambda line: None)
    # What is still listed is whole.
    for number in home.numbers():
        assert home.registry.lineage(home.registry.find(version=number)).digest

    home.clean()

    assert home.numbers() == {"2", "4", "5", "6"}
    assert not home.files_of("1")
    assert not home.files_of("3")
    assert len(list((home.folder / "mlflow" / "artifacts" / "models").iterdir())) == 4
    assert home.data("raw") == {"r2", "r4", "r5", "r6"}
    assert len(list((home.folder / "data" / "raw" / "versions").iterdir())) == 4
    assert not home.upkeep().plan().removed


def test_version_that_becomes_champion_meanwhile_is_kept_with_its_run(home):
    upkeep = home.upkeep()
    plan = upkeep.plan()
    home.registry.promote("3")

    outcome = remove(upkeep, plan, lambda line: None)

    assert [(item.name, why) for item, why in outcome.spared if item.kind == "version"] == [
        ("version 3 of tiny-names", "is champion")
    ]
    assert home.files_of("3")
    assert home.registry.holder(CHAMPION) == "3"
    home.registry.promote("3", "again")


def test_version_is_not_promoted_while_it_is_removed(home):
    (version,) = [v for v in Stock(home.registry, "trial").versions() if v.number == "3"]
    Stock(home.registry, "trial").mark(version)

    with pytest.raises(RegistryError, match="version 3 of tiny-names is being removed"):
        home.registry.promote("3")

    assert home.registry.holder(CHAMPION) == "4"


def test_version_that_is_kept_after_all_can_be_promoted_again(home):
    (version,) = [v for v in Stock(home.registry, "trial").versions() if v.number == "2"]
    Stock(home.registry, "trial").mark(version)

    home.clean()

    home.registry.promote("2")
    assert home.registry.holder(CHAMPION) == "2"


def test_data_version_that_is_published_meanwhile_is_kept(home):
    upkeep = home.upkeep()
    plan = upkeep.plan()
    pointer = home.folder / "data" / "raw" / "published" / "00000007.json"
    pointer.write_text(json.dumps({"version": "r1"}))

    remove(upkeep, plan, lambda line: None)

    assert "r1" in home.data("raw")
    assert (home.folder / "data" / "raw" / "versions" / "r1" / "part-00000.parquet").exists()


def test_files_that_another_version_has_too_stay(home, tmp_path):
    found = home.client.search_model_versions("name='tiny-names'")
    (source,) = [version.source for version in found if version.version == 3]
    mlflow.set_tracking_uri(home.settings.tracking_uri)  # MLflow looks for the source there
    home.client.create_registered_model("another")
    home.client.create_model_version("another", source)

    plan = home.clean()

    assert "the files of version 3 stay: another version has the same" in plan.notes
    assert "3" not in home.numbers()
    registry = Registry(home.settings.tracking_uri, "another")
    assert Model.load(registry.download(registry.find(version="1"), tmp_path / "other"))


def test_files_of_the_store_that_was_copied_stay(home, tmp_path):
    """An older store has the addresses of its files in its database."""
    elsewhere = tmp_path / "elsewhere" / "log.txt"
    elsewhere.parent.mkdir()
    elsewhere.write_text("of the original")
    experiment = home.client.create_experiment("old", elsewhere.parent.as_uri())
    run = home.client.create_run(experiment)
    home.client.log_text(run.info.run_id, "text", "log.txt")
    home.client.set_terminated(run.info.run_id, "FAILED")

    plan = home.clean(experiment="old")

    assert run.info.run_id in str(plan.removed)
    assert list(tmp_path.glob("elsewhere/*/artifacts/log.txt"))
