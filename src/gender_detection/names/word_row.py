# cython: language_level=3, boundscheck=False, wraparound=False
"""The words of one name in a row, taken from the bytes of a text or as Python split them.

Bytes are taken in steps, so that many names may take each step one after the other while the
processor fetches what the next step needs: waiting for memory would be most of the work.
"""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.features.hashing import spread
    from cython.cimports.gender_detection.names import word_classes as kinds
    from cython.cimports.gender_detection.names.word_table import hash_of
    from cython.cimports.gender_detection.names.words import Words
else:
    from ..features.hashing import spread
    from . import word_classes as kinds
    from .word_table import hash_of
    from .words import Words

from .splitting import SPACELESS
from .text import CASED, MAX_CHARACTERS

MAX_WORDS = 16  # of a field; others are ignored
# Where in a row the words of a separate family name begin, those in brackets or quotes, and room to
# keep words for a while.
FAMILY = 64
ASIDE = 112
SCRATCH = 128
ROW = 160
INITIALS = 1
EMPTY = 2
NOT_A_NAME = 3
SEVERAL_PEOPLE = 4
NOT_A_PERSON = 5
REASONS = {
    "initials": INITIALS,
    "empty": EMPTY,
    "not_a_name": NOT_A_NAME,
    "several_people": SEVERAL_PEOPLE,
    "not_a_person": NOT_A_PERSON,
}
"""Why a name has no given name to look up."""

# What became of a word that is neither a given nor a family name (WordRow.note).
TITLE = 1
SUFFIX = 2
INITIAL = 3
REPLACED = 4
NOTES = {"title": TITLE, "suffix": SUFFIX, "initial": INITIAL, "replaced": REPLACED}
# By what given names and family name were told apart (WordRow.order).
ALONE = 0
USUAL = 1
BY_FIELDS = 2
BY_COMMA = 3
BY_CAPITALS = 4
BY_GIVEN_NAMES = 5
BY_PATRONYMIC = 6
BY_COUNTRY = 7
BY_FAMILY_NAMES = 8
BY_SCRIPT = 9
BY_TITLE = 10
BY_INITIALS = 11
BY_BEARERS = 12
AS_ASKED = 13
ORDERS = {
    "alone": ALONE,
    "usual": USUAL,
    "separate_fields": BY_FIELDS,
    "comma": BY_COMMA,
    "capitals": BY_CAPITALS,
    "given_names": BY_GIVEN_NAMES,
    "patronymic": BY_PATRONYMIC,
    "country": BY_COUNTRY,
    "family_names": BY_FAMILY_NAMES,
    "script": BY_SCRIPT,
    "title": BY_TITLE,
    "initials": BY_INITIALS,
    "bearers": BY_BEARERS,
    "asked": AS_ASKED,
}
"""What each means is in docs/names.md."""

_ENDS = 40
_MOST_KEYS = 4
_ALL = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)
_MOST_BYTES = cython.declare(cython.int, MAX_CHARACTERS)
_MOST_NOTES = cython.declare(cython.int, 32)
_KEPT = 6
_MOST_ENDS = cython.declare(cython.int, 16)
_SPACE = cython.declare(cython.uchar, ord(" "))
_COMMA = cython.declare(cython.uchar, ord(","))
_SLASH = cython.declare(cython.uchar, ord("/"))
_NO_UTF8 = cython.declare(cython.uchar, 0xF5)
_MASK = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)
NEEDS_PYTHON = -1


