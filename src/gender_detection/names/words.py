# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False
"""A cache of words, each classified once: its key, its classes and its parts.

Their number is bounded; no answer depends on which words are kept. One object serves one thread at
a time.
"""

from __future__ import annotations

import re

import cython

if cython.compiled:
    from cython.cimports.gender_detection.features.hashing import hash_letters, hash_part
    from cython.cimports.gender_detection.names import word_classes as kinds
    from cython.cimports.gender_detection.names.memory import resized
    from cython.cimports.gender_detection.names.word_shape import Shape, is_vowel
    from cython.cimports.gender_detection.names.word_table import BUFFER, WordTable
    from cython.cimports.libc.stdlib import free
else:
    from ..features.hashing import hash_letters, hash_part
    from . import word_classes as kinds
    from .word_shape import Shape, is_vowel
    from .word_table import BUFFER, WordTable

from ..missing import is_missing
from . import lexicon
from .splitting import has_attached_title
from .text import CASED, MAX_KEY_LETTERS, key, native_keys, script
from .word_classes import BEHIND, GENDERS, sounds_of, vocabulary

MOST_PARTS = 16
"""Parts of one word; others are ignored."""

_LONGEST_KEY = cython.declare(cython.int, MAX_KEY_LETTERS)
_MASK = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)
# The first byte of a word that is a key and not written so; no text in UTF-8 has these bytes.
_NATIVE = cython.declare(cython.uchar, 0xFE)
_JOINED = cython.declare(cython.uchar, 0xFF)
_LISTS = cython.declare(cython.int, 3)  # of links, for each word
_FORMS = cython.declare(cython.ulonglong, kinds.FEMALE_FORM | kinds.MALE_FORM)
_PATRONYMICS = cython.declare(cython.ulonglong, kinds.DAUGHTER | kinds.SON)


