"""Where the model fails and why, with figures where there are any."""

from collections.abc import Mapping
from typing import Any

from ..countries import ISO_ALPHA_2
from ..evaluation.held_out import SHORT
from .figures import label, merged
from .markdown import bullets, percent

Facts = Mapping[str, Any]

ENTRIES = 200  # names or people of a country from which on its error is reported
ERROR = 0.1
FEW = 500  # entries below which a country's evidence is thin
EAST_ASIA = ("CN", "HK", "JP", "KP", "KR", "MO", "SG", "TW", "VN")

_CHINESE = """in Latin letters a Chinese name loses its characters and its tones, which carry the
    gender: many names of women and of men share one spelling"""
_KOREAN = """in Latin letters many Korean names share one spelling, each has several
    transcriptions, and both women and men have many of them"""
_ARABIC = """one name has many Latin spellings, because the Arabic script omits short vowels"""
_INDIAN = """names of many languages and religions in one country; -a ends women's names in some and
    men's in others"""
# Why the spelling says little; other countries are explained by their figures.
WHY = {
    **dict.fromkeys(("CN", "HK", "MO", "SG", "TW"), _CHINESE),
    **dict.fromkeys(("KR", "KP"), _KOREAN),
    "VN": """without its marks, several Vietnamese names of women and men share one spelling; the
    middle name that shows the gender (Thị, Văn) is often left out""",
    "JP": """in Latin letters a Japanese name loses its characters, which distinguish women's and
    men's names of the same sound""",
    **dict.fromkeys("AE BH DZ EG IQ IR JO KW LB LY MA OM PS QA SA SD SY TN YE".split(), _ARABIC),
    **dict.fromkeys(("IN", "LK"), _INDIAN),
    "TR": "Turkish has no grammatical gender, and few endings belong to names of one gender only",
}


def limitations(metrics: Facts) -> str:
    """Return the known limitations as a list."""
    items = [
        _romanised(metrics),
        *_in_countries(metrics),
        _little_evidence(metrics),
        _both(metrics),
    ]
    items += [
        """**Surnames taken for given names.** "Li Wei" may be either order. Without a comma, a
        country or separate fields, the order is inferred from the words, and a name such as Kelly,
        Jean or Chen can be taken for the wrong part. The figures on names cannot show this, because
        all of those are given names.""",
        """**Initials** are *unknown*, unless the family name has a form of one gender (Sokolova):
        where one gender is abbreviated more often, a share is biased.""",
        """**Time.** Some names have changed from men's to women's names (Leslie, Ashley). The
        sources pool many years of birth, and the model does not ask for one.""",
    ]
    return bullets(filter(None, items))


def _romanised(metrics: Facts) -> str:
    rows = {row["country"]: row for row in metrics.get("known", {}).get("by_country", [])}
    found = sorted((c for c in EAST_ASIA if c in rows), key=lambda c: -rows[c]["error"])
    numbers = ", ".join(f"{country} {percent(rows[country]['error'])}" for country in found)
    expected = f" Expected error on known names with the country: {numbers}." if found else ""
    return f"""**Romanised East Asian names** lose the characters and tones that carry the gender.
        In their own script they are looked up as they are written, so give that
        if you have it.{expected}"""


def _in_countries(metrics: Facts) -> list[str]:
    """Return an item for each country with at least ENTRIES and an error above ERROR."""
    tables = [
        {row["country"]: row for row in metrics.get(kind, {}).get("by_country", [])}
        for kind in ("unseen", "known", "people")
    ]
    found = []
    for country in sorted({country for table in tables for country in table if country}):
        judged = [
            judge(table[country])
            for judge, table in zip((_unseen, _known, _people), tables, strict=True)
            if country in table
        ]
        high = [(error, said) for n, error, said in judged if n >= ENTRIES and error > ERROR]
        if high:
            said = "; ".join(said for _, said in high)
            why = _why(country, tables[0].get(country))
            found.append({"country": country, "error": max(high)[0], "said": said, "why": why})
    return [_item(row) for row in sorted(merged(found), key=lambda row: -row["error"])]


def _item(row: Facts) -> str:
    shared = " The source counts these countries together." if len(row["country"]) > 1 else ""
    return f"**{label(row['country'])}**: {row['said']}. {row['why']}{shared}"


def _unseen(row: Facts) -> tuple[int, float, str]:
    """Return the number of entries, the share of wrong ones, and this in words."""
    n = row["women"] + row["men"]
    error = (row["women_wrong"] + row["men_wrong"]) / n if n else 0.0
    return n, error, f"{percent(error)} of {n} names never seen are wrong"


def _known(row: Facts) -> tuple[int, float, str]:
    n, error = row["entries"], row["error"]
    return n, error, f"{percent(error)} is the expected error on its {n:,} known names"


def _people(row: Facts) -> tuple[int, float, str]:
    n, error = row["n"], row["error"] or 0.0
    return n, error, f"{percent(error)} of {n:,} people are wrong"


def _why(country: str, row: Facts | None) -> str:
    """Return why names of a country are hard: by its language, then by the figures."""
    reasons = []
    if country in WHY:
        reasons.append(f"{WHY[country][0].upper()}{WHY[country][1:]}.")
    if row and row["women"] + row["men"] >= ENTRIES:
        kinds = {
            "both": "of women and men",
            "short": f"of {SHORT} letters or fewer",
            "other": "others",
        }
        wrong = [
            f"{percent(row[f'{kind}_wrong'] / row[kind])} of the {row[kind]} {words}"
            for kind, words in kinds.items()
            if row[kind]
        ]
        reasons.append(f"Wrong among names never seen: {', '.join(wrong)}.")
        if row["even"] > (row["women"] + row["men"]) / 2:
            reasons.append("The source gives most of its names without a majority.")
    return " ".join(reasons)


def _little_evidence(metrics: Facts) -> str:
    rows = metrics.get("known", {}).get("by_country")
    if rows is None:
        return ""
    without = len(ISO_ALPHA_2 - {row["country"] for row in rows})
    few = sorted((row for row in rows if row["entries"] < FEW), key=lambda row: row["entries"])
    listed = ", ".join(f"{row['country']} {row['entries']}" for row in few)
    thin = f" Evidence for fewer than {FEW} names: {listed}." if few else ""
    return f"""**Countries with little evidence.** {without} of {len(ISO_ALPHA_2)} countries have
        none; their names are answered by worldwide evidence.{thin}"""


def _both(metrics: Facts) -> str:
    row = metrics.get("known", {}).get("both")
    if not row or not row["n"]:
        return ""
    return f"""**Names of women and men.** For {row["both"]:,} of the {row["n"]:,} names with at
        least 50 people ({percent(row["both"] / row["n"])}), the rarer gender has more than a tenth
        of the people. {percent(row["bearers"])} of all people have such a name. Without a country,
        the honest answer is often *unknown*."""
