"""The sections of the card that consist of figures."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..evaluation import wilson_interval
from .markdown import NOTHING, bullets, number, paragraph, percent, table

Facts = Mapping[str, Any]
# Countries with fewer names, or with a lower expected error, share one line.
JUDGED = 100
WORTH_A_ROW = 0.02
NAMED = 3  # of countries that share a row


def unseen(metrics: Facts) -> str:
    """Return how often the spelling alone is right, overall and by kind of name."""
    figures = metrics.get("unseen", {})
    if not figures.get("n"):
        return ""
    n, slices = figures["n"], figures.get("slices", [])
    intro = f"""Measured on names. Of the held-out names, {n:,} have at least 50 people. They are
        answered by their spelling alone, as if no source had them. An answer is wrong if the
        majority of the people with the name have the other gender. Each name counts once. This is
        the worst case: most people have names that the sources know."""
    parts = [paragraph(intro), bullets(_overall(figures))]
    scripts = [row["of"] for row in slices if row["kind"] == "script"]
    rows = [
        [row["of"], f"{row['n']:,}", with_interval(row["wrong"], row["n"])]
        for row in slices
        if row["n"] and (row["kind"] != "script" or len(scripts) > 1)
    ]
    if rows:
        parts.append(table(["names never seen", "names", "wrong % (95 % interval)"], rows))
        words = """Names of several words are easy, because their parts, such as Anna in Annamaria,
            were often in the training data."""
        if len(scripts) == 1:
            words += f""" The sources have all of these names in {scripts[0].title()} letters, so
                these figures do not show how much other scripts add to the error."""
        parts.append(paragraph(words))
    return "\n\n".join(parts)


def _overall(figures: Facts) -> list[str]:
    at, forced, n = figures["at_threshold"], figures["forced"], figures["n"]
    low, high = wilson_interval(round(forced["errorCoded"] * n), n) or (0.0, 1.0)
    coverage = ", ".join(
        f"{percent(error)} of the most certain {share.replace('%', ' %')}"
        # A manifest that was read has its entries in a different order.
        for share, error in sorted(figures["error_at_coverage"].items(), reverse=True)
    )
    bias = forced["errorGenderBias"] or 0.0
    return [
        f"""If every answer is forced: **{percent(forced["errorCoded"])} wrong**, 95 % interval
        {number(low)} to {number(high)} %.""",
        f"""At the threshold {figures["threshold"]:g}: {percent(1 - at["naCoded"])} answered,
        {percent(at["errorCodedWithoutNA"])} of these wrong.""",
        f"Wrong if the most certain answers are forced: {coverage}.",
        f"""Calibration error (ECE, ten bins): {percent(figures["ece"])}, the mean difference
        between the probability and the share of right answers.""",
        f"""Bias: after both kinds of errors cancel out, {percent(abs(bias))} too many names are
        answered as {"women's" if bias > 0 else "men's"} names.""",
    ]


def countries(metrics: Facts) -> str:
    """Return the errors of the spelling alone by country and gender."""
    rows = merged(metrics.get("unseen", {}).get("by_country", []))
    if not rows:
        return ""
    rows.sort(key=lambda row: (-(row["women"] + row["men"]), row["country"]))
    shown = [row for row in rows if row["women"] + row["men"] >= JUDGED]
    cells = [
        [
            label(row["country"]),
            *(f"{row['women']:,}", with_interval(row["women_wrong"], row["women"])),
            *(f"{row['men']:,}", with_interval(row["men_wrong"], row["men"])),
        ]
        for row in shown
    ]
    intro = """Measured on names: held-out names with evidence in the country, answered by their
        spelling alone, without the country. A name is a woman's or a man's by the majority of the
        people with it there (worldwide if there is no majority). Each name counts once."""
    header = ["country", "women's names", "wrong % (95 %)", "men's names", "wrong % (95 %)"]
    rest = _named(row for row in rows if row["women"] + row["men"] < JUDGED)
    few = f"""Fewer than {JUDGED} names, too few for a useful interval: {rest}. Their figures are
        in the manifest.""" if rest else ""  # fmt: skip
    parts = [paragraph(intro), table(header, cells) if cells else "", footnotes(shown)]
    return "\n\n".join(filter(None, [*parts, paragraph(few)]))


def known(metrics: Facts) -> str:
    """Return the expected errors on known names, by country and gender."""
    figures = metrics.get("known")
    if not figures:
        return ""
    intro = """**Expected from the evidence, not measured on people.** Women and men share some
        names, and any answer is wrong for some people with them. The table shows, if the evidence
        is right and name and country are known: how many women are answered as men, and men as
        women, if every answer is forced; how many are answered at the threshold; and how many of
        these answers are wrong. Your people may differ: the evidence comes from other places and
        times, and names in real lists have typing errors."""
    rows = merged(figures["by_country"])
    rows.sort(key=lambda row: (-row["error"], row["country"]))
    shown = [row for row in rows if row["error"] >= WORTH_A_ROW]
    cells = [[label(row["country"]), *_expected(row)] for row in shown]
    cells.insert(0, ["no country given", *_expected(figures["world"])])
    header = ["country", "names", "women wrong %", "men wrong %", "answered %", "of these wrong %"]
    rest = _named(row for row in rows if row["error"] < WORTH_A_ROW)
    less = f"Less than {100 * WORTH_A_ROW:g} % wrong if forced: {rest}." if rest else ""
    parts = [paragraph(intro), table(header, cells), footnotes(shown), paragraph(less)]
    return "\n\n".join(filter(None, parts))


def _named(rows: Iterable[Facts]) -> str:
    return " ".join(sorted(country for row in rows for country in row["country"]))


def _expected(row: Facts) -> list[str]:
    shares = ("women_error", "men_error", "answered", "answered_error")
    return [f"{row['entries']:,}", *(number(row[share]) for share in shares)]


def people(metrics: Facts) -> str:
    """Return the errors measured on labelled people, overall and by country and gender."""
    report = metrics.get("people")
    if not report:
        return ""
    at, forced = report["at_threshold"], report["forced"]
    bare = report["without_initials"]
    intro = f"""Measured on {report["n"]:,} labelled people, with their countries if known. An
        answer is wrong if it is the other gender or, when forced, missing (initials)."""
    items = [
        f"""At the threshold {report["threshold"]:g}: {percent(1 - at["naCoded"])} answered,
        {percent(at["errorCodedWithoutNA"])} of these wrong.""",
        f"""If every answer is forced: {percent(forced["errorCoded"])} wrong or missing;
        {percent(bare["forced"]["errorCoded"])} without people who have only initials.""",
        f"Calibration error (ECE, ten bins): {percent(report['ece'])}.",
    ]
    cells = [
        [row["country"] or "no country", *_measured(row["women"]), *_measured(row["men"])]
        for row in sorted(report["by_country"], key=lambda row: (-row["n"], row["country"]))
    ]
    header = ["country", "women", "wrong % (95 %)", "men", "wrong % (95 %)"]
    answered = f"""By country, for people with a probability, every answer forced. The table leaves
        out {report["others"]:,} people of countries with fewer than {JUDGED}."""
    parts = [paragraph(intro), bullets(items), paragraph(answered)]
    parts += [table(header, cells) if cells else "", bullets(report["findings"])]
    return "\n\n".join(filter(None, parts))


def _measured(row: Facts) -> list[str]:
    if not row["n"]:
        return ["0", NOTHING]
    return [f"{row['n']:,}", f"{number(row['error'])} {_interval(row['interval'])}"]


def calibration(metrics: Facts) -> str:
    """Return how often answers are right, by their probability."""
    rows = metrics.get("unseen", {}).get("reliability")
    if not rows:
        return ""
    cells = [
        [f"{row['from']:g} to {row['to']:g}", f"{row['n']:,}", f"{row['said']:.3f}",
         f"{row['right']:.3f}"]
        for row in rows
    ]  # fmt: skip
    intro = """On names never seen: the mean probability of the answers in each range, and the share
        of them that is right. If the share is higher, answers are right more often than stated."""
    header = ["probability", "names", "mean", "right"]
    return "\n\n".join([paragraph(intro), table(header, cells)])


def how_sure(manifest: Facts) -> str:
    """Return the threshold, the reason for it, and the effect of other thresholds."""
    metrics, threshold = manifest["metrics"], manifest["parameters"]["threshold"]
    text = f"The threshold is **{threshold:g}**: below it the answer is *unknown*."
    if (allowed := metrics.get("error_allowed")) is not None:
        text += f""" It is the lowest one at which at most {100 * allowed:g} % of the answers by
            spelling alone are wrong, on names reserved for choosing it."""
    text += f""" This is the average: answers with a probability of exactly {threshold:g} should be
        right {100 * threshold:.0f} times in 100. Every request can set a higher threshold."""
    parts = [paragraph(text)]
    if rows := metrics.get("unseen", {}).get("thresholds"):
        at = {row["threshold"]: row for row in metrics.get("known", {}).get("thresholds", [])}
        cells = [_at_threshold(row, at.get(row["threshold"], {}), threshold) for row in rows]
        header = ["threshold", "never seen: answered %", "wrong %", "known: answered %", "wrong %"]
        parts.append(table(header, cells))
        parts.append(
            paragraph(
                """Wrong: share of the answered. Never seen: measured, each name counts once. Known:
                expected, without a country, each person counts once."""
            )
        )
    return "\n\n".join(parts)


def _at_threshold(unseen: Facts, known: Facts, in_force: float) -> list[str]:
    mark = " (used)" if unseen["threshold"] == in_force else ""
    shares = (unseen["answered"], unseen["wrong"], known.get("answered"), known.get("wrong"))
    return [f"{unseen['threshold']:g}{mark}", *map(number, shares)]


def merged(rows: Iterable[Facts]) -> list[dict[str, Any]]:
    """Return rows with a list of countries each; countries with the same figures share a row."""
    groups: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        figures = {name: value for name, value in row.items() if name != "country"}
        group = groups.setdefault(tuple(sorted(figures.items())), {**figures, "country": []})
        group["country"].append(row["country"])
    return list(groups.values())


def label(countries: Sequence[str]) -> str:
    """Return the name of a row: its few countries, or the first one and the number of others."""
    if len(countries) <= NAMED:
        return " ".join(countries)
    return f"{countries[0]} and {len(countries) - 1} more"


def footnotes(rows: Iterable[Facts]) -> str:
    """Return a line for each row whose label does not name all of its countries."""
    return "\n".join(
        paragraph(f"{label(row['country'])}: {' '.join(row['country'])}, one group in the source.")
        for row in rows
        if len(row["country"]) > NAMED
    )


def with_interval(wrong: int, n: int) -> str:
    """Return an error in percent with its 95 % interval, such as "9.6 (9.0–10.2)"."""
    interval = wilson_interval(wrong, n)
    return NOTHING if interval is None else f"{number(wrong / n)} {_interval(interval)}"


def _interval(bounds: Sequence[float]) -> str:
    low, high = bounds
    return f"({100 * low:.1f}–{100 * high:.1f})"
