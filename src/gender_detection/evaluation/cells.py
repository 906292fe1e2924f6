"""The tables of a report with readable cells, for text and for HTML."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .measures import wilson_interval

SHOWN = 30  # A country with fewer people has no row of its own.
DIMENSIONS = ("gender", "country", "basis", "script", "length", "evidence")
TITLES = {
    "gender": "By gender",
    "country": "By country",
    "basis": "By basis of the answer",
    "script": "By script of the first given name",
    "length": "By letters of the first given name",
    "evidence": "By number of people counted with the name",
}
NOTE = (
    "error: share of wrong answers if every answer is forced, among people with a probability, "
    "with its 95% interval; bias: above 0, too many are counted as women; *: at the threshold"
)


class Table(NamedTuple):
    """A table. Its first column holds words, the others hold figures."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def headline(report: Mapping[str, Any]) -> list[str]:
    """Return who was evaluated, in a few short lines."""
    share = report["female_share"]
    given = "" if share is None else f", given that {percent(share)} are women"
    lines = [
        f"{report['n']:,} people, {percent(report['share_of_women'])} women; "
        f"answered from a probability of {report['threshold']:g}{given}"
    ]
    if report["family_name_first"]:
        lines.append("full names were read with the family name first")
    if report["excluded"]:
        lines.append(f"excluded, labelled neither female nor male: {report['excluded']:,}")
    if report["bad_rows"]:
        lines.append(f"rows that cannot be read: {report['bad_rows']:,}")
    return lines


def tables_of(report: Mapping[str, Any], countries: int | None = None) -> list[Table]:
    """Return the tables of a report; by country at most so many rows, and one for the others."""
    tables = [_overall(report), _unknown(report)]
    for dimension in DIMENSIONS:
        slices = report["slices"][dimension]
        shown = list(slices)
        if dimension == "country":
            shown = [country for country in slices if slices[country]["n"] >= SHOWN][:countries]
        rows = [_row(label or "(none)", slices[label]) for label in shown]
        others = [figures for label, figures in slices.items() if label not in shown]
        if others:
            rows.append(_others(others))
        header = (dimension, "people", "women", "error", "interval", "women's", "men's", "bias",
                  "wrong*", "unknown*")  # fmt: skip
        tables.append(Table(TITLES[dimension], header, rows))
    return tables


def percent(share: float | None) -> str:
    """Return a share in percent with one decimal, "-" for None."""
    return "-" if share is None else f"{share:.1%}"


def _overall(report: Mapping[str, Any]) -> Table:
    parts = [report["forced"], report["at_threshold"]]
    parts += [report["without_initials"]["forced"], report["without_initials"]["at_threshold"]]
    rows = [
        [words, *(format_(part[name]) for part in parts)]
        for name, words, format_ in (
            ("errorCoded", "wrong or unknown (errorCoded)", percent),
            ("errorCodedWithoutNA", "wrong among answered (errorCodedWithoutNA)", percent),
            ("naCoded", "unknown (naCoded)", percent),
            ("errorGenderBias", "bias towards women (errorGenderBias)", _signed),
        )
    ]
    both = (report, report["without_initials"])
    for coverage in report["error_at_coverage"]:
        errors = [percent(part["error_at_coverage"][coverage]) for part in both]
        rows.append([f"wrong among the most certain {coverage}", errors[0], "", errors[1], ""])
    calibration = [percent(part["ece"]) for part in both]
    rows.append(["calibration error (ECE)", calibration[0], "", calibration[1], ""])
    header = ("", "forced", "threshold", "forced, named", "threshold, named")
    return Table("Overall, and for people with a probability (named)", header, rows)


def _unknown(report: Mapping[str, Any]) -> Table:
    rows = [
        [reason, f"{n:,}", percent(n / report["n"] if report["n"] else None)]
        for reason, n in report["unknown_by_reason"].items()
    ]
    return Table("Unknown at the threshold, by reason", ("reason", "people", "of all"), rows)


def _row(label: str, figures: Mapping[str, Any]) -> list[str]:
    at = figures["at_threshold"]
    return [
        label,
        f"{figures['n']:,}",
        percent(figures["women"] / figures["n"]),
        percent(figures["forced"]["errorCoded"]),
        interval_of(figures["error_forced_interval"]),
        percent(figures["female"]["error"]),
        percent(figures["male"]["error"]),
        _signed(figures["forced"]["errorGenderBias"]),
        percent(at["errorCodedWithoutNA"]),
        percent(at["naCoded"]),
    ]


def _others(slices: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return one row for many slices, with what can be added up."""
    n = sum(figures["n"] for figures in slices)
    women = sum(figures["women"] for figures in slices)
    errors = sum(round(figures["forced"]["errorCoded"] * figures["n"]) for figures in slices)
    unknown = sum(figures["at_threshold"]["naCoded"] * figures["n"] for figures in slices)
    label = "1 other" if len(slices) == 1 else f"{len(slices)} others"
    interval = interval_of(wilson_interval(errors, n))
    shares = percent(women / n), percent(errors / n), interval, "", "", "", "", percent(unknown / n)
    return [label, f"{n:,}", *shares]


def interval_of(bounds: Sequence[float] | None) -> str:
    """Return the bounds of an interval in percent with one decimal, "-" for None."""
    return "-" if bounds is None else f"{100 * bounds[0]:.1f} to {bounds[1]:.1%}"


def _signed(share: float | None) -> str:
    return "-" if share is None else f"{share:+.1%}"
