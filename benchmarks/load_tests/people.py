"""Persons for requests, the same in every run: many names, countries and forms of names.

Given names follow Zipf's law, as in a population: a few names are common, and many are rare.
"""

from collections.abc import Sequence
from itertools import accumulate
from random import Random

import msgspec

from gender_detection.model import Person
from gender_detection.names import lexicon

GIVEN = {
    "DE": "Anna Maximilian Sophie Jürgen Käthe Björn Heike Wolfgang Ursula Uwe Annegret Lukas",
    "FR": "Camille Dominique Chloé Jean-Pierre Marie-Claude Hervé Noémie Étienne Maëlle Loïc",
    "IT": "Andrea Simone Nicola Giulia Gabriele Chiara Luca Beatrice Mattia Ginevra Leonardo",
    "ES": "José María Guadalupe Íñigo Begoña Ángel Lucía Jesús Nuria Rosario Martín Inés",
    "PT": "João Conceição Luís Fátima Rui Graça Tiago Inês Vasco Teresinha",
    "GB": "Oliver Amelia Harry Isla Alfie Poppy Kerry Leslie Robin Hilary Imogen Rhys Siân",
    "US": "Taylor Jordan Madison Jayden Ashley Riley Morgan Casey Latoya DeShawn Brooklyn",
    "PL": "Katarzyna Łukasz Małgorzata Stanisław Agnieszka Zbigniew Kuba Zofia",
    "RU": "Ольга Дмитрий Никита Илья Светлана Sergei Yekaterina Саша Vladimir Lyudmila",
    "TR": "Çağla Mehmet Deniz Ümit Zeynep Şükrü Özge Emre Yağmur",
    "IN": "Priya Rajesh Kiran Lakshmi Arjun Manpreet Sunita Harpreet Vijay Ananya",
    "CN": "Wei Xiaohong Li Na Jianguo Yan Meiling Qiang 小红 建国",
    "JP": "Haruka Kenji Yuki Makoto Sakura Hiroshi Akira Naomi Ryo Kaoru",
    "KR": "Ji-hoon Min-ju Soo-jin Hyun Jae-won Eun-ji 지훈 민주",
    "EG": "Mohamed Fatma Ahmed Noor Yasmin Mahmoud Hanan Islam محمد فاطمة",
    "GR": "Ελένη Γιώργος Katerina Dimitris Despina Nikos",
    "HU": "Zsuzsanna László Gergő Ágnes Csilla Bence Réka",
    "SE": "Astrid Björn Ingrid Kim Åsa Torbjörn Elsa Göran",
    "BR": "Darci Vinícius Jucélia Wagner Rosângela Itamar Thaís",
    "NG": "Chinedu Ngozi Oluwaseun Funmilayo Emeka Blessing Tunde",
    "VN": "Linh Anh Minh Thuy Duc Phuong Hoa Tuan",
    "": "Alex Sam Maria John Fatima Ivan Olga Chris Sasha Noa",
}  # fmt: skip
# Parts of rarer names: each stem with each ending looks like a name; few sources have it.
STEMS = """
abel adri aless alfr anton arm august bened bern cam carl christ claud dani dem dom emil eug fab
fel ferd flor franc frid gabr georg gis grac gust hel herm ign isab isid jan jos jul kat lav leand
leon lis lor luc ludm magd marc marg mart maur mel mic nat norb oct or pal pas patr pet quint raim
ren ric rod ros sam seb serg silv stef tad tat terc tiz ulr val ver vict vinc viv wend wil xim yol
""".split()
ENDINGS = """
a o e i ia io us ina ino etta etto ella ello iana iano ine en y ita ito isa iel inka usz ov eva
""".split()
FAMILY = """
Smith Jones Müller Schmidt Rossi Bianchi García Fernández Silva Sousa Dubois Lefèvre Kowalska Nowak
Ivanov Petrova Yılmaz Demir Singh Sharma Papadopoulos Nagy Andersson Johansen O'Brien MacDonald
Okafor Adeyemi Hassan El-Sayed Cohen Levi Horvat Novák Popescu Ionescu Virtanen Tamm Jansen
de Vries van den Berg von Humboldt da Costa Öztürk Çelik Larsson Sørensen Björnsdóttir Haddad Khan
""".split()
FAMILIES = (*FAMILY, *sorted(
    lexicon.CHINESE_FAMILIES | lexicon.KOREAN_FAMILIES | lexicon.JAPANESE_FAMILIES
    | lexicon.VIETNAMESE_FAMILIES | lexicon.HUNGARIAN_FAMILIES
))  # fmt: skip
FORMS = (
    ("{given} {family}", 60), ("{given}", 8), ("{family}, {given}", 8),
    ("{given} {initial}. {family}", 7),
    ("Dr. {given} {family}", 3), ("{given} {other} {family}", 5), ("{initial}. {family}", 3),
    ("{given}-{other} {family}", 2), ("{family} {given}", 2), ("{GIVEN} {FAMILY}", 2),
)  # fmt: skip


def given_names() -> list[tuple[str, str]]:
    """Return about 2,000 given names with countries ("" if unknown), common names first."""
    random = Random("given names")
    known = [(name, country) for country, names in GIVEN.items() for name in names.split()]
    known += [(name.title(), "") for name in sorted(lexicon.COMMON_GIVEN | lexicon.HUNGARIAN_GIVEN)]
    rare = [((stem + ending).title(), "") for stem in STEMS for ending in ENDINGS]
    random.shuffle(known)
    random.shuffle(rare)
    return known + rare


def people(count: int, seed: int = 1) -> list[Person]:
    """Return persons with ids from 0: nine in ten with a full name, the others with its parts."""
    random = Random(f"people {seed}")
    given = given_names()
    zipf = list(accumulate(1 / rank for rank in range(1, len(given) + 1)))
    countries = [country for country in GIVEN if country]
    forms, shares = zip(*FORMS, strict=True)
    found = []
    for number in range(count):
        (first, home), (other, _) = random.choices(given, cum_weights=zipf, k=2)
        family = random.choice(FAMILIES).title()
        country = random.choice((home, home, home, random.choice(countries), "")) or None
        if random.random() < 0.1:
            found.append(Person(given_name=first, family_name=family, country=country, id=number))
            continue
        [form] = random.choices(forms, shares)
        name = form.format(
            given=first, family=family, other=other, initial=other[0],
            GIVEN=first.upper(), FAMILY=family.upper(),
        )  # fmt: skip
        found.append(Person(name=name, country=country, id=number))
    return found


def one_body(person: Person) -> bytes:
    """Return the JSON body of a request for one person."""
    return msgspec.json.encode(_members(person))


def batch_body(batch: Sequence[Person]) -> bytes:
    """Return the JSON body of a request for several persons."""
    return msgspec.json.encode({"instances": [_members(person) for person in batch]})


def batches(count: int, size: int, seed: int = 1) -> list[list[Person]]:
    """Return count batches of size different persons."""
    found = people(count * size, seed)
    return [found[at : at + size] for at in range(0, len(found), size)]


def _members(person: Person) -> dict[str, object]:
    return {k: v for k, v in msgspec.structs.asdict(person).items() if v is not None}
