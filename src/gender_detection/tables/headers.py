"""What the headers of columns mean, in people's languages and in what programs export."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from anyascii import anyascii

from ..countries import folded
from ..model.people import ROLES
from ..names.lexicon.table import Table

HEADERS = Path(__file__).with_name("headers.tsv")
ALL_ROLES = (*ROLES, "gender", "birth_year")
LONGEST = 100  # characters: more than any header of the table has
UNREAD = "unread"
_NAMES = ("name", "given_name", "family_name")
# In shorter Latin headers accents count: without them they are words of other languages.
ACCENTS_DROPPED_FROM = 5
# What says that a column of full names holds only a part of them: a column of the other part.
_PARTNERS = {"family_name": "given_name", "given_name": "family_name"}
# The dotless i, the dot of the Turkish capital I, and an apostrophe that is a letter.
_SAME = str.maketrans({"ı": "i", "\u0307": None, "\u02bc": None})


# The code or number that programs and people put before a question: G01Q02. or Q3_1: or 2)
_CODE = re.compile(r"\s*[A-Za-z]{0,3}\d[\w\[\]-]{0,19}\s*[.:)\u2013-]\s*(?=\S)")
# Also words, where all headers of a table have one, and there are so many, as LimeSurvey's.
_CODED = 4
_WORD_CODE = re.compile(r"\s*[A-Za-z][\w\[\]-]{0,39}\.\s+(?=\S)")
# What divides a header in two languages: Name / Nom, Land (Country).
_BETWEEN = re.compile(r"[/|()\[\]\n\u2013\u2014\u00b7]|\s-\s")
# What a form adds to a header, and how it asks for it. Keys, as of key_of.
_REMARKS = frozenset(
    "required optional mandatory pflichtfeld pflichtangabe obligatoire facultatif obligatorio "
    # And the plural: Nachname(n).
    "opcional obbligatorio facoltativo obrigatorio verplicht wymagane s n en".split()
)
# Of whom a header says the name. These columns are not read beside others.
_OF_PERSON = re.compile(
    r"\s*(?:attendee|participant|guest|student|employee|customer|contact|member|respondent|author|"
    r"applicant|candidate|patient|speaker|delegate|registrant|user|client|person|donor|volunteer|"
    r"subscriber|buyer|billing|shipping|legal|preferred)(?:['\u2019]s)?[\s_.:-]+(?=\S)",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\s*[\u00bf]?\s*(?:please\s+)?(?:what(?:\s+is|['\u2019]s)\s+your|(?:enter|give|provide|type|write|state|tell\s+us)"
    r"\s+your|your|my|(?:bitte\s+)?(?:wie\s+(?:lautet|ist|hei(?:\u00df|ss)t)\s+)?(?:ihre?|deine?|meine?)|"
    r"(?:quel(?:le)?\s+est\s+)?(?:votre|ton|ta|mon)|(?:cu[\u00e1a]l\s+es\s+)?(?:tu|su|mi)|"
    r"(?:qual\s+[\u00e8e\u00e9]\s+)?(?:il\s+|la\s+|o\s+|a\s+)?(?:tuo|tua|suo|sua|teu|seu)|"
    r"(?:wat\s+is\s+)?(?:je|jouw|uw))\s+(?=\S)",
    re.IGNORECASE,
)


class Meaning(NamedTuple):
    """A role of a header. `beside` is "", or what it is beside other columns: a role or UNREAD."""

    alone: str
    beside: str
    languages: frozenset[str]


def key_of(header: str) -> str:
    """Return a header without case, spaces and punctuation, to compare it with others.

    Latin letters lose their accents, except in headers of fewer than ACCENTS_DROPPED_FROM letters.
    The key of a header that is longer than LONGEST is "".
    """
    if len(header) > LONGEST:
        return ""
    text = unicodedata.normalize("NFKC", header).casefold().translate(_SAME)
    bare = folded("".join(map(_without_accent, text)))
    if len(bare) < ACCENTS_DROPPED_FROM and bare.isascii():
        return "".join(filter(str.isalnum, text))
    return bare


def _without_accent(letter: str) -> str:
    # Also letters that are no letter with an accent in Unicode: ł, ø, đ.
    is_latin = unicodedata.name(letter, "").startswith("LATIN ")
    return anyascii(letter).lower() if is_latin else letter


def read_meanings(path: Path) -> dict[str, tuple[Meaning, ...]]:
    """Return the meanings of headers by key; raise LexiconError where a row cannot be used."""
    meanings: dict[str, tuple[Meaning, ...]] = {
        key_of(role): (Meaning(role, "", frozenset()),) for role in ALL_ROLES
    }
    table = Table(path, "header role languages", identity=(0, 1))
    for header, role, languages, _ in table:
        alone, slash, beside = role.partition("/")
        table.check(alone, ALL_ROLES)
        if slash:
            table.check(beside, {UNREAD, *_PARTNERS} if alone == "name" else {UNREAD})
        if not languages:
            raise table.error(f"{header!r} has no language: name it, or the program")
        meaning = Meaning(alone, beside, frozenset(languages.split()))
        others = meanings.get(key_of(header), ())
        if any(other.alone != alone or beside == other.beside for other in others):
            raise table.error(f"{header!r} is the same as another header: keep one of the rows")
        meanings[key_of(header)] = (*others, meaning)
    return meanings


@cache
def _meanings() -> dict[str, tuple[Meaning, ...]]:
    return read_meanings(HEADERS)


@lru_cache(maxsize=4096)
def _meanings_of(header: str) -> tuple[Meaning, ...]:
    """Return what a header means: as it is, or else without its code, or as a question, or what
    all its parts mean."""
    if not header.strip() or len(header) > LONGEST:
        return ()
    return _known(header) or _known_in_parts(_CODE.sub("", header, count=1))


def _known(text: str) -> tuple[Meaning, ...]:
    meanings = _meanings()
    for short in (text, _ASKED.sub("", text, count=1)):
        if known := meanings.get(key_of(short)):
            return known
    of_person = _OF_PERSON.match(text)
    known = meanings.get(key_of(text[of_person.end() :]), ()) if of_person else ()
    names = (meaning for meaning in known if meaning.alone in _NAMES)
    return tuple(dict.fromkeys(meaning._replace(beside=UNREAD) for meaning in names))


def _known_in_parts(text: str) -> tuple[Meaning, ...]:
    if whole := _known(text):
        return whole
    text = unicodedata.normalize("NFKC", text)  # also wide brackets
    parts = [part for part in _BETWEEN.split(text) if (key := key_of(part)) and key not in _REMARKS]
    known = [_known(part) for part in parts]
    found = tuple(dict.fromkeys(meaning for meanings in known for meaning in meanings))
    # Parts of different roles, or others, are of something else: Name / Company.
    return found if all(known) and len({meaning.alone for meaning in found}) == 1 else ()


def roles_of(headers: Sequence[str]) -> dict[str, str]:
    """Return the roles of the columns of one table: those of ALL_ROLES, by header.

    Some headers have another role, or none, beside others (headers.tsv says which). Headers without
    a role are left out.
    """
    texts = _without_codes(headers)
    meanings = [
        (header, meaning)
        for header, text in zip(headers, texts, strict=True)
        for meaning in _meanings_of(text)
    ]
    roles = {header: meaning.alone for header, meaning in meanings if not meaning.beside}
    doubtful = [(header, meaning) for header, meaning in meanings if meaning.beside]
    # All but names: read if no other column has the role. The names depend on these.
    taken = set(roles.values())
    roles |= {
        header: meaning.alone
        for header, meaning in doubtful
        if meaning.alone != "name" and meaning.alone not in taken
    }
    # Full names that are a part beside the other part, in the same language.
    taken = set(roles.values())
    languages = _languages(meanings, roles)
    roles |= {
        header: meaning.beside
        for header, meaning in doubtful
        if (partner := _PARTNERS.get(meaning.beside))
        and meaning.beside not in taken
        and meaning.languages & languages[partner]
    }
    # Full names otherwise, if nothing else holds names.
    if not {"name", "given_name"} & set(roles.values()):
        roles |= {
            header: "name"
            for header, meaning in doubtful
            if meaning.alone == "name" and header not in roles
        }
    return {header: roles[header] for header in headers if header in roles}


def _without_codes(headers: Sequence[str]) -> Sequence[str]:
    """Return headers without the words before a point that all of them have."""
    if len(headers) >= _CODED and all(map(_WORD_CODE.match, headers)):
        return [_WORD_CODE.sub("", header, count=1) for header in headers]
    return headers


def role_of(header: str) -> str | None:
    """Return the role of a column that stands alone, one of ALL_ROLES, or None."""
    return roles_of([header]).get(header)


def _languages(
    meanings: Sequence[tuple[str, Meaning]], roles: dict[str, str]
) -> dict[str, frozenset[str]]:
    """Return the languages of the columns of given names and of those of family names."""
    return {
        role: frozenset().union(
            *(
                meaning.languages
                for header, meaning in meanings
                if meaning.alone == role == roles.get(header)
            )
        )
        for role in _PARTNERS
    }


def languages_of(headers: Sequence[str]) -> frozenset[str]:
    """Return in which languages all headers that are known may be written; English and the names of
    programs do not count."""
    listed = [
        languages
        for header in headers
        if (languages := frozenset[str]().union(*(m.languages for m in _meanings_of(header))))
        and "english" not in languages
    ]
    return frozenset.intersection(*listed) if listed else frozenset()


@cache
def written_in(language: str) -> dict[str, str]:
    """Return the headers of a language that have one role, as fields of JSON, with that role."""
    return {
        "_".join(header.lower().split()): role
        for header, role, languages, _ in Table(HEADERS, "header role languages", (0, 1))
        if language in languages.split() and "/" not in role
    }
