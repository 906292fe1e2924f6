"""What is asked of the model, a Person, and what it answers, a Prediction."""

from typing import Literal

import msgspec

Gender = Literal["female", "male", "unknown"]
Basis = Literal["title", "country", "name", "pattern"]
Reason = Literal["ambiguous", "unseen", "initials", "empty", "not_a_name"]


class Person(msgspec.Struct, frozen=True, gc=False):
    """A person as a caller names them: a full name, or a given and a family name.

    country is what countries.code_of understands, such as IT or Italy; any other counts as none. id
    is echoed and never looked at.
    """

    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    country: str | None = None
    id: str | int | float | None = None


def full_name(person: Person) -> str | None:
    """Return what a person named in parts is called, None where all are empty."""
    parts = [part for part in (person.given_name, person.family_name) if part]
    return " ".join(parts) or None


class EvidenceSummary(msgspec.Struct, frozen=True, gc=False):
    """How well the name is known: bearers counted in the world (rounded), sources that know it."""

    count: int
    sources: int


class Prediction(msgspec.Struct, frozen=True, gc=False):
    """How a name is gendered, and how sure that is.

    probability is that of the gender answered, or of the likelier one where gender is unknown;
    it and p_female are None where the name says nothing at all (reasons initials, empty,
    not_a_name). basis says what the probability rests on; reason says why gender is unknown.
    """

    id: str | int | float | None
    name: str | None
    given_name: str | None
    country: str | None
    gender: Gender
    probability: float | None
    p_female: float | None
    basis: Basis | None
    reason: Reason | None
    evidence: EvidenceSummary
