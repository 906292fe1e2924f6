cimport cython
from gender_detection.names.customs cimport Custom
from gender_detection.names.word_classes cimport Classes
from gender_detection.names.word_row cimport WordRow

@cython.final
cdef class NameParser(WordRow):
    cdef void find_full_names(self) except *
    cdef int parse_full(self, Custom* custom) except -1 nogil
    cdef int parse_fields(self, Custom* custom) except -1 nogil
    cdef bint _arrange(self) noexcept nogil
    cdef bint _are_listed_tails(self, int start, int end, bint whole) noexcept nogil
    cdef bint _take_tail(self, int start, int end) noexcept nogil
    cdef bint _is_tail(self, int start, int end) noexcept nogil
    cdef void _refuse_several(self) noexcept nogil
    cdef int _parse_unusual(self, Custom* custom) except -1 nogil
    cdef int _parse_beside_family(self, Custom* custom) except -1 nogil
    cdef bint _is_doubtful(self) noexcept nogil
    cdef bint _is_no_name(self) noexcept nogil
    cdef int _why_no_name(self) noexcept nogil
    cdef int put_family_first(self, Custom* custom) except -1 nogil
    cdef int put_given_first(self, Custom* custom) except -1 nogil
    cdef int lengthen_family(self, Custom* custom) except -1 nogil
    cdef int exchange(self, Custom* custom) except -1 nogil
    cdef int put_other_order(self, Custom* custom) except -1 nogil
    cdef int put_back(self, Custom* custom) except -1 nogil
    cdef int _take_keys_again(self, Custom* custom) except -1 nogil
    cdef void put_only_family(self) noexcept nogil
    cdef int put_only_given(self, Custom* custom) except -1 nogil
    cdef int _divide(self, Custom* custom) except -1 nogil
    cdef int _split_unspaced(self, Custom* custom) except -1
    cdef int _take_keys(self, Custom* custom, bint had_words) except -1 nogil
    cdef int _take_keys_of_several(self, int words, Custom* custom) except -1 nogil
    cdef int _take_keys_before(self, int end, bint vietnamese) except -1 nogil
    cdef int _take_word(self, int number) except -1 nogil
    cdef int _take_natives(self, int number) except -1 nogil
    cdef void _take_key(self, int number) noexcept nogil
