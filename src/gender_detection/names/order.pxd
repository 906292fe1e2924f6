from gender_detection.names.customs cimport Custom
from gender_detection.names.word_classes cimport Classes
from gender_detection.names.word_row cimport WordRow

cdef int divide(WordRow name, Custom* custom) except -1 nogil
cdef void take_family_first(WordRow name, int words) noexcept nogil
cdef void take_given_first(WordRow name, Custom* custom) noexcept nogil
cdef int after_particles(WordRow name, int start, int end) noexcept nogil
cdef int family_words(WordRow name) noexcept nogil
cdef int is_japanese(WordRow name, Custom* custom) except -1 nogil
cdef bint _divide_by_capitals(WordRow name, Custom* custom) noexcept nogil
cdef bint _ends_in_patronymic(WordRow name, Custom* custom) noexcept nogil
cdef int _is_family_first(WordRow name, Classes first, Classes last, Custom* custom) except -1 nogil
cdef bint _is_hungarian_order(Classes first, Classes last) noexcept nogil
cdef bint _says_given_first(
    WordRow name, Classes first, Classes last, Custom* custom
) noexcept nogil
cdef int _rank(WordRow name, int at, Custom* custom) noexcept nogil
cdef int _is_family_first_in(WordRow name, Custom* custom) except -1 nogil
cdef int _sounds_local(WordRow name) except -1 nogil
cdef int _looks_korean(WordRow name) except -1 nogil
cdef int _looks_chinese(WordRow name, Classes first) except -1 nogil
cdef int _sound_chinese_together(WordRow name) except -1 nogil
cdef int _family_start(WordRow name, Custom* custom) noexcept nogil
cdef bint _is_repeated(WordRow name, int at) noexcept nogil
cdef int _devotional_end(WordRow name, int at) noexcept nogil
