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
    cdef int _parse_unusual(self, Custom* custom) except -1 nogil
    cdef int _parse_beside_family(self, Custom* custom) except -1 nogil
    cdef bint _is_no_name(self) noexcept nogil
    cdef int _divide(self, Custom* custom) except -1 nogil
    cdef int _split_unspaced(self, Custom* custom) except -1
    cdef int _take_keys(self, Custom* custom, bint had_words) except -1 nogil
    cdef int _take_keys_of_several(self, int words, Custom* custom) except -1 nogil
    cdef int _take_keys_before(self, int end, bint vietnamese) except -1 nogil
    cdef int _take_word(self, int number) except -1 nogil
    cdef void _take_key(self, int number) noexcept nogil

cdef int divide(WordRow name, Custom* custom) except -1 nogil
cdef bint _ends_in_patronymic(WordRow name, Custom* custom) noexcept nogil
cdef int _is_family_first(WordRow name, Classes first, Classes last, Custom* custom) except -1 nogil
cdef bint _is_hungarian_order(Classes first, Classes last) noexcept nogil
cdef int _rank(WordRow name, int at, Custom* custom) noexcept nogil
cdef int _is_family_first_in(WordRow name, Custom* custom) except -1 nogil
cdef int _sounds_local(WordRow name) except -1 nogil
cdef int _looks_korean(WordRow name) except -1 nogil
cdef int _looks_chinese(WordRow name, Classes first) except -1 nogil
cdef int _sound_chinese_together(WordRow name) except -1 nogil
cdef int _family_start(WordRow name, Custom* custom) noexcept nogil
cdef int _devotional_end(WordRow name, int at) noexcept nogil