# Final here and not in the .pxd, where a final class may not override methods (Cython 3.3).
@cython.final
@cython.cclass
class Words(WordTable):
    """The words, about `most` of them. parts_at has where the parts, the pieces and the native keys
    of each begin among `links`."""

    def __init__(self, most: int) -> None:
        self.vocabulary, self.shape = vocabulary(), Shape()
        self.most = most
        self.n_links = self.links_room = 0
        if not cython.compiled:
            numbers: list[int] = []
            self.parts_at, self.links = numbers, numbers.copy()
        WordTable.__init__(self)
        self._begin_links()
        self.clear()

    def __dealloc__(self) -> None:
        if cython.compiled:
            free(self.parts_at)
            free(self.links)

    def clear(self) -> None:
        """Remove all words: their numbers are no longer valid."""
        WordTable.clear(self)
        self.n_links = 1
        self.parts_at[0] = self.parts_at[1] = self.parts_at[2] = 0

    def make_room(self, room) -> None:
        """Make room for this number of words, more than before."""
        if cython.compiled:
            self.parts_at = cython.cast(
                cython.p_int, resized(self.parts_at, _LISTS * room * cython.sizeof(cython.int))
            )
        else:
            self.parts_at += [0] * (_LISTS * (room - self.room))
        WordTable.make_room(self, room)

    # -- classes

    def classify(self, number) -> None:
        """Write the key of a new word behind its bytes, and set its classes."""
        start: cython.Py_ssize_t = self.words[number].text
        end: cython.Py_ssize_t = start + self.words[number].size
        at: cython.int
        self.words[number].written_title = 0
        self.words[number].lookups = self.words[number].places = self.words[number].n_homes = 0
        for at in range(_LISTS):
            self.parts_at[_LISTS * number + at] = 0
        if start < end and self.letters[start] >= _NATIVE:
            # A key in its own script, or of several words that count as one.
            self.shape.set_key(self.letters, start + 1, end)
            self.words[number].classes = 0
        else:
            self.shape.scan(self.letters, start, end)
            self.words[number].classes = self._classes_by_shape()
            if not self.shape.is_latin:
                with cython.gil:
                    self._classify_beyond_latin(number)
        for at in range(self.shape.size):
            self.letters[end + at] = self.shape.key[at]
        self.filled = end + self.shape.size
        self.words[number].letters = self.shape.size
        self.words[number].hashed = hash_letters(self.shape.key, self.shape.size)
        if self.words[number].size and self.is_native(number):
            self.words[number].classes, self.words[number].entry = kinds.LOOKUP, 0
        else:
            self._classify_key(number)
        if self.words[number].classes & kinds.MISSING_WORD:
            with cython.gil:
                if is_missing(self.text_of(number)):
                    self.words[number].classes |= kinds.UNCLEAN

    def _classes_by_shape(self) -> int:
        """Return the classes of the current shape, except those by its key."""
        classes: kinds.Classes = 0
        if self.shape.is_ascii:
            classes |= kinds.ASCII
        if not self.shape.is_clean:
            classes |= kinds.UNCLEAN
        if self.shape.ends_in_dot:
            classes |= kinds.DOTTED
        if self.shape.has_hyphen:
            classes |= kinds.HYPHENED
        if self.shape.is_parted:
            classes |= kinds.PARTED
        if self.shape.is_parted or self.shape.is_camel:
            classes |= kinds.COMPOUND
        if self.shape.is_capital:
            classes |= kinds.CAPITALS
        if self.shape.is_initials:
            classes |= kinds.INITIAL
        if self.shape.has_digit or self.shape.letters == 0:
            classes |= kinds.REWRITTEN
        return classes

    def _classify_beyond_latin(self, number) -> None:
        """Set the key and the classes of a word that is not in Latin script, in Python."""
        text: str = self.text_of(number)
        shape: Shape = self.shape
        folded: bytes = key(text).encode()
        shape.letters, shape.chars = sum(map(str.isalpha, text)), len(text)
        if shape.is_parted:
            *_, last = re.split(r"[\s\-]", text)
            shape.last_part = max(len(folded) - len(key(last)), 0)
        shape.size = 0
        for letter in folded:
            shape.add(letter)
        shape.is_initials = shape.are_initials()
        shape.has_digit = any(map(str.isdigit, text))
        classes: kinds.Classes = self._classes_by_shape()
        if script(text) not in CASED:
            classes |= kinds.UNCASED
        if has_attached_title(text):
            classes |= kinds.REWRITTEN
        bare = text.rstrip(".").lower()
        behind = lexicon.WRITTEN_TITLES_BEHIND.get(bare)
        title = lexicon.WRITTEN_TITLES.get(bare, behind)
        if title is not None:
            classes |= kinds.WRITTEN_TITLE
            self.words[number].written_title = GENDERS[title] + BEHIND * (behind is not None)
        self.words[number].classes = classes

    def _classify_key(self, number) -> None:
        """Add the classes of a word by its key, which is in the shape."""
        classes: kinds.Classes = self.words[number].classes
        size: cython.int = self.shape.size
        entry: cython.int = self.vocabulary.entry_of(self.words[number].hashed)
        of_key: kinds.Classes = self.vocabulary.classes[entry]
        part: cython.int = self.shape.last_part
        last: cython.ulonglong = 0
        at: cython.int
        same: cython.int = 0
        if of_key & kinds.CONSONANT_NAME and not self.shape.is_lettered:
            classes &= ~kinds.INITIAL
        for at in range(size):
            last = (last << 8 | self.shape.key[at]) & _MASK
            same += self.shape.key[at] == self.shape.key[0]
        if size > 2 and same == size:
            of_key |= kinds.NO_NAME
        of_key |= self.vocabulary.form_of(last, size) & _PATRONYMICS
        # The last part of a hyphenated family name decides its form.
        of_part: kinds.Classes = of_key
        if part:
            of_part = self.vocabulary.classes[
                self.vocabulary.entry_of(hash_part(self.shape.key, part, size - part, 0))
            ]
        of_key &= ~_FORMS
        if not of_part & kinds.NO_FORM:
            of_key |= (of_part | self.vocabulary.form_of(last, size - part)) & _FORMS
        if size > 1 and not (of_key & (kinds.NO_NAME | kinds.NEVER_KEY)):
            of_key |= kinds.LOOKUP
        self.words[number].classes = classes | of_key
        self.words[number].entry = entry

    def classify_sound(self, number) -> None:
        """Add the classes of a word by the sound of its key, once."""
        if self.words[number].classes & kinds.SOUND_CLASSIFIED == 0:
            with cython.gil:
                sounds: kinds.Classes = sounds_of(self.key_of(number))
                self.words[number].classes |= kinds.SOUND_CLASSIFIED | sounds

    def is_capitalised(self, number) -> bool:
        """Return whether a word begins with a letter that is not small, in ASCII, or with another
        sign than a digit."""
        first: cython.uchar = self.letters[self.words[number].text]
        return not (97 <= first <= 122 or 48 <= first <= 57)

    def is_title_case(self, number) -> bool:
        """Return whether a word begins with an ASCII capital, with small letters behind it."""
        first: cython.uchar = self.letters[self.words[number].text]
        return 65 <= first <= 90 and self.words[number].classes & kinds.CAPITALS == 0

    def has_inner_dot(self, number) -> bool:
        """Return whether a word of two letters has a dot between them: "M.S.", "M.R"."""
        if self.words[number].letters != 2 or self.words[number].classes & kinds.INITIAL == 0:
            return False
        return self.words[number].size > 2 and self.letters[self.words[number].text + 1] == 46

    def has_vowel(self, number) -> bool:
        """Return whether the key of a word has a vowel."""
        start: cython.Py_ssize_t = self.words[number].text + self.words[number].size
        found: cython.bint = False
        at: cython.int
        for at in range(self.words[number].letters):
            found = found or is_vowel(self.letters[start + at])
        return found

    # -- words that consist of others

    def together(self, row, start, end) -> int:
        """Return the number of the words of a row from start to end, joined into one key."""
        size: cython.int = 1
        at: cython.int
        letter: cython.int
        if end - start == 1:
            return row[start]
        self.buffer[0] = _JOINED
        for at in range(start, end):
            folded: cython.Py_ssize_t = self.words[row[at]].text + self.words[row[at]].size
            for letter in range(self.words[row[at]].letters):
                if size <= _LONGEST_KEY:
                    self.buffer[size] = self.letters[folded + letter]
                    size += 1
        return self.find(self.buffer, 0, size)

    def without_dots(self, number) -> int:
        """Return the number of a word without the dots at its end, if it has no other dots."""
        start: cython.Py_ssize_t = self.words[number].text
        size: cython.int = self.words[number].size
        at: cython.int
        while size > 0 and self.letters[start + size - 1] == 46:
            size -= 1
        for at in range(size):
            if self.letters[start + at] == 46:
                return number
        return self._find_part(number, 0, size)

    def pieces(self, number) -> int:
        """Return where the pieces of a word, between hyphens and spaces, begin among links: first
        their number, then the pieces."""
        if self.parts_at[_LISTS * number + 1] == 0:
            first: cython.int = self._begin_links()
            self._link_pieces(number, first)
            self.n_links = first + 1 + self.links[first]
            self.parts_at[_LISTS * number + 1] = first
        return self.parts_at[_LISTS * number + 1]

    def parts(self, number) -> int:
        """Return where the parts by which a compound is looked up, besides the whole, begin among
        links: first their number, then the parts."""
        if self.parts_at[_LISTS * number] == 0:
            pieces: cython.int = self.pieces(number)
            first: cython.int = self._begin_links()
            self._link_parts(pieces, first)
            self.n_links = first + 1 + self.links[first]
            self.parts_at[_LISTS * number] = first
        return self.parts_at[_LISTS * number]

    def natives(self, number) -> int:
        """Return where the native keys of a word (text.native_keys) begin among links: first their
        number, then the keys."""
        if self.parts_at[_LISTS * number + 2] == 0:
            first: cython.int = self._begin_links()
            with cython.gil:
                self._link_natives(number, first)
            self.n_links = first + 1 + self.links[first]
            self.parts_at[_LISTS * number + 2] = first
        return self.parts_at[_LISTS * number + 2]

    def _link_natives(self, number, first) -> None:
        for spelled in native_keys(self.text_of(number)):
            raw: bytes = b"\xfe" + spelled.encode()
            self._link_part(first, self.find(raw, 0, len(raw)))

    def is_native(self, number) -> bool:
        """Return whether a word is a key in its own script."""
        return self.letters[self.words[number].text] == _NATIVE

    def _link_pieces(self, number, first) -> None:
        """Link the pieces of a word: between hyphens and spaces, or those of CamelCase."""
        camel: cython.bint = self.words[number].classes & kinds.PARTED == 0
        size: cython.int = self.words[number].size
        at: cython.int
        start: cython.int = 0
        for at in range(1, size + 1):
            letter: cython.uchar = 0
            if at < size:
                letter = self.letters[self.words[number].text + at]
            parted: cython.bint = at == size or letter == 45 or letter == 32
            if camel:
                parted = at == size or 65 <= letter <= 90
            if parted and at > start:
                self._link_part(first, self._find_part(number, start, at))
                start = at if camel else at + 1

    def _find_part(self, number, start, end) -> int:
        """Return the number of a part of a word's bytes."""
        at: cython.int
        size: cython.int = min(end - start, BUFFER)
        for at in range(size):
            self.buffer[at] = self.letters[self.words[number].text + start + at]
        return self.find(self.buffer, 0, size)

    def _link_parts(self, pieces, first) -> None:
        """Link the pieces that are names: no initials, and no articles behind a name."""
        at: cython.int
        piece: cython.int
        for at in range(pieces + 1, pieces + 1 + self.links[pieces]):
            piece = self.links[at]
            if (
                self.words[piece].classes & kinds.INITIAL == 0
                or self.words[piece].classes & kinds.UNCASED
            ):
                self._link_part(first, piece)
        if self.links[first] < 2:
            self.links[first] = 0
        elif self.words[self.links[first + 1]].classes & kinds.SERVANT_OF:
            self._link_servant(first)
        else:
            self._leave_articles(first)

    def _leave_articles(self, first) -> None:
        """Remove articles from the links behind the first one."""
        left: cython.int = first + 2
        at: cython.int
        for at in range(first + 2, first + 1 + self.links[first]):
            if self.words[self.links[at]].classes & kinds.ARTICLE == 0:
                self.links[left] = self.links[at]
                left += 1
        self.links[first] = left - first - 1

    def _link_servant(self, first) -> None:
        """Replace the links of Abd al-Rahman with those of abdulrahman, abdul and rahman."""
        self._leave_articles(first)
        rest: cython.int = 0
        abdul: cython.int
        if self.links[first] > 1:
            rest = self.together(self.links, first + 2, first + 1 + self.links[first])
        with cython.gil:
            abdul = self.find_text("abdul")
        self.links[first + 1], self.links[first + 2] = abdul, rest
        whole: cython.int = self.together(self.links, first + 1, first + 3)
        self.links[first] = 0
        self._link_part(first, whole)
        self._link_part(first, abdul)
        self._link_part(first, rest)

    def _begin_links(self) -> int:
        """Return where new links begin; their number is 0."""
        first: cython.int = self.n_links
        # Reserve room: links of other words may begin before these are complete.
        self.n_links = first + MOST_PARTS + 4
        if self.n_links > self.links_room:
            room: cython.int = 2 * (self.links_room + MOST_PARTS + 4)
            if cython.compiled:
                self.links = cython.cast(
                    cython.p_int, resized(self.links, room * cython.sizeof(cython.int))
                )
            else:
                self.links += [0] * (room - self.links_room)
            self.links_room = room
        self.links[first] = 0
        return first

    def _link_part(self, first, part) -> None:
        if self.links[first] < MOST_PARTS:
            self.links[first] += 1
            self.links[first + self.links[first]] = part
