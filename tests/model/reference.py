"""The model's answer to one person, worked out the long way: every look-up anew, one by one.

What Model.predict remembers, works on in columns or leaves out may change none of its answers.
"""

import math

import numpy as np

from gender_detection.countries import code_of
from gender_detection.features import hash_keys, ngram_indices
from gender_detection.model import EvidenceSummary, Model, Person, Prediction
from gender_detection.names import ParsedName, family_gender, key, parse, parse_parts

Row = tuple[float, float, int]  # p_female, bearers, sources


def predict_one(
    model: Model,
    person: Person,
    threshold: float | None = None,
    female_share: float | None = None,
) -> Prediction:
    """Return what Model.predict answers to one person."""
    threshold = model.threshold if threshold is None else threshold
    country = code_of(person.country or "")
    if person.name is not None:
        parsed, shown = parse(person.name, country), person.name
    else:
        parsed = parse_parts(person.given_name, person.family_name, country)
        parts = [part for part in (person.given_name, person.family_name) if part]
        shown = " ".join(parts) or None
    given = " ".join(parsed.given) or None
    belief = believe(model, parsed, country)
    if belief is None:
        nothing = EvidenceSummary(0, 0)
        reason = parsed.reason or "not_a_name"
        return Prediction(
            person.id, shown, given, country, "unknown", None, None, None, reason, nothing
        )
    p_female, basis, count, sources = belief
    if female_share is not None and 0 < p_female < 1:
        base = model.parameters.base_share
        odds = p_female / (1 - p_female) * (female_share / (1 - female_share)) / (base / (1 - base))
        p_female = 1.0 if math.isinf(odds) else odds / (1 + odds)
    p_female = min(max(round(p_female, 4), 0.0001), 0.9999)
    probability = round(max(p_female, 1 - p_female), 4)
    gender, reason = "unknown", "unseen" if basis == "pattern" else "ambiguous"
    if probability >= threshold and p_female != 0.5:
        gender, reason = ("female" if p_female > 0.5 else "male"), None
    return Prediction(
        person.id, shown, given, country, gender, probability, p_female, basis, reason,
        EvidenceSummary(round(count), sources),
    )  # fmt: skip


def believe(
    model: Model, parsed: ParsedName, country: str | None
) -> tuple[float, str, float, int] | None:
    """Return p_female, basis, bearers and sources; None where the name says nothing."""
    parameters = model.parameters
    if not parsed.reason and parsed.title_gender is None and parsed.keys:
        return _believe_keys(model, parsed, country)
    if parsed.title_gender:
        p_title = parameters.p_title
        return (p_title if parsed.title_gender == "female" else 1 - p_title), "title", 0.0, 0
    return None


def _believe_keys(
    model: Model, parsed: ParsedName, country: str | None
) -> tuple[float, str, float, int]:
    parameters, keys = model.parameters, parsed.keys
    rows = {k: world(model, k) for k in keys}
    known = [k for k in keys if rows[k]]
    well_known = [k for k in known if rows[k][1] >= parameters.min_count]
    chosen = (well_known or known or keys[1:2] or keys)[0]
    row = rows[chosen]
    if row is None:
        p_female = share(parameters.trust_unseen * log_odds(spelled(model, chosen)))
        return _by_family(model, parsed, p_female), "pattern", 0.0, 0
    p_female, basis = row[0], "name"
    here = local(model, chosen, country)
    if here:
        p_female, basis = here, "country"
    elif parsed.family:
        for origin, part in origins_of(model, parsed.family):
            if there := local(model, chosen, origin):
                p_female += part * (there - row[0])
    if chosen != keys[0]:
        whole = 0.5 if rows[keys[0]] else spelled(model, keys[0])
        held = min(max(log_odds(whole), -3.0), 3.0)
        odds = log_odds(p_female) + parameters.weight_whole * held
        for other in keys[1:]:
            if other != chosen and rows[other]:
                p_other = local(model, other, country) or rows[other][0]
                count = rows[other][1]
                trust = count / (count + parameters.strength_others)
                odds += parameters.weight_others * trust * log_odds(p_other)
        p_female = share(odds)
    return _by_family(model, parsed, p_female), basis, row[1], row[2]


def _by_family(model: Model, parsed: ParsedName, p_female: float) -> float:
    gender = family_gender(parsed.family) if parsed.family else None
    if gender is None:
        return p_female
    weight = model.parameters.weight_family
    return share(log_odds(p_female) + (weight if gender == "female" else -weight))


def world(model: Model, name_key: str) -> Row | None:
    """Return the evidence for a key in the world."""
    return _row(model.evidence.world, hash_keys([name_key]))


def local(model: Model, name_key: str, country: str | None) -> float | None:
    """Return P(female) of a key in a country; None where there is no evidence."""
    evidence = model.evidence.by_country
    places = np.flatnonzero(model.evidence.world.hashes == hash_keys([name_key])[0]).tolist()
    countries = evidence.countries.tolist()
    code = ord(country[0]) << 8 | ord(country[1]) if country else None
    if not places or code not in countries:
        return None
    number, first = 1 + countries.index(code), int(evidence.first[places[0]])
    if first < 0:
        p_female = float(evidence.matrix[-1 - first, number])
        return p_female if p_female > 0 else None
    for at in range(first, first + int(evidence.sizes[places[0]])):
        if evidence.pair_countries[at] == number:
            return float(evidence.pair_p_female[at])
    return None


def _row(table, hashed: np.ndarray) -> Row | None:
    at = int(np.searchsorted(table.hashes, hashed)[0])
    if at == len(table.hashes) or table.hashes[at] != hashed[0]:
        return None
    return float(table.p_female[at]), float(table.count[at]), int(table.sources[at])


def origins_of(model: Model, family: str) -> list[tuple[str, float]]:
    """Return countries and shares of the first of a family name's keys that is known."""
    origins = model.origins
    folded = [key(word) for word in [family, *family.replace("-", " ").split()]]
    for family_key in folded:
        if len(family_key) < 3:
            continue
        hashed = hash_keys([family_key])[0]
        (at,) = np.flatnonzero(origins.hashes == hashed)[:1].tolist() or (None,)
        if at is not None and origins.offsets[at] < origins.offsets[at + 1]:
            part = slice(int(origins.offsets[at]), int(origins.offsets[at + 1]))
            codes = origins.countries[part].tolist()
            names = [chr(code >> 8) + chr(code & 255) for code in codes]
            return list(zip(names, origins.shares[part].tolist(), strict=True))
    return []


def spelled(model: Model, name_key: str) -> float:
    """Return what the spelling says, from the n-grams of the key among other keys."""
    pattern = model.pattern
    indices, offsets = ngram_indices(["someoneelse"] * 9 + [name_key], pattern.ngrams)
    own = indices[offsets[-2] : offsets[-1]]
    score = pattern.bias + math.fsum(pattern.weights[own].tolist())
    odds = min(max(pattern.slope * score + pattern.intercept, -35.0), 35.0)
    return float(np.float32(1 / (1 + math.exp(-odds))))


def share(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def log_odds(p: float) -> float:
    held = min(max(p, 1e-6), 1 - 1e-6)
    return math.log(held / (1 - held))