class WordRow:
    """The numbers of a name's words (words.Words) in a row: given names from start to end, the
    family name from family_start to family_end.

    keys           the numbers of the keys to look up, n_keys of them, the most specific first
    gender         shown by a title, a patronymic or a middle name: 1 female, -1 male, 0 neither
    reason         why there is no key: INITIALS, EMPTY or NOT_A_NAME; 0 where there is one
    size           how many words were loaded; ends: how many up to each comma
    all_classes    the classes of all its words together
    cased          its script has capitals; spaceless: its script needs no spaces
    field_reason   why a field of given names has none, 0 where it may have one
    aside_end      where the words in brackets or quotes end
    apart          the gender of the titles that were last taken out of separate words
    titled         a title was taken; before_family: one that goes with family names; abbreviated:
                   one that could be initials
    order_open     it was divided with the given name first only because most names are
    first_open     it was divided with the family name first only because family_name_first is set
    title_word     the number of the title that decided the gender, if it was the first word, else 0
    form           1 where words beside the name show that it is a woman's (née), -1 a man's (Jr)
    several        words show that it names several people
    by_capitals    it was divided by its capitals
    spelled_out    an abbreviation was replaced, so its capitals mean nothing
    doubtful       it may name something else than a person: it has words such as "church" or digits
    word_open      one word is left, which may be a given or a family name: "Smith J", "Dr. Pandey"
    letters_taken  how many letters its initials have; first_taken: one was its first word
    japanese       it is Japanese, by its country or its family name in Han characters
    family_name_first  whether full names have the family name first where nothing else says how
                   they are; it is set for many names
    mohammad, maria  the numbers of names that are abbreviated
    order          by what given names and family name were told apart (ORDERS)
    noted          n_notes words that were taken out or replaced; note_of: which of NOTES;
                   noted_as: the word that is read instead
    kept           a division that will be put back
    """

    def __init__(self, table: Words) -> None:
        self.table = table
        self.start = self.end = self.family_start = self.family_end = 0
        if not cython.compiled:
            self.row, self.keys, self.ends = [0] * ROW, [0] * _MOST_KEYS, [0] * _ENDS
            self.noted, self.note_of, self.noted_as = ([0] * _MOST_NOTES for _ in range(3))
            self.kept = [0] * _KEPT
        self.script = self.family_script = "latin"
        self.family_name_first = False
        self.clear()

    def clear(self) -> None:
        """Start a name of plain words in Latin letters."""
        self.size = self.n_ends = self.aside_end = self.field_reason = 0
        self.start = self.end = self.family_start = self.family_end = 0
        self.n_keys = self.gender = self.reason = self.form = self.title_word = 0
        self.order = self.n_notes = 0
        self.all_classes = 0
        self.titled = self.abbreviated = self.before_family = False
        self.order_open = self.first_open = self.word_open = self.several = False
        self.doubtful = self.spelled_out = self.by_capitals = self.japanese = False
        self.cased, self.spaceless, self.dotted, self.no_family_titles = True, False, False, False

    def note(self, number, what, read_as) -> None:
        """Note what became of a word, for explanations; no answer depends on it."""
        if self.n_notes < _MOST_NOTES:
            self.noted[self.n_notes], self.note_of[self.n_notes] = number, what
            self.noted_as[self.n_notes] = read_as
            self.n_notes += 1

    def move(self, start, end, into) -> None:
        """Copy words of the row to a position before them or apart from them."""
        at: cython.int
        for at in range(end - start):
            self.row[into + at] = self.row[start + at]

    def classes(self, at) -> int:
        """Return the classes of a word of the row."""
        return self.table.words[self.row[at]].classes

    def roles(self, at) -> int:
        """Return the roles of a word of the row (word_classes.Vocabulary)."""
        return self.table.vocabulary.roles[self.table.words[self.row[at]].entry]

    def any_of(self, start, end) -> int:
        """Return the classes that at least one of these words has."""
        found: kinds.Classes = 0
        at: cython.int
        for at in range(start, end):
            found |= self.classes(at)
        return found

    def all_of(self, start, end) -> int:
        """Return the classes that all of these words have."""
        found: kinds.Classes = _ALL
        at: cython.int
        for at in range(start, end):
            found &= self.classes(at)
        return found


def split_bytes(fields, at, table: Words) -> None:
    """Split a field at spaces, commas and slashes, and begin to fetch the slots of its words.

    Its count is NEEDS_PYTHON where it needs cleaning or has too many words for a row.
    """
    text: cython.p_const_uchar = fields[at].text
    end: cython.Py_ssize_t = fields[at].end
    first: cython.Py_ssize_t = fields[at].start
    byte: cython.Py_ssize_t
    count: cython.int = 0
    last: cython.ulonglong = 0
    before: cython.ulonglong = 0
    fields[at].count, fields[at].n_ends = NEEDS_PYTHON, 0
    if end - first > _MOST_BYTES:
        return
    for byte in range(first, end + 1):
        letter: cython.uchar = text[byte] if byte < end else _SPACE
        if letter > _SLASH or not _separates_words(text, first, byte, end, letter):
            if letter >= _NO_UTF8:
                return
            if byte > first and (byte - first) % 8 == 0:
                before, last = spread(before ^ last), 0
            last = (last << 8 | letter) & _MASK
            continue
        if byte > first:
            if count == MAX_WORDS:
                return
            fields[at].first[count], fields[at].size[count] = first, byte - first
            fields[at].last[count], fields[at].before[count] = last, before
            fields[at].hashed[count] = hash_of(last, before, byte - first)
            table.prefetch_slot(fields[at].hashed[count])
            count += 1
        if letter == _COMMA:
            if fields[at].n_ends == _MOST_ENDS:
                return
            fields[at].ends[fields[at].n_ends] = count
            fields[at].n_ends += 1
        first, last, before = byte + 1, 0, 0
    fields[at].count = count


