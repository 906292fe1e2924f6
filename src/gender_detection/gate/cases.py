"""Names whose answers are known without any data: the behaviour that every version must have.

unmistakable.csv was written from knowledge, not from any model, and so were the names below.
tests/behaviour tests a model of all the data on them.
"""

import csv
import html
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_LIST = Path(__file__).with_name("unmistakable.csv")


class Case(NamedTuple):
    """A given name, the country that it is from, and the gender that nobody there doubts."""

    name: str
    country: str
    gender: str


def unmistakable() -> list[Case]:
    """Return given names, five of women and five of men from each of more than 70 countries.

    Nobody who knows the country would take one for the other gender, and no other country has it
    for the other gender.
    """
    with _LIST.open(encoding="utf-8", newline="") as lines:
        return [Case(r["name"], r["country"], r["gender"]) for r in csv.DictReader(lines)]


# A man's name in the first country, a woman's in the second.
MOVED_BY_COUNTRY = [
    tuple(line.split())
    for line in """
    Andrea IT DE
    Andrea IT ES
    Andrea IT HU
    Simone IT FR
    Simone IT DE
    Nicola IT GB
    Nicola IT DE
    Jean FR US
    Jean FR GB
    Nikita RU IN
    Kim DK US
    Jan NL US
    Joan ES US
    Michele IT US
    Michal PL IL
    Robin FR US
    Laurence GB FR
    Gabriele IT DE
    Daniele IT FR
    Rosario IT ES
    Marian PL GB
    Marian RO GB
    Carol RO US
    Karen AM US
    Kari FI NO
    Mika FI JP
    Toni FI US
    Inge NO DE
    Eli US NO
    Alexis FR US
    Patrice FR US
    Nino IT GE
    Kadri TR EE
    Janis LV US
    Nermin BA TR
    Ilham AZ MA
    Almaz KZ ET
    Dewi GB ID
    Ira US RU
    Elia IT ES
    Jocelyn FR US
    Luca IT HU
    Nikola RS PL
    """.strip().splitlines()
]

# Names of several words, of which another word alone would say otherwise.
SEVERAL_WORDS = [
    ("José María García", "ES", "male"),
    ("María José García", "ES", "female"),
    ("Jean-Marie Leblanc", "FR", "male"),
    ("Anne-Marie Leblanc", "FR", "female"),
    ("Marie-Pierre Dubois", "FR", "female"),
    ("Giovanni Maria Rossi", "IT", "male"),
    ("Anna Peter", "DE", "female"),
    ("Stefan Maria Schulz", "DE", "male"),
    ("Thomas Anna", "IN", "male"),
    ("Elizabeth James", "GB", "female"),
    ("James Kelly", "IE", "male"),
    ("Kumari Mahinda", "LK", "female"),
    ("Nguyễn Thị Hương", "VN", "female"),
    ("Nguyễn Văn Hùng", "VN", "male"),
    ("Suzuki Ichiro", "JP", "male"),
    ("Ichiro Suzuki", "JP", "male"),
    ("Nagy Katalin", "HU", "female"),
    ("Katalin Nagy", "HU", "female"),
    ("Ivanova Maria Petrovna", "RU", "female"),
    ("Abdul Rahman Khan", "PK", "male"),
    ("Maria del Carmen Garcia", "ES", "female"),
    ("Juan Carlos Ruiz", "ES", "male"),
]


def _full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


# Ways to write a name that must not change its answer.
WAYS: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "lower case": str.lower,
    "accents decomposed": lambda name: unicodedata.normalize("NFD", name),
    "accents composed": lambda name: unicodedata.normalize("NFC", name),
    "white space around": lambda name: f" \t{name}\u00a0\n",
    "full-width letters": _full_width,
    "zero-width characters": lambda name: "\u200b" + "\u200b".join(name) + "\ufeff",
    "marks of direction": lambda name: f"\u202b{name}\u202c\u200f",
    "HTML escapes": lambda name: name.encode("ascii", "xmlcharrefreplace").decode(),
    "HTML escaped twice": lambda name: html.escape(
        name.encode("ascii", "xmlcharrefreplace").decode()
    ),
    "quotes around": lambda name: f'"{name}"',
    "a comma after": lambda name: f"{name},",
    "a doctor's title": lambda name: f"Dr. {name}",
    "a professor's title": lambda name: f"Prof. {name}",
}
