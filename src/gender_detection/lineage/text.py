"""A version's lineage, and a list of versions, as text for a terminal."""

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from ..evaluation.registered import TAG as OWN_PEOPLE
from .document import in_list, is_sample, own_file, steps, timestamp
from .layout import NOTHING, count, figure, pairs, percent, section, table
from .record import Lineage

WIDTH = 100
# Tags by which the registry remembers where an alias was (registry.versions).
BEFORE = "_before"
# Other tags that are shown in words.
TAGS = {"rollback.at": "rolled back by itself", "rollback.why": "rolled back because"}
# Where `make mlflow` serves a registry that is a database.
LOCAL_UI = "http://localhost:5001"
SHORTENED = 8  # digits of a data version in a list


def as_text(lineage: Lineage, page: str = "") -> str:
    """Return the whole lineage of a version; page is the address of its run, "" if it has none."""
    parts = [
        f"{lineage.model_name}, version {lineage.version}\n{pairs(_heading(lineage))}",
        section("Datasets", _datasets(lineage)),
        section("Sources", _sources(lineage)),
        section("Code and run", pairs(_code(lineage, page))),
        section("Parameters of the model", _values(lineage.parameters)),
        section("Parameters of the training", _values(lineage.training)),
        section("Figures", _values(lineage.figures)),
        *([section("Registered people", _own_people(lineage))] if lineage.own_people else []),
        section("How to make it again, byte for byte", _again(lineage)),
    ]
    return "\n\n".join(parts)


def listed(lineages: Iterable[Lineage]) -> str:
    """Return a table of versions. Errors and unknown are of names that were held out.

    If figures of people are registered, those of the file that was registered last are shown too.
    """
    known = list(lineages)
    file = own_file(known)
    rows = [_row(in_list(lineage), file) for lineage in known]
    own = ("OWN ERROR %",) if file else ()
    header = (
        "VERSION", "CREATED", "DATA", "NAMES", "ERROR %", "UNKNOWN %", *own, "THRESHOLD", "ALIASES",
    )  # fmt: skip
    shown = table(header, rows, text=(0, 1, 2, len(header) - 1))
    return f"{shown}\n\nOWN ERROR %: of the registered file {file}" if file else shown


def day(created: str | None) -> str:
    """Return a timestamp of a document, to the minute."""
    return f"{created[:10]} {created[11:16]} UTC" if created else NOTHING


def _row(facts: Mapping[str, Any], file: str) -> tuple[str, ...]:
    notes = ["a sample"] * facts["is_sample"] + ["refused by the gate"] * facts["refused"]
    notes += ["rolled back by itself"] * facts["rolled_back"]
    shown = [", ".join(facts["aliases"])] + [f"({note})" for note in notes]
    threshold = facts["threshold"]
    return (
        facts["version"],
        day(facts["created"]),
        facts["data_version"][:SHORTENED] or NOTHING,
        count(facts["names"]),
        percent(facts["error_unseen"]),
        percent(facts["unknown_unseen"]),
        *([percent(facts["own_people"].get(file))] if file else []),
        NOTHING if threshold is None else f"{threshold:g}",
        " ".join(filter(None, shown)),
    )


def _heading(lineage: Lineage) -> list[tuple[str, str]]:
    rows = [
        ("created", day(timestamp(lineage.created))),
        ("aliases", ", ".join(lineage.aliases) or NOTHING),
        ("SHA-256", lineage.digest or f"{NOTHING} (its files cannot be read)"),
        ("data version", lineage.data_version or NOTHING),
    ]
    if is_sample(lineage):
        rows.append(("sample", "trained on a part of the names: a first look"))
    if lineage.registry:
        rows.append(("registry", lineage.registry))
    return rows + [
        _tag(name, value)
        for name, value in sorted(lineage.tags.items())
        if not name.startswith(OWN_PEOPLE)  # shown in a part of its own
    ]


def _own_people(lineage: Lineage) -> str:
    rows = []
    for figures in lineage.own_people:
        cells = {"all": figures.everybody, "women": figures.women, "men": figures.men}
        for who, cell in cells.items():
            if cell:
                shares = (cell.error, cell.wrong, cell.unknown)
                shown = [percent(share / cell.n) for share in shares]
                rows.append((figures.people, day(figures.at), who, count(cell.n), *shown))
    header = ("file", "registered", "people", "n", "error %", "wrong %", "unknown %")
    return table(header, rows, text=(0, 1, 2))


def _tag(name: str, value: str) -> tuple[str, str]:
    if name.endswith(BEFORE):
        return f"{name.removesuffix(BEFORE)} before it", f"version {value}"
    return TAGS.get(name, name), value


def _datasets(lineage: Lineage) -> str:
    versions, rows, manifests = lineage.dataset_versions, lineage.rows, lineage.manifests
    lines = []
    for stage in dict.fromkeys([*rows, *versions]):
        made_from = manifests.get(stage, {}).get("input") or {}
        inputs = ", ".join(f"{name} {version}" for name, version in made_from.items())
        lines.append((stage, versions.get(stage, NOTHING), count(rows.get(stage)), inputs))
    return table(("dataset", "version", "rows", "made from"), lines, text=(0, 1, 3))


def _sources(lineage: Lineage) -> str:
    rows = [
        (
            name,
            count(source.get("lines_in")),
            count(source.get("statements")),
            count(source.get("kept")),
            str(source.get("licence", NOTHING)),
            str(source.get("sha256") or NOTHING),
        )
        for name, source in lineage.sources.items()
    ]
    if not rows:
        return "not known: the artifact and the registry do not name them"
    header = ("source", "lines", "statements", "kept", "licence", "SHA-256")
    titles = [
        textwrap.fill(
            f"{name}: {source.get('title', '')}{_fetched(source)}",
            WIDTH - 2,
            subsequent_indent="  ",
            break_long_words=False,
        )
        for name, source in lineage.sources.items()
    ]
    return "\n".join([table(header, rows, text=(0, 4, 5)), "", *titles])


def _fetched(source: Mapping[str, Any]) -> str:
    """Return which state of a downloaded source was read, if the server said so."""
    said = [
        f"{label} {source[key]}"
        for key, label in (("last_modified", "last modified"), ("etag", "ETag"))
        if source.get(key)
    ]
    return f" ({', '.join(said)})" if said else ""


def _code(lineage: Lineage, page: str) -> list[tuple[str, str]]:
    package = str(lineage.manifest.get("data", {}).get("package") or NOTHING)
    run = lineage.run
    if run is None:
        return [("package", package), ("run", "not known without the registry")]
    changed = {True: " with changes that are not in it", False: "", None: ""}[run.dirty]
    opened = page if page.startswith("http") else f"{LOCAL_UI}{page}, after 'make mlflow'"
    return [
        ("package", f"gender-detection {package}"),
        ("commit", f"{run.commit}{changed}" if run.commit else NOTHING),
        ("notebook", run.notebook or NOTHING),
        ("run", f"{run.run_id} ({run.name})" if run.name else run.run_id),
        ("started", f"{day(timestamp(run.started))} by {run.user or NOTHING}"),
        ("experiment", run.experiment),
        ("its page", opened),
    ]


def _values(values: Mapping[str, Any]) -> str:
    return pairs([(name, figure(value)) for name, value in values.items()]) or "not known"


def _again(lineage: Lineage) -> str:
    lines = [f"{step['command']}\n    {step['meaning']}" for step in steps(lineage)] or [
        "not known: the version of its data is not known"
    ]
    return "\n".join(lines)
