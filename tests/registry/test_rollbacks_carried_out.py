"""An order to roll back is carried out in a real embedded registry, or the log says why not."""

import logging
from collections.abc import Callable
from pathlib import Path

import mlflow
import pytest

from gender_detection.config import PREFIX, Settings
from gender_detection.errors import AliasMoved, GateRefusal, RegistryError
from gender_detection.gate import consider
from gender_detection.registry import CHALLENGER, CHAMPION, Registry
from gender_detection.rollback import Order, Rollbacks, give, read
from tests.cli.command_line import assert_reported_in_one_line, run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

WHY = "unknown answers rose from 12.0% to 96.0%"
AT = "2026-01-02T03:04:05+00:00"


def order(version: str = "2", back: str = "1") -> Order:
    return Order(version, back, "unknown", WHY, AT)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('registry')}/mlflow.db"


@pytest.fixture
def registry(store: str, tmp_path: Path, request: pytest.FixtureRequest) -> Registry:
    """A registered model of this test's own: version 2 was promoted after version 1, 3 was not."""
    registry = Registry(store, request.node.name.translate(str.maketrans("[ ]", "___")))
    client = mlflow.MlflowClient(tracking_uri=store)
    client.create_registered_model(registry.model_name)
    for _ in range(3):
        client.create_model_version(registry.model_name, tmp_path.as_uri())
    registry.promote("1")
    registry.promote("2")
    return registry


@pytest.fixture
def rollbacks(registry: Registry, tmp_path: Path) -> Rollbacks:
    return Rollbacks(registry, CHAMPION, tmp_path)


@pytest.fixture
def carry_out(rollbacks: Rollbacks, tmp_path: Path, caplog) -> Callable[[Order], str]:
    """Give an order, carry it out, and return what was logged."""
    caplog.set_level(logging.INFO)

    def done(given: Order) -> str:
        give(tmp_path, given)
        rollbacks.carry_out()
        assert read(tmp_path) is None
        return str(caplog.text)

    return done


def test_version_judged_is_rolled_back_marked_and_counted(registry, rollbacks, carry_out):
    logged = carry_out(order())

    assert registry.holder(CHAMPION) == "1"
    assert registry.rolled_back("2") == f"Version 2 was rolled back by itself at {AT}: {WHY}."
    assert registry.rolled_back("1") is None
    assert (dict(rollbacks.done), rollbacks.failed) == ({"unknown": 1}, 0)
    assert f"version 2 is rolled back to version 1: {WHY}" in logged


def test_champion_that_somebody_has_promoted_since_stays(registry, rollbacks, carry_out):
    registry.promote("3")

    logged = carry_out(order())

    assert registry.holder(CHAMPION) == "3"
    assert registry.rolled_back("2") is None
    assert (dict(rollbacks.done), rollbacks.failed) == ({}, 0)
    assert "version 2 need not be rolled back: version 3 has the alias champion by now" in logged


def test_two_replicas_roll_back_once(registry, rollbacks, carry_out, tmp_path):
    give(tmp_path, order())
    Rollbacks(registry, CHAMPION, tmp_path).carry_out()

    carry_out(Order("2", "1", "drift", "the second to judge", "2026-01-02T04:00:00+00:00"))

    assert registry.holder(CHAMPION) == "1"
    assert WHY in registry.rolled_back("2")
    assert (dict(rollbacks.done), rollbacks.failed) == ({}, 0)


def test_version_is_marked_where_the_last_attempt_only_moved_the_alias(registry, carry_out):
    registry.rollback(expected=("2", "1"))

    carry_out(order())

    assert WHY in registry.rolled_back("2")


def test_other_version_before_it_than_the_one_compared_with_is_a_failure(
    registry, rollbacks, carry_out
):
    registry.promote("3")

    logged = carry_out(order("3", "1"))

    assert registry.holder(CHAMPION) == "3"
    assert (dict(rollbacks.done), rollbacks.failed) == ({}, 1)
    assert "version 3 is not rolled back" in logged
    with pytest.raises(AliasMoved, match=r"champion of .* is version 3, and 2 was before it"):
        registry.rollback(expected=("3", "1"))


