"""Strings of every kind that somebody could send as a name, drawn from a random.Random."""

import html
import unicodedata
from collections.abc import Callable
from random import Random

from gender_detection.names import lexicon

LONGEST = 1_000_000

# First and last letter of scripts that names are written in, and of some where none are.
_SCRIPTS = (
    (0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x250, 0x2AF), (0x370, 0x3FF), (0x400, 0x52F),
    (0x531, 0x586), (0x5D0, 0x5EA), (0x620, 0x6D3), (0x710, 0x74A), (0x780, 0x7B1),
    (0x904, 0x939), (0x985, 0x9B9), (0xA05, 0xA39), (0xA85, 0xAB9), (0xB05, 0xB39),
    (0xB85, 0xBB9), (0xC05, 0xC39), (0xC85, 0xCB9), (0xD05, 0xD39), (0xD85, 0xDC6),
    (0xE01, 0xE4E), (0xE81, 0xEC4), (0xF40, 0xF6C), (0x1000, 0x1055), (0x10A0, 0x10FF),
    (0x1100, 0x11FF), (0x1200, 0x135A), (0x13A0, 0x13F5), (0x1780, 0x17B3), (0x1820, 0x1877),
    (0x1E00, 0x1EFF), (0x1F00, 0x1FFE), (0x2C00, 0x2C5F), (0x2D30, 0x2D67), (0x3041, 0x3096),
    (0x30A1, 0x30FA), (0x3105, 0x312F), (0x4E00, 0x9FFF), (0xA000, 0xA48C), (0xAC00, 0xD7A3),
    (0xFB00, 0xFB4F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC), (0xFF21, 0xFF5A), (0xFF66, 0xFFDC),
    (0x10400, 0x1044F), (0x12000, 0x12399), (0x1D400, 0x1D7FF), (0x1F100, 0x1F1FF),
    (0x1F300, 0x1FAFF), (0x20000, 0x2A6DF),
)  # fmt: skip
_MARKS = (
    "\u0301\u0308\u0323\u0345\u035c\u05b8\u064e\u0651\u093c\u094d\u0e31\u20dd\u200b\u200c\u200d"
    "\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\ufe0f\u00ad\u0000\u0007\u007f\u0085\u2028\u3000"
    "\ud800\udfff\ufffe\U000e0001\U000e0041"
)
_SIGNS = " \t\n.,;:-_'\"`’“”„«»()[]{}<>/\\|&+*#%~^@=!?$0123456789،・·–—ªº№"
# What the reading of names looks for, and so may stumble over where it is nested or repeated.
_PIECES = (
    "(", ")", "[", "<", ">", "{", "“", "„", "«", '"', "'", "' ", " '", "’", "-", "--", ".", "a.",
    ".a", "-.", "1", "-1", "a1", ".1-", ",", ", ", ",a", "a,", "،", "&", "&amp;", "&#38;", "&amp",
    "&lt;b&gt;", "</", "<b>", "</b>", "<l/>", "<c^>", "@", "a@", "a@b.", "@.", "://", "www.", "ª",
    "Ma.ª", "mª", "_", "/", "\\", "・", "\u0301", "\u200b", "\u202e", "\ud800", "ﷺ", "ﬁ", "Ⅷ", "ǆ",
    "ß", "İ", "ſ", "가", "각", "王", "欧阳", "先生", "นางสาว", "ขอ", "क", "क्", "ी", "ا", "ال", "ש",
    "ッ", "ょ", "ー", "Dr ", "Dr.", "Mrs ", "Ph.D.", "J.", "J-", "Md ", "abd al-", "van der ",
    "de los ", "Jr ", "III ", "Petrovna ", "AnnaMaria", "Thi ", "a", "e", "x", "aA", "Aa", "ian",
    "ng", "yeo", "A ", "é", "ж", " ", "  ", "\t", "\n", "\x00", "n/a", "GmbH ", "👩‍👩‍👧", "🇩🇪", "0",
)  # fmt: skip
_WORDS = tuple(
    sorted(
        set().union(
            lexicon.COMMON_GIVEN, lexicon.SECOND_GIVEN, lexicon.SPANISH_SECOND,
            lexicon.FEMALE_TITLES,
            lexicon.MALE_TITLES, lexicon.NEUTRAL_TITLES, lexicon.SUFFIXES, lexicon.PARTICLES,
            lexicon.SERVANT_OF, lexicon.MOHAMMAD, lexicon.COUNTRY_TITLES, lexicon.WRITTEN_TITLES,
            lexicon.COMPANY_WORDS, lexicon.TEST_WORDS, lexicon.CHINESE_FAMILIES,
            lexicon.KOREAN_FAMILIES, lexicon.VIETNAMESE_FAMILIES, lexicon.HUNGARIAN_FAMILIES,
            lexicon.HUNGARIAN_GIVEN, lexicon.JAPANESE_FAMILIES,
        )
    )
)  # fmt: skip
_NATIVE = (
    "Ольга Дмитрий Петровна Ելենա Ελένη Γιώργος Јелена Юлія محمد فاطمة עֲבֹדָה שרה प्रिया राजेश สมชาย "
    "김지훈 남궁민수 王小红 欧阳娜娜 佐藤花子 さくら タロウ José Łukasz Çağla Þórunn Nguyễn O'Neil "
    "Jean-Pierre"
).split()
_FORMS = ("{}", "{} {}", "{} {}", "{} {} {}", "{}, {}", "{}, {}, {}", "{}-{} {}", "{} ({}) {}",
          '{} "{}" {}', "{}. {}. {}", "{} {}.", "{}.{}@{}.org", "{}_{}", "{} & {}")  # fmt: skip
