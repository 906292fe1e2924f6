"""What the tests of behaviour ask the model, so that a model can be made for just these names."""

from gender_detection.gate.cases import MOVED_BY_COUNTRY, SEVERAL_WORDS, unmistakable
from gender_detection.model import Person

UNMISTAKABLE = unmistakable()

_SWISS = "the only lists with figures are Swiss, and of Thai people there most are women"
_ONE_MAN = "the one bearer in Tanzania that a source counts is given as a man"

# Faults of the model on that list, each with its reason; a test fails when one of them is gone.
WRONG_IN_COUNTRY = {
    "Mwajuma": _ONE_MAN,
    "Sombat": _SWISS,
}
WRONG_IN_THE_WORLD = {
    "Sombat": _SWISS,
    "秀英": "it is also a man's name in Japan, whose list has it",
    "Jānis": "keys drop the macron, and Janis is a woman's name in English",
}
UNDECIDED_IN_COUNTRY = {
    "Leticia": "a list of Mexican births has ten boys of that name, and its list of girls has none",
}
# In no source: only the spelling speaks for these, and what it says is learnt from all the data.
UNSEEN = {
    "Rüfət": "its key is rufet, ə being read as e; sources have Rufat",
}

_SASHA = "the one source with figures for Russia has Sasha in its list of women alone"
WRONG_WAY = {
    ("Elia", "IT", "ES"): "the one source with figures for Italy gives Elia as a woman's name",
    ("Sasha", "RU", "US"): _SASHA,
    ("Sasha", "RU", "GB"): _SASHA,
}

# More of a man's name in the first country than in the second; of women and men in one of them.
INCLINED_BY_COUNTRY = [
    tuple(line.split())
    for line in """
    Sasha RU US
    Sasha RU GB
    Camille FR US
    Dominique FR US
    Marion US FR
    Jan PL GB
    Jan SE GB
    Angel ES US
    Kim SE US
    Robin SE US
    Leslie GB US
    Vanja RS SE
    """.strip().splitlines()
]

# Spellings that are one name: (country, the first and all that must be answered alike).
ALIKE = [
    ("RU", "Olga", "Ольга", "ОЛЬГА", "ольга"),
    ("RU", "Dmitry", "Дмитрий", "ДМИТРИЙ"),
    ("RU", "Vladimir", "Владимир"),
    ("RU", "Ekaterina", "Екатерина"),
    ("UA", "Oksana", "Оксана"),
    ("UA", "Taras", "Тарас"),
    ("BG", "Georgi", "Георги"),
    ("GR", "Eleni", "Ελένη", "ΕΛΕΝΗ", "Ελενη"),
    ("GR", "Panagiotis", "Παναγιώτης", "ΠΑΝΑΓΙΩΤΗΣ"),
    ("EG", "Fatima", "فاطمة"),
    ("EG", "Mohammed", "محمد"),
    ("IN", "Rajesh", "राजेश"),
    ("IN", "Sunita", "सुनीता"),
    ("TH", "Somchai", "สมชาย"),
    ("JP", "Hanako", "花子"),
    ("JP", "Sakura", "さくら", "サクラ", "ｻｸﾗ"),
    ("JP", "Taro", "太郎"),
    ("AM", "Tigran", "Տիգրան"),
    ("GE", "Giorgi", "გიორგი"),
    ("IT", "Andrea Rossi", "Rossi, Andrea", "ROSSI, ANDREA", "Andrea Rossi, Dr.", "Andrea  Rossi"),
    ("DE", "Andrea Schmidt", "Schmidt, Andrea", "Dr. Andrea Schmidt", "Prof. Dr. Andrea Schmidt"),
    ("DE", "Andrea Schmidt", "Dipl.-Ing. Andrea Schmidt", "Andrea Schmidt, PhD"),
    ("US", "Jennifer Smith", "Dr. Jennifer Smith", "Smith, Jennifer", "Jennifer Q. Smith"),
    ("US", "Jennifer Smith", "Prof. Jennifer Smith", "Rev. Jennifer Smith", "Jennifer Smith, MD"),
    ("US", "Jennifer Smith", "Q. Jennifer Smith", "Jennifer (Jenny) Smith", '"Jennifer Smith"'),
    ("US", "William Smith", "Smith, William", "SMITH William"),
    ("US", "William Smith Jr.", "William Smith III", "Smith, William, Jr."),
    ("FR", "Élodie Martin", "Elodie Martin", "ÉLODIE MARTIN", "&Eacute;lodie Martin"),
    (
        "FR",
        "Élodie Martin",
        "&#201;lodie Martin",
        "&amp;Eacute;lodie Martin",
        "E\u0301lodie Martin",
    ),
    ("NO", "Øystein Berg", "&Oslash;ystein Berg", "ØYSTEIN BERG", "Berg, Øystein"),
]


def everyone() -> list[Person]:
    """Return every person that the tests ask about, each once, with and without a country."""
    countries = [(name, c) for name, country, _ in UNMISTAKABLE for c in (country, None)]
    moved = [*MOVED_BY_COUNTRY, *INCLINED_BY_COUNTRY]
    countries += [(name, country) for name, *pair in moved for country in pair]
    countries += [(name, country) for name, country, _ in SEVERAL_WORDS]
    countries += [(name, country) for country, *names in ALIKE for name in names]
    return [Person(name=name, country=country) for name, country in dict.fromkeys(countries)]
