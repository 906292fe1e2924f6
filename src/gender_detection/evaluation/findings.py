"""Sentences that go with the figures: which countries have many errors, and why."""

from collections.abc import Iterator

import numpy as np

from .inference import Judged
from .measures import Bools, confidence, wilson_interval, wrong
from .slices import Indices, groups

# A country is named if it has at least ENTRIES people and an error above ERROR, or at least FEWEST
# people and an error that chance cannot explain.
ENTRIES = 200
FEWEST = 30
ERROR = 0.1

_LATIN = "Written in Latin letters, names there "
_CHARACTERS = _LATIN + "lose the characters that carry the gender."
_TONES = _LATIN + "lose the characters and tones that carry the gender."
_MARKS = _LATIN + "often lose the marks that distinguish names of women and men."
_SPELLINGS = _LATIN + "are spelled in many ways, of which few have been counted."
LOST_IN_LATIN = {
    **dict.fromkeys(("CN", "HK", "MO", "SG", "TW"), _TONES),
    **dict.fromkeys(("JP", "KP", "KR"), _CHARACTERS),
    **dict.fromkeys(("KH", "LA", "MM", "TH"), _SPELLINGS),
    "VN": _MARKS,
}


def findings(judged: Judged) -> list[str]:
    """Return a sentence with the causes for each country whose error is high.

    The error is high if it is above ERROR among at least ENTRIES people, or if its 95 % interval is
    above ERROR and at least FEWEST people were answered. It is the share of wrong forced answers
    among those with a probability. One more sentence names the countries whose error exceeds ERROR
    only if people without a probability count as errors.
    """
    everybody = np.ones(len(judged.p_female), bool)
    is_wrong = wrong(judged.p_female, judged.is_female)
    sentences, unanswered = [], []
    for country, places in groups(judged, "country", everybody):
        answered = places[judged.answered[places]]
        errors = answered[is_wrong[answered]]
        if _is_high(len(places), len(answered), len(errors)):
            sentences.append(_on_country(judged, country, len(answered), errors))
        elif len(places) >= ENTRIES and (share := float(is_wrong[places].mean())) > ERROR:
            unanswered.append(f"{country or 'no country'} {share:.1%}")
    if unanswered:
        sentences.append(
            f"If people without a probability (initials, no name) count as errors, the error is "
            f"above {ERROR:.0%} for this reason only in: {', '.join(unanswered)}."
        )
    return sentences


def _is_high(entries: int, answered: int, errors: int) -> bool:
    interval = wilson_interval(errors, answered)
    if interval is None or errors <= ERROR * answered:
        return False
    return entries >= ENTRIES or (answered >= FEWEST and interval[0] > ERROR)


def warnings(judged: Judged) -> list[str]:
    """Return a sentence for each kind of value in the data that was not used as written."""
    sentences = judged.countries.sentences("person", "people")
    if judged.countries.unknown and judged.unknown_country_row:
        sentences[0] += f" (the first in row {judged.unknown_country_row})"
    return sentences


def _on_country(judged: Judged, country: str, answered: int, errors: Indices) -> str:
    low, high = wilson_interval(len(errors), answered) or (0.0, 1.0)
    causes = sorted(_causes(judged, errors), key=lambda cause: -cause[1])
    why = ", ".join(f"{share:.0%} {what}" for what, share in causes if round(share, 2) > 0)
    latin = judged.having("script", "latin")[errors].mean() >= 0.5
    lost = f" {LOST_IN_LATIN[country]}" if country in LOST_IN_LATIN and latin else ""
    return (
        f"{country or 'No country'}: {len(errors) / answered:.1%} of {answered:,} forced "
        f"answers are wrong ({100 * low:.1f} to {high:.1%}). Of these, {why}.{lost}"
    )


def _causes(judged: Judged, errors: Indices) -> Iterator[tuple[str, float]]:
    """Yield each cause with its share of the wrong answers; the shares add up to 1."""
    sure: Bools = confidence(judged.p_female[errors]) >= judged.threshold
    pattern = judged.having("basis", "pattern")[errors]
    title = judged.having("basis", "title")[errors]
    evidence = ~pattern & ~title
    yield "with a name that both women and men have", float((evidence & ~sure).mean())
    yield "with a name in no source (answered by its spelling)", float(pattern.mean())
    yield (
        "with a name that almost only the other gender has (or a wrong label)",
        float((evidence & sure).mean()),
    )
    yield "with a title of the other gender", float(title.mean())
