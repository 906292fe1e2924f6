# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False
"""A table of words, told from one another by their bytes; each has a number as long as it is kept.

One object serves one thread at a time.
"""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.features.memory import prefetch
    from cython.cimports.libc.stdlib import calloc, free, realloc
else:
    from types import SimpleNamespace as Word

from ..features import hashing
from .text import MAX_KEY_LETTERS

_LONGEST_KEY = MAX_KEY_LETTERS
_MASK = 0xFFFFFFFFFFFFFFFF
_HIGH = 0xFFFFFFFF00000000
_LOW = 0xFFFFFFFF
_BUFFER = 4096
_FEW_SLOTS = 1 << 12
_FEW_WORDS = 1 << 10


class WordTable:
    """Words by number, from 1 on.

    last, before   the word's bytes as numbers, by which it is found
    hashed         the hash of its key
    classes        see word_classes
    entry          the number of its key in the vocabulary, 0 for none
    text, size     where its bytes begin in `letters` and how many they are; those of its key,
                   `letters` of them, follow
    written_title  the gender of a title that is told by how it is written
    The other fields belong to whoever asks sources about words.
    """

    def __init__(self) -> None:
        self.count = self.room = 0
        self.filled = self.letters_room = 0
        self.slot_mask = _FEW_SLOTS - 1
        if cython.compiled:
            self.slots = cython.cast(cython.p_ulonglong, calloc(_FEW_SLOTS, 8))
            if not self.slots:
                raise MemoryError
        else:
            self.slots = [0] * _FEW_SLOTS
            words: list[Word] = []
            self.words, self.letters, self.buffer = words, bytearray(), bytearray(_BUFFER)
        self.make_room(_FEW_WORDS)
        self._make_room_for_letters(1)

    def __dealloc__(self) -> None:
        if cython.compiled:
            free(self.words)
            free(self.slots)
            free(self.letters)

    def forget(self) -> cython.void:
        """Forget all words: their numbers are gone."""
        at: cython.ulonglong
        # Number 0 is no word.
        self.count, self.filled = 1, 0
        self.words[0].classes = 0
        self.words[0].text = self.words[0].size = self.words[0].letters = 0
        for at in range(self.slot_mask + 1):
            self.slots[at] = 0

    def note(self, number: cython.int) -> cython.int:
        """Note the key of a new word behind its bytes, and what it is."""
        return 0

    def find(
        self, text: cython.p_const_uchar, start: cython.Py_ssize_t, size: cython.Py_ssize_t
    ) -> cython.int:
        """Return the number of the word with these bytes."""
        last: cython.ulonglong = 0
        before: cython.ulonglong = 0
        at: cython.Py_ssize_t
        for at in range(size):
            if at and at % 8 == 0:
                before, last = hashing.spread(before ^ last), 0
            last = (last << 8 | text[start + at]) & _MASK
        return self.find_hashed(text, start, size, last, before)

    def fetch_slot(
        self, last: cython.ulonglong, before: cython.ulonglong, size: cython.Py_ssize_t
    ) -> cython.void:
        """Have the processor fetch where the number of a word would stand."""
        if cython.compiled:
            prefetch(
                cython.address(self.slots[hashing.spread(before ^ last ^ size) & self.slot_mask])
            )

    def fetch(
        self, last: cython.ulonglong, before: cython.ulonglong, size: cython.Py_ssize_t
    ) -> cython.void:
        """Have the processor fetch what is known of a word."""
        if cython.compiled:
            at: cython.ulonglong = hashing.spread(before ^ last ^ size) & self.slot_mask
            prefetch(cython.address(self.words[self.slots[at] & _LOW]))

    def find_hashed(
        self,
        text: cython.p_const_uchar,
        start: cython.Py_ssize_t,
        size: cython.Py_ssize_t,
        last: cython.ulonglong,
        before: cython.ulonglong,
    ) -> cython.int:
        """Return the number of the word with these bytes, of which find() makes these numbers."""
        hashed: cython.ulonglong = hashing.spread(before ^ last ^ size)
        at: cython.ulonglong = hashed & self.slot_mask
        number: cython.int
        while self.slots[at] != 0:
            if (self.slots[at] ^ hashed) & _HIGH == 0:
                number = cython.cast(cython.int, self.slots[at] & _LOW)
                if (
                    self.words[number].last == last
                    and self.words[number].before == before
                    and self.words[number].size == size
                    # Of no more bytes, the two numbers are the bytes themselves.
                    and (size <= 16 or self._has_bytes(number, text, start))
                ):
                    return number
            at = (at + 1) & self.slot_mask
        number = self._add(text, start, size)
        self.words[number].last, self.words[number].before = last, before
        self.note(number)
        self.slots[at] = (hashed & _HIGH) | number
        if cython.cast(cython.ulonglong, 2 * self.count) > self.slot_mask:
            self._grow_slots()
        return number

    def _add(
        self, text: cython.p_const_uchar, start: cython.Py_ssize_t, size: cython.Py_ssize_t
    ) -> cython.int:
        """Return the number of one word more, with these bytes."""
        number: cython.int = self.count
        byte: cython.Py_ssize_t
        if number == self.room:
            self.make_room(2 * self.room)
        self._make_room_for_letters(size + _LONGEST_KEY)
        self.words[number].size, self.words[number].text = size, self.filled
        for byte in range(size):
            self.letters[self.filled + byte] = text[start + byte]
        self.filled += size
        self.count += 1
        return number

    def _has_bytes(
        self, number: cython.int, text: cython.p_const_uchar, start: cython.Py_ssize_t
    ) -> cython.bint:
        """Return whether a word is written as these bytes are, which are as many."""
        byte: cython.Py_ssize_t
        for byte in range(self.words[number].size):
            if self.letters[self.words[number].text + byte] != text[start + byte]:
                return False
        return True

    def find_text(self, text: str) -> cython.int:
        """Return the number of a word; what is beyond the longest that is kept is left out."""
        raw: bytes = text.encode("utf-8", "replace")[: _BUFFER // 2]
        return self.find(raw, 0, len(raw))

    def make_room(self, room: cython.int) -> cython.int:
        """Make room for so many words, more than there was."""
        if cython.compiled:
            words: cython.pointer[Word] = cython.cast(
                cython.pointer[Word], realloc(self.words, room * cython.sizeof(Word))
            )
            if not words:
                with cython.gil:
                    raise MemoryError
            self.words = words
        else:
            self.words += [Word() for _ in range(room - self.room)]
        self.room = room
        return 0

    def _make_room_for_letters(self, more: cython.Py_ssize_t) -> cython.int:
        if self.filled + more <= self.letters_room:
            return 0
        room: cython.Py_ssize_t = 2 * (self.letters_room + more + _BUFFER)
        if cython.compiled:
            letters: cython.p_uchar = cython.cast(cython.p_uchar, realloc(self.letters, room))
            if not letters:
                with cython.gil:
                    raise MemoryError
            self.letters = letters
        else:
            self.letters += bytes(room - self.letters_room)
        self.letters_room = room
        return 0

    def _grow_slots(self) -> cython.int:
        """Give the slots twice their number, each word in the first free one from its own on."""
        mask: cython.ulonglong = 2 * self.slot_mask + 1
        number: cython.int
        at: cython.ulonglong
        hashed: cython.ulonglong
        if cython.compiled:
            slots: cython.p_ulonglong = cython.cast(cython.p_ulonglong, calloc(mask + 1, 8))
            if not slots:
                with cython.gil:
                    raise MemoryError
            free(self.slots)
            self.slots = slots
        else:
            self.slots = [0] * (mask + 1)
        self.slot_mask = mask
        for number in range(1, self.count):
            hashed = hashing.spread(
                self.words[number].before ^ self.words[number].last ^ self.words[number].size
            )
            at = hashed & mask
            while self.slots[at] != 0:
                at = (at + 1) & mask
            self.slots[at] = (hashed & _HIGH) | number
        return 0

    def text_of(self, number: cython.int) -> str:
        """Return a word as it is written."""
        start: cython.Py_ssize_t = self.words[number].text
        return self.letters[start : start + self.words[number].size].decode("utf-8", "replace")

    def key_of(self, number: cython.int) -> str:
        """Return the key of a word."""
        start: cython.Py_ssize_t = self.words[number].text + self.words[number].size
        return self.letters[start : start + self.words[number].letters].decode("ascii")
