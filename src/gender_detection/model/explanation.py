"""What an answer rests on: the types of an explanation, and the roles of a name's words.

model.inspection makes explanations; no answer depends on them.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec

from .answers import Prediction

Role = Literal["title", "given_name", "initial", "family_name", "suffix", "aside", "other"]
Order = Literal[
    "alone", "usual", "separate_fields", "comma", "capitals", "given_names", "patronymic",
    "country", "family_names", "script", "title", "initials", "bearers", "asked",
]  # fmt: skip
Use = Literal["chosen", "added", "unused"]
Shown = Literal["female", "male"]
FormOf = Literal["given_name", "family_name", "other_word"]
Noted = Literal["title", "suffix", "initial", "family_name", "replaced"]


class Bearers(msgspec.Struct, frozen=True):
    """How many people the sources count who bear a word as a given name, and as a family name."""

    given_name: int
    family_name: int


class ReadWord(msgspec.Struct, frozen=True):
    """A word as written, and what it was read as.

    role is "aside" for a word in brackets or quotes, and "other" for one that was left out for
    another reason than the roles name. read_as is the word that it stands for, such as william for
    Wm.; None if it was read as written. bearers is None for words that are no names.
    """

    word: str
    role: Role
    read_as: str | None
    bearers: Bearers | None


class Reading(msgspec.Struct, frozen=True):
    """A division of the words into given names and family name, None for none.

    order is what told them apart (docs/names.md). open says whether the bearers of the words were
    asked for another one; taken, whether the answer is about this one. weight is the probability of
    this reading, by which its P(female) counts; 0 for one that was left aside.
    """

    given_name: str | None
    family_name: str | None
    order: Order
    open: bool
    taken: bool
    weight: float


class KeyEvidence(msgspec.Struct, frozen=True):
    """The evidence on a key of the given names.

    use is "chosen" for the key that the probability is based on, "added" for one that was weighed
    beside it. p_female, count and sources are worldwide; p_female is None, and the others are 0,
    where no source has the key. p_female_in_country is None without evidence there or without a
    country; p_female_by_spelling, where the spelling was not needed.
    """

    key: str
    use: Use
    p_female: float | None
    count: int
    sources: int
    p_female_in_country: float | None
    p_female_by_spelling: float | None


class Origin(msgspec.Struct, frozen=True):
    """A country of a family name, its share of the bearers, and P(female) of the chosen key there,
    None without evidence."""

    country: str
    share: float
    p_female: float | None


class OriginEvidence(msgspec.Struct, frozen=True):
    """How the origins of a family name moved the answer.

    key is that of the family name or of its part whose origins are known; countries are those with
    the largest shares. p_female is that of the chosen key, weighted by all origins.
    """

    key: str
    p_female: float
    countries: list[Origin]


class FormEvidence(msgspec.Struct, frozen=True):
    """A form that women or men have, and what has it: an ending of the given name or of the family
    name, or another word beside the name, such as Jr."""

    gender: Shown
    of: FormOf


class Explanation(msgspec.Struct, frozen=True):
    """What an answer rests on.

    words     in their order, as the text was split
    readings  the first one and, if the bearers of the words changed it or leave it open, that in
              the other order; none where the text is not read as a name
    title     the gender shown by a title, a patronymic or a middle name, which decides alone
    keys      in the order in which they are tried
    origins, form  of the family name, None where they did not move the answer
    """

    words: list[ReadWord]
    readings: list[Reading]
    title: Shown | None
    keys: list[KeyEvidence]
    origins: OriginEvidence | None
    form: FormEvidence | None


class ExplainedPrediction(Prediction, frozen=True):
    """A prediction with its explanation."""

    explanation: Explanation


# Words are numbers from here on: those of names.word_table, 0 for no word.


class Division(msgspec.Struct, frozen=True):
    """The words of the given names and of the family name; order is as in Reading."""

    given: list[int]
    family: list[int]
    order: Order
    open: bool
    family_first: bool


class Note(msgspec.Struct, frozen=True):
    """A word that was taken out as what it is, or "replaced" by another one (names.word_row)."""

    word: int
    what: Noted
    read_as: int


class Roles:
    """Tells the roles of the words of one name, asked for one after the other.

    written are all its words, in order; division is None where it is not read as a name.
    """

    def __init__(
        self, written: Sequence[int], division: Division | None, notes: Sequence[Note]
    ) -> None:
        self._left = Counter(written)
        given, family = (division.given, division.family) if division else ([], [])
        self._names: dict[Role, Counter[int]] = {
            "given_name": Counter(given),
            "family_name": Counter(family),
        }
        if division and division.family_first:
            self._names = dict(reversed(self._names.items()))
        self._all_names = {role: frozenset(words) for role, words in self._names.items()}
        self._notes: dict[int, list[Note]] = {}
        for note in notes:
            self._notes.setdefault(note.word, []).append(note)

    def next(self, word: int, default: Role) -> tuple[Role, int]:
        """Return the role of the next word, and the word that it was read as."""
        notes = self._notes.get(word, [])
        # Of the same word twice, as in "Graf Anna Graf", the first one is the title.
        is_spare = self._left[word] > sum(words[word] for words in self._names.values())
        self._left[word] -= 1
        if not (notes and is_spare):
            for role, words in self._names.items():
                if words[word]:
                    words[word] -= 1
                    return role, word
        return self._noted(word, default)

    def _noted(self, word: int, default: Role) -> tuple[Role, int]:
        """Return the role of a word, or of that by which it was replaced, as noted."""
        first = word
        while notes := self._notes.get(word):
            note = notes.pop(0)
            if note.what != "replaced":
                return note.what, word
            if note.read_as == 0:
                break
            word = note.read_as
            # Several words may be replaced by one: Abd al-Rahman.
            for role, words in self._all_names.items():
                if word in words:
                    return role, word
        return default, first
