cimport cython
from gender_detection.names.word_classes cimport Vocabulary

@cython.final
cdef class Shape:
    cdef Vocabulary vocabulary
    cdef unsigned char key[64]
    cdef int size, chars, letters, last_part
    cdef bint is_ascii, is_latin, is_clean, is_parted, is_camel, is_capital, is_initials, is_lettered
    cdef bint ends_in_dot, has_hyphen, has_digit
    cdef int _part, _longest_part, _separators, _dots, _all_dots, _before, _chunks, _run
    cdef void set_key(
        self, const unsigned char* text, Py_ssize_t start, Py_ssize_t end
    ) noexcept nogil
    cdef void scan(self, const unsigned char* text, Py_ssize_t start, Py_ssize_t end) noexcept nogil
    cdef void _reset(self) noexcept nogil
    cdef void _take(self, unsigned int code) noexcept nogil
    cdef void _take_letter(self, unsigned int code) noexcept nogil
    cdef void _take_mark(self, unsigned int code) noexcept nogil
    cdef void _finish(self) noexcept nogil
    cdef bint are_initials(self) noexcept nogil
    cdef void add(self, unsigned char letter) noexcept nogil

cdef bint is_vowel(unsigned char letter) noexcept nogil
