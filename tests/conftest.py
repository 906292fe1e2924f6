"""A real model, trained in a moment on a few dozen names written down here."""

import contextlib
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, settings

from gender_detection import compiled, training
from gender_detection.config import Settings
from gender_detection.errors import GenderDetectionError
from gender_detection.features import NGrams, ngram_indices, split_of
from gender_detection.model import Model, Parameters, store
from gender_detection.names import key, script
from tests.manual_clock import Clock


def pytest_configure() -> None:
    """Refuse to test a compiled module in place of the source that has been edited since."""
    if outdated := compiled.outdated():
        raise pytest.UsageError(
            f"compiled before the last change: {', '.join(outdated)}; run 'make compile' first"
        )


# No test fails because the machine is busy.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same few examples in every run.
settings.register_profile("repeatable", PATIENT, derandomize=True)
# Many random examples: pytest -m hypothesis --hypothesis-profile=fuzz
settings.register_profile("fuzz", PATIENT, max_examples=3_000)
settings.load_profile("repeatable")

# Small n-grams: the tiny model is saved, loaded and damaged many times.
TINY_NGRAMS = NGrams(lowest=1, highest=4, bits=12)

WOMEN = """
Maria Anna Sofia Julia Laura Elena Olga Fatima Priya Mary Elizabeth Susan Ingrid Astrid Chloe
Camille Yuki Sakura Aisha Zeynep Katarzyna Agnieszka Svetlana Beatriz Carmen
""".split()
MEN = """
John Wolfgang Hiroshi Peter Thomas Carlos Pedro Mario Giovanni Ivan Dmitri Mohammed Ahmed Rajesh
Sven Lars Pierre Jacques Mehmet Kwame Tadeusz Stefan Robert William Jorge
""".split()
# With these endings the pattern model can learn that -a is female and -o is male.
STEMS = """
abel adrian alessandr alfred antoni arman august benedett bernard brun camil carl christin claudi
cristian daniel dari domenic emili enric eugeni fabi federic ferdinand flavi francesc gabriel
giorgi giuli graziell gustav ignaci isidor leandr leonard lisandr lorenz luci marcell margherit
marian marin martin massim maurizi micael natali norbert orland pascal patrici raimund renat
ricard roland rosari sergi silvan silvi stefani tizian ulric valentin valeri vincenz vittori
""".split()


def _row(name: str, country: str | None, female: float, male: float) -> dict[str, object]:
    folded = key(name)
    return {
        "key": folded,
        "country": country,
        "female": float(female),
        "male": float(male),
        "sources": 3,
        "script": script(name),
        "length": len(folded),
        "tokens": 1,
        "split": split_of(folded),
    }


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def tiny_transformed() -> pa.Table:
    """The dataset transformed: unmistakable names, Andrea by country, Kim of both.

    Sidney is known in so many countries that evidence lays it out in another way than Andrea.
    """
    rows = [_row(name, None, 5000, 10) for name in WOMEN]
    rows += [_row(name, None, 10, 5000) for name in MEN]
    rows += [_row(f"{stem}a", None, 300, 0) for stem in STEMS]
    rows += [_row(f"{stem}o", None, 0, 300) for stem in STEMS]
    rows += [
        _row("Andrea", None, 5000, 5200),
        _row("Andrea", "IT", 20, 5000),
        _row("Andrea", "DE", 4900, 30),
        _row("Sidney", None, 3000, 3100),
        *(_row("Sidney", country, 5, 700) for country in "FR IT NL SE".split()),
        *(_row("Sidney", country, 700, 5) for country in "AU CA DE GB US".split()),
        _row("Kim", None, 510, 490),
        _row("Maryann", None, 0.5, 0),
        _row("Maryjane", None, 400, 2),
    ]
    types = {"sources": pa.int32(), "length": pa.int32(), "tokens": pa.int32()}
    columns = {name: pa.array([row[name] for row in rows], types.get(name)) for name in rows[0]}
    return pa.table(columns)


@pytest.fixture(scope="session")
def tiny_vectors(tiny_transformed: pa.Table) -> pa.Table:
    """The dataset vectors: the rows of the world with their n-grams."""
    world = [row for row in tiny_transformed.to_pylist() if row["country"] is None]
    keys = [row["key"] for row in world]
    count = [row["female"] + row["male"] for row in world]
    indices, offsets = ngram_indices(keys, TINY_NGRAMS)
    return pa.table(
        {
            "key": keys,
            "p_female": [row["female"] / n for row, n in zip(world, count, strict=True)],
            "weight": [min(n, 1000.0) ** 0.5 for n in count],
            "indices": pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(indices)),
            "split": [row["split"] for row in world],
        }
    )


@pytest.fixture(scope="session")
def tiny_origins() -> pa.Table:
    """The dataset origins: where a few family names come from."""
    rows = [("rossi", "IT", 90.0), ("rossi", "DE", 1.0), ("bianchi", "IT", 10.0)]
    rows += [("schmidt", "DE", 95.0), ("weber", "DE", 4.0)]
    keys, countries, bearers = zip(*rows, strict=True)
    return pa.table({"key": keys, "country": countries, "bearers": bearers})


@pytest.fixture(scope="session")
def tiny_model(tiny_transformed: pa.Table, tiny_vectors: pa.Table, tiny_origins: pa.Table) -> Model:
    """A model that knows Maria and John, has learnt -a and -o, and is sure from 0.8 on."""
    rows = {name: training.Vectors.of_split(tiny_vectors, name) for name in ("train", "valid")}
    pattern = training.fit_pattern(rows["train"], TINY_NGRAMS, iterations=30)
    pattern = training.calibrate(pattern, rows["valid"])
    return training.assemble(
        tiny_transformed,
        pattern,
        Parameters(threshold=0.8),
        data_version="tiny",
        origins=tiny_origins,
        metrics={"unseen": {"forced": {"errorCoded": 0.1}}},
    )


@pytest.fixture(scope="session")
def fuzzed_model(tiny_model: Model) -> Model:
    """The tiny model; under the profile fuzz the current model instead, if there is one."""
    if settings.get_current_profile_name() == "fuzz":
        with contextlib.suppress(GenderDetectionError):
            return Model.load(store.current(Path(Settings.from_env().model_dir)))
    return tiny_model


@pytest.fixture(scope="session")
def tiny_artifact(tiny_model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the tiny model is saved in; copy it before changing it."""
    folder = tmp_path_factory.mktemp("tiny") / "artifact"
    tiny_model.save(folder)
    return folder
