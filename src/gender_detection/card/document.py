"""The card from a manifest: its texts, and the order of its sections."""

from collections.abc import Mapping
from typing import Any

from .. import drift
from ..evaluation.held_out import DIGITS
from ..model.artifact import CARD
from .cultures import cultures
from .figures import JUDGED, calibration, countries, how_sure, known, people, unseen
from .limitations import limitations
from .markdown import NOTHING, bullets, paragraph, percent, table

FILE = CARD
# What the manifest of raw calls the choice of sources (gender_detection.sources.Choice).
ALL, PERMISSIVE = "all", "permissive"
OUTSIDE_SAMPLE = "outside_sample"

Facts = Mapping[str, Any]

NOT_FOR = (
    """It does not tell who somebody is. A name shows whether the people with this name are mostly
    women or mostly men. An answer is about the name, never about a person's gender identity.""",
    """It knows two genders, because its data contain only two. These data cannot represent people
    outside the binary. Every share counted with this model leaves them out, and no figure below
    can show this.""",
    """It must never decide anything about a person: not how they are addressed, and not what they
    are offered, shown, paid or allowed. If 99 of 100 answers are right, the hundredth is a person
    too.""",
)
PURPOSE = """Shares and gaps over many names, when the people cannot be asked: authors of a field,
holders of patents, names of streets. With every result, report the share of *unknown*, and the
errors below for its countries: they differ between women and men, and this biases the counts. If
people can be asked, ask them. Names are personal data. This model contains no names, only hashes of
names with counts."""
READING = (
    """`probability` is the probability of the gender in the answer: of 100 answers with 0.9, about
    90 should be right (see Calibration). `p_female` is the probability of female.""",
    """`gender` is *unknown* if the probability is below the threshold. Count these people: report
    how many they are, or show the result if all of them were women, and if all were men. `reason`
    says why the gender is unknown.""",
    """`basis` says what the probability is based on: a title, evidence in the country, evidence
    worldwide, or the spelling alone. The figures on names never seen apply to the last.""",
    """`country` is the country that the name comes from, as far as you know it: Andrea is a man's
    name in Italy and a woman's name in Germany. A wrong country is worse than none.""",
)


def data_facts(manifests: Mapping[str, Facts]) -> dict[str, Any]:
    """Return what the card says of the data, from the manifests of the four stages.

    By source: title, licence, citation, homepage, sha256, lines_in, statements, permissive (whether
    its licence allows passing a model on freely) and kept (statements that reached clean). choice
    is the rule by which the sources were chosen. By stage: rows_out. Also the rows by split, and
    how many statements a sample left out.
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
    error, interval. It contains only countries with at least JUDGED people: the card travels with
    the model, and for a few people it would reveal how each was answered. others counts the rest.
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
        _section("How names are read, by culture", cultures()),
        _section("Names never seen", unseen(metrics)),
        _section("Names never seen, by country and gender", countries(metrics)),
        _section("Known names: what a name cannot tell", known(metrics)),
        _section("On people", people(metrics)),
        _section("Calibration", calibration(metrics)),
        _section("How sure to be", how_sure(manifest)),
        _section("Known limitations", limitations(metrics)),
        _section("How to read an answer", bullets([*READING, _share_of_women(manifest)])),
        _section("Licence", _licence(manifest.get("data", {}))),
    ]
    return "\n\n".join(filter(None, sections)) + "\n"


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}" if body else ""


def _version(manifest: Facts) -> str:
    data = manifest.get("data", {})
    code = f" by gender-detection {data['package']}" if data else ""
    items = [f"Trained on version `{manifest['data_version']}` of the dataset *vectors*{code}."]
    if data.get("outside_sample"):
        items.append(
            f"""**A first look, not a model to use**: it is trained on a sample;
            {data["outside_sample"]:,} statements were left out."""
        )
    if "unseen" not in manifest["metrics"]:
        items.append("It was not evaluated: there are no figures.")
    return bullets([*items, *_baselines(manifest.get("drift", {}))])


_DRAWN = {
    "training": "people sampled by the counts of the sources",
    "evaluation": "labelled people that it was evaluated on",
}


def _baselines(baselines: Mapping[str, Facts]) -> list[str]:
    """Return an item for each baseline that names in use are compared with."""
    items = []
    for source, drawn in _DRAWN.items():
        if source in baselines:
            shares = baselines[source]["shares"]
            without = shares["country"][drift.FEATURES["country"].index(drift.NONE)]
            unknown = shares["unknown"][drift.FEATURES["unknown"].index("unknown")]
            items.append(
                f"""Baseline for drift ({source}): {baselines[source]["names"]:,} {drawn}, of whom
                {percent(without)} have no country and {percent(unknown)} are unknown. The more
                the names in use differ from these, the less the figures below apply."""
            )
    return items


_CHOICES = {
    ALL: """Built from all enabled sources, whatever their licence (`SOURCES=permissive` uses only
        sources whose licence allows passing the model on freely).""",
    # Measured with all names of both choices: docs/licences.md, which has the commands.
    PERMISSIVE: """Built with `SOURCES=permissive`: only from sources whose licence allows passing
        the model on freely. The cost, measured with the catalogue's own sources on 19,396 labelled
        people: 3.7 % instead of 2.8 % are wrong if every answer is forced; at the threshold, 1.8 %
        instead of 1.6 % of the answers are wrong, and 16.1 % instead of 14.8 % are unknown,
        including initials. None of these sources has evidence by country, or family names: in
        Italy, where Andrea and Nicola are men's names, 8.2 % instead of 0.6 % are wrong.""",
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
    account = f"""A statement is one row of a source; kept are the plausible ones. They cover
        {stages["vectors"]:,} names, and {pairs:,} pairs of a name and a country. By a hash of the
        name, {learnt:,} names were used for training, {tuned:,} for calibration and threshold, and
        {kept:,} were held out for the figures below."""
    header = ["source", "licence", "lines", "statements", "kept"]
    chosen = _CHOICES[data.get("choice", ALL)]
    parts = [paragraph(chosen), table(header, rows, text=2), bullets(named), paragraph(account)]
    return "\n\n".join(parts)


