"""Considering versions in a real embedded registry, and the commands about it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import mlflow
import pytest

from gender_detection.config import PREFIX, Settings
from gender_detection.errors import GateRefusal
from gender_detection.evaluation.registered import Cell, RegisteredFigures
from gender_detection.gate import Candidate, check, consider
from gender_detection.model import Model
from gender_detection.model.artifact import CARD
from gender_detection.registry import CHALLENGER, CHAMPION, Registry
from gender_detection.registry.evaluations import register_figures
from tests.cli.command_line import assert_reported_in_one_line, run
from tests.gate.invented import COUNTRIES, FULL, SAMPLED, candidate, rows, written

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore:.*input example:UserWarning"
)

GATE = "gender_detection.gate.considering"
# The registered model of the fixture refused.
REFUSED = "refused"
CARD_TEXT = "# Card\n\nA model.\n"
# What the invented names cannot have, and what depends on how busy the machine is.
LEFT_OUT = ("rules.time", "first.unmistakable", "first.errors_unseen", "first.calibration_unseen")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('registry')}/mlflow.db"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("invented"), rows())


def given(store: str, data: Path, folder: Path, model_name: str) -> dict[str, str]:
    """Return the settings with a registered model, the data, and rules and a home in a folder."""
    rules = folder / "rules.toml"
    rules.write_text("\n".join(f"[{name}]\nenabled = false" for name in LEFT_OUT))
    chosen = {
        "HOME": str(folder / "home"),
        "TRACKING_URI": store,
        "MODEL_NAME": model_name,
        "DATA_URI": str(data),
        "GATE_RULES": str(rules),
    }
    return {PREFIX + name: value for name, value in chosen.items()}


@pytest.fixture(autouse=True)
def settings(
    store: str,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Settings]:
    """Settings with a registered model of this test's own, or that of refused, and its rules."""
    name = request.node.name[:100].translate(str.maketrans("/:@[]", "_____"))
    name = REFUSED if "refused" in request.fixturenames else name
    for variable, value in given(store, data, tmp_path, name).items():
        monkeypatch.setenv(variable, value)
    for name in ("MODEL_DIR", "MODEL_URI", "PEOPLE"):
        monkeypatch.delenv(PREFIX + name, raising=False)
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(store)
    yield Settings.from_env()
    mlflow.set_tracking_uri(before)


@pytest.fixture
def registry(settings: Settings) -> Registry:
    return Registry(settings.tracking_uri, settings.model_name)


def registered(registry: Registry, made: Candidate) -> str:
    """Register a version with its manifest and a card, and return its number."""
    version = ""
    with registry.run("trial") as started:
        version = started.register(made.model, made.manifest, {CARD: CARD_TEXT})
    return version


@pytest.fixture
def register(registry: Registry) -> Callable[[Candidate], str]:
    return partial(registered, registry)


@pytest.fixture(scope="module")
def good(tiny_model: Model) -> Candidate:
    return candidate(tiny_model, rows())


@pytest.fixture(scope="module")
def sampled(tiny_model: Model) -> Candidate:
    return candidate(tiny_model, rows(), manifest=SAMPLED)


def refuse(settings: Settings, good: Candidate, sampled: Candidate) -> str:
    """Let a version become champion, and return the number of one that the gate refuses."""
    registry = Registry(settings.tracking_uri, settings.model_name)
    assert consider(registry, settings, registered(registry, good)).passed
    version = registered(registry, sampled)
    assert not consider(registry, settings, version).passed
    return version


@pytest.fixture(scope="module")
def refused(store, data, tmp_path_factory, good, sampled) -> str:
    """The number of a version that the gate has refused; version 1 is champion.

    Made once, for the tests that leave both as they are.
    """
    before = mlflow.get_tracking_uri()
    folder = tmp_path_factory.mktemp("refused")
    number = refuse(Settings.from_env(given(store, data, folder, REFUSED)), good, sampled)
    mlflow.set_tracking_uri(before)
    return number


@pytest.fixture
def refused_here(settings, good, sampled) -> str:
    """A refused version of this test's own, to be changed."""
    return refuse(settings, good, sampled)


def described(registry: Registry, number: str) -> str:
    """Return the description of a version, its lines joined."""
    return " ".join((version_of(registry, number).description or "").split())


