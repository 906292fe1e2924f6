"""What an answer rests on, as `gender-detection predict --explain` prints it."""

from collections.abc import Iterator

from ..model.answers import percent
from ..model.explanation import (
    Explanation,
    FormEvidence,
    KeyEvidence,
    Order,
    OriginEvidence,
    Reading,
    ReadWord,
    Role,
    Use,
)

_INDENT = "  "
_ROLES: dict[Role, str] = {
    "title": "title",
    "given_name": "given name",
    "initial": "initial",
    "family_name": "family name",
    "suffix": "degree, generation or description",
    "aside": "in brackets or quotes, not read",
    "other": "not read as part of a name",
}
_ORDERS: dict[Order, str] = {
    "alone": "alone",
    "usual": "in the usual order",
    "separate_fields": "in separate fields",
    "comma": "by the comma",
    "capitals": "by the capitals",
    "given_names": "two words that are given names together",
    "patronymic": "by the patronymic at the end",
    "country": "by the custom of the country",
    "family_names": "by a first word that is mostly a family name, and the sound of the others",
    "script": "by the custom of the script",
    "title": "by a title that goes with family names",
    "initials": "by initials beside one name",
    "bearers": "by the bearers of the words",
    "asked": "as you asked for",
}
_USES: dict[Use, str] = {
    "chosen": ", which the answer is based on",
    "added": ", weighed beside it",
    "unused": "",
}
_FORMS = {
    "given_name": "the ending of the given name",
    "family_name": "the form of the family name",
    "other_word": "a word beside the name",
}


def explanation_lines(explanation: Explanation, country: str | None) -> Iterator[str]:
    """Yield the lines of an explanation; country is that of the person, if known."""
    if explanation.words:
        yield "words:"
        yield from (_INDENT + _word(word) for word in explanation.words)
    yield from map(_reading, explanation.readings)
    if explanation.title is not None:
        yield f"{explanation.title} by a title, a patronymic or a middle name, which decides alone"
    if explanation.keys:
        yield "keys, in the order in which they are tried:"
        yield from (_INDENT + _key(key, country) for key in explanation.keys)
    if explanation.origins is not None:
        yield _origins(explanation.origins)
    if explanation.form is not None:
        yield _form(explanation.form)


def _word(word: ReadWord) -> str:
    text = f"{word.word}: {_ROLES[word.role]}"
    if word.read_as is not None:
        text += f", read as {word.read_as}"
    if word.bearers is not None:
        given, family = word.bearers.given_name, word.bearers.family_name
        text += f" (bearers: {given:,} as given name, {family:,} as family name)"
    return text


def _reading(reading: Reading) -> str:
    parts = {"given name": reading.given_name, "family name": reading.family_name}
    named = ", ".join(f"{part} {text}" for part, text in parts.items() if text is not None)
    verb = "read as" if reading.taken else "or read as" if reading.weight else "first read as"
    likely = f" ({reading.weight:.0%} likely)" if 0 < reading.weight < 1 else ""
    return f"{verb} {named}: {_ORDERS[reading.order]}{likely}"


def _key(key: KeyEvidence, country: str | None) -> str:
    text = f"{key.key}: in no source"
    if key.p_female is not None:
        sources = "1 source" if key.sources == 1 else f"{key.sources} sources"
        text = f"{key.key}: {percent(key.p_female)} female among {key.count:,} people in {sources}"
    if key.p_female_in_country is not None:
        text += f", {percent(key.p_female_in_country)} in {country}"
    if key.p_female_by_spelling is not None:
        text += f", {percent(key.p_female_by_spelling)} female by its spelling"
    return text + _USES[key.use]


def _origins(origins: OriginEvidence) -> str:
    countries = ", ".join(f"{one.country} {one.share:.0%}" for one in origins.countries)
    return f"{percent(origins.p_female)} female with the origins of {origins.key}: {countries}"


def _form(form: FormEvidence) -> str:
    return f"{form.gender} by {_FORMS[form.of]}"
