from gender_detection.names.customs cimport Custom
from gender_detection.names.spans cimport Spans
from gender_detection.names.word_classes cimport Classes

cdef int INITIALS, EMPTY, NOT_A_NAME

cdef class Reading(Spans):

    cdef int keys[4]
    cdef int asked
    cdef int gender
    cdef int reason
    cdef int ends[40]
    cdef int n_ends
    cdef int size
    cdef Classes seen
    cdef str script
    cdef str family_script
    cdef bint cased
    cdef bint spaceless
    cdef bint dotted
    cdef bint no_family_titles
    cdef bint titled
    cdef bint abbreviated
    cdef bint before_family
    cdef int nothing
    cdef int aside_end
    cdef int letters_taken
    cdef bint first_taken
    cdef int mohammad
    cdef int maria
    cdef void renew(self) except *
    cdef void _begin(self) noexcept nogil
    cdef int take(
        self, const unsigned char* text, Py_ssize_t start, Py_ssize_t end, int into
    ) except -2 nogil
    cdef int take_full(
        self, const unsigned char* text, Py_ssize_t start, Py_ssize_t end
    ) except -2 nogil
    cdef int take_fields(
        self, const unsigned char* text, Py_ssize_t start, Py_ssize_t end,
        const unsigned char* family, Py_ssize_t family_start, Py_ssize_t family_end
    ) except -2 nogil
    cdef int take_split(self, object split) except -1
    cdef int read_full(self, Custom* custom) except -1 nogil
    cdef int read_fields(self, Custom* custom) except -1 nogil
    cdef bint _arrange(self) noexcept nogil
    cdef void _move(self, int start, int end, int into) noexcept nogil
    cdef bint _are_titles(self, int start, int end) noexcept nogil
    cdef int _read_unusual(self, Custom* custom) except -1 nogil
    cdef int _read_beside_family(self, Custom* custom) except -1 nogil
    cdef int _take_titles(self, Custom* custom, int start, int end) except -1 nogil
    cdef int _take_title(
        self, Custom* custom, int at, int position, int following, bint after_title
    ) noexcept nogil
    cdef int _title_of(
        self, Custom* custom, int at, int position, int following, bint after_title
    ) noexcept nogil
    cdef void _add_title(self, int title) noexcept nogil
    cdef int _rewrite(self, int at, bint is_first) except -1 nogil
    cdef int _take_aside(self, Custom* custom) except -1 nogil
    cdef int _take_title_of_family(self, Custom* custom) except -1 nogil
    cdef int _spell_out(self, Custom* custom) except -1 nogil
    cdef int _full_name_of(self, int at, Custom* custom) noexcept nogil
    cdef void _take_initials(self) noexcept nogil
    cdef bint _is_only_family(self, int names) noexcept nogil
    cdef bint _refuses(self) noexcept nogil
    cdef int _join_servants(self) except -1 nogil
    cdef int _divide(self, Custom* custom) except -1 nogil
    cdef int _split_unspaced(self, Custom* custom) except -1
    cdef int _take_keys(self, Custom* custom, bint had_words) except -1 nogil
    cdef int _take_several(self, int words, Custom* custom) except -1 nogil
    cdef int _take_keys_of(self, int end, bint vietnamese) except -1 nogil
    cdef int _take_word(self, int number) except -1 nogil
    cdef void _take_key(self, int number) noexcept nogil
