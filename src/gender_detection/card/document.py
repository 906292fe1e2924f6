"""The card from a manifest: what is said in words, and the order of all sections."""

from collections.abc import Mapping
from typing import Any

from .. import drift
from ..evaluation.held_out import DIGITS
from ..model.artifact import CARD
from .figures import JUDGED, calibration, countries, how_sure, known, people, unseen
from .limitations import failings
from .markdown import NOTHING, bullets, paragraph, percent, table

FILE = CARD
# What the manifest of raw calls the choice of sources (gender_detection.sources.Choice).
ALL, PERMISSIVE = "all", "permissive"
OUTSIDE_SAMPLE = "outside_sample"

Facts = Mapping[str, Any]

NOT_FOR = (
    """It does not tell who somebody is. A name tells how it is gendered by those who bear it; an
    answer is about the name, and never about a person's gender identity.""",
    """It knows two genders, because its data know no other. People outside the binary cannot be
    represented by these data; every share counted with this model leaves them out, and no figure
    below can show it.""",
    """It must never decide anything about a person: not how they are addressed, not what they are
    offered, shown, paid or allowed. Where 99 of 100 answers are right, the hundredth is somebody
    too.""",
)
PURPOSE = """Shares and gaps over many names, where nobody can be asked any more or nobody may be:
authors of a field, holders of patents, names of streets. Give the share of *unknown* with every
result, and the errors below for the countries it is about: they are not the same for women and
men, and so they move what is counted. Where people can be asked, ask them. Names are personal
data; this model keeps none of them, only hashes of names with counts."""
READING = (
    """`probability` is that of the gender answered: of 100 answers given with 0.9, about 90 should
    be right (see Calibration). `p_female` is the same as seen from one side.""",
    """`gender` is *unknown* where the probability is below the threshold. That is an answer:
    leave these people out and say how many they are, or show what follows if they were all women
    and all men. `reason` says why.""",
    """`basis` says what the probability rests on: a title, evidence in the country, evidence in
    the world, or the spelling alone, for which the figures on names never seen hold.""",
    """`country` is where the name is at home, as far as you know: Andrea is a man's name in
    Italy and a woman's in Germany. A wrong one is worse than none.""",
)


def data_facts(manifests: Mapping[str, Facts]) -> dict[str, Any]:
    """Return what the card says of the data, from the manifests of the four stages.

    By source: title, licence, citation, homepage, sha256, lines_in, statements, permissive, whether
    its licence lets a model be passed on freely, and kept, those that the gate of clean let
    through. choice says by which rule they were chosen. By stage: rows_out.
    Also the rows by split, and how many statements a sample left out.
    """
    rejected = {stage: manifests[stage]["rejected"] for stage in ("raw", "clean")}
    sources = {}
    for name, source in manifests["raw"]["sources"].items():
        lost = sum(sum(by_source.get(name, {}).values()) for by_source in rejected.values())
        said = ("title", "licence", "citation", "homepage", "sha256", "lines_in", "statements")
        sources[name] = {k: source[k] for k in said} | {
            "permissive": source.get("permissive", False),
            "kept": source["statements"] - lost,
        }
    return {
        "choice": manifests["raw"].get("choice", ALL),
        "sources": sources,
        "rows": {stage: manifest["rows_out"] for stage, manifest in manifests.items()},
        "splits": manifests["vectors"]["splits"],
        "outside_sample": sum(by.get(OUTSIDE_SAMPLE, 0) for by in rejected["raw"].values()),
        "package": manifests["vectors"]["code"]["package"],
    }


