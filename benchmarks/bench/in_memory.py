"""Five million names in memory, on one core: beside two packages that look names up, and beside
pyarrow, which only lower-cases the column and encodes it as a dictionary.

Each measurement runs in a process of its own, on the same core. The names are in memory: as a list
for the packages, which accept nothing else, and as an Arrow column for this project. The data of a
package and the model are loaded before the time begins; nothing has been predicted yet.
"""

import functools
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.load_tests.report import Report

from .names_drawn import Pool
from .plan import Plan, at_least, in_turn, progress, rates, ratios
from .processes import cores, measured

ROWS = 5_000_000
# Columns to score, and the aims: ratios to the rates of the packages (which take given names only)
# and of pyarrow.
KINDS = {
    "given names": ({"name": "given_name"}, 15.0, 0.6),
    "full names": ({"name": "name", "country": "country"}, 3.0, 0.5),
}
PACKAGES = ("gender_guesser", "nomquamgender")


def figures(report: Report, plan: Plan) -> None:
    """Measure, and add the figures to a report."""
    rows, core = plan.rows(ROWS), cores()[-1]
    path = plan.work / "people.arrow"
    progress(f"drawing {rows:,} people")
    save(Pool.read(plan.small).people(rows, seed=1), path)
    progress("packages that look names up")
    guesser, nomquam = in_turn(
        plan.few(),
        lambda: measured(by_gender_guesser, core=core, path=str(path)),
        lambda: measured(by_nomquamgender, core=core, path=str(path)),
    )
    for package, took in zip(PACKAGES, (guesser, nomquam), strict=True):
        report.add(f"{package}: given names/s", rates(took, rows))
    for kind, (columns, of_packages, of_arrow) in KINDS.items():
        progress(f"{kind}: scored, and lower-cased and encoded by pyarrow alone")
        given: dict[str, Any] = {"core": core, "path": str(path), "columns": columns}
        ours, arrow = in_turn(
            plan.rounds,
            functools.partial(measured, by_us, model=str(plan.model_dir), **given),
            functools.partial(measured, by_arrow, **given),
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
    """Return a table that save() has written, read into memory."""
    with pa.OSFile(path, "rb") as file:
        return pa.ipc.open_file(file).read_all()


def by_us(path: str, columns: dict[str, str], model: str) -> float:
    """Return the seconds that scoring takes."""
    from gender_detection.model import Model, store
    from gender_detection.scoring import score
    from gender_detection.tables import Columns

    loaded, read = Model.load(store.current(Path(model))), Columns(**columns)
    table = load(path).select(read.used())
    # Some modules are imported by the first call.
    score(pa.table({name: ["Zz", "Zz Zz"] for name in read.used()}), loaded, read)
    start = time.perf_counter()
    answered = score(table, loaded, read)
    took = time.perf_counter() - start
    assert answered.shape == (len(table), len(table.schema) + 5)
    return took


def by_arrow(path: str, columns: dict[str, str]) -> float:
    """Return the seconds that pyarrow takes to lower-case and to encode the column of names."""
    column = load(path)[columns["name"]]
    start = time.perf_counter()
    encoded = pc.utf8_lower(column).dictionary_encode()
    took = time.perf_counter() - start
    assert len(encoded) == len(column)
    return took


def by_gender_guesser(path: str) -> float:
    """Return the seconds that gender-guesser takes, called as its README does."""
    import gender_guesser.detector as gender

    detector = gender.Detector(case_sensitive=False)
    names = given_names(path)
    start = time.perf_counter()
    answers = [detector.get_gender(name) for name in names]
    took = time.perf_counter() - start
    assert len(answers) == len(names)
    return took


def by_nomquamgender(path: str) -> float:
    """Return the seconds that nomquamgender takes for a list, called as its README does."""
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
    names: list[Any] = load(path)["given_name"].to_pylist()
    return names