def _source(name: str, source: Facts) -> str:
    """Return title, citation and homepage of a source, without those that are empty."""
    sentences = [source[said].strip().rstrip(".") for said in ("title", "citation")]
    parts = [f"{sentence}." for sentence in sentences if sentence]
    if homepage := source["homepage"].strip():
        parts.append(f"<{homepage}>")
    return " ".join([f"**{name}**:", *parts]) if parts else f"**{name}**"


def _working(manifest: Facts) -> str:
    parameters, ngrams = manifest["parameters"], manifest["pattern"]["ngrams"]
    return bullets(
        [
            """The name is parsed into title, given names and family name. A given name is looked up
            in lower-case Latin letters, without accents; names in Han, Hebrew, Arabic, Hangul and
            Thai letters as they are written first.""",
            f"""A title with a gender decides alone, with probability {parameters["p_title"]:g}
            (set, not measured).""",
            f"""If the sources have the name: the share of women among the people with it, shrunk
            towards the estimate from the spelling, which weighs as much as
            {parameters["strength"]:g} people. In a country with evidence: the share there, shrunk
            towards the worldwide one, which weighs as much as {parameters["strength_country"]:g}
            people, or fewer.""",
            """If no country is given, or there is no evidence for the name in it, the countries
            that the family name suggests (by lists of family names) are taken into account. If
            there are several given names, so are the others.""",
            f"""If no source has the name: a logistic regression on its spelling and its sounds,
            with n-grams of {ngrams["lowest"]} to {ngrams["highest"]} letters, calibrated on names
            that it was not trained on. Its log-odds are multiplied by
            {parameters["trust_unseen"]:g}, because such names come from less known languages.""",
        ],
        numbered=True,
    )


def _share_of_women(manifest: Facts) -> str:
    base = 100 * manifest["parameters"]["base_share"]
    return f"""`female_share`: probabilities assume that {base:g} % of the people are women. If you
        *know* the share among yours, pass it: it shifts the odds of every name. If you guess it,
        the result reflects your guess."""


def _licence(data: Facts) -> str:
    own = """The code is under the MIT licence, the model is not: its evidence and weights are
        derived from the sources and inherit their terms"""
    sources = data.get("sources", {})
    if not sources:
        return paragraph(f"{own}: see the manifest of the dataset *raw*.")
    terms = ", ".join(
        f"{source['licence'].strip() or 'no licence stated'} ({name})"
        for name, source in sorted(sources.items())
    )
    binding = [n for n, s in sorted(sources.items()) if not s.get("permissive")]
    freely = (
        f"""These do not allow passing it on freely: {", ".join(binding)}. GPL and GFDL require
        that derived works are passed on under the same licence, and each excludes the other: do
        not pass such a model on, or build one with `SOURCES=permissive`."""
        if binding
        else "All of these allow passing it on with the notices that they require."
    )
    return paragraph(
        f"""{own}: {terms}. If you pass the model on, keep this card with it, cite the sources as
        above, and follow their licences. {freely} This is our understanding of the licences, not
        legal advice."""
    )