def version_of(registry: Registry, number: str) -> mlflow.entities.model_registry.ModelVersion:
    client = mlflow.MlflowClient(tracking_uri=registry.tracking_uri)
    return client.get_model_version(registry.model_name, number)


def test_first_version_and_then_an_equal_one_become_champion(registry, settings, register, good):
    for number in ("1", "2"):
        verdict = consider(registry, settings, register(good))

        assert (verdict.passed, verdict.challenger) == (True, number)
        assert registry.holder(CHAMPION) == number
        assert registry.holder(CHALLENGER) is None
    assert verdict.champion == "1"
    assert registry.previous() == ("2", "1")


def test_version_of_other_licences_is_judged_on_its_own(registry, settings, register, good):
    assert consider(registry, settings, register(good)).passed
    data = {**good.manifest["data"], "choice": "permissive"}
    verdict = check(registry, settings, register(replace(good, manifest={"data": data})))

    assert verdict.champion is None
    (found,) = [finding for finding in verdict.findings if finding.rule == "choice"]
    assert "chosen by another rule" in found.words
    assert found.passed is None


def test_refusal_is_warned_of_with_its_reasons(registry, settings, register, good, sampled, caplog):
    consider(registry, settings, register(good))
    consider(registry, settings, register(sampled))

    *reasons, last = [record.getMessage() for record in caplog.records if record.name == GATE]
    assert any("(SAMPLE), less than that of the champion" in reason for reason in reasons)
    assert "Version 2 is refused by 1 rule of the gate" in last
    assert last.endswith("version 1 stays champion")


def test_first_version_that_is_refused_is_an_error(registry, settings, register, tiny_model):
    swapped = candidate(tiny_model, rows(swapped=COUNTRIES))
    with pytest.raises(GateRefusal, match="There is no other version to serve"):
        consider(registry, settings, register(swapped))
    assert registry.holder(CHAMPION) is None
    assert registry.holder(CHALLENGER) == "1"


def test_refused_version_is_kept_marked_and_stays_challenger(registry, refused):
    found = version_of(registry, refused)

    assert registry.holder(CHAMPION) == "1"
    assert registry.holder(CHALLENGER) == refused
    assert found.tags["gate.passed"] == "false"
    assert found.tags["gate.against"] == "1"
    assert found.tags["gate.checked_at"].endswith("+00:00")
    text = described(registry, refused)
    assert text.startswith("**Gate:** Version 2 is refused by 1 rule of the gate")
    assert "(SAMPLE), less than that of the champion" in text
    assert "# Card A model." in text


def test_verdict_is_kept_with_the_run(registry, refused, tmp_path):
    found = version_of(registry, refused)
    uri = f"runs:/{found.run_id}/gate.json"
    path = mlflow.artifacts.download_artifacts(uri, dst_path=str(tmp_path / "fetched"))

    assert json.loads(Path(path).read_text())["passed"] is False


def test_second_verdict_replaces_the_first(registry, settings, refused_here, tmp_path):
    Path(settings.gate_rules).write_text(
        "[rules.sample]\nenabled = false\n[rules.time]\ntimes = 1e9"
    )

    assert consider(registry, settings, refused_here).passed
    found = version_of(registry, refused_here)
    assert found.tags["gate.passed"] == "true"
    text = described(registry, refused_here)
    assert text.count("**Gate:**") == 1
    assert "# Card A model." in text


def test_refused_version_is_not_promoted_and_the_reasons_are_printed(registry, refused, capsys):
    assert_reported_in_one_line(
        run(capsys, "model", "promote", refused),
        "Version 2 is refused by 1 rule of the gate",
        "built with 2.0% of the names (SAMPLE)",
        "model check 2",
        "--force --why",
    )
    assert registry.holder(CHAMPION) == "1"


def test_forced_version_is_promoted_and_it_is_kept_who_did_so_and_why(
    registry, refused_here, capsys, monkeypatch
):
    monkeypatch.setenv("LOGNAME", "ada")

    code, out, _ = run(capsys, "model", "promote", refused_here, "--force", "--why", " A trial. ")

    assert (code, registry.holder(CHAMPION)) == (0, refused_here)
    assert "version 2" in out
    tags = registry.tags(refused_here)
    assert (tags["gate.forced_by"], tags["gate.forced_why"]) == ("ada", "A trial.")
    assert tags["gate.forced_at"].endswith("+00:00")
    assert tags["gate.passed"] == "false"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--force"], '--force needs a reason: add --why "…"'),
        (["--force", "--why", " "], "--force needs a reason"),
        (["--why", "So."], "--why is the reason of --force"),
    ],
)
def test_force_and_its_reason_belong_together(registry, refused, capsys, options, message):
    assert_reported_in_one_line(run(capsys, "model", "promote", refused, *options), message)
    assert registry.holder(CHAMPION) == "1"


