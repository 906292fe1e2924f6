from gender_detection.names.customs cimport Custom
from gender_detection.names.spans cimport Spans
from gender_detection.names.word_classes cimport Classes

cdef int divide(Spans name, Custom* custom) except -1 nogil
cdef bint _ends_in_patronymic(Spans name, Custom* custom) noexcept nogil
cdef int _is_family_first(Spans name, Classes first, Classes last, Custom* custom) except -1 nogil
cdef bint _is_hungarian_order(Classes first, Classes last) noexcept nogil
cdef int _rank(Spans name, int at, Custom* custom) noexcept nogil
cdef int _is_family_first_in(Spans name, Custom* custom) except -1 nogil
cdef int _sounds_local(Spans name) except -1 nogil
cdef int _looks_korean(Spans name) except -1 nogil
cdef int _looks_chinese(Spans name, Classes first) except -1 nogil
cdef int _sound_chinese_together(Spans name) except -1 nogil
cdef int _family_start(Spans name, Custom* custom) noexcept nogil
cdef int _devotional_end(Spans name, int at) noexcept nogil
