"""The summary of a version, HTML with which the report of a training opens.

It has its own style and no script. Jupyter shows it as the report does.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from ..evaluation import wilson_interval
from .figures import JUDGED, label, merged
from .limitations import ENTRIES
from .markdown import NOTHING, number, percent

Facts = Mapping[str, Any]
Tile = tuple[str, str, str]

NAMED = 5  # countries and kinds of names that the summary names
DRAWN = 14  # countries in the figure

# Colours with an opacity suit light and dark pages.
_STYLE = """
.summary .notice { border-left: .3rem solid #D55E00; padding: .4rem .9rem; margin: 1rem 0;
  background: rgb(213 94 0 / .1); }
.summary .tiles { display: grid; gap: .7rem; margin: 1rem 0; padding: 0;
  grid-template-columns: repeat(auto-fit, minmax(min(15rem, 40%), 1fr)); }
.summary .tiles > div { border: 1px solid rgb(128 128 128 / .4); border-radius: .5rem;
  padding: .6rem .8rem; }
.summary .tiles dt { font-size: .85rem; font-weight: 600; }
.summary .tiles dd { margin: 0; font-size: .8rem; line-height: 1.35; }
.summary .tiles strong { display: block; font-size: 1.6rem; line-height: 1.4; }
.summary .scroll { overflow-x: auto; }
.summary th[scope=row] { text-align: left; min-width: 6.5rem; }
.summary .about td { text-align: left; overflow-wrap: anywhere; }
"""


def summary(manifest: Facts, *, version: str, run: str, day: date, sample: float) -> str:
    """Return the headline figures of a version as HTML.

    Uses name, data_version, parameters, metrics and data of the manifest, as render() does; where a
    figure was not measured, the summary says so. version is the number in the registry, run the
    ID of the run in MLflow, sample the share of the names that the data were built with.
    """
    metrics = manifest["metrics"]
    parts = [f"<style>{_STYLE}</style>"]
    if sample < 1 or manifest.get("data", {}).get("outside_sample"):
        parts.append(
            '<p class="notice"><strong>A first look, not a model to use.</strong> It is trained on '
            f"a sample of {percent(sample)} of the names.</p>"
        )
    tiles = [*_errors(metrics), *_certainty(metrics)]
    parts.append(f'<dl class="tiles">{"".join(map(_tile, tiles))}</dl>')
    parts.append(_table(_HEADER, _kinds(metrics), "kinds"))
    if failing := _failing(metrics):
        items = "".join(f"<li>{item}</li>" for item in failing)
        parts.append(f"<p><strong>Where it fails</strong></p><ul>{items}</ul>")
    parts.append(_table((), _about(manifest, version, run, day, sample), "about"))
    return f'<div class="summary">{"".join(parts)}</div>'


def hardest(metrics: Facts, most: int = DRAWN) -> list[dict[str, Any]]:
    """Return the countries with the largest expected error on known names, largest first.

    Only countries with at least ENTRIES known names; countries that a source counts together share
    a row: country (its label), expected (the error, a share), and on names never seen in it n and
    wrong, both 0 if there are fewer than JUDGED.
    """
    never_seen = {row["country"]: row for row in metrics.get("unseen", {}).get("by_country", [])}
    rows = []
    for known in metrics.get("known", {}).get("by_country", []):
        if known["entries"] >= ENTRIES and known["error"] is not None:
            row = never_seen.get(known["country"], {})
            n, wrong = (sum(row.get(of + end, 0) for of in ("women", "men")) for end in _COUNTED)
            n, wrong = (n, wrong) if n >= JUDGED else (0, 0)
            facts = {"expected": known["error"], "n": n, "wrong": wrong}
            rows.append({"country": known["country"], **facts})
    together = sorted(merged(rows), key=lambda row: (-row["expected"], row["country"]))
    return [{**row, "country": label(row["country"])} for row in together[:most]]


_COUNTED = ("", "_wrong")


def _errors(metrics: Facts) -> Iterable[Tile]:
    """Yield a tile for each kind of names: how many answers are wrong if all are forced."""
    title = "Names never seen, measured"
    if (unseen := metrics.get("unseen", {})).get("n"):
        n, error = unseen["n"], unseen["forced"]["errorCoded"]
        low, high = wilson_interval(round(error * n), n) or (0.0, 1.0)
        yield (
            title, percent(error),
            f"wrong if every answer is forced (95 % interval {number(low)} to {number(high)} %): "
            f"{n:,} held-out names, by their spelling alone, the worst case",
        )  # fmt: skip
    else:
        yield title, NOTHING, "not measured: no held-out name has enough people"
    if world := metrics.get("known", {}).get("world"):
        yield (
            "Known names, expected", percent(world["error"]),
            f"wrong if every answer is forced: {world['entries']:,} names without a country; "
            "expected from the evidence, not measured on people",
        )  # fmt: skip
    title = "People, measured"
    if (people := metrics.get("people", {})).get("n"):
        yield (
            title, percent(people["forced"]["errorCoded"]),
            f"wrong or missing if every answer is forced: {people['n']:,} labelled people",
        )  # fmt: skip
    else:
        yield title, NOTHING, "not measured: no file of labelled people is given"


def _certainty(metrics: Facts) -> Iterable[Tile]:
    """Yield tiles for calibration, coverage and the hardest country."""
    unseen, world = metrics.get("unseen", {}), metrics.get("known", {}).get("world", {})
    if unseen.get("ece") is not None:
        yield (
            "Calibration error", percent(unseen["ece"]),
            "mean difference between the probability and the share of right answers (ECE), on "
            "names never seen",
        )  # fmt: skip
    if world.get("answered") is not None:
        yield (
            "Answered, known names", percent(world["answered"]),
            f"of the people; {percent(1 - world['answered'])} are unknown at the threshold",
        )  # fmt: skip
    if worst := hardest(metrics, 1):
        yield (
            f"Hardest country: {worst[0]['country']}", percent(worst[0]["expected"]),
            "expected to be wrong on known names if every answer is forced",
        )  # fmt: skip


_HEADER = ("", "wrong if forced %", "answered %", "unknown %", "of the answered wrong %")


def _kinds(metrics: Facts) -> Iterable[Sequence[str]]:
    """Yield a row of the headline table for each kind of names that has figures."""
    if world := metrics.get("known", {}).get("world"):
        yield _row("known names, expected", world["error"], world["answered"],
                   world["answered_error"])  # fmt: skip
    named = {"unseen": "names never seen, measured", "people": "people, measured"}
    for kind, title in named.items():
        if (figures := metrics.get(kind, {})).get("n"):
            at = figures["at_threshold"]
            answered = 1 - at["naCoded"]
            yield _row(title, figures["forced"]["errorCoded"], answered, at["errorCodedWithoutNA"])


def _row(title: str, forced: float, answered: float | None, wrong: float | None) -> list[str]:
    unknown = None if answered is None else 1 - answered
    return [title, *map(number, (forced, answered, unknown, wrong))]


def _failing(metrics: Facts) -> Iterable[str]:
    """Return sentences on the countries and the kinds of names with the most errors."""
    sentences = []
    if rows := hardest(metrics, NAMED):
        named = ", ".join(f"{row['country']} {percent(row['expected'])}" for row in rows)
        sentences.append(f"<em>Countries</em>, known names, expected: {escape(named)}")
    slices = [
        row for row in metrics.get("unseen", {}).get("slices", []) if row["n"] >= JUDGED
    ]  # fmt: skip
    slices.sort(key=lambda row: -row["wrong"] / row["n"])
    if slices:
        named = ", ".join(f"{row['of']} {percent(row['wrong'] / row['n'])}" for row in slices[:3])
        sentences.append(f"<em>Kinds of names</em>, never seen, measured: {escape(named)}")
    measured = [row for row in metrics.get("people", {}).get("by_country", []) if row["country"]]
    measured.sort(key=lambda row: -(row["error"] or 0.0))
    if measured:
        named = ", ".join(f"{row['country']} {percent(row['error'])}" for row in measured[:NAMED])
        sentences.append(f"<em>Countries</em>, people, measured: {escape(named)}")
    return sentences


def _about(
    manifest: Facts, version: str, run: str, day: date, sample: float
) -> Iterable[Sequence[str]]:
    """Yield rows that say which model this is."""
    yield "model", f"{manifest['name']}, version {version}"
    yield "data", f"version {manifest['data_version']}"
    yield "share of the names", "all of them" if sample == 1 else f"a sample of {percent(sample)}"
    if sources := manifest.get("data", {}).get("sources"):
        yield "sources", ", ".join(sorted(sources))
    yield "threshold", f"{manifest['parameters']['threshold']:g}; below it the answer is unknown"
    yield "trained", day.isoformat()
    yield "run in MLflow", run


def _tile(tile: Tile) -> str:
    title, figure, said = map(escape, tile)
    return f"<div><dt>{title}</dt><dd><strong>{figure}</strong> {said}</dd></div>"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], kind: str) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "".join(
        f'<tr><th scope="row">{escape(title)}</th>'
        + "".join(f"<td>{escape(cell) or NOTHING}</td>" for cell in cells)
        + "</tr>"
        for title, *cells in rows
    )
    head = f"<thead><tr>{head}</tr></thead>" if head else ""
    # Whoever has no mouse can scroll what has the focus.
    opening = f'<div class="scroll" tabindex="0"><table class="{kind}">'
    return f"{opening}{head}<tbody>{body}</tbody></table></div>"
