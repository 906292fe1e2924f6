from gender_detection.names.customs cimport Custom
from gender_detection.names.spans cimport Spans
from gender_detection.names.word_classes cimport Classes

cdef int take_titles(Spans name, Custom* custom, int start, int end) except -1 nogil
cdef int _take_title(
    Spans name, Custom* custom, int at, int position, int following, bint after_title
) noexcept nogil
cdef int _title_of(
    Spans name, Custom* custom, int at, int position, int following, bint after_title
) noexcept nogil
cdef int _title_anywhere(
    Spans name, Custom* custom, int entry, Classes classes, int position, int following, bint dotted
) noexcept nogil
cdef void add_title(Spans name, int title) noexcept nogil
cdef int _rewrite(Spans name, int at, bint is_first) except -1 nogil
cdef int take_aside(Spans name, Custom* custom) except -1 nogil
cdef int _take_apart(Spans name, Custom* custom, int start, int end) except -1 nogil
cdef int take_title_of_family(Spans name, Custom* custom) except -1 nogil
cdef bint are_titles(Spans name, int start, int end) noexcept nogil
