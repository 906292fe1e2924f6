"""Five million names in memory, on one core: beside two packages that look names up, and beside
doing nothing but lowering the column and encoding it as a dictionary.

Each measurement is made in a process of its own, on the same core, with the names in memory: as a
list for the packages, which take no other, as an Arrow column for us. A package loads its data
before its time begins, and so does our model; nothing has been asked yet.
"""

import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.load_tests.report import Report

from .names_drawn import Pool
from .plan import Plan, at_least, in_turn, rates, ratios, say
from .processes import cores, measured

ROWS = 5_000_000
# What is asked of us, and at how many times the rate of packages, which know given names alone, and
# of pyarrow.
KINDS = {
    "given names": ({"name": "given_name"}, 15.0, 0.6),
    "full names": ({"name": "name", "country": "country"}, 3.0, 0.5),
}
PACKAGES = ("gender_guesser", "nomquamgender")


def figures(report: Report, plan: Plan) -> None:
    """Measure and tell."""
    rows, core = plan.rows(ROWS), cores()[-1]
    path = plan.work / "people.arrow"
    say(f"drawing {rows:,} people")
    save(Pool.read(plan.small).people(rows, seed=1), path)
    say("packages that look names up")
    guesser, nomquam = in_turn(
        plan.few(),
        lambda: measured(by_gender_guesser, core=core, path=str(path)),
        lambda: measured(by_nomquamgender, core=core, path=str(path)),
    )
    for package, took in zip(PACKAGES, (guesser, nomquam), strict=True):
        report.add(f"{package}: given names/s", rates(took, rows))
    for kind, (columns, of_packages, of_arrow) in KINDS.items():
        say(f"{kind}: scored, and lowered and encoded by pyarrow alone")
        given = {"path": str(path), "columns": columns}
        ours, arrow = in_turn(
            plan.rounds,
            lambda given=given: measured(by_us, core=core, model=str(plan.model_dir), **given),
            lambda given=given: measured(by_arrow, core=core, **given),
        )
        report.add(f"score, {kind}: names/s", rates(ours, rows))
        report.add(f"pyarrow lowers and encodes, {kind}: names/s", rates(arrow, rows))
        for package, took in zip(PACKAGES, (guesser, nomquam), strict=True):
            what = f"score, {kind}: rate of {package}, times"
            at_least(report, what, ratios(took, ours), of_packages)
        at_least(report, f"score, {kind}: rate of pyarrow alone", ratios(arrow, ours), of_arrow)


def save(table: pa.Table, path: Path) -> None:
    """Write a table as an Arrow file of one batch."""
    whole = table.combine_chunks()
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, whole.schema) as writer:
        writer.write_table(whole, max_chunksize=len(whole))


def load(path: str) -> pa.Table:
    """Return such a table, read into memory."""
    with pa.OSFile(path, "rb") as file:
        return pa.ipc.open_file(file).read_all()


def by_us(path: str, columns: dict[str, str], model: str) -> float:
    """Return the seconds that scoring takes."""
    from gender_detection.model import Model, store
    from gender_detection.scoring import Columns, score

    loaded, asked = Model.load(store.current(Path(model))), Columns(**columns)
    table = load(path).select(asked.used())
    # Code that is imported when it is first needed.
    score(pa.table({name: ["Zz", "Zz Zz"] for name in asked.used()}), loaded, asked)
    start = time.perf_counter()
    answered = score(table, loaded, asked)
    took = time.perf_counter() - start
    assert answered.shape == (len(table), len(table.schema) + 5)
    return took


def by_arrow(path: str, columns: dict[str, str]) -> float:
    """Return the seconds that pyarrow takes to lower and to encode the column of names."""
    column = load(path)[columns["name"]]
    start = time.perf_counter()
    encoded = pc.utf8_lower(column).dictionary_encode()
    took = time.perf_counter() - start
    assert len(encoded) == len(column)
    return took


def by_gender_guesser(path: str) -> float:
    """Return the seconds that gender-guesser takes, asked as its README does."""
    import gender_guesser.detector as gender

    detector = gender.Detector(case_sensitive=False)
    names = given_names(path)
    start = time.perf_counter()
    answers = [detector.get_gender(name) for name in names]
    took = time.perf_counter() - start
    assert len(answers) == len(names)
    return took


def by_nomquamgender(path: str) -> float:
    """Return the seconds that nomquamgender takes, asked as its README does, for a list."""
    import nomquamgender as nqg

    model = nqg.NBGC()
    names = given_names(path)
    start = time.perf_counter()
    answers = model.annotate(names)
    took = time.perf_counter() - start
    assert len(answers) == len(names)
    return took


def given_names(path: str) -> list[Any]:
    """Return the given names as the packages take them."""
    return load(path)["given_name"].to_pylist()