def _separates_words(text, first, byte, end, letter) -> bool:
    """Return whether a character separates words.

    A slash does between two words, of which the one before begins at first. Beside signs, and in
    what may be "n/a", Python has to decide.
    """
    if letter == _SLASH:
        return byte - first >= 2 and byte + 1 < end and text[byte + 1] > _SLASH
    return letter in (_SPACE, _COMMA)


def prefetch_words(fields, at, table: Words) -> None:
    """Have the processor fetch the data of the words of a field."""
    word: cython.int
    for word in range(fields[at].count):
        table.prefetch_word(fields[at].hashed[word])


def find_words(fields, at, table: Words) -> None:
    """Find the numbers of the words of a field."""
    text: cython.p_const_uchar = fields[at].text
    word: cython.int
    for word in range(fields[at].count):
        fields[at].number[word] = table.find_hashed(
            text,
            fields[at].first[word],
            fields[at].size[word],
            fields[at].last[word],
            fields[at].before[word],
            fields[at].hashed[word],
        )


def _load(name: WordRow, fields, at, into) -> int:
    """Load the words of a field into the row; return their number, or NEEDS_PYTHON."""
    word: cython.int
    for word in range(fields[at].count):
        name.row[into + word] = fields[at].number[word]
        name.all_classes |= name.classes(into + word)
    return fields[at].count if name.all_classes & kinds.UNCLEAN == 0 else NEEDS_PYTHON


def load_full(name: WordRow, fields, at) -> int:
    """Load the words of a full name; return NEEDS_PYTHON if Python has to split it, else 0."""
    comma: cython.int
    name.clear()
    name.size = _load(name, fields, at, 0)
    if name.size < 0:
        return NEEDS_PYTHON
    for comma in range(fields[at].n_ends):
        name.ends[comma] = fields[at].ends[comma]
    name.n_ends = fields[at].n_ends
    if name.n_ends == 0 and name.size == 0:
        name.reason = EMPTY
    name.ends[name.n_ends] = name.size
    name.n_ends += 1
    return 0


def load_fields(name: WordRow, fields, at) -> int:
    """Load the words of a field of given names and of the next one, of family names; return
    NEEDS_PYTHON if Python has to split them, else 0."""
    name.clear()
    count: cython.int = _load(name, fields, at + 1, FAMILY)
    if count < 0 or fields[at + 1].n_ends:
        return NEEDS_PYTHON
    name.family_start, name.family_end = FAMILY, FAMILY + count
    name.all_classes = 0
    name.size = _load(name, fields, at, 0)
    if name.size < 0 or fields[at].n_ends:
        return NEEDS_PYTHON
    if name.size == 0:
        name.field_reason = EMPTY
    name.ends[0], name.n_ends = name.size, 1
    return 0


def load_split(name: WordRow, split) -> None:
    """Load the words that Python found (splitting.Split)."""
    name.clear()
    name.script, name.family_script = split.script, split.family_script
    name.cased, name.spaceless = split.script in CASED, split.script in SPACELESS
    name.dotted, name.doubtful = split.dotted, split.doubtful
    name.no_family_titles = split.script == "thai"
    name.size = len(split.words)
    for at, word in enumerate(split.words):
        name.row[at] = name.table.find_text(word)
        name.all_classes |= name.classes(at)
    for at, end in enumerate(split.ends[: 2 * _MOST_ENDS]):
        name.ends[at] = end
    name.n_ends = min(len(split.ends), 2 * _MOST_ENDS)
    if name.n_ends:
        name.ends[name.n_ends - 1] = name.size
    for at, word in enumerate(split.aside):
        name.row[ASIDE + at] = name.table.find_text(word)
    name.aside_end = ASIDE + len(split.aside)
    for at, word in enumerate(split.family):
        name.row[FAMILY + at] = name.table.find_text(word)
    name.family_start, name.family_end = FAMILY, FAMILY + len(split.family)
    name.field_reason = REASONS[split.reason] if split.reason else 0