_CASES = (str.title, str.title, str.title, str.upper, str.lower, str.swapcase)


def any_text(random: Random) -> str:
    """Return one string: of any code points, of one script, near to a name, or hard to read."""
    [kind] = random.choices(_KINDS, _SHARES)
    return kind(random)


def _any_code_points(random: Random) -> str:
    return "".join(chr(random.randrange(0x110000)) for _ in range(_length(random)))


def _of_scripts(random: Random) -> str:
    words = []
    low, high = random.choice(_SCRIPTS)
    for _ in range(random.randint(1, 4)):
        if random.random() < 0.1:
            low, high = random.choice(_SCRIPTS)
        letters = [chr(random.randint(low, high)) for _ in range(random.randint(1, 12))]
        words.append("".join(letters))
    return random.choice((" ", " ", "-", ", ", "\u00a0")).join(words)


def _like_a_name(random: Random) -> str:
    form = random.choice(_FORMS)
    words = [_word(random) for _ in range(form.count("{}"))]
    text = form.format(*words)
    for _ in range(random.choice((0, 0, 1, 1, 2, 4))):
        text = random.choice(_MUTATIONS)(text, random)
    return text


def _word(random: Random) -> str:
    if random.random() < 0.15:
        return random.choice(_NATIVE)
    return random.choice(_CASES)(random.choice(_WORDS))


def _hard(random: Random) -> str:
    pieces = random.choices(_PIECES, k=random.randint(1, 4))
    times = random.choice((3, 17, 65, 130, 600))
    text = "".join(pieces) * times
    if random.random() < 0.3:
        text = "".join(random.choices(pieces, k=times))
    if random.random() < 0.3:
        text = _word(random) + random.choice(" ,-") + text
    if random.random() < 0.3:
        text += random.choice(" ,-") + _word(random)
    return text


def _long(random: Random) -> str:
    size = int(10 ** random.uniform(2.7, 4.5))
    if random.random() < 0.002:
        size = LONGEST
    piece = random.choice((_any_code_points, _of_scripts, _like_a_name, _hard))(random) or " "
    return (piece * (size // len(piece) + 1))[:size]


def _length(random: Random) -> int:
    return min(int(random.expovariate(1 / 12)), 100)


def _put(text: str, random: Random, piece: str) -> str:
    at = random.randint(0, len(text))
    return text[:at] + piece + text[at:]


def _swap(text: str, random: Random) -> str:
    at = random.randint(0, len(text))
    return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]


def _full_width(text: str, random: Random) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


_MUTATIONS: tuple[Callable[[str, Random], str], ...] = (
    lambda text, random: _put(text, random, random.choice(_MARKS) * random.choice((1, 1, 2, 40))),
    lambda text, random: _put(text, random, random.choice(_SIGNS)),
    lambda text, random: _put(text, random, random.choice(_PIECES)),
    lambda text, random: _put(text, random, chr(random.randrange(0x110000))),
    lambda text, random: text.replace(random.choice(text or " "), ""),
    lambda text, random: text.replace(random.choice(text or " "), random.choice(_SIGNS)),
    lambda text, random: text[: random.randint(0, len(text))],
    lambda text, random: text + random.choice(_SIGNS) + text,
    lambda text, random: unicodedata.normalize(random.choice(("NFD", "NFKD", "NFC")), text),
    lambda text, random: html.escape(text.encode("ascii", "xmlcharrefreplace").decode()),
    lambda text, random: text[::-1],
    _swap,
    _full_width,
)
_KINDS = (_any_code_points, _of_scripts, _like_a_name, _hard, _long)
_SHARES = (0.2, 0.25, 0.4, 0.14, 0.01)
