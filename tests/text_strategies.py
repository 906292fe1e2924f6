"""Hypothesis strategies for text that somebody could send as a name, from likely to hostile.

Properties are tested with few examples, the same in every run. To fuzz the code, run them under the
profile fuzz, with 30 times as many examples that differ from run to run:

    .venv/bin/python -m pytest -m hypothesis --hypothesis-profile=fuzz tests/names tests/model
"""

import html
import unicodedata
from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st

from gender_detection.names import lexicon


def examples(count: int) -> settings:
    """Return the settings of a test with count examples, or 30 times as many to fuzz."""
    return settings(max_examples=count * settings().max_examples // 100)


# Every word that means something to the reading of names.
LISTED = sorted(
    {
        word
        for name, listed in vars(lexicon).items()
        if name.isupper() and isinstance(listed, frozenset | dict)
        for word in listed
    }
)
# Every code point there is: lone surrogates, control and unassigned characters included.
ANY_CHARACTER = st.characters(exclude_categories=())
ANY_TEXT = st.text(ANY_CHARACTER, max_size=80)
NAME_LIKE = st.lists(
    st.sampled_from(
        "Maria Anna J. M JM de van von Mrs Dr Md Ma. abd al- Kim Wang Nguyen Thi Jr Ольга Петровна "
        "김지훈 王小红 さくら محمد שרה प्रिया สมชาย , . - ' \" ( ) @ & < > 3 &#304; x@y.z O'Neil "
        "Jean-Pierre AnnaMaria Sr Begum binti test GmbH".split(" ")
    ),
    max_size=8,
).map(" ".join)

_PIECE = NAME_LIKE | st.text(ANY_CHARACTER, min_size=1, max_size=6)
_MARKS = st.text(st.characters(categories=["Mn", "Mc", "Me"]), min_size=1, max_size=60)
_LETTER = st.characters(categories=["L"])
MARKED = st.lists(st.builds("{}{}".format, _LETTER, _MARKS), max_size=6).map("".join)
RIGHT_TO_LEFT = st.text(
    st.characters(min_codepoint=0x590, max_codepoint=0x8FF)
    | st.sampled_from("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069 ,.ab"),
    max_size=60,
)
EMOJI = st.text(
    st.characters(min_codepoint=0x1F1E6, max_codepoint=0x1FAFF)
    | st.sampled_from("\u200d\ufe0f\u20e3❤♀♂# 1a"),
    max_size=40,
)
CONTROL = st.text(
    st.characters(categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"])
    | st.sampled_from("aé "),
    max_size=60,
)
NESTED = st.recursive(
    _PIECE,
    lambda inner: st.builds(
        "{0[0]}{1}{0[1]}{2}".format,
        st.sampled_from(
            ["()", "[]", "{}", "<>", '""', "''", "“”", "«»", "„“", "‘’", ("<b>", "</b>"),
             ("Dr. ", ", Dr."), ("Mrs (", ")"), ("&lt;", "&gt;"), ("&amp;", ";")]
        ),
        inner,
        inner | st.just(""),
    ),
    max_leaves=12,
)  # fmt: skip
SEPARATED = st.builds(
    lambda sign, words: sign.join(words),
    st.sampled_from([",", ", ", "-", "--", "- ", ".", ". ", "'", "_", "/", "@", "&", "・", " "]),
    st.lists(_PIECE, max_size=40),
)
LONG = st.builds(
    lambda piece, size: (piece * (size // len(piece) + 1))[:size],
    (_PIECE | MARKED | NESTED).filter(bool),
    st.sampled_from([513, 2_000, 100_000, 1_000_000]),
)
# First and last character of scripts that names are written in, and of some that they are not.
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
_OF_A_SCRIPT = st.sampled_from(_SCRIPTS).flatmap(
    lambda ends: st.text(
        st.characters(min_codepoint=ends[0], max_codepoint=ends[1]), min_size=1, max_size=12
    )
)
OF_SCRIPTS = st.builds(
    lambda separator, words: separator.join(words),
    st.sampled_from([" ", " ", "-", ", ", "\u00a0"]),
    st.lists(_OF_A_SCRIPT, min_size=1, max_size=4),
)
_NATIVE = (
    "Ольга Дмитрий Петровна Ելենա Ελένη Γιώργος Јелена Юлія محمد فاطمة עֲבֹדָה שרה प्रिया राजेश สมชาย "
    "김지훈 남궁민수 王小红 欧阳娜娜 佐藤花子 さくら タロウ José Łukasz Çağla Þórunn Nguyễn O'Neil "
    "Jean-Pierre"
).split()
_CASES: tuple[Callable[[str], str], ...] = (str.title, str.upper, str.lower, str.swapcase)
_WORD = st.sampled_from(_NATIVE) | st.builds(
    lambda case, word: case(word), st.sampled_from(_CASES), st.sampled_from(LISTED)
)
_FORMS = (
    "{} {}", "{}", "{} {} {}", "{}, {}", "{}, {}, {}", "{}-{} {}", "{} ({}) {}", '{} "{}" {}',
    "{}. {}. {}", "{} {}.", "{}.{}@{}.org", "{}_{}", "{} & {}",
)  # fmt: skip
# What the reading of names looks for, so that it may fail where this is nested or repeated.
_PARTS = (
    "(", ")", "[", "<", ">", "{", "“", "„", "«", '"', "'", "' ", " '", "’", "-", "--", ".", "a.",
    ".a", "-.", "1", "-1", "a1", ".1-", ",", ", ", ",a", "a,", "،", "&", "&amp;", "&#38;", "&amp",
    "&lt;b&gt;", "</", "<b>", "</b>", "<l/>", "<c^>", "@", "a@", "a@b.", "@.", "://", "www.", "ª",
    "Ma.ª", "mª", "_", "/", "\\", "・", "\u0301", "\u200b", "\u202e", "\ud800", "ﷺ", "ﬁ", "Ⅷ", "ǆ",
    "ß", "İ", "ſ", "가", "각", "王", "欧阳", "先生", "นางสาว", "ขอ", "क", "क्", "ी", "ا", "ال", "ש",
    "ッ", "ょ", "ー", "Dr ", "Dr.", "Mrs ", "Ph.D.", "J.", "J-", "Md ", "abd al-", "van der ",
    "de los ", "Jr ", "III ", "Petrovna ", "AnnaMaria", "Thi ", "a", "e", "x", "aA", "Aa", "ian",
    "ng", "yeo", "A ", "é", "ж", " ", "  ", "\t", "\n", "\x00", "n/a", "GmbH ", "👩‍👩‍👧", "🇩🇪", "0",
)  # fmt: skip
_PART = st.sampled_from(_PARTS)
_SMALL = _PART | ANY_CHARACTER | st.text(st.characters(categories=["Mn", "Cf", "Zs"]), max_size=40)


def _full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


# Each changes a text at a place, most of them with another piece of text.
_MISTAKES: tuple[Callable[[str, int, str], str], ...] = (
    lambda text, at, piece: text[:at] + piece + text[at:],
    lambda text, at, piece: text.replace(text[at : at + 1], piece),
    lambda text, at, piece: text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
    lambda text, at, piece: text.replace(text[at : at + 1] or " ", ""),
    lambda text, at, piece: text[:at],
    lambda text, at, piece: text[:80] + piece + text[:80],
    lambda text, at, piece: text[::-1],
    lambda text, at, piece: unicodedata.normalize("NFD", text),
    lambda text, at, piece: unicodedata.normalize("NFKD", text),
    lambda text, at, piece: unicodedata.normalize("NFC", text),
    lambda text, at, piece: html.escape(text.encode("ascii", "xmlcharrefreplace").decode()),
    lambda text, at, piece: _full_width(text),
)


@st.composite
def _names_with_mistakes(draw: st.DrawFn) -> str:
    form = draw(st.sampled_from(_FORMS))
    text = form.format(*(draw(_WORD) for _ in range(form.count("{}"))))
    for mistake in draw(st.lists(st.sampled_from(_MISTAKES), max_size=4)):
        text = mistake(text, draw(st.integers(0, len(text))), draw(_SMALL))
    return text


NAMES_WITH_MISTAKES = _names_with_mistakes()
REPEATED = st.builds(
    lambda start, parts, times, end: start + "".join(parts) * times + end,
    st.just("") | _WORD.map("{} ".format),
    st.lists(_PART, min_size=1, max_size=4),
    st.sampled_from([3, 17, 65, 130, 600]),
    st.just("") | _WORD.map(" {}".format),
)
HOSTILE = st.one_of(
    MARKED, RIGHT_TO_LEFT, EMOJI, CONTROL, NESTED, SEPARATED, REPEATED, OF_SCRIPTS,
    NAMES_WITH_MISTAKES, LONG,
)  # fmt: skip

TEXT = ANY_TEXT | NAME_LIKE | HOSTILE
COUNTRY = st.sampled_from(
    [
        None, "", "IT", "CN", "KR", "VN", "HU", "JP", "ES", "RU", "US", "DE", "es", "FR", "BR",
        "TW", "UA", "TR", "GR", "IL", "IN", "BD", "TH", "MM", "zz", "Italy", "ß", "\ud800", "1\x00",
    ]
)  # fmt: skip
