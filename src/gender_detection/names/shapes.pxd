from gender_detection.names.word_classes cimport Vocabulary

cdef int _LONGEST, _LATIN, _NOTHING, _LETTER, _MARK, _PARTING, _FEWEST_SMALL, _MOST_SMALL
cdef int _FEWEST_PARTS, _MOST_PARTS, _NO_CAMEL
cdef unsigned int _CASED, _DOT, _HYPHEN, _SPACE, _APOSTROPHE, _CURLED

cdef class Shape:
    cdef Vocabulary vocabulary
    cdef unsigned char key[64]
    cdef int size
    cdef int chars
    cdef int letters
    cdef int last_part
    cdef bint is_ascii
    cdef bint is_latin
    cdef bint is_clean
    cdef bint ends_in_dot
    cdef bint has_hyphen
    cdef bint is_parted
    cdef bint has_digit
    cdef bint is_camel
    cdef bint is_initials
    cdef bint is_lettered
    cdef int _part
    cdef int _longest_part
    cdef int _separators
    cdef int _dots
    cdef int _all_dots
    cdef int _before
    cdef int _chunks
    cdef int _run
    cdef void read_key(
        self, const unsigned char* text, Py_ssize_t start, Py_ssize_t end
    ) noexcept nogil
    cdef void read(self, const unsigned char* text, Py_ssize_t start, Py_ssize_t end) noexcept nogil
    cdef void _reset(self) noexcept nogil
    cdef void _take(self, unsigned int code) noexcept nogil
    cdef void _take_letter(self, unsigned int code) noexcept nogil
    cdef void _take_mark(self, unsigned int code) noexcept nogil
    cdef void _finish(self) noexcept nogil
    cdef bint are_initials(self) noexcept nogil
    cdef void add(self, unsigned char letter) noexcept nogil

cdef bint _is_vowel(unsigned char letter) noexcept nogil