def test_refused_version_can_have_another_alias(registry, refused, capsys):
    assert run(capsys, "model", "promote", refused, "--alias", "trial")[0] == 0
    assert registry.holder("trial") == refused


def test_check_prints_the_verdict_and_changes_nothing(registry, refused, capsys):
    before = version_of(registry, refused).tags

    code, out, err = run(capsys, "model", "check", refused)

    assert (code, err) == (1, "")
    assert "Version 2 is refused by 1 rule" in out
    assert "Why it is refused" in out
    assert version_of(registry, refused).tags == before
    assert run(capsys, "model", "check", "1")[0] == 0


def test_check_as_json(refused, capsys):
    code, out, _ = run(capsys, "model", "check", refused, "--json")

    shown = json.loads(out)
    assert (code, shown["passed"], shown["champion"]) == (1, False, "1")


def test_check_without_the_data_says_what_is_missing(refused, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv(PREFIX + "DATA_URI", str(tmp_path / "elsewhere"))

    assert_reported_in_one_line(
        run(capsys, "model", "check", refused), "version made of the dataset vectors", "make data"
    )


def test_check_of_a_missing_version_is_named(refused, capsys):
    assert_reported_in_one_line(run(capsys, "model", "check", "9"), "no version 9 of")


def test_broken_rules_are_named_before_anything_is_fetched(refused, settings, capsys):
    Path(settings.gate_rules).write_text("[rules.errors]\nworse = -1\n")

    assert_reported_in_one_line(
        run(capsys, "model", "check", refused), "rules.toml: rules.errors: worse must be 0 or more"
    )


def test_full_manifest_is_what_the_artifact_says(registry, register, good, tmp_path):
    folder = registry.download(registry.find(version=register(good)), tmp_path / "copy")

    assert FULL["data"] == Candidate.load(folder).manifest["data"]
    assert Candidate.load(folder).sample == 1.0
    assert Candidate.load(folder).size > 1000


def test_version_that_passes_stays_challenger_where_people_promote(
    registry, settings, register, good
):
    waiting = replace(settings, auto_promote=False)

    for _ in range(2):
        assert consider(registry, waiting, register(good)).passed

    assert registry.holder(CHAMPION) == "1"
    assert registry.holder(CHALLENGER) == "2"


def test_version_is_compared_again_if_another_one_became_champion_meanwhile(
    registry, settings, register, good, monkeypatch
):
    for _ in range(3):
        register(good)
    registry.promote("1")
    asked: list[str | None] = []

    def promoting(registry, settings, version):
        asked.append(registry.holder(CHAMPION))
        registry.promote("2")
        return check(registry, settings, version)

    monkeypatch.setattr(f"{GATE}.check", promoting)

    assert consider(registry, settings, "3").champion == "2"
    assert asked == ["1", "2"]


def test_data_of_a_considered_version_are_pinned(registry, settings, register, good):
    consider(registry, settings, register(good))

    for stage in ("clean", "transformed", "vectors"):
        pins = [pin.name for pin in (Path(settings.data_uri) / stage / "pinned").iterdir()]
        assert [pin for pin in pins if pin.startswith("made@") and settings.model_name in pin]


def test_figures_that_are_registered_with_both_are_compared(registry, settings, register, good):
    for number, error in (("1", 100), ("2", 300)):
        assert consider(registry, settings, register(good)).challenger == number
        figures = RegisteredFigures("ab" * 32, "", "2026-05-01", 0.8, Cell(1000, error, 0, 0))
        assert register_figures(registry, number, figures)
    registry.promote("1")

    verdict = check(registry, settings, "2")

    of_file = {f.rule: f.passed for f in verdict.findings if "registered file" in f.of}
    assert of_file["errors_labelled"] is False
    assert of_file["coverage_labelled"] is True
    assert of_file["calibration_labelled"] is None
    assert verdict.passed is False
