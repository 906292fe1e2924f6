from gender_detection.names.customs cimport Custom
from gender_detection.names.spans cimport Spans

cdef int take_titles(Spans name, Custom* custom, int start, int end) except -1 nogil
cdef void add_title(Spans name, int title) noexcept nogil
cdef int take_aside(Spans name, Custom* custom) except -1 nogil
cdef int take_title_of_family(Spans name, Custom* custom) except -1 nogil
cdef bint are_titles(Spans name, int start, int end) noexcept nogil
