"""The card says what its manifest's numbers say, always in the same bytes."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from gender_detection import card, drift
from gender_detection.model import Model, Person

SECTIONS = [
    "What it is not",
    "What it is for",
    "This version",
    "The data",
    "How it works",
    "How names are read, by culture",
    "Names never seen",
    "Names never seen, by country and gender",
    "Known names: what a name cannot tell",
    "On people",
    "Calibration",
    "How sure to be",
    "Known limitations",
    "How to read an answer",
    "Licence",
]


def section(text: str, title: str) -> str:
    """Return a section of the card, its lines joined, so that no wrapping parts a sentence."""
    (found,) = re.findall(rf"^## {re.escape(title)}\n\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    return " ".join(found.split())


def sections(text: str) -> list[str]:
    return re.findall(r"^## (.*)$", text, re.M)


def test_card_begins_with_the_limits_of_the_model(manifest: dict[str, Any]):
    text = card.render(manifest)

    assert text.startswith("# Model card: gender-detection\n\n## What it is not\n\n- ")
    assert sections(text) == SECTIONS
    first = section(text, "What it is not")
    assert "does not tell who somebody is" in first
    assert "outside the binary" in first
    assert "never decide anything about a person" in first


def test_manifest_read_from_disk_gives_the_same_card(manifest: dict[str, Any]):
    written = json.loads(json.dumps(manifest, sort_keys=True))

    assert card.render(written) == card.render(manifest)


def test_card_has_no_date_and_no_registry_version(manifest: dict[str, Any]):
    version = section(card.render(manifest), "This version")

    assert (
        version == "- Trained on version `tiny` of the dataset *vectors* by gender-detection 1.2.3."
    )


def test_lines_fit_a_terminal(manifest: dict[str, Any]):
    lines = card.render(manifest).splitlines()

    assert max(map(len, lines)) <= 100
    assert len(lines) < 250


def test_sources_are_named_with_licence_citation_and_what_was_kept(manifest: dict[str, Any]):
    text = card.render(manifest)

    data = section(text, "The data")
    assert re.search(r"\| registry +\| CC0-1.0 +\| +50 \| +1,000 \| +990 \|", data)
    assert re.search(r"\| lexicon +\| GFDL-1.2-or-later +\| +2,000 \| +3,000 \| +3,000 \|", data)
    assert "**registry**: A registry. A. Author: Names. <https://example.org>" in data
    assert "2,400 names, and 100 pairs of a name and a country" in data
    assert "2,000 names were used for training, 190 for" in data
    assert "GFDL-1.2-or-later (lexicon), CC0-1.0 (registry)" in section(text, "Licence")


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ({}, "**lexicon**: A lexicon. A. Author: Names. <https://example.org>"),
        ({"citation": ""}, "**lexicon**: A lexicon. <https://example.org>"),
        ({"homepage": " "}, "**lexicon**: A lexicon. A. Author: Names."),
        ({"citation": "", "homepage": ""}, "**lexicon**: A lexicon."),
        ({"title": "Our list.", "citation": "Us, 2025."}, "**lexicon**: Our list. Us, 2025. <h"),
        ({"title": "", "citation": "", "homepage": ""}, "**lexicon**"),
    ],
)
def test_facts_that_a_source_does_not_state_are_left_out(
    manifest: dict[str, Any], stated: dict[str, str], shown: str
):
    manifest["data"]["sources"]["lexicon"] |= stated
    del manifest["data"]["sources"]["registry"]

    data = section(card.render(manifest), "The data")

    assert f"- {shown}" in data
    [line] = re.findall(r"- (\*\*lexicon\*\*.*?) A statement is", data)
    assert line.startswith(shown)
    assert not re.search(r"<\s*>|\.\s*\.|: *\.|\s\.|:$", line)


def test_card_says_that_a_source_states_no_licence(manifest: dict[str, Any]):
    manifest["data"]["sources"]["lexicon"]["licence"] = ""

    text = card.render(manifest)

    assert re.search(r"\| lexicon +\| – +\|", section(text, "The data"))
    assert "no licence stated (lexicon), CC0-1.0 (registry)" in section(text, "Licence")


def test_card_of_a_model_from_a_sample_says_so(
    manifests: dict[str, dict[str, Any]], manifest: dict[str, Any]
):
    assert "first look" not in card.render(manifest)
    manifests["raw"]["rejected"] = {"lexicon": {"outside_sample": 2940}}

    manifest["data"] = card.data_facts(manifests)

    assert "**A first look, not a model to use**" in section(card.render(manifest), "This version")
    assert manifest["data"]["sources"]["lexicon"]["kept"] == 60


def test_five_lines_explain_the_model_with_its_parameters(manifest: dict[str, Any]):
    manifest["parameters"] |= {"p_title": 0.97, "strength": 0.4, "strength_country": 2.5}

    working = section(card.render(manifest), "How it works")

    assert len(re.findall(r"(?:^| )\d\. ", working)) == 5
    for part in ("probability 0.97", "as 0.4 people", "as much as 2.5", "1 to 4 letters"):
        assert part in working


def test_error_on_names_never_seen_has_its_interval(manifest: dict[str, Any]):
    manifest["metrics"]["unseen"] |= {
        "n": 1000,
        "forced": {"errorCoded": 0.1, "errorGenderBias": -0.02},
        "at_threshold": {"naCoded": 0.25, "errorCodedWithoutNA": 0.031},
        "ece": 0.0123,
    }

    text = section(card.render(manifest), "Names never seen")

    # Wilson's interval of 100 in 1000.
    assert "**10.0 % wrong**, 95 % interval 8.3 to 12.0 %" in text
    assert "At the threshold 0.8: 75.0 % answered, 3.1 % of these wrong." in text
    assert "1.2 %, the mean difference" in text
    assert "2.0 % too many names are answered as men's names" in text


COUNTRY = {
    "even": 0, "both": 20, "both_wrong": 10, "short": 0, "short_wrong": 0, "other": 280,
    "other_wrong": 12,
}  # fmt: skip


def country_row(country: str, women: int, women_wrong: int, men: int, men_wrong: int) -> Any:
    return {"country": country, "women": women, "women_wrong": women_wrong, "men": men,
            "men_wrong": men_wrong, **COUNTRY}  # fmt: skip


def test_countries_have_the_error_of_each_gender_with_its_interval(manifest: dict[str, Any]):
    manifest["metrics"]["unseen"]["by_country"] = [
        country_row("FI", 60, 6, 39, 0),
        country_row("IT", 50, 1, 50, 0),
        country_row("RU", 100, 10, 150, 3),
    ]

    text = section(card.render(manifest), "Names never seen, by country and gender")

    assert "| RU | 100 | 10.0 (5.5–17.4) | 150 | 2.0 (0.7–5.7) |" in " ".join(text.split())
    assert text.index("| RU ") < text.index("| IT ")
    assert "useful interval: FI." in text
    assert "| FI " not in text


def test_countries_merged_by_a_source_share_a_row(manifest: dict[str, Any]):
    group = ["AE", "EG", "IQ", "SA"]
    manifest["metrics"]["unseen"]["by_country"] = [
        country_row(country, 100, 10, 150, 3) for country in [*group, "RU"]
    ][:4]

    text = section(card.render(manifest), "Names never seen, by country and gender")

    assert text.count("| 100 |") == 1
    assert "AE and 3 more: AE EG IQ SA, one group in the source." in text


def test_error_of_known_names_is_marked_as_expected(manifest: dict[str, Any]):
    row = {"entries": 400, "error": 0.11, "women_error": 0.2, "men_error": 0.02,
           "answered": 0.9, "answered_error": None}  # fmt: skip
    rows = [{"country": "IN", **row}, {"country": "PL", **row, "error": 0.0199}]
    manifest["metrics"]["known"]["by_country"] = rows

    text = section(card.render(manifest), "Known names: what a name cannot tell")

    assert text.startswith("**Expected from the evidence, not measured on people.**")
    assert "| no country given |" in text
    assert "| IN | 400 | 20.0 | 2.0 | 90.0 | – |" in " ".join(text.split())
    assert "Less than 2 % wrong if forced: PL." in text


def test_people_are_reported_by_country_and_gender_but_not_in_small_groups(
    manifest: dict[str, Any],
):
    text = section(card.render(manifest), "On people")

    assert "Measured on 123 labelled people" in text
    # Andrea is a man's name in Italy; 40 of 80 people with it are women here.
    assert "| IT | 80 | 50.0 (39.3–60.7) | 40 | 0.0 (0.0–8.8) |" in " ".join(text.split())
    assert "leaves out 2 people of countries with fewer than 100" in text
    assert "FR" not in text
    assert "FR" not in str(manifest["metrics"]["people"]["by_country"])


def test_card_without_people_has_no_section_on_them(manifest: dict[str, Any]):
    del manifest["metrics"]["people"]

    text = card.render(manifest)

    assert sections(text) == [title for title in SECTIONS if title != "On people"]


def test_card_of_an_unevaluated_model_says_so(manifest: dict[str, Any]):
    manifest["metrics"] = {}

    text = card.render(manifest)

    assert "It was not evaluated" in section(text, "This version")
    numbers = {"Names never seen", "Names never seen, by country and gender", "On people",
               "Known names: what a name cannot tell", "Calibration"}  # fmt: skip
    assert sections(text) == [title for title in SECTIONS if title not in numbers]


def test_calibration_is_a_row_for_each_bin(manifest: dict[str, Any]):
    manifest["metrics"]["unseen"]["reliability"] = [
        {"from": 0.9, "to": 0.95, "n": 1221, "said": 0.9267, "right": 0.9639}
    ]

    assert "| 0.9 to 0.95 | 1,221 | 0.927 | 0.964 |" in section(
        card.render(manifest), "Calibration"
    )


def test_threshold_of_the_model_is_marked_and_explained(manifest: dict[str, Any]):
    text = section(card.render(manifest), "How sure to be")

    assert text.startswith("The threshold is **0.8**")
    assert "at most 5 % of the answers by spelling alone are wrong" in text
    assert re.search(r"\| 0\.8 \(used\) \|", text)
    del manifest["metrics"]["error_allowed"]
    assert "at most" not in section(card.render(manifest), "How sure to be")


@pytest.mark.parametrize("text", ["A title | with a bar", "A title\nin two lines"])
def test_title_from_an_own_catalogue_cannot_break_the_card(manifest: dict[str, Any], text: str):
    manifest["data"]["sources"]["lexicon"] |= {"title": text, "licence": text}

    rows = [line for line in card.render(manifest).splitlines() if line.startswith("| lexicon")]

    assert [row.count("|") for row in rows] == [6]


def test_card_names_the_baseline_of_live_names(manifest: dict[str, Any], tiny_model: Model):
    people = [Person(name="Maria", country="IT")] * 3 + [Person(name="J. R.")]
    baselines = {
        "training": drift.baseline(tiny_model, people * 500, "training"),
        "evaluation": drift.baseline(tiny_model, people[:1], "evaluation"),
    }
    manifest |= {"drift": replace(tiny_model, baselines=baselines).described()["drift"]}

    text = section(card.render(manifest), "This version")

    assert (
        "Baseline for drift (training): 2,000 people sampled by the counts of the sources, of whom "
        "25.0 % have no country and 25.0 % are unknown." in text
    )
    assert "(evaluation): 1 labelled people that it was evaluated on, of whom 0.0 % have no" in text


def test_card_states_the_choice_of_sources_and_the_cost_of_permissive(manifest: dict[str, Any]):
    assert "whatever their licence" in section(card.render(manifest), "The data")
    manifest["data"]["choice"] = "permissive"
    text = section(card.render(manifest), "The data")
    assert "Built with `SOURCES=permissive`" in text
    assert "3.7 % instead of 2.8 % are wrong" in text


def test_sources_with_binding_terms_are_named_with_the_licence_of_the_code(
    manifest: dict[str, Any],
):
    sources = manifest["data"]["sources"]
    sources["registry"]["permissive"], sources["lexicon"]["permissive"] = True, False
    text = section(card.render(manifest), "Licence")
    assert "The code is under the MIT licence, the model is not" in text
    assert "These do not allow passing it on freely: lexicon." in text
    sources["lexicon"]["permissive"] = True
    assert "All of these allow passing it on" in section(card.render(manifest), "Licence")


def test_data_facts_have_choice_checksum_and_binding_terms(
    manifests: dict[str, dict[str, Any]],
):
    manifests["raw"]["choice"] = "permissive"
    manifests["raw"]["sources"]["registry"]["permissive"] = True
    facts = card.data_facts(manifests)
    assert facts["choice"] == "permissive"
    assert facts["sources"]["registry"]["permissive"] is True
    assert facts["sources"]["lexicon"]["permissive"] is False
    assert facts["sources"]["lexicon"]["sha256"] == "0"