def people_facts(report: Facts) -> dict[str, Any]:
    """Return what the card says of a report by evaluation.evaluate(), shares rounded.

    by_country is a list of rows: country, n, error (all answers forced), and for women and men n,
    error, interval. It has countries of JUDGED people or more alone: the card goes where the model
    goes, and of a few it would say who was judged how; others counts the people of the rest.
    """
    overall = ("n", "threshold", "at_threshold", "forced", "ece", "error_at_coverage", "findings")
    bare, countries = report["without_initials"], report["slices"]["country"]
    shown = [
        {
            "country": country,
            "n": row["n"],
            "error": row["forced"]["errorCoded"],
            "women": row["female"],
            "men": row["male"],
        }
        for country, row in countries.items()
        if row["n"] >= JUDGED
    ]
    among = sum(row["n"] for row in countries.values())
    facts = {name: report[name] for name in overall} | {
        "without_initials": {"n": bare["n"], "forced": bare["forced"]},
        "by_country": shown,
        "others": among - sum(row["n"] for row in shown),
    }
    return {name: _rounded(value) for name, value in facts.items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return round(value, DIGITS) if isinstance(value, float) else value


def render(manifest: Facts) -> str:
    """Return the card in Markdown, the same bytes for the same manifest.

    Of the manifest are read name, data_version, parameters, pattern, metrics (unseen, known,
    people: gender_detection.evaluation), drift (the baselines) and data (data_facts);
    a section whose numbers are missing is left out, and the card says so. Raises KeyError or
    TypeError where a number is missing inside of one.
    """
    metrics = manifest["metrics"]
    sections = [
        f"# Model card: {manifest['name']}",
        _section("What it is not", bullets(NOT_FOR)),
        _section("What it is for", paragraph(PURPOSE)),
        _section("This version", _version(manifest)),
        _section("The data", _data(manifest["data"])) if "data" in manifest else "",
        _section("How it works", _working(manifest)),
        _section("Names never seen", unseen(metrics)),
        _section("Names never seen, by country and gender", countries(metrics)),
        _section("Known names: what a name cannot tell", known(metrics)),
        _section("On people", people(metrics)),
        _section("Calibration", calibration(metrics)),
        _section("How sure to be", how_sure(manifest)),
        _section("Known failings", failings(metrics)),
        _section("How to read an answer", bullets([*READING, _share_of_women(manifest)])),
        _section("Licence", _licence(manifest.get("data", {}))),
    ]
    return "\n\n".join(filter(None, sections)) + "\n"


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}" if body else ""


def _version(manifest: Facts) -> str:
    data = manifest.get("data", {})
    code = f", by gender-detection {data['package']}" if data else ""
    items = [f"Made from version `{manifest['data_version']}` of the dataset *vectors*{code}."]
    if data.get("outside_sample"):
        items.append(
            f"""**A first look, not a model to use**: it is made from a sample;
            {data["outside_sample"]:,} statements were left out."""
        )
    if "unseen" not in manifest["metrics"]:
        items.append("It was not evaluated: there are no figures on it.")
    return bullets([*items, *_baselines(manifest.get("drift", {}))])


_DRAWN = {
    "training": "persons drawn as the sources count them",
    "evaluation": "labelled people it was evaluated on",
}


def _baselines(baselines: Mapping[str, Facts]) -> list[str]:
    """Return what live names are compared with, an item a baseline."""
    items = []
    for source, drawn in _DRAWN.items():
        if source in baselines:
            shares = baselines[source]["shares"]
            without = shares["country"][drift.FEATURES["country"].index(drift.NONE)]
            unknown = shares["unknown"][drift.FEATURES["unknown"].index("unknown")]
            items.append(
                f"""Baseline for drift ({source}): {baselines[source]["names"]:,} {drawn}, of whom
                {percent(without)} are without a country and {percent(unknown)} unknown. The more
                the names asked for differ from them, the less the figures below hold."""
            )
    return items


_CHOICES = {
    ALL: """Built from all sources that are switched on, whatever their licence
        (`SOURCES=permissive` takes those alone under which a model may be passed on freely).""",
    # Measured with all names of both choices: docs/licences.md, which has the commands.
    PERMISSIVE: """Built with `SOURCES=permissive`: from sources alone under which a model may be
        passed on freely. What that costs, as measured with the catalogue's own sources: of 19,396
        labelled people, 3.7 % are judged wrong in place of 2.8 % when every answer is forced; at
        the threshold 1.8 % of the answers are wrong in place of 1.6 %, and 16.1 % unknown in place
        of 14.8 %, initials included. Of the catalogue's own sources none is left with evidence by
        country or family names: in Italy, where Andrea and Nicola are men's names, 8.2 % are judged
        wrong in place of 0.6 %.""",
}