def test_version_that_is_forced_meanwhile_stays(registry, rollbacks, carry_out):
    registry.note_forced("2", by="ana", at=AT, why="I know better")

    logged = carry_out(order())

    assert registry.holder(CHAMPION) == "2"
    assert (dict(rollbacks.done), rollbacks.failed) == ({}, 0)
    assert "version 2 stays: it was promoted by force meanwhile" in logged


def test_order_is_kept_while_the_registry_does_not_answer(tmp_path: Path):
    tracking_uri = "http://127.0.0.1:9"
    give(tmp_path, order())

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        with pytest.raises(RegistryError):
            Rollbacks(Registry(tracking_uri, "tiny"), CHAMPION, tmp_path).carry_out()

    assert read(tmp_path) == order()


def test_new_champion_is_judged_against_the_one_before(rollbacks):
    assert rollbacks.why_not_judged("2", "1") == ""


@pytest.mark.parametrize(
    ("prepare", "version", "replaced", "why"),
    [
        (lambda registry: None, "2", "", "no other version was in service here before it"),
        (lambda registry: registry.rollback(), "1", "2", "there is no version to go back to"),
        (lambda registry: registry.promote("3"), "3", "1",
         "a rollback would go to version 2, not to version 1"),
        (lambda registry: registry.note_forced("2", by="ana", at=AT, why="so"), "2", "1",
         "it was promoted by force"),
        (lambda registry: registry.note_rollback("2", at=AT, why=WHY), "3", "2",
         "version 2 was rolled back"),
    ],
    ids=["first", "gone back to", "one left out", "forced", "after a rollback"],
)  # fmt: skip
def test_some_versions_are_not_judged(registry, rollbacks, prepare, version, replaced, why):
    prepare(registry)

    assert rollbacks.why_not_judged(version, replaced) == why


def test_rolled_back_version_is_not_gone_back_to_without_knowing_better(registry):
    registry.note_rollback("2", at=AT, why=WHY)
    # As if it was moved in MLflow's own interface, which keeps no version before.
    client = mlflow.MlflowClient(tracking_uri=registry.tracking_uri)
    client.set_registered_model_alias(registry.model_name, CHAMPION, "3")

    assert registry.previous() == ("3", "1")


def test_rolled_back_version_is_not_considered_again(registry):
    registry.note_rollback("2", at=AT, why=WHY)

    with pytest.raises(GateRefusal, match=r"rolled back by itself .* model promote 2 --force"):
        consider(registry, Settings(), "2")

    assert registry.holder(CHALLENGER) is None


@pytest.fixture
def rolled_back(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """The registry after a rollback, which the commands use as well."""
    registry.rollback(expected=("2", "1"))
    registry.note_rollback("2", at=AT, why=WHY)
    given = {"HOME": tmp_path, "TRACKING_URI": registry.tracking_uri, "MODEL_DIR": tmp_path / "m",
             "MODEL_NAME": registry.model_name, "MODEL_URI": ""}  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(PREFIX + name, str(value))
    return registry


def test_rolled_back_version_is_not_promoted_and_the_error_says_why(rolled_back, capsys):
    assert_reported_in_one_line(
        run(capsys, "model", "promote", "2"),
        f"Version 2 was rolled back by itself at {AT}: {WHY}. It is not promoted",
        "see 'gender-detection model show 2'",
        "--force --why",
    )
    assert rolled_back.holder(CHAMPION) == "1"


def test_rolled_back_version_is_marked_in_words(rolled_back, capsys):
    listed = run(capsys, "model", "list")[1].splitlines()
    shown = [" ".join(line.split()) for line in run(capsys, "model", "show", "2")[1].splitlines()]

    assert [line.count("(rolled back by itself)") for line in listed[1:]] == [0, 1, 0]
    assert f"rolled back by itself {AT}" in shown
    assert f"rolled back because {WHY}" in shown
