"""Hypothesis strategies for text that somebody could send as a name, from likely to hostile."""

from hypothesis import strategies as st

from gender_detection.names import lexicon

# Every word that means something to the reading of names.
LISTED = sorted(
    {
        word
        for listed in vars(lexicon).values()
        if isinstance(listed, frozenset | dict)
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
HOSTILE = st.one_of(MARKED, RIGHT_TO_LEFT, EMOJI, CONTROL, NESTED, SEPARATED, LONG)

TEXT = ANY_TEXT | NAME_LIKE | HOSTILE
COUNTRY = st.sampled_from(
    [None, "", "IT", "CN", "KR", "VN", "HU", "JP", "ES", "RU", "zz", "\ud800"]
)
