"""What must be said beside the figures: where errors are many, and why."""

from collections.abc import Iterator

import numpy as np

from .inference import Judged
from .measures import Bools, confidence, wilson_interval, wrong
from .slices import Places, groups

# A country with so many entries and a larger share of errors than this is named; so is one with
# fewer if chance cannot explain it.
ENTRIES = 200
FEWEST = 30
ERROR = 0.1

_LATIN = "Written in Latin letters, names there "
_CHARACTERS = _LATIN + "lose the characters that carry the gender."
_TONES = _LATIN + "lose the characters and tones that carry the gender."
_MARKS = _LATIN + "often lose the marks that tell names of women and men apart."
_SPELLINGS = _LATIN + "are spelled in many ways, of which few have been counted."
LOST_IN_LATIN = {
    **dict.fromkeys(("CN", "HK", "MO", "SG", "TW"), _TONES),
    **dict.fromkeys(("JP", "KP", "KR"), _CHARACTERS),
    **dict.fromkeys(("KH", "LA", "MM", "TH"), _SPELLINGS),
    "VN": _MARKS,
}


def findings(judged: Judged) -> list[str]:
    """Return a sentence on each country with ENTRIES or more and an error above ERROR, and why;
    also on those with FEWEST or more whose 95 % interval lies above it.

    Entries are all the country's people. The error is that of forced answers among those who got
    one; countries above it only by people whose names say nothing share one more sentence.
    """
    everybody = np.ones(len(judged.p_female), bool)
    is_wrong = wrong(judged.p_female, judged.is_female)
    said, silent = [], []
    for country, places in groups(judged, "country", everybody):
        answered = places[judged.answered[places]]
        errors = answered[is_wrong[answered]]
        if _is_high(len(places), len(answered), len(errors)):
            said.append(_on_country(judged, country, len(answered), errors))
        elif len(places) >= ENTRIES and (share := float(is_wrong[places].mean())) > ERROR:
            silent.append(f"{country or 'no country'} {share:.1%}")
    if silent:
        said.append(
            f"If whoever cannot be answered at all (initials, no name) counts as an error, the "
            f"error is above {ERROR:.0%} for that reason alone in: {', '.join(silent)}."
        )
    return said


def _is_high(entries: int, answered: int, errors: int) -> bool:
    interval = wilson_interval(errors, answered)
    if interval is None or errors <= ERROR * answered:
        return False
    return entries >= ENTRIES or (answered >= FEWEST and interval[0] > ERROR)


def warnings(judged: Judged) -> list[str]:
    """Return a sentence on each thing in the people's data that was not used as it stood."""
    said = judged.countries.sentences("person", "people")
    if judged.countries.unknown and judged.stranger_line:
        said[0] += f" (the first in line {judged.stranger_line})"
    return said


def _on_country(judged: Judged, country: str, answered: int, errors: Places) -> str:
    low, high = wilson_interval(len(errors), answered) or (0.0, 1.0)
    causes = sorted(_causes(judged, errors), key=lambda cause: -cause[1])
    why = ", ".join(f"{share:.0%} {what}" for what, share in causes if round(share, 2) > 0)
    latin = judged.having("script", "latin")[errors].mean() >= 0.5
    lost = f" {LOST_IN_LATIN[country]}" if country in LOST_IN_LATIN and latin else ""
    return (
        f"{country or 'No country'}: {len(errors) / answered:.1%} of {answered:,} wrong when "
        f"forced ({100 * low:.1f} to {high:.1%}). Of those wrong, {why}.{lost}"
    )


def _causes(judged: Judged, errors: Places) -> Iterator[tuple[str, float]]:
    """Yield what those wrong have, and the share of them that has it; the shares sum to 1."""
    sure: Bools = confidence(judged.p_female[errors]) >= judged.threshold
    pattern = judged.having("basis", "pattern")[errors]
    title = judged.having("basis", "title")[errors]
    evidence = ~pattern & ~title
    yield "a name borne by both genders", float((evidence & ~sure).mean())
    yield "a name never counted, judged by its spelling", float(pattern.mean())
    yield (
        "a name counted almost only for the other gender (or a wrong label)",
        float((evidence & sure).mean()),
    )
    yield "a title of the other gender", float(title.mean())
