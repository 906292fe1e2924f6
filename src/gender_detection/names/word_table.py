# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False
"""A table of words, identified by their bytes; each has a number until the table is cleared.

One object serves one thread at a time.
"""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.features.hashing import spread
    from cython.cimports.gender_detection.features.memory import prefetch
    from cython.cimports.gender_detection.names.memory import resized, resized_in_lines
    from cython.cimports.libc.stdlib import free
else:
    from types import SimpleNamespace as Word

    from ..features.hashing import spread

from .text import MAX_KEY_LETTERS

BUFFER = 4096  # bytes
_LONGEST_KEY = cython.declare(cython.int, MAX_KEY_LETTERS)
_MASK = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)
_HIGH = cython.declare(cython.ulonglong, 0xFFFFFFFF00000000)
_LOW = cython.declare(cython.ulonglong, 0xFFFFFFFF)
_FEW_SLOTS = cython.declare(cython.int, 1 << 12)
_FEW_WORDS = cython.declare(cython.int, 1 << 10)


class WordTable:
    """Words by number, from 1 on.

    last, before   the word's bytes as numbers, by which it is found
    hashed         the hash of its key
    classes        see word_classes
    entry          the number of its key in the vocabulary, 0 for none
    text, size     where its bytes begin in `letters` and their number; those of its key, `letters`
                   of them, follow
    written_title  the gender of a title in another script
    The other fields belong to the model: the evidence on a word, and which of it was looked up.
    """

    def __init__(self) -> None:
        self.count = self.room = 0
        self.filled = self.letters_room = 0
        if not cython.compiled:
            words: list[Word] = []
            self.slots: list[int] = []
            self.words, self.letters, self.buffer = words, bytearray(), bytearray(BUFFER)
        self._empty_slots(_FEW_SLOTS - 1)
        self.make_room(_FEW_WORDS)
        self._make_room_for_letters(1)

    def __dealloc__(self) -> None:
        if cython.compiled:
            free(self.words)
            free(self.slots)
            free(self.letters)

    def clear(self) -> None:
        """Remove all words: their numbers are no longer valid."""
        # Number 0 is no word.
        self.count, self.filled = 1, 0
        self.words[0].classes = 0
        self.words[0].count, self.words[0].sources = 0.0, 0
        self.words[0].text = self.words[0].size = self.words[0].letters = 0
        self._empty_slots(self.slot_mask)

    def _empty_slots(self, mask) -> None:
        """Make mask + 1 empty slots."""
        at: cython.ulonglong
        if cython.compiled:
            self.slots = cython.cast(cython.p_ulonglong, resized(self.slots, 8 * (mask + 1)))
        else:
            self.slots = [0] * (mask + 1)
        self.slot_mask = mask
        for at in range(mask + 1):
            self.slots[at] = 0

    def classify(self, number) -> None:
        """Write the key of a new word behind its bytes, and set its classes."""

    def find(self, text, start, size) -> int:
        """Return the number of the word with these bytes, which is added if it is new."""
        last: cython.ulonglong = 0
        before: cython.ulonglong = 0
        at: cython.Py_ssize_t
        for at in range(size):
            if at and at % 8 == 0:
                before, last = spread(before ^ last), 0
            last = (last << 8 | text[start + at]) & _MASK
        return self.find_hashed(text, start, size, last, before, hash_of(last, before, size))

    def prefetch_slot(self, hashed) -> None:
        """Have the processor fetch the slot of a word's number."""
        if cython.compiled:
            prefetch(cython.address(self.slots[hashed & self.slot_mask]))

    def prefetch_word(self, hashed) -> None:
        """Have the processor fetch the data of a word."""
        if cython.compiled:
            prefetch(cython.address(self.words[self.slots[hashed & self.slot_mask] & _LOW]))

    def find_hashed(self, text, start, size, last, before, hashed) -> int:
        """Return the number of the word with these bytes; find() says what the numbers are."""
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
        self.classify(number)
        self.slots[at] = (hashed & _HIGH) | number
        if cython.cast(cython.ulonglong, 2 * self.count) > self.slot_mask:
            self._grow_slots()
        return number

    def _add(self, text, start, size) -> int:
        """Add a word with these bytes, and return its number."""
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

    def _has_bytes(self, number, text, start) -> bool:
        """Return whether a word has these bytes, which are as many as its own."""
        byte: cython.Py_ssize_t
        for byte in range(self.words[number].size):
            if self.letters[self.words[number].text + byte] != text[start + byte]:
                return False
        return True

    def find_text(self, text: str) -> int:
        """Return the number of a word, which is cut to half the buffer."""
        raw: bytes = text.encode("utf-8", "replace")[: BUFFER // 2]
        return self.find(raw, 0, len(raw))

    def make_room(self, room) -> None:
        """Make room for this number of words, more than before."""
        if cython.compiled:
            size: cython.size_t = cython.sizeof(Word)
            self.words = cython.cast(
                cython.pointer[Word], resized_in_lines(self.words, self.room * size, room * size)
            )
        else:
            self.words += [Word() for _ in range(room - self.room)]
        self.room = room

    def _make_room_for_letters(self, more) -> None:
        room: cython.Py_ssize_t = 2 * (self.letters_room + more + BUFFER)
        if self.filled + more > self.letters_room:
            if cython.compiled:
                self.letters = cython.cast(cython.p_uchar, resized(self.letters, room))
            else:
                self.letters += bytes(room - self.letters_room)
            self.letters_room = room

    def _grow_slots(self) -> None:
        """Double the slots, and put each word into the first free one from its hash on."""
        number: cython.int
        at: cython.ulonglong
        hashed: cython.ulonglong
        self._empty_slots(2 * self.slot_mask + 1)
        for number in range(1, self.count):
            hashed = hash_of(
                self.words[number].last, self.words[number].before, self.words[number].size
            )
            at = hashed & self.slot_mask
            while self.slots[at] != 0:
                at = (at + 1) & self.slot_mask
            self.slots[at] = (hashed & _HIGH) | number

    def text_of(self, number) -> str:
        """Return a word as written."""
        start: cython.Py_ssize_t = self.words[number].text
        return self.letters[start : start + self.words[number].size].decode("utf-8", "replace")

    def key_of(self, number) -> str:
        """Return the key of a word."""
        start: cython.Py_ssize_t = self.words[number].text + self.words[number].size
        return self.letters[start : start + self.words[number].letters].decode()


def hash_of(last, before, size) -> int:
    """Return the hash that decides the slot of a word of `size` bytes with these numbers."""
    return spread(before ^ last ^ size)