def _data(data: Facts) -> str:
    sources = data["sources"]
    counts = ("lines_in", "statements", "kept")
    rows = [
        [name, source["licence"].strip() or NOTHING, *(f"{source[count]:,}" for count in counts)]
        for name, source in sorted(sources.items())
    ]
    named = [_source(name, source) for name, source in sorted(sources.items())]
    stages, splits = data["rows"], data["splits"]
    pairs = stages["transformed"] - stages["vectors"]
    # A split without rows is not in the manifest.
    learnt, tuned, kept = (splits.get(name, 0) for name in ("train", "valid", "test"))
    account = f"""A statement is what a source says of a name in one place; kept are those that can
        be believed. They are about {stages["vectors"]:,} names, and {pairs:,} times about a name in
        one country. By a hash of the name, {learnt:,} names were learnt from, {tuned:,} set
        calibration and threshold, and {kept:,} were held out for the figures below."""
    header = ["source", "licence", "lines", "statements", "kept"]
    chosen = _CHOICES[data.get("choice", ALL)]
    parts = [paragraph(chosen), table(header, rows, text=2), bullets(named), paragraph(account)]
    return "\n\n".join(parts)


def _source(name: str, source: Facts) -> str:
    """Return how a source is named, without what its entry in the catalogue leaves empty."""
    sentences = [source[said].strip().rstrip(".") for said in ("title", "citation")]
    parts = [f"{sentence}." for sentence in sentences if sentence]
    if homepage := source["homepage"].strip():
        parts.append(f"<{homepage}>")
    return " ".join([f"**{name}**:", *parts]) if parts else f"**{name}**"


def _working(manifest: Facts) -> str:
    parameters, ngrams = manifest["parameters"], manifest["pattern"]["ngrams"]
    return bullets(
        [
            """The name is parsed into title, given names and family name; a given name is filed
            in lower-case Latin letters, without accents.""",
            f"""A gendered title decides by itself, with probability {parameters["p_title"]:g}: set,
            not measured.""",
            f"""A name that the sources know: the share of women among its bearers, drawn towards
            what the spelling says, which weighs as much as {parameters["strength"]:g} bearers; in a
            country with evidence, that country's share, drawn towards the world's, which weighs
            as much as {parameters["strength_country"]:g}.""",
            """Where no country is given, or the evidence has none of the name there, the countries
            that the family name points to, by lists of family names, weigh in; of several given
            names, the others weigh in too.""",
            f"""A name that no source knows: a logistic model of its spelling and of how it sounds,
            over runs of {ngrams["lowest"]} to {ngrams["highest"]} letters, calibrated on names that
            it did not learn from, and then trusted less (its log-odds count
            {parameters["trust_unseen"]:g}), since such names come from less known languages.""",
        ],
        numbered=True,
    )


def _share_of_women(manifest: Facts) -> str:
    base = 100 * manifest["parameters"]["base_share"]
    return f"""`female_share`: probabilities hold where {base:g} % of the people are women. If you
        *know* another share for yours, give it: it moves the odds of every name. A guess brings
        back the guess as a result."""


def _licence(data: Facts) -> str:
    own = """The code is under the MIT licence, the model is not: evidence and weights are made from
        the sources and inherit their terms"""
    sources = data.get("sources", {})
    if not sources:
        return paragraph(f"{own}: see the manifest of the dataset *raw*.")
    terms = ", ".join(
        f"{source['licence'].strip() or 'no licence stated'} ({name})"
        for name, source in sorted(sources.items())
    )
    binding = [n for n, s in sorted(sources.items()) if not s.get("permissive")]
    freely = (
        f"""Not under terms that let it be passed on freely: {", ".join(binding)}. GPL and GFDL ask
        that what is made from their texts is passed on under themselves, and neither allows the
        other: keep such a model to yourself, or build one with `SOURCES=permissive`."""
        if binding
        else "All of these let it be passed on, with the notices that they ask for."
    )
    return paragraph(
        f"""{own}: {terms}. Who passes the model on passes on what comes from them: keep this card
        with it, name the sources as cited above, and keep to their licences. {freely} This is how
        we understand them, no legal advice."""
    )
